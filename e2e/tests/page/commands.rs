//! Everything that can be done to the world does what it says.

use albatross_e2e::{Page, until};

/// The page, paused after its first requests, with this task selected.
fn paused_with_task(number: u32) -> Page {
    let page = Page::open("");
    page.wait_for_task(number, "requests", |task| task.requests > 0);
    page.pause();
    page.click(&format!("#task-{number}"));
    page
}

fn act(page: &Page, what: &str) {
    page.click(&format!("[data-act={what}]"));
}

fn is_pressed(page: &Page, what: &str) -> bool {
    page.attribute(&format!("[data-act={what}]"), "aria-pressed").as_deref() == Some("true")
}

#[test]
fn each_fault_is_told_on_the_card_on_its_button_and_in_the_log() {
    let page = paused_with_task(1);
    let faults = [
        ("slow", "slow", "slow ×5", "You: task 1 takes 5× as long."),
        ("errors", "errors", "answers 500", "You: task 1 answers 500 from now on."),
        ("hang", "hang", "hangs", "You: task 1 hangs."),
        ("fail-check", "check", "fails checks", "You: task 1 fails its health checks from now on."),
        ("garble", "garble", "not HTTP", "You: task 1 answers with something that is not HTTP from now on."),
    ];
    assert!(page.attribute("[data-act=restore]", "disabled").is_some(), "nothing to restore");
    for (button, fault, badge, line) in faults {
        assert!(!is_pressed(&page, button), "{button}");
        act(&page, button);
        let task = page.task(1);
        assert_eq!((task.fault.as_str(), task.badges), (fault, vec![badge.to_owned()]));
        assert!(is_pressed(&page, button), "{button}");
        assert_eq!(page.log_lines()[0].text, line);

        act(&page, "restore");
        let task = page.task(1);
        assert_eq!((task.fault.as_str(), task.badges.len()), ("", 0));
        assert!(!is_pressed(&page, button), "{button}");
        assert_eq!(page.log_lines()[0].text, "You: task 1 is restored.");
    }
    page.expect_nothing_wrong();
}

#[test]
fn a_slow_task_fills_up_until_it_is_restored() {
    let page = paused_with_task(1);
    act(&page, "slow");
    // Not faster: health checks wait behind the requests, too, and fail 10 s later.
    page.play();
    page.wait_for_task(1, "all workers busy and more waiting", |task| task.busy == 4 && task.queue);
    act(&page, "restore");
    page.wait_for_task(1, "no queue", |task| !task.queue);
    assert_eq!(page.task(1).state, "healthy");
}

#[test]
fn a_task_with_errors_answers_them_until_it_leaves_rotation() {
    let page = paused_with_task(2);
    act(&page, "errors");
    page.play();
    page.set_speed("10×");
    page.wait_for_task(2, "unhealthy", |task| task.state == "unhealthy");
    page.wait_for_log("task 2 left rotation: unhealthy (Target.ResponseCodeMismatch).");
    page.click("#select-traffic");
    assert!(page.fact("HTTPCode_Target_5XX_Count") > 0);
}

#[test]
fn a_hanging_task_keeps_its_requests_and_leaves_rotation() {
    let page = paused_with_task(2);
    act(&page, "hang");
    page.play();
    page.set_speed("5×");
    page.wait_for_task(2, "requests that wait in vain", |task| task.state == "healthy" && task.queue);
    page.wait_for_log("task 2 left rotation: unhealthy (Target.Timeout).");
}

#[test]
fn a_task_that_fails_its_checks_is_replaced_though_its_answers_are_good() {
    let page = paused_with_task(3);
    act(&page, "fail-check");
    page.play();
    page.set_speed("10×");
    page.wait_for_log("task 3 left rotation: unhealthy (Target.ResponseCodeMismatch).");
    page.wait_for_log("(service web) (task 3) (port 3000) is unhealthy in (target-group web-tg)");
    page.wait_for_task(4, "healthy", |task| task.state == "healthy");
    page.click("#select-traffic");
    assert_eq!(page.fact("HTTPCode_Target_5XX_Count") + page.fact("HTTPCode_ELB_502_Count"), 0);
}

#[test]
fn a_stopped_task_drains_and_another_takes_its_place() {
    let page = paused_with_task(2);
    act(&page, "stop");
    page.wait_for_log("You: StopTask for task 2.");
    assert!(page.attribute("[data-act=stop]", "disabled").is_some(), "it ends already");
    page.play();
    page.set_speed("10×");
    page.wait_for_task(2, "draining", |task| task.state == "draining" && task.status == "DEACTIVATING");
    page.wait_for_task(4, "healthy", |task| task.state == "healthy");
    until("task 2 to leave the picture", || page.find_task(2), Option::is_none);
    page.pause();
    page.click("#select-traffic");
    assert_eq!(page.fact("HTTPCode_ELB_502_Count"), 0, "a drained task loses no request");
}

