//! Availability Zones: cross-zone load balancing, zones without targets, what leaves DNS and when, thresholds of
//! target group health, targets where no request can reach them, and what each node knows by itself.

use albatross_engine::elb::listener::{Action, Condition, Forward, Rule};
use albatross_engine::elb::{NodeId, TargetGroupId, TargetState};
use albatross_engine::kernel::{SimDuration, SimTime};
use albatross_engine::scenario::Start;
use albatross_engine::trace::{BalancerCause, Notice, Step, TargetBasis};
use albatross_engine::{Command, Scenario, Simulation, ecs::TaskId};

use crate::world::*;

const A: NodeId = NodeId::new(0);
const B: NodeId = NodeId::new(1);
const OFF: (&str, &str) = ("load_balancing.cross_zone.enabled", "false");

/// Two clients that take turns, and so send as much to one node as to the other, without keeping connections.
fn two_clients(mut scenario: Scenario, gap_ms: u64, count: u64) -> Scenario {
    in_turns(&mut scenario, 2, gap_ms, count);
    scenario.traffic.keep_alive = false;
    scenario
}

fn cross_zone_off(mut scenario: Scenario) -> Scenario {
    set(&mut scenario, OFF.0, OFF.1);
    scenario
}

fn fail(simulation: &mut Simulation, tasks: impl IntoIterator<Item = u32>) {
    for task in tasks {
        apply(simulation, Command::FailHealthCheck(TaskId::new(task)));
    }
}

fn restore(simulation: &mut Simulation, tasks: impl IntoIterator<Item = u32>) {
    for task in tasks {
        apply(simulation, Command::RestoreTask(TaskId::new(task)));
    }
}

/// Which of the nodes pass for DNS.
fn in_dns(simulation: &Simulation) -> Vec<bool> {
    simulation.load_balancer().nodes().iter().map(|node| node.is_in_dns()).collect()
}

fn answer(simulation: &Simulation) -> Vec<u32> {
    simulation.load_balancer().dns_answer().map(NodeId::number).collect()
}

fn checks_of(simulation: &Simulation, task: u32) -> usize {
    let wanted = target_of(simulation, task);
    steps(simulation)
        .iter()
        .filter(|(_, step)| matches!(step, Step::CheckSent { target, .. } if *target == wanted))
        .count()
}

/// ELB guide, "How Elastic Load Balancing works", its example: two zones with 2 and 8 targets and half of the traffic
/// each. With cross-zone load balancing every target gets 10 %; without, 25 % in one zone and 6.25 % in the other.
#[test]
fn with_cross_zone_all_targets_get_the_same_and_without_it_all_of_their_own_zone() {
    let every_task = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    for (scenario, in_a, in_b) in [(by_zone(&[2, 8]), 160, 160), (cross_zone_off(by_zone(&[2, 8])), 400, 100)]
    {
        let mut simulation = Simulation::new(&two_clients(scenario, 20, 1_600), 7);
        run_to(&mut simulation, 60);
        let received: Vec<u64> =
            simulation.load_balancer().nodes().iter().map(|node| node.received()).collect();
        assert_eq!(received, [800, 800], "DNS answers alternate and clients take turns: no luck is in it");
        // 800 is a multiple of 2, 8 and 10: round robin gives exactly equal shares, and anything else would show.
        let due = every_task.map(|task| if task <= 2 { in_a } else { in_b });
        assert_eq!(shares(&simulation, every_task), due);
    }
}

