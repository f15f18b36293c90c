//! Sticky sessions: which cookie binds a client to a target or a target group, for how long, and what ends it (ALB
//! guide, "Edit target group attributes", sticky sessions; "Action types").

use std::collections::{BTreeMap, BTreeSet};

use albatross_engine::elb::TargetState;
use albatross_engine::kernel::{SimDuration, SimTime};
use albatross_engine::trace::TargetBasis;
use albatross_engine::{Command, Scenario, Simulation, ecs::TaskId};

use crate::world::*;

const ENABLED: &str = "stickiness.enabled";
const LASTS: &str = "stickiness.lb_cookie.duration_seconds";

/// Three tasks that ECS leaves alone when they are unhealthy, all nodes with one round-robin position.
fn world() -> Scenario {
    let mut scenario = by_zone(&[3]);
    scenario.assumptions.shared_routing_memory = true;
    scenario
}

fn sticky() -> Scenario {
    let mut scenario = world();
    set(&mut scenario, ENABLED, "true");
    scenario
}

/// With `app_cookie` stickiness for the cookie `session`.
fn by_application() -> Scenario {
    let mut scenario = world();
    set(&mut scenario, "stickiness.type", "app_cookie");
    set(&mut scenario, "stickiness.app_cookie.cookie_name", "session");
    set(&mut scenario, ENABLED, "true");
    assert_eq!(scenario.target_groups[0].check(), Ok(()));
    scenario
}

/// Which tasks each client met.
fn met(simulation: &Simulation) -> BTreeMap<u32, BTreeSet<u32>> {
    let mut met = BTreeMap::<u32, BTreeSet<u32>>::new();
    for way in routes(simulation) {
        met.entry(way.client).or_default().insert(way.task);
    }
    met
}

/// The tasks of all requests in their order.
fn tasks(simulation: &Simulation) -> Vec<u32> {
    routes(simulation).iter().map(|way| way.task).collect()
}

fn non_sticky(simulation: &Simulation) -> u64 {
    simulation.metrics().count(Metric::NonStickyRequest)
}

/// The first request of a client goes where the algorithm says; from then on its cookie binds it to that target. ALB
/// guide, "CloudWatch metrics", `NonStickyRequestCount`: requests for which a new target had to be chosen, such as the
/// first of every client.
#[test]
fn an_lb_cookie_binds_each_client_to_one_target() {
    let mut scenario = sticky();
    in_turns(&mut scenario, 6, 200, 600);
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 130);
    let met = met(&simulation);
    // In the order of their first requests, round robin gave them 1, 2, 3, 1, 2, 3.
    let expected = (0..6).map(|client| (client, BTreeSet::from([client % 3 + 1])));
    assert_eq!(met, expected.collect());
    let first = |way: &&Route| matches!(way.choice.basis, TargetBasis::Algorithm(_));
    assert_eq!(routes(&simulation).iter().filter(first).count(), 6);
    assert_eq!(non_sticky(&simulation), 6);

    // The same without: every client meets every task.
    let mut scenario = world();
    in_turns(&mut scenario, 4, 200, 600);
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 130);
    assert_eq!(self::met(&simulation).values().map(BTreeSet::len).collect::<Vec<_>>(), [3; 4]);
    assert_eq!(non_sticky(&simulation), 0, "the group is not sticky");
}

/// Sticky requests bypass the algorithm: they go on to a target that is overloaded while others are free, which
/// least_outstanding_requests would never do.
#[test]
fn sticky_requests_go_to_a_busy_target_while_others_are_free() {
    for (stickiness, busy_ones) in [("true", true), ("false", false)] {
        let mut scenario = world();
        set(&mut scenario, "load_balancing.algorithm.type", "least_outstanding_requests");
        set(&mut scenario, ENABLED, stickiness);
        in_turns(&mut scenario, 2, 200, 120);
        let mut simulation = Simulation::new(&scenario, 7);
        // Both first answers, with the cookies, come within 0.4 s; the second client's is task 2's. From then on it
        // makes 1 s of 10 ms: with a request every 0.4 s it always has some in hand, while task 3 has none.
        simulation.advance(SimTime::ZERO + SimDuration::from_millis(390), u64::MAX);
        apply(&mut simulation, Command::SlowTask(TaskId::new(2), 10_000));
        run_to(&mut simulation, 35);
        let ways: Vec<Route> = routes(&simulation).into_iter().filter(|way| way.client == 1).collect();
        let to_busy = ways.iter().filter(|way| way.choice.outstanding > 0);
        assert_eq!(ways.len(), 60);
        if busy_ones {
            assert!(ways.iter().all(|way| way.task == 2));
            assert_eq!(to_busy.count(), 58, "all but the first and the first slow one");
        } else {
            assert_eq!(to_busy.count(), 0);
        }
    }
}

