//! What axe-core can check of WCAG 2.1 AA, in both colours, in a wide window and on a telephone.

use albatross_e2e::{Look, Page};

fn expect_no_grave_violation(page: &Page, what: &str) {
    let grave: Vec<String> =
        page.violations().iter().filter(|found| found.is_grave()).map(ToString::to_string).collect();
    assert!(grave.is_empty(), "{what}:\n{}", grave.join("\n"));
}

/// Every state of the page that has something of its own to read. Paused, so that nothing changes under the audit.
fn audit(look: Look) {
    let page = Page::open_as(look, "");
    page.wait_for_task(3, "requests", |task| task.requests > 0);
    page.pause();
    expect_no_grave_violation(&page, "nothing selected");
    for thing in ["#select-traffic", "#node-1", "#select-target-group", "#select-service"] {
        page.click(thing);
        expect_no_grave_violation(&page, thing);
        page.press("Escape");
    }
    page.click("#task-3");
    page.wait_until_settled();
    page.click("[data-act=slow]");
    expect_no_grave_violation(&page, "a slow task selected");
    page.press("K");
    expect_no_grave_violation(&page, "a killed task selected");
    page.press("Escape");
    page.press("K");
    assert!(page.notice().is_some());
    expect_no_grave_violation(&page, "a notice");
    page.press("?");
    page.click("#keys summary");
    expect_no_grave_violation(&page, "the help open");
}

#[test]
fn a_wide_window_in_light_colours() {
    audit(Look::WIDE);
}

#[test]
fn a_wide_window_in_dark_colours() {
    audit(Look::WIDE.dark());
}

#[test]
fn a_telephone_in_light_colours() {
    audit(Look::NARROW);
}

#[test]
fn every_state_of_a_task_can_be_read() {
    let page = Page::open("");
    page.set_speed("10×");
    page.click("#task-3");
    page.press("K");
    page.press("A");
    page.wait_for_task(3, "draining", |task| task.state == "draining");
    page.pause();
    expect_no_grave_violation(&page, "with a draining task");
}

#[test]
fn what_is_said_to_a_thing_is_what_is_read_on_it() {
    let page = Page::open("");
    for (thing, name) in [("#node-1", ".node-name"), ("#node-2", ".node-name"), ("#task-1", ".task-name")] {
        let label = page.attribute(thing, "aria-label").expect("it has a name").to_lowercase();
        let read = page.text(&format!("{thing} {name}")).replace('\n', "").to_lowercase();
        assert!(label.contains(&read), "“{read}” is not in the name “{label}”");
    }
}
