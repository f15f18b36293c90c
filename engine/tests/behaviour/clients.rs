//! Clients with limits of their own: giving up, trying again, and what the load balancer makes of it.

use albatross_engine::kernel::{Distribution, SimDuration};
use albatross_engine::trace::{Author, BalancerCause, ClientError, Step};
use albatross_engine::traffic::{Backoff, RequestRate, Retries};
use albatross_engine::{Command, Scenario, Simulation, ecs::TaskId};

use crate::world::*;

fn impatient(timeout: u64, work: u64) -> Scenario {
    let mut scenario = plain();
    scenario.traffic.timeout = Some(SimDuration::from_secs(timeout));
    scenario.services[0].task_definition.container.service_time =
        Distribution::Constant { value: SimDuration::from_secs(work) };
    scenario.traffic.profile.base = RequestRate::per_second(1.0).expect("in range");
    scenario
}

fn given_up(simulation: &Simulation) -> Vec<ClientError> {
    let ends = steps(simulation).into_iter().filter_map(|(_, step)| match step {
        Step::GaveUp { error, .. } => Some(error),
        _ => None,
    });
    ends.collect()
}

/// ALB guide, "Troubleshoot" (460): the client closed the connection before the idle timeout; the target may have the
/// request, and here goes on with it.
#[test]
fn a_client_that_gives_up_is_460_and_the_target_works_in_vain() {
    let mut simulation = Simulation::new(&impatient(2, 5), 7);
    run_to(&mut simulation, 60);
    let errors = given_up(&simulation);
    assert!(errors.len() > 50 && errors.iter().all(|error| *error == ClientError::Timeout));
    let metrics = simulation.metrics();
    let closed = steps(&simulation).into_iter().filter(|(_, step)| {
        matches!(
            step,
            Step::Answered { status: 460, author: Author::LoadBalancer(BalancerCause::ClientClosed), .. }
        )
    });
    assert_eq!(metrics.count(Metric::Elb4xx), closed.count() as u64);
    assert!(metrics.count(Metric::Elb4xx) > 50);
    assert_eq!(metrics.count(Metric::Elb504), 0, "it never shows as 504");
    assert_eq!(metrics.count(Metric::Target2xx), 0);
    let busy =
        simulation.cluster().tasks().filter_map(|task| task.container()).map(|one| one.busy()).sum::<u32>();
    assert!(busy >= 4, "1/s for 5 s each: {busy}");
}

/// A client without a limit waits as long as the load balancer does.
#[test]
fn a_patient_client_gets_its_answer() {
    let mut scenario = impatient(2, 5);
    scenario.traffic.timeout = None;
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 60);
    assert_eq!(given_up(&simulation), []);
    assert!(simulation.metrics().count(Metric::Target2xx) > 50);
}

#[test]
fn a_failed_request_is_tried_again_as_often_as_the_client_likes_and_no_more() {
    let mut scenario = plain();
    scenario.traffic.retries = Retries { attempts: 2, backoff: Backoff::None };
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 10);
    for task in 1..=3 {
        apply(&mut simulation, Command::FailRequests(TaskId::new(task), 500));
    }
    run_to(&mut simulation, 20);
    let since = steps(&simulation).into_iter().filter(|(at, _)| *at > seconds(12));
    let mut attempts = [0_u32; 4];
    since.for_each(|(_, step)| {
        if let Step::Sent { attempt, .. } = step {
            attempts[usize::from(attempt)] += 1;
        }
    });
    // Everything fails: each of the 64 errands of 8 s takes three attempts; a few are under way at either end.
    assert!((62..=66).contains(&attempts[0]), "{attempts:?}");
    assert!(attempts[1].abs_diff(attempts[0]) <= 3 && attempts[2].abs_diff(attempts[0]) <= 3, "{attempts:?}");
    assert_eq!(attempts[3], 0);
}

#[test]
fn nothing_is_tried_again_that_succeeded() {
    let mut scenario = plain();
    scenario.traffic.retries = Retries { attempts: 3, backoff: Backoff::None };
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 30);
    assert!(steps(&simulation).into_iter().all(|(_, step)| !matches!(step, Step::Sent { attempt: 1.., .. })));
}

/// What a retry storm is made of: with the service slowed for 10 s, clients that try again at once keep it overloaded
/// long after it has recovered; clients that back off let it go.
#[test]
fn retries_without_backoff_keep_an_overload_alive_and_backoff_ends_it() {
    let storm = |backoff| {
        let mut scenario = plain();
        // Three tasks of four workers at 100 ms can do 120/s: three attempts for each of 48/s are too many.
        scenario.traffic.profile.base = RequestRate::per_second(48.0).expect("in range");
        scenario.traffic.timeout = Some(SimDuration::from_secs(1));
        scenario.traffic.retries = Retries { attempts: 2, backoff };
        scenario.services[0].health_check_grace_period = SimDuration::from_secs(3_600);
        let mut simulation = Simulation::new(&scenario, 7);
        run_to(&mut simulation, 20);
        (1..=3).for_each(|task| apply(&mut simulation, Command::SlowTask(TaskId::new(task), 300)));
        run_to(&mut simulation, 30);
        (1..=3).for_each(|task| apply(&mut simulation, Command::RestoreTask(TaskId::new(task))));
        run_to(&mut simulation, 120);
        let before = simulation.metrics().given_up;
        run_to(&mut simulation, 180);
        simulation.metrics().given_up - before
    };
    let second = SimDuration::from_secs(1);
    let (alive, over) =
        (storm(Backoff::None), storm(Backoff::Exponential { base: second * 20, cap: second * 60 }));
    // 48/s arrive in the minute that is looked at, 90 s after the cause is gone.
    assert!(alive > 60 * 48, "more attempts are given up than requests arrive: {alive}");
    assert_eq!(over, 0);
}

/// ALB guide, "Troubleshoot" (408): the client sent no data before the idle timeout.
#[test]
fn a_client_that_sends_nothing_is_408_at_the_idle_timeout() {
    let mut scenario = plain();
    scenario.traffic.kinds[0].silent = true;
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 59);
    assert_eq!(simulation.metrics().count(Metric::Elb4xx), 0);
    run_to(&mut simulation, 90);
    let metrics = simulation.metrics();
    let answers: Vec<u16> = metrics.statuses().map(|(status, _)| status).collect();
    assert_eq!(answers, [408]);
    assert!(metrics.count(Metric::Elb4xx) > 200, "8/s for 30 s");
    assert_eq!(metrics.count(Metric::RequestCount), 0, "no target was chosen");
}