/// ALB guide, "Edit target group attributes", cross-zone load balancing off: an enabled zone without targets answers
/// 503, and its address is still published. With it on, the node uses the other zone's targets.
#[test]
fn an_enabled_zone_without_targets_answers_503_with_cross_zone_off_and_stays_in_dns() {
    let mut simulation = Simulation::new(&two_clients(cross_zone_off(by_zone(&[2, 0])), 100, 1_300), 7);
    run_to(&mut simulation, 140);
    // Clients have asked DNS again twice by now, and were sent to the empty zone again.
    assert_eq!((in_dns(&simulation), answer(&simulation)), (vec![true, true], vec![0, 1]));
    let answers = causes(&simulation);
    assert_eq!(answers.len(), 650, "half of 1,300");
    assert!(answers.iter().all(|answer| *answer == (B, BalancerCause::NoTargetInZone)), "{answers:?}");
    let metrics = simulation.metrics();
    assert_eq!((metrics.count(Metric::Elb503), metrics.count(Metric::RequestCount)), (650, 650));
    assert_eq!(metrics.count(Metric::Target2xx), 650);

    let mut simulation = Simulation::new(&two_clients(by_zone(&[2, 0]), 100, 1_300), 7);
    run_to(&mut simulation, 140);
    assert_eq!(causes(&simulation), []);
    assert_eq!(simulation.load_balancer().nodes()[1].received(), 650);
    assert_eq!(shares(&simulation, [1, 2]), [650, 650]);
}

/// ALB guide, "Target groups", target group health: a zone without enough healthy targets is taken out of DNS. ELB
/// guide, "How Elastic Load Balancing works": the time to live of the DNS entry is 60 seconds, so that clients see it
/// up to a minute later. ALB guide, "Health checks": until then the zone's node routes to its unhealthy targets.
#[test]
fn without_cross_zone_a_zone_of_unhealthy_targets_leaves_dns_and_clients_see_it_within_60_seconds() {
    let scenario = two_clients(cross_zone_off(by_zone(&[2, 2])), 500, 600);
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 10);
    fail(&mut simulation, 3..=4);
    run_to(&mut simulation, 180);
    let left =
        first(&simulation, |notice| matches!(notice, Notice::DnsChanged { node: B, published: false }));
    let left = left.expect("zone b has no healthy target").as_seconds();
    // Two failed checks of a node, 5 s apart, of which the first comes within 5 s.
    assert!((15.0..=20.1).contains(&left), "{left} s");
    assert_eq!((in_dns(&simulation), answer(&simulation)), (vec![true, false], vec![0]));

    // Client 1 asked DNS at 0.5 s and was given zone b: it asks again at the first request after 60.5 s.
    let ways = routes(&simulation);
    for way in ways.iter().filter(|way| way.client == 1) {
        let still_knows_b = way.at < SimTime::ZERO + SimDuration::from_millis(60_500);
        assert_eq!(way.node, u32::from(still_knows_b), "at {}", way.at);
    }
    let to_dead_zone = ways.iter().filter(|way| way.node == 1 && way.at.as_seconds() > left);
    let (count, failed_open) =
        (to_dead_zone.clone().count(), to_dead_zone.filter(|way| way.choice.fail_open));
    assert!(count >= 40, "one a second from 20 s to 60 s: {count}");
    assert_eq!(failed_open.count(), count);
    assert_eq!(simulation.metrics().count(Metric::UnhealthyRoutingRequest), count as u64);
    assert_eq!(simulation.metrics().count(Metric::Elb5xx), 0, "fail-open, not 503");

    restore(&mut simulation, 3..=4);
    run_to(&mut simulation, 200);
    assert_eq!(answer(&simulation), [0, 1]);
    run_to(&mut simulation, 299);
    let back = routes(&simulation).into_iter().filter(|way| way.at > seconds(262) && way.client == 1);
    let nodes: Vec<u32> = back.map(|way| way.node).collect();
    assert!(nodes.len() > 30 && nodes.iter().all(|node| *node == nodes[0]));
}

/// A connection outlives the DNS answer that led to it: ours, see the choice "Connections of clients". DNS failover
/// alone does not move a client that keeps its connection open.
#[test]
fn a_client_with_an_open_connection_stays_at_a_zone_that_has_left_dns() {
    let mut scenario = two_clients(cross_zone_off(by_zone(&[2, 2])), 500, 400);
    scenario.traffic.keep_alive = true;
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 10);
    fail(&mut simulation, 3..=4);
    run_to(&mut simulation, 190);
    assert_eq!(answer(&simulation), [0]);
    assert!(routes(&simulation).iter().all(|way| way.node == way.client));
}