/// The cookie is renewed with every request: a client that keeps asking within its duration stays for much longer than
/// that. It expires when the client has been silent for the duration, and the algorithm chooses anew.
#[test]
fn a_cookie_is_renewed_by_every_request_and_expires_when_the_client_is_silent() {
    let mut scenario = sticky();
    set(&mut scenario, LASTS, "5");
    // Every 4 s for a minute, then a pause of 6 s, then again every 4 s.
    let instants = (0..=15).map(|n| n * 4_000).chain((0..=5).map(|n| 66_000 + n * 4_000));
    at_instants(&mut scenario, 1, instants);
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 100);
    assert_eq!(tasks(&simulation), [[1; 16].as_slice(), &[2; 6]].concat());
    assert_eq!(non_sticky(&simulation), 2, "the first request and the one after the pause");
}

/// The duration can be as short as a second: then even an evenly asking client has a new session each time.
#[test]
fn a_client_that_asks_less_often_than_the_cookie_lasts_has_no_session() {
    let mut scenario = sticky();
    set(&mut scenario, LASTS, "1");
    in_turns(&mut scenario, 1, 2_000, 9);
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 30);
    assert_eq!(tasks(&simulation), [1, 2, 3, 1, 2, 3, 1, 2, 3]);
    assert_eq!(non_sticky(&simulation), 9);
}

/// When the target turns unhealthy, the load balancer chooses another and rewrites the cookie: the session does not
/// return when the old target recovers.
#[test]
fn a_session_moves_when_its_target_turns_unhealthy_and_does_not_come_back() {
    let mut scenario = sticky();
    in_turns(&mut scenario, 3, 200, 900);
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 20);
    apply(&mut simulation, Command::FailHealthCheck(TaskId::new(2)));
    run_to(&mut simulation, 60);
    let unhealthy = reached(&simulation, 2, TargetState::Unhealthy).expect("it fails");
    apply(&mut simulation, Command::RestoreTask(TaskId::new(2)));
    run_to(&mut simulation, 200);
    assert_eq!(state_of(&simulation, 2), TargetState::Healthy);
    for way in routes(&simulation).iter().filter(|way| way.client != 1) {
        assert_eq!(way.task, way.client + 1, "the others stay where they are");
    }
    let its: Vec<Route> = routes(&simulation).into_iter().filter(|way| way.client == 1).collect();
    // Until the later of the two nodes finds it unhealthy, that of client 1 may still send it there.
    assert!(its.iter().filter(|way| way.at < seconds(20)).all(|way| way.task == 2));
    let later: BTreeSet<u32> = its.iter().filter(|way| way.at > unhealthy).map(|way| way.task).collect();
    assert!(later.len() == 1 && !later.contains(&2), "{later:?}");
    assert!(its.iter().filter(|way| way.at > seconds(80)).count() > 150, "it is long healthy again");
    assert_eq!(non_sticky(&simulation), 4, "three first requests and one move");
}

/// A draining target gets no new requests, not even those of its own sessions: they move to a healthy one.
#[test]
fn a_session_moves_when_its_target_drains() {
    let mut scenario = sticky();
    in_turns(&mut scenario, 3, 200, 300);
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 20);
    apply(&mut simulation, Command::StopTask(TaskId::new(2)));
    run_to(&mut simulation, 49);
    assert_eq!(state_of(&simulation, 2), TargetState::Draining);
    let its: Vec<Route> = routes(&simulation).into_iter().filter(|way| way.client == 1).collect();
    let (before, after): (Vec<&Route>, Vec<&Route>) = its.iter().partition(|way| way.at < seconds(20));
    assert!(before.iter().all(|way| way.task == 2));
    let after: BTreeSet<u32> = after.iter().map(|way| way.task).collect();
    assert!(after.len() == 1 && !after.contains(&2), "{after:?}");
    assert_eq!(simulation.metrics().count(Metric::Elb5xx), 0);
}

