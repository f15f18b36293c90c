//! For the tests: a world with several of everything, and with all the ways in which a request can end.

use albatross_engine::Scenario;
use albatross_engine::elb::TargetGroupId;
use albatross_engine::elb::listener::{
    Action, Condition, FixedResponse, Forward, HttpRequest, Redirect, RedirectStatus, Rule,
    WeightedTargetGroup,
};
use albatross_engine::kernel::SimDuration;
use albatross_engine::traffic::{Backoff, RequestKind, RequestRate, Retries};

/// Its name.
pub(crate) const NAME: &str = "several-of-everything";

/// Three services, one in a zone without a node and one without a target group; three target groups, one of which no
/// listener uses; two listeners with rules; clients that ask for what is not there, lose patience, and try again.
pub(crate) fn several(base: &Scenario) -> Scenario {
    let mut world = base.clone();
    let group = TargetGroupId::new;
    world.name = NAME.to_owned();
    world.title = "Several of everything".to_owned();
    world.zones.push("us-east-1c".to_owned());

    let web = world.target_groups[0].clone();
    for name in ["api-tg", "spare-tg"] {
        let mut another = web.clone();
        another.name = name.to_owned();
        // So that there is an algorithm that is refused.
        another.stickiness.enabled = name == "api-tg";
        world.target_groups.push(another);
    }

    let service = |name: &str, target_group, zones: &[usize], desired_count| {
        let mut another = base.services[0].clone();
        another.name = name.to_owned();
        another.task_definition.family = name.to_owned();
        another.zones = zones.to_vec();
        another.target_group = target_group;
        another.desired_count = desired_count;
        // ECS would replace a task in a zone that the load balancer does not have, again and again.
        another.health_check_grace_period = SimDuration::from_secs(3_600);
        another
    };
    world.services.push(service("api", Some(group(1)), &[0, 1, 2], 3));
    world.services.push(service("batch", None, &[1], 1));
    world.services.push(service("spare", Some(group(2)), &[0], 1));

    let rule = |priority, path: &str, action| Rule {
        priority,
        conditions: vec![Condition::PathPattern(vec![path.to_owned()])],
        action,
    };
    let mut moved = Redirect::keep_all(RedirectStatus::MovedPermanently301);
    moved.path = "/api/#{path}".to_owned();
    let gone = FixedResponse { status: 410, content_type: None, body: String::new() };
    world.listeners[0].rules = vec![
        rule(10, "/api/*", Action::Forward(Forward::to(group(1)))),
        rule(20, "/old/*", Action::Redirect(moved)),
        rule(30, "/gone", Action::FixedResponse(gone)),
    ];
    let mut second = world.listeners[0].clone();
    second.port = 8_080;
    second.rules.clear();
    let half = |number| WeightedTargetGroup { group: group(number), weight: 1 };
    second.default_action =
        Action::Forward(Forward { target_groups: vec![half(0), half(1)], stickiness: None });
    world.listeners.push(second);

    let kind = |name: &str, port, path: &str| RequestKind {
        name: name.to_owned(),
        weight: 1,
        request: HttpRequest { port, path: path.to_owned(), ..HttpRequest::default() },
        clients: None,
        work: None,
        silent: false,
    };
    world.traffic.kinds = vec![
        kind("page", 80, "/"),
        kind("call", 80, "/api/orders"),
        kind("old", 80, "/old/orders"),
        kind("gone", 80, "/gone"),
        kind("either", 8_080, "/"),
        kind("nothing there", 9_999, "/"),
    ];
    world.traffic.profile.base = RequestRate::per_second(12.0).unwrap_or_default();
    world.traffic.timeout = Some(SimDuration::from_millis(900));
    world.traffic.retries = Retries { attempts: 1, backoff: Backoff::None };
    world
}