/// ALB guide, "Target groups", target group health: with cross-zone load balancing on, the targets of all enabled
/// zones count together. So a zone of dead targets stays in DNS, and its node uses the other zone's targets.
#[test]
fn with_cross_zone_a_zone_of_unhealthy_targets_stays_in_dns_and_its_node_uses_the_others() {
    let mut simulation = Simulation::new(&two_clients(by_zone(&[2, 2]), 200, 900), 7);
    run_to(&mut simulation, 10);
    fail(&mut simulation, 3..=4);
    run_to(&mut simulation, 30);
    assert!((3..=4).all(|task| state_of(&simulation, task) == TargetState::Unhealthy));
    let dead = shares(&simulation, [3, 4]);
    let received = simulation.load_balancer().nodes()[1].received();
    run_to(&mut simulation, 185);
    assert_eq!(answer(&simulation), [0, 1]);
    assert_eq!(shares(&simulation, [3, 4]), dead);
    assert!(simulation.load_balancer().nodes()[1].received() - received > 350, "half of 5/s for 150 s");
    let metrics = simulation.metrics();
    assert_eq!((metrics.count(Metric::UnhealthyRoutingRequest), metrics.count(Metric::Elb5xx)), (0, 0));
}

/// ALB guide, "Target groups", target group health: when no zone passes, DNS answers with all of them.
#[test]
fn when_all_zones_are_unhealthy_dns_answers_with_all_of_them() {
    for scenario in [by_zone(&[1, 1]), cross_zone_off(by_zone(&[1, 1]))] {
        let mut simulation = Simulation::new(&two_clients(scenario, 500, 300), 7);
        run_to(&mut simulation, 10);
        fail(&mut simulation, 1..=2);
        run_to(&mut simulation, 140);
        assert_eq!((in_dns(&simulation), answer(&simulation)), (vec![false, false], vec![0, 1]));
        // Both clients have asked again since, and both nodes still get their half, without an error.
        let late: Vec<u32> =
            routes(&simulation).into_iter().filter(|way| way.at > seconds(80)).map(|way| way.node).collect();
        assert_eq!(late.iter().filter(|node| **node == 0).count(), late.len() / 2);
        assert_eq!(simulation.metrics().count(Metric::Elb5xx), 0);
    }
}

const DNS_COUNT: &str = "target_group_health.dns_failover.minimum_healthy_targets.count";
const DNS_PERCENTAGE: &str = "target_group_health.dns_failover.minimum_healthy_targets.percentage";

/// API `TargetGroupAttribute`, `target_group_health.dns_failover.*`: a zone leaves DNS when the number, or the
/// percentage, of its healthy targets is below the threshold; with both set, either breach is enough (ALB guide,
/// "Target groups"); `off` never takes it out.
#[test]
fn a_zone_leaves_dns_below_the_count_or_the_percentage_that_is_set() {
    // Of four targets in zone b so many fail; does it stay?
    for (count, percentage, failing, stays) in [
        ("1", "off", 3, true),
        ("1", "off", 4, false),
        ("3", "off", 1, true),
        ("3", "off", 2, false),
        ("off", "off", 4, true),
        ("off", "50", 2, true),
        ("off", "50", 3, false),
        ("1", "75", 1, true),
        ("1", "75", 2, false),
        ("4", "50", 1, false),
    ] {
        let mut scenario = cross_zone_off(by_zone(&[4, 4]));
        silence(&mut scenario);
        set(&mut scenario, DNS_COUNT, count);
        set(&mut scenario, DNS_PERCENTAGE, percentage);
        let mut simulation = Simulation::new(&scenario, 7);
        fail(&mut simulation, 5..5 + failing);
        run_to(&mut simulation, 30);
        assert_eq!(
            in_dns(&simulation),
            [true, stays],
            "count {count}, percentage {percentage}, {failing} of 4"
        );
    }
}

