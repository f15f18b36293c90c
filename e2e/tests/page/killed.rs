//! A task is killed: its requests fail, it leaves rotation, another takes its place.

use albatross_e2e::{Page, until};

/// The page, paused at an instant in which task 3 has requests, with task 3 selected.
fn with_a_busy_task_selected() -> Page {
    let page = Page::open("");
    page.wait_for_task(3, "requests", |task| task.requests > 1);
    page.pause();
    until(
        "a request on task 3, step by step",
        || {
            if page.task(3).busy == 0 {
                page.press(".");
            }
            page.task(3)
        },
        |task| task.busy > 0,
    );
    page.click("#task-3");
    assert!(page.task(3).selected);
    page
}

fn shares(page: &Page, numbers: &[u32]) -> Vec<f64> {
    let share = |number: &u32| page.find_task(*number).map_or(0.0, |task| task.share);
    numbers.iter().map(share).collect()
}

fn expect_the_story(page: &Page) {
    page.wait_for_log("You: task 3 is killed.");
    page.wait_for_log("in flight on task 3: connection reset, answered 502");
    assert!(page.task(3).gone, "its card shows that its process is gone");

    page.play();
    page.set_speed("10×");
    page.wait_for_task(3, "unhealthy", |task| task.state == "unhealthy");
    page.wait_for_log("node us-east-1a: task 3 failed 2 checks in a row");
    page.wait_for_log("node us-east-1b: task 3 failed 2 checks in a row");
    page.wait_for_log("task 3 left rotation");
    page.wait_for_task(3, "no part of the requests any more", |task| task.share == 0.0);

    page.wait_for_log("(service web) has started 1 tasks: (task 4).");
    page.wait_for_task(4, "healthy", |task| task.state == "healthy");
    until(
        "an even part of the requests for tasks 1, 2 and 4",
        || shares(page, &[1, 2, 4]),
        |shares| shares.iter().all(|share| (share - 1.0 / 3.0).abs() < 0.05),
    );
    until("task 3 to leave the picture", || page.tasks(), |tasks| tasks.iter().all(|task| task.number != 3));
    page.wait_for_log("task 3: DEPROVISIONING → STOPPED.");
}

fn expect_answers_502(page: &Page) {
    page.pause();
    page.click("#select-traffic");
    let failed = page.fact("HTTPCode_ELB_502_Count");
    assert!(failed > 0, "requests in flight were answered 502");
    assert!(page.fact("502") <= failed, "those that have arrived are among them");
    assert!(page.fact("Sent") > failed);
}

#[test]
fn a_task_killed_by_its_key_is_replaced() {
    let page = with_a_busy_task_selected();
    page.press("K");
    expect_the_story(&page);
    expect_answers_502(&page);
    page.expect_nothing_wrong();
}

#[test]
fn a_task_killed_by_its_button_tells_why_it_fails() {
    let page = with_a_busy_task_selected();
    page.click("[data-act=kill]");
    assert!(page.task(3).gone);
    assert!(page.text("#why").starts_with("Why 502?"), "{}", page.text("#why"));
    assert!(page.text("#why").contains("2 failed health checks"), "{}", page.text("#why"));
    for act in ["kill", "slow", "errors", "hang", "fail-check", "garble", "restore"] {
        assert!(
            page.attribute(&format!("[data-act={act}]"), "disabled").is_some(),
            "{act}: it has no process"
        );
    }
    page.play();
    page.set_speed("10×");
    until(
        "the reason why it is unhealthy",
        || page.find_text("#why").unwrap_or_default(),
        |why| why.starts_with("Why unhealthy?"),
    );
    page.expect_nothing_wrong();
}

#[test]
fn the_live_region_tells_that_a_task_left_rotation() {
    let page = with_a_busy_task_selected();
    page.press("K");
    until("a word of the failed requests", || page.text("#live"), |text| text.contains("answered 502"));
    page.play();
    page.set_speed("10×");
    until("a word of the task", || page.text("#live"), |text| text.contains("task 3 left rotation"));
}