/// With only unhealthy targets all of them are candidates (ALB guide, "Health checks"), so that sessions stay.
#[test]
fn sessions_stay_when_all_targets_are_unhealthy() {
    let mut scenario = sticky();
    in_turns(&mut scenario, 3, 200, 300);
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 10);
    (1..=3).for_each(|task| apply(&mut simulation, Command::FailHealthCheck(TaskId::new(task))));
    run_to(&mut simulation, 25);
    assert_eq!([1, 2, 3].map(|task| state_of(&simulation, task)), [TargetState::Unhealthy; 3]);
    // While one after the other was found unhealthy, sessions moved; now they have come to rest.
    let moved = non_sticky(&simulation);
    run_to(&mut simulation, 60);
    assert_eq!(non_sticky(&simulation), moved);
    assert!(routes(&simulation).iter().filter(|way| way.at > seconds(25)).all(|way| way.choice.fail_open));
}

/// `app_cookie`: stickiness begins when a target sets the application's cookie. Here only the third task does: a client
/// goes round until it meets it, and stays.
#[test]
fn an_app_cookie_binds_from_the_answer_on_that_sets_the_applications_cookie() {
    let mut scenario = by_application();
    scenario.services[0].desired_count = 2;
    let mut login = scenario.services[0].clone();
    (login.name, login.desired_count) = ("login".to_owned(), 1);
    login.task_definition.container.sets_cookie = Some("session".to_owned());
    scenario.services.push(login);
    at_instants(&mut scenario, 1, (0..8).map(|n| n * 1_000));
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 20);
    assert_eq!(tasks(&simulation), [1, 2, 3, 3, 3, 3, 3, 3]);
    assert_eq!(non_sticky(&simulation), 3);
}

/// Another cookie of the application does not count, nor does none.
#[test]
fn an_app_cookie_of_another_name_binds_nobody() {
    for (sets, bound) in [(None, false), (Some("lang"), false), (Some("session"), true)] {
        let mut scenario = by_application();
        scenario.services[0].task_definition.container.sets_cookie = sets.map(str::to_owned);
        in_turns(&mut scenario, 1, 200, 60);
        let mut simulation = Simulation::new(&scenario, 7);
        run_to(&mut simulation, 20);
        let expected = if bound { [60, 0, 0] } else { [20, 20, 20] };
        assert_eq!(shares(&simulation, [1, 2, 3]), expected, "{sets:?}");
        assert_eq!(non_sticky(&simulation), if bound { 1 } else { 60 }, "{sets:?}");
    }
}

/// An `app_cookie` session has a duration of its own, is renewed as well, and ends as the other kind does.
#[test]
fn an_app_cookie_session_is_renewed_and_expires_too() {
    let mut scenario = by_application();
    scenario.services[0].task_definition.container.sets_cookie = Some("session".to_owned());
    set(&mut scenario, LASTS, "1");
    set(&mut scenario, "stickiness.app_cookie.duration_seconds", "5");
    at_instants(&mut scenario, 1, [0, 4_000, 8_000, 12_000, 18_000, 22_000]);
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 30);
    assert_eq!(tasks(&simulation), [1, 1, 1, 1, 2, 2]);
}

/// A client must send the cookie back: one that keeps none has no session.
#[test]
fn clients_without_cookies_have_no_sessions() {
    let mut scenario = sticky();
    in_turns(&mut scenario, 4, 200, 120);
    scenario.traffic.cookies = false;
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 40);
    assert_eq!(shares(&simulation, [1, 2, 3]), [40; 3]);
    assert_eq!(non_sticky(&simulation), 120);
    assert!(met(&simulation).values().all(|tasks| tasks.len() == 3));
}

/// AWS Knowledge Center, "Why is Elastic Load Balancing unequally routing my load balancer traffic?": sticky sessions
/// with few clients. Two clients cannot keep three targets busy.
#[test]
fn few_sticky_clients_load_targets_unevenly() {
    for (mut scenario, expected) in [(sticky(), [150, 150, 0]), (world(), [100, 100, 100])] {
        in_turns(&mut scenario, 2, 200, 300);
        let mut simulation = Simulation::new(&scenario, 7);
        run_to(&mut simulation, 70);
        assert_eq!(shares(&simulation, [1, 2, 3]), expected);
    }
}

/// A new target gets new clients only: those that have a session stay where they are.
#[test]
fn a_new_target_gets_no_client_that_has_a_session() {
    let mut scenario = sticky();
    in_turns(&mut scenario, 6, 200, 600);
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 20);
    apply(&mut simulation, Command::SetDesiredCount(FIRST_SERVICE, 4));
    run_to(&mut simulation, 120);
    assert_eq!(state_of(&simulation, 4), TargetState::Healthy);
    assert_eq!(routed_to(&simulation, 4), 0);
}

/// Which target groups each client met, by way of the tasks: two a group.
fn groups(simulation: &Simulation) -> BTreeMap<u32, BTreeSet<u32>> {
    met(simulation)
        .into_iter()
        .map(|(client, tasks)| (client, tasks.into_iter().map(|task| (task - 1) / 2).collect()))
        .collect()
}

