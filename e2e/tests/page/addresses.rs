//! What stands in the address is what runs; nonsense there, and a page that does not arrive whole, are told.

use albatross_e2e::{Look, Page, until};

fn scenario(page: &Page) -> String {
    page.read("return document.querySelector('#scenario').value")
}

fn wait_for_failure(page: &Page) -> String {
    until("the failure to be told", || page.is_shown("#failure"), |shown| *shown);
    page.text("#failure")
}

#[test]
fn an_unknown_scenario_is_told_and_the_first_one_runs() {
    let page = Page::open("?scenario=nobody");
    let notice = page.notice().expect("a notice");
    assert!(notice.contains("nobody"), "{notice}");
    assert_eq!(scenario(&page), "the-real-example");
    page.wait_for_task(1, "requests", |task| task.requests > 0);
    page.click(".notice button");
    assert_eq!(page.notice(), None);
    page.expect_nothing_wrong();
}

#[test]
fn a_seed_that_is_none_is_told_and_one_that_is_one_is_used() {
    let page = Page::open("?seed=x");
    assert!(page.notice().expect("a notice").contains("“x”"));
    assert_eq!(page.text(".seed"), "seed 7");
    page.go("?scenario=one-slow-task&seed=41");
    page.wait_until_alive();
    assert_eq!(page.notice(), None);
    assert_eq!(page.text(".seed"), "seed 41");
    page.browser().choose("#scenario", "a-task-hangs");
    assert!(page.browser().address().ends_with("?scenario=a-task-hangs&seed=41"), "the seed stays");
}

#[test]
fn one_address_is_one_run() {
    let lines = |seed: u32| {
        let page = Page::open(&format!("?scenario=a-task-is-killed&seed={seed}"));
        page.set_speed("30×");
        page.wait_for_log("task 4 is healthy");
        let mut lines = page.log_lines();
        lines.reverse();
        let end = lines.iter().position(|line| line.text.starts_with("task 4 is healthy")).expect("it is");
        lines.truncate(end);
        lines
    };
    assert_eq!(lines(5), lines(5));
}

#[test]
fn choosing_a_scenario_changes_the_address_and_back_returns() {
    let page = Page::open("");
    page.click("#task-1");
    page.browser().choose("#scenario", "one-slow-task");
    assert!(page.browser().address().ends_with("/any/folder/?scenario=one-slow-task"));
    assert!(!page.task(1).selected, "a new run begins with nothing selected");
    let title: String = page.read(TITLE);
    assert_eq!(page.text("#inspector h2"), title);
    assert!(page.browser().title().contains(&title), "{}", page.browser().title());
    page.browser().choose("#scenario", "ten-busy-tasks");
    until("ten tasks", || page.tasks().len(), |count| *count >= 10);

    page.browser().back();
    until("the scenario before", || scenario(&page), |name| name == "one-slow-task");
    assert_eq!(page.tasks().len(), 3);
    page.browser().back();
    until("the scenario at first", || scenario(&page), |name| name == "the-real-example");
    page.wait_for_task(1, "requests", |task| task.requests > 0);
    page.expect_nothing_wrong();
}

const TITLE: &str = "return document.querySelector('#scenario').selectedOptions[0].text";

#[test]
fn markup_in_an_address_is_text() {
    for name in ["scenario", "seed"] {
        let page = Page::open(&format!("?{name}=%3Cimg%20src=x%20onerror=alert(1)%3E"));
        let notice = page.notice().expect("a notice");
        assert!(notice.contains("“<img src=x onerror=alert(1)>”"), "it is told as it was meant: {notice}");
        assert_eq!(page.count("img"), 0);
        page.expect_nothing_wrong();
    }
}

#[test]
fn nonsense_in_an_address_never_stops_the_page() {
    let long = format!("?scenario={}", "x".repeat(4_000));
    let page = Page::closed(Look::WIDE);
    for query in [
        "?",
        "?&&=",
        "?scenario",
        "?scenario=%E2%28%A1",
        "?scenario=%00",
        "?seed=99999999999999999999",
        &long,
    ] {
        page.go(query);
        page.wait_until_alive();
        page.wait_for_task(1, "requests", |task| task.requests > 0);
        let notice = page.notice().unwrap_or_default();
        assert!(notice.chars().count() < 200, "{notice}");
        page.expect_nothing_wrong();
    }
}

#[test]
fn a_part_that_does_not_arrive_is_told_with_a_way_back() {
    for part in [".wasm", ".js"] {
        let page = Page::closed(Look::WIDE);
        page.site().withhold(part);
        page.go("?scenario=one-slow-task");
        let told = wait_for_failure(&page);
        assert!(told.contains("Albatross could not start"), "{part}: {told}");
        assert!(page.text("#failure p").len() > 20, "{part}: {told}");

        page.site().withhold_nothing();
        page.click("#failure a");
        page.wait_until_alive();
        assert_eq!(scenario(&page), "one-slow-task", "{part}");
        assert!(!page.is_shown("#failure"), "{part}");
    }
}

#[test]
fn a_simulator_that_breaks_is_told_with_a_way_back() {
    let page = Page::open("");
    page.browser().run(
        "window.dispatchEvent(new ErrorEvent('error', {
            error: new WebAssembly.RuntimeError('unreachable'), message: 'unreachable' }))",
        &[],
    );
    let told = wait_for_failure(&page);
    assert!(told.contains("The simulator stopped"), "{told}");
    page.click("#failure a");
    page.wait_until_alive();
    assert!(!page.is_shown("#failure"));
}