/// ALB guide, "Target groups", target group health: the counting base with cross-zone load balancing on is the targets
/// of all enabled zones together, so that no zone passes when the total is too low, not even one whose own targets are
/// all healthy.
#[test]
fn with_cross_zone_the_thresholds_count_the_targets_of_all_zones_together() {
    for (failing, passes) in [(1, true), (2, false)] {
        let mut scenario = by_zone(&[2, 2]);
        silence(&mut scenario);
        set(&mut scenario, DNS_COUNT, "3");
        let mut simulation = Simulation::new(&scenario, 7);
        fail(&mut simulation, 3..3 + failing);
        run_to(&mut simulation, 30);
        assert_eq!(in_dns(&simulation), [passes; 2], "{failing} of 4 fail");
    }
}

/// The same thresholds hold before anything has happened: a zone that has too few targets from the start is not in
/// DNS from the start; and they can be changed (`ModifyTargetGroupAttributes`).
#[test]
fn a_zone_with_too_few_targets_from_the_start_is_not_in_dns() {
    let mut scenario = cross_zone_off(by_zone(&[3, 1]));
    silence(&mut scenario);
    set(&mut scenario, DNS_COUNT, "2");
    let mut simulation = Simulation::new(&scenario, 7);
    assert_eq!(in_dns(&simulation), [true, false]);
    modify_group(&mut simulation, DNS_COUNT, "1");
    assert_eq!(in_dns(&simulation), [true, true]);
    modify_group(&mut simulation, DNS_COUNT, "3");
    assert_eq!(in_dns(&simulation), [true, false]);
}

/// API `TargetGroupAttribute`, `target_group_health.unhealthy_state_routing.*`: below the count or the percentage a
/// node sends requests to all its targets, unhealthy ones included; either breach is enough (ALB guide, "Target
/// groups"). ALB guide, "CloudWatch metrics": `UnhealthyRoutingRequestCount` counts these requests.
#[test]
fn a_node_routes_to_all_its_targets_below_the_count_or_the_percentage_that_is_set() {
    let routing =
        |what| format!("target_group_health.unhealthy_state_routing.minimum_healthy_targets.{what}");
    for (count, percentage, failing, to_all) in [
        ("1", "off", 3, false),
        ("3", "off", 1, false),
        ("3", "off", 2, true),
        ("1", "50", 2, false),
        ("1", "60", 2, true),
        ("4", "50", 1, true),
    ] {
        let mut scenario = by_zone(&[4]);
        in_turns(&mut scenario, 2, 50, 1_200);
        // AWS wants the thresholds for DNS to be no lower.
        set(&mut scenario, DNS_COUNT, count);
        set(&mut scenario, DNS_PERCENTAGE, percentage);
        set(&mut scenario, &routing("count"), count);
        set(&mut scenario, &routing("percentage"), percentage);
        assert_eq!(scenario.target_groups[0].check(), Ok(()));
        let mut simulation = Simulation::new(&scenario, 7);
        fail(&mut simulation, 1..=failing);
        run_to(&mut simulation, 20);
        let (before, counted) =
            (shares(&simulation, [1, 2, 3, 4]), simulation.metrics().count(Metric::RequestCount));
        let unhealthy_before = simulation.metrics().count(Metric::UnhealthyRoutingRequest);
        run_to(&mut simulation, 50);
        let gained: Vec<u64> =
            shares(&simulation, [1, 2, 3, 4]).iter().zip(before).map(|(now, before)| now - before).collect();
        let counted = simulation.metrics().count(Metric::RequestCount) - counted;
        let by_failing_open = simulation.metrics().count(Metric::UnhealthyRoutingRequest) - unhealthy_before;
        assert!((595..=605).contains(&counted), "20/s for 30 s: {counted}");
        // Each node goes round by itself, and gives every candidate its share to within one request.
        let candidates = if to_all { 4 } else { 4 - u64::from(failing) };
        for (task, gained) in (1..).zip(gained) {
            let due = if to_all || task > failing { counted / candidates } else { 0 };
            assert!(
                gained.abs_diff(due) <= 2,
                "{count} {percentage} {failing}: task {task} got {gained}, not {due}"
            );
        }
        assert_eq!(by_failing_open, if to_all { counted } else { 0 }, "{count} {percentage} {failing}");
        assert_eq!(simulation.metrics().count(Metric::Elb5xx), 0);
    }
}