/// ALB guide, "Action types", target group stickiness: the cookie `AWSALBTG` keeps a client in the target group that was
/// drawn for its first request; within the group its requests still go round.
#[test]
fn a_group_cookie_keeps_each_client_in_its_target_group() {
    let day = SimDuration::from_secs(86_400);
    let mut scenario = by_weight(&[(1, 2), (1, 2)]);
    in_turns(&mut scenario, 40, 25, 4_000);
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 110);
    assert!(groups(&simulation).values().all(|groups| groups.len() == 2), "without, 100 draws each: both");

    scenario.listeners[0].default_action = weighted(&[1, 1], Some(day));
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 60);
    let before = groups(&simulation);
    assert!(before.values().all(|groups| groups.len() == 1), "{before:?}");
    let in_first = before.values().filter(|groups| groups.contains(&0)).count();
    assert!((in_first as f64 - 20.0).abs() <= luck(40, 0.5), "half of the clients: {in_first}");
    assert!(met(&simulation).values().all(|tasks| tasks.len() == 2), "both targets of the group");

    // A weight of 0 does not end what a cookie says: our choice, see "Cookies".
    modify_listener(&mut simulation, weighted(&[1, 0], Some(day)));
    run_to(&mut simulation, 110);
    assert_eq!(groups(&simulation), before);
}

/// `TargetGroupStickinessConfig.DurationSeconds`: it expires like the other cookies.
#[test]
fn a_group_cookie_expires() {
    let mut scenario = by_weight(&[(1, 2), (1, 2)]);
    scenario.listeners[0].default_action = weighted(&[1, 1], Some(SimDuration::from_secs(5)));
    // One client, in pairs: 4 s apart within a pair, 6 s between the pairs.
    at_instants(&mut scenario, 1, (0..200).flat_map(|n| [n * 10_000, n * 10_000 + 4_000]));
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 2_010);
    let groups: Vec<u32> = tasks(&simulation).into_iter().map(|task| (task - 1) / 2).collect();
    assert_eq!(groups.len(), 400);
    assert!(groups.chunks(2).all(|pair| pair[0] == pair[1]));
    let first = groups.chunks(2).filter(|pair| pair[0] == 0).count();
    assert!((first as f64 - 100.0).abs() <= luck(200, 0.5), "drawn anew each time: {first} of 200");
}

/// ALB guide, "Action types": with sticky sessions within the groups both cookies count, the group's and the target's.
#[test]
fn both_cookies_bind_a_client_to_one_target_of_one_group() {
    let mut scenario = by_weight(&[(1, 2), (1, 2)]);
    scenario.listeners[0].default_action = weighted(&[1, 1], Some(SimDuration::from_secs(86_400)));
    scenario.target_groups.iter_mut().for_each(|group| group.stickiness.enabled = true);
    in_turns(&mut scenario, 20, 25, 1_000);
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 40);
    let met = met(&simulation);
    assert!(met.len() == 20 && met.values().all(|tasks| tasks.len() == 1), "{met:?}");
    assert_eq!(non_sticky(&simulation), 20);
}

/// ALB guide, "Action types" and "Edit target group attributes": of several target groups with a sticky one, clients
/// must be bound to their group, and the application's cookie does not go with weights. It holds for changes, too.
#[test]
fn sessions_that_do_not_go_with_several_target_groups_are_refused_while_the_world_runs() {
    use albatross_engine::elb::listener::{Action, Forward};
    use albatross_engine::elb::{ListenerId, SessionsRefused, TargetGroupAttribute};
    use albatross_engine::{Command, Refusal, Simulation};

    let mut simulation = Simulation::new(&by_weight(&[(1, 2), (1, 2)]), 7);
    let sticky = TargetGroupAttribute::StickinessEnabled(true);
    let refused = Refusal::Sessions(SessionsRefused::NoGroupStickiness);
    let make_sticky = Command::ModifyTargetGroup(FIRST_GROUP, sticky);
    assert_eq!(simulation.apply(make_sticky.clone()), Err(refused.clone()));

    let both = simulation.load_balancer().listeners()[0].default_action.clone();
    let alone = Action::Forward(Forward::to(FIRST_GROUP));
    apply(&mut simulation, Command::ModifyAction(ListenerId::new(0), None, alone));
    apply(&mut simulation, make_sticky);
    assert_eq!(simulation.apply(Command::ModifyAction(ListenerId::new(0), None, both)), Err(refused));
}