#[test]
fn desired_count_brings_tasks_and_takes_them_away() {
    let page = Page::open("");
    let counts = || [page.number("#desired"), page.number("#running"), page.number("#pending")];
    page.set_speed("10×");
    page.click("#desired-more");
    page.wait_for_log("You: UpdateService: desired count 4.");
    until("a fourth task that is pending", counts, |counts| *counts == [4, 3, 1]);
    page.wait_for_task(4, "healthy", |task| task.state == "healthy");
    until("four running tasks", counts, |counts| *counts == [4, 4, 0]);

    page.click("#desired-less");
    page.wait_for_log("You: UpdateService: desired count 3.");
    until("a task that drains", || page.tasks(), |tasks| tasks.iter().any(|task| task.state == "draining"));
    until("three cards", || page.tasks().len(), |count| *count == 3);
    assert_eq!(counts(), [3, 3, 0]);
    page.expect_nothing_wrong();
}

#[test]
fn the_algorithm_can_be_changed() {
    let page = Page::open("");
    assert!(page.text("#select-target-group").contains("round_robin"));
    page.click("#select-target-group");
    page.browser().choose("#algorithm", "least_outstanding_requests");
    page.wait_for_log(
        "You: ModifyTargetGroupAttributes: load_balancing.algorithm.type = least_outstanding_requests.",
    );
    assert!(page.text("#select-target-group").contains("least_outstanding_requests"));
    page.expect_nothing_wrong();
}

#[test]
fn the_settings_of_the_target_group_are_told_and_what_aws_refuses_is_not_done() {
    let page = Page::open("");
    page.click("#select-target-group");
    page.browser().enter("#delay", "3601");
    let notice = until("a notice", || page.notice(), Option::is_some).expect("it is there");
    assert!(notice.contains("deregistration_delay.timeout_seconds"), "{notice}");
    assert_eq!(page.read::<String>("return document.querySelector('#delay').value"), "30");
    page.click(".notice button");
    page.click("#inspector summary");
    let told = "slow_start.duration_seconds";
    assert_eq!((page.fact(told), page.fact("HealthCheckIntervalSeconds")), (0, 5));
    page.click("#select-service");
    assert_eq!(page.text("#inspector h2"), "ECS service web");
    assert_eq!(page.fact("desiredCount"), 3);
    page.click("#node-1");
    assert_eq!((page.fact("HealthyHostCount"), page.fact("UnHealthyHostCount")), (3, 0));
    page.expect_nothing_wrong();
}

#[test]
fn the_rate_can_be_changed_by_number_and_by_slider() {
    let page = Page::open("");
    page.click("#select-traffic");
    page.browser().enter("#rate", "20");
    page.wait_for_log("You: clients send 20 requests/s.");
    assert!(page.text("#select-traffic .rate").starts_with("20 requests/s"));
    assert_eq!(page.read::<String>("return document.querySelector('#rate-slider').value"), "20");

    page.read::<()>("document.querySelector('#rate-slider').focus(); return null");
    page.press("ArrowRight");
    page.wait_for_log("You: clients send 21 requests/s.");
    assert_eq!(page.read::<String>("return document.querySelector('#rate').value"), "21");
    page.expect_nothing_wrong();
}

#[test]
fn what_cannot_be_done_is_told_and_changes_nothing() {
    let page = Page::open("");
    page.click("#select-traffic");
    for refused in ["-5", "", "200000"] {
        page.browser().enter("#rate", refused);
        let notice = until("a notice", || page.notice(), Option::is_some).expect("it is there");
        assert!(notice.contains("from 0 to 100,000"), "{refused}: {notice}");
        assert!(page.text("#select-traffic .rate").starts_with("8 requests/s"), "{refused}");
        let shown: String = page.read("return document.querySelector('#rate').value");
        assert_eq!(shown, "8", "the field shows the rate that holds, not “{refused}”");
        page.click(".notice button");
        assert_eq!(page.notice(), None);
    }
    page.press("K");
    assert_eq!(page.notice().as_deref(), Some("Select a task first, then K kills it."));
    assert!(page.log_lines().iter().all(|line| !line.text.starts_with("You:")));
}