/// ALB guide, "Target groups", target group health: with several target groups a zone passes as long as one of them is
/// healthy enough there. (Another page of AWS says otherwise; we follow this one.)
#[test]
fn with_several_target_groups_a_zone_passes_when_one_of_them_is_healthy_there() {
    let mut scenario = cross_zone_off(by_zone(&[1, 1]));
    silence(&mut scenario);
    let mut api = scenario.target_groups[0].clone();
    api.name = "api".to_owned();
    scenario.target_groups.push(api);
    for zone in 0..2 {
        let mut service = scenario.services[zone].clone();
        service.name = format!("api-{zone}");
        service.target_group = Some(TargetGroupId::new(1));
        scenario.services.push(service);
    }
    scenario.listeners[0].rules.push(Rule {
        priority: 1,
        conditions: vec![Condition::PathPattern(vec!["/api/*".to_owned()])],
        action: Action::Forward(Forward::to(TargetGroupId::new(1))),
    });
    // Tasks 1 and 2 are web's in zones a and b, 3 and 4 api's.
    let mut simulation = Simulation::new(&scenario, 7);
    fail(&mut simulation, [2]);
    run_to(&mut simulation, 30);
    assert_eq!(state_of(&simulation, 2), TargetState::Unhealthy);
    assert_eq!(in_dns(&simulation), [true, true], "api is healthy in zone b");
    fail(&mut simulation, [4]);
    run_to(&mut simulation, 60);
    assert_eq!(in_dns(&simulation), [true, false]);
    restore(&mut simulation, [2]);
    run_to(&mut simulation, 90);
    assert_eq!((state_of(&simulation, 4), in_dns(&simulation)), (TargetState::Unhealthy, vec![true, true]));
}

/// ALB guide, "Health checks", API `TargetHealth`: a target in a zone that is not enabled for the load balancer is
/// `unused` (`Target.NotInUse`); it is not checked, gets no requests and is in no count. That its registration shows
/// first is our choice.
#[test]
fn a_target_in_a_zone_that_is_not_enabled_is_unused() {
    for start in [Start::Steady, Start::Empty] {
        let mut scenario = by_zone(&[1, 1, 2]);
        scenario.zones.push("us-east-1c".to_owned());
        scenario.start = start;
        in_turns(&mut scenario, 2, 200, 600);
        set(&mut scenario, DNS_PERCENTAGE, "100");
        let mut simulation = Simulation::new(&scenario, 7);
        run_to(&mut simulation, 120);
        let load_balancer = simulation.load_balancer();
        let outside: Vec<u32> = simulation
            .cluster()
            .tasks()
            .filter(|task| task.zone() == 2)
            .map(|task| task.id().number())
            .collect();
        assert!(!outside.is_empty());
        for task in outside {
            assert_eq!(health_of(&simulation, task), "unused (Target.NotInUse)");
            let registration = "initial (Elb.RegistrationInProgress)";
            let before =
                states_of(&simulation, task).into_iter().filter(|state| state != "unused (Target.NotInUse)");
            assert!(before.eq((start == Start::Empty).then(|| registration.to_owned())));
            assert_eq!((checks_of(&simulation, task), routed_to(&simulation, task)), (0, 0));
        }
        assert!(checks_of(&simulation, 1) > 0 && routed_to(&simulation, 1) > 200);
        let group = load_balancer.target_group(FIRST_GROUP);
        for node in [A, B] {
            assert_eq!(load_balancer.count_hosts(node, FIRST_GROUP), (2, 0));
            assert_eq!(load_balancer.count_targets(node, group), (2, 2));
        }
        assert_eq!(in_dns(&simulation), [true, true], "2 of 2 are 100 %, 2 of 4 would not be");
    }
}

