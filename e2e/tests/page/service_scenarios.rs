//! The built-in scenarios about services run on the page as they do without it: what happens is told in the log, on the
//! strip and in the inspector.

use albatross_e2e::{Page, until};

/// A scenario at sixty times its speed, with the service selected.
fn running(scenario: &str) -> Page {
    let page = Page::open(&format!("?scenario={scenario}"));
    page.click("#select-service");
    page.set_speed("60×");
    page
}

fn wait_for_all(page: &Page, lines: &[&str]) {
    for line in lines {
        page.wait_for_log(line);
    }
    page.expect_nothing_wrong();
}

#[test]
fn a_bad_green_goes_through_its_stages_and_back() {
    let page = running("blue-green-with-a-bad-green");
    wait_for_all(
        &page,
        &[
            "deployment stage SCALE_UP.",
            "production traffic, 100.0 % goes to the new revision.",
            "deployment stage BAKE_TIME.",
            "alarm green-5xx: ",
            "deployment failed: alarm detected.",
            "production traffic, 0.0 % goes to the new revision.",
        ],
    );
    until(
        "the service to be as it shall be",
        || page.text("#waits"),
        |waits| waits.contains("nothing to do"),
    );
}

#[test]
fn a_canary_gets_a_tenth_and_the_strip_says_so() {
    let page = Page::open("?scenario=a-canary");
    page.set_speed("10×");
    until(
        "stage and share in the strip",
        || page.text(".deployment").replace('\u{a0}', " "),
        |told| told.contains("10 % of traffic"),
    );
    page.set_speed("60×");
    wait_for_all(&page, &["deployment failed: alarm detected."]);
}

#[test]
fn the_circuit_breaker_rolls_a_bad_deployment_back() {
    let page = running("a-bad-deployment");
    wait_for_all(
        &page,
        &["deployment failed: tasks failed to start.", "rolling back to (deployment ecs-svc/web-1)."],
    );
}

#[test]
fn a_flash_crowd_is_followed_by_scaling() {
    let page = running("a-flash-crowd");
    wait_for_all(&page, &["alarm TargetTracking-", "Setting desired count to "]);
    until("its activities", || page.text("#inspector"), |told| told.contains("Setting desired count to"));
    until("more tasks than there were", || page.number("#desired"), |desired| *desired > 2);
}

#[test]
fn what_cannot_be_placed_is_told_where_the_service_is() {
    let page = running("ec2-out-of-room");
    wait_for_all(
        &page,
        &["was unable to place a task because no container instance met all of its requirements."],
    );
    until("why it waits", || page.text("#waits"), |waits| waits.contains("cannot place a task"));
    wait_for_all(&page, &["container instance 1 is gone."]);
}

#[test]
fn lost_zones_and_interruptions_are_told() {
    let page = running("a-zone-is-lost");
    wait_for_all(&page, &["us-east-1b fails", "is not AZ balanced with", "is AZ balanced with"]);
    let page = running("a-spot-interruption");
    wait_for_all(&page, &["Fargate Spot takes its capacity back in 2 minutes; SIGTERM now."]);
}

#[test]
fn the_others_run_for_minutes_and_nothing_is_wrong() {
    for scenario in [
        "a-grace-period-too-short",
        "a-deployment-that-never-starts",
        "a-deployment-with-draining",
        "a-deployment-without-draining",
        "a-slow-sigterm",
    ] {
        let page = running(scenario);
        until("two minutes to pass", || page.clock(), |clock| *clock > 120.0);
        assert!(!page.text("#waits").is_empty(), "{scenario}");
        page.expect_nothing_wrong();
    }
}