/// ECS guide, "Troubleshooting service load balancers": a task in a zone that the load balancer does not cover never
/// passes its health checks, and is replaced again and again.
#[test]
fn ecs_replaces_a_task_in_a_zone_that_is_not_enabled_again_and_again() {
    let mut scenario = by_zone(&[1, 1, 1]);
    scenario.zones.push("us-east-1c".to_owned());
    scenario.services[2].health_check_grace_period = SimDuration::ZERO;
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 600);
    let stopping = |task: TaskId| {
        let lost = |notice: &Notice| matches!(notice, Notice::TaskStopping { task: stopped, .. } if *stopped == task);
        first(&simulation, lost).is_some()
    };
    let outside: Vec<bool> = (1..)
        .map(TaskId::new)
        .map_while(|id| simulation.cluster().task(id))
        .filter(|task| task.zone() == 2)
        .map(|task| stopping(task.id()))
        .collect();
    // One round is 20 s of starting, give or take a quarter, 30 s of draining, 5 s of deprovisioning and at most two
    // looks of the scheduler, 10 s apart: 80 s, in which a task and its replacement come and go.
    assert!(outside.len() > 600 / 80, "{outside:?}");
    assert!(outside.iter().filter(|stopped| !**stopped).count() <= 2, "one at a time, and its replacement");
    assert!([1, 2].iter().all(|task| !stopping(TaskId::new(*task))), "the others are left alone");
}

/// ALB guide, "Health checks", API `TargetHealth`: the targets of a group that no listener uses are `unused`
/// (`Target.NotInUse`) and not checked. `ModifyListener` to that group makes them `initial`, and healthy after one
/// passed check, whatever the threshold (ALB guide, "Target groups"); those of the group that it leaves are unused.
#[test]
fn modify_listener_turns_the_old_targets_unused_and_checks_the_new_ones() {
    let mut scenario = by_weight(&[(1, 2), (1, 2)]);
    scenario.listeners[0].default_action = Action::Forward(Forward::to(FIRST_GROUP));
    scenario.target_groups[1].health_check.healthy_threshold = 10;
    in_turns(&mut scenario, 4, 100, 600);
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 30);
    assert_eq!([1, 2].map(|task| health_of(&simulation, task)), ["healthy"; 2]);
    assert_eq!([3, 4].map(|task| health_of(&simulation, task)), ["unused (Target.NotInUse)"; 2]);
    assert_eq!([3, 4].map(|task| (checks_of(&simulation, task), routed_to(&simulation, task))), [(0, 0); 2]);

    modify_listener(&mut simulation, Action::Forward(Forward::to(TargetGroupId::new(1))));
    assert_eq!([1, 2].map(|task| health_of(&simulation, task)), ["unused (Target.NotInUse)"; 2]);
    assert_eq!([3, 4].map(|task| health_of(&simulation, task)), ["initial (Elb.InitialHealthChecking)"; 2]);
    let (old, old_checks) = (shares(&simulation, [1, 2]), [1, 2].map(|task| checks_of(&simulation, task)));
    run_to(&mut simulation, 55);
    for task in [3, 4] {
        let states = ["unused (Target.NotInUse)", "initial (Elb.InitialHealthChecking)", "healthy"];
        assert_eq!(states_of(&simulation, task), states);
        let healthy = reached(&simulation, task, TargetState::Healthy).expect("it passes").as_seconds();
        assert!(
            (30.0..31.1).contains(&healthy),
            "the first check comes within 1 s (our choice): {healthy} s"
        );
    }
    assert_eq!(shares(&simulation, [1, 2]), old);
    assert_eq!([1, 2].map(|task| checks_of(&simulation, task)), old_checks);
    let new = shares(&simulation, [3, 4]);
    assert!(new.iter().sum::<u64>() > 240 && new[0].abs_diff(new[1]) <= 4, "{new:?}");
    assert_eq!(simulation.metrics().count(Metric::Elb5xx), 0);

    modify_listener(&mut simulation, Action::Forward(Forward::to(FIRST_GROUP)));
    assert_eq!([1, 2].map(|task| health_of(&simulation, task)), ["initial (Elb.InitialHealthChecking)"; 2]);
    run_to(&mut simulation, 60);
    assert_eq!([1, 2].map(|task| health_of(&simulation, task)), ["healthy"; 2], "and back");
}

/// ELB guide, "How Elastic Load Balancing works": each node chooses by itself. That it remembers its own position is
/// our choice (Assumptions, SharedRoutingMemory): so a client may meet the same target twice in a row.
#[test]
fn each_node_goes_round_by_itself_unless_they_share_their_memory() {
    for (shared, expected) in [(false, [1, 1, 2, 2, 3, 3, 1, 1]), (true, [1, 2, 3, 1, 2, 3, 1, 2])] {
        let mut scenario = by_zone(&[2, 1]);
        scenario.assumptions.shared_routing_memory = shared;
        in_turns(&mut scenario, 2, 200, 8);
        let mut simulation = Simulation::new(&scenario, 7);
        run_to(&mut simulation, 10);
        let ways = routes(&simulation);
        assert_eq!(ways.iter().map(|way| way.node).collect::<Vec<_>>(), [0, 1, 0, 1, 0, 1, 0, 1]);
        assert_eq!(ways.iter().map(|way| way.task).collect::<Vec<_>>(), expected, "shared: {shared}");
        assert!(ways.iter().all(|way| matches!(way.choice.basis, TargetBasis::Algorithm(_))));
    }
}

/// ALB guide, "Health checks": each node checks the health of each target, and routes to the ones that it finds
/// healthy. Checks of two nodes lie at different moments, so that one knows of a failure before the other does.
#[test]
fn each_node_routes_by_its_own_view_of_a_target() {
    let mut scenario = by_zone(&[2, 1]);
    in_turns(&mut scenario, 2, 50, 2_400);
    scenario.target_groups[0].health_check.interval = SimDuration::from_secs(30);
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 1);
    fail(&mut simulation, [2]);
    run_to(&mut simulation, 100);
    let target = target_of(&simulation, 2);
    let verdicts: Vec<(SimTime, u32)> = notices(&simulation)
        .into_iter()
        .filter_map(|(at, notice)| match notice {
            Notice::NodeVerdict { node, target: of, .. } if of == target => Some((at, node.number())),
            _ => None,
        })
        .collect();
    let [(first, early), (second, late)] = verdicts[..] else { panic!("one verdict a node: {verdicts:?}") };
    assert_ne!(early, late);
    let apart = second.since(first).as_seconds();
    assert!(apart > 3.0, "this seed has the checks {apart} s apart; with less there would be little to see");

    let ways: Vec<Route> =
        routes(&simulation).into_iter().filter(|way| way.at > first && way.at < second).collect();
    let to_it = |node| ways.iter().filter(|way| way.node == node && way.task == 2).count() as f64;
    let all = |node| ways.iter().filter(|way| way.node == node).count() as f64;
    assert_eq!(to_it(early), 0.0);
    assert!((to_it(late) - all(late) / 3.0).abs() <= 1.0, "its full share: {} of {}", to_it(late), all(late));
    // It is shown healthy as long as one node regards it so (our choice), and unhealthy from then on.
    assert_eq!(reached(&simulation, 2, TargetState::Unhealthy), Some(second));
    assert!(routes(&simulation).iter().all(|way| way.at < second || way.task != 2));
}
