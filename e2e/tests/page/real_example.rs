//! The scenario that the page opens with: request 1 to task 1, request 2 to task 2, and so on; and the numbers agree.

use albatross_e2e::{Page, Task, until};

/// Three healthy tasks that have got something, at an instant that does not pass.
fn paused() -> Page {
    let page = Page::open("");
    until("some requests", || page.tasks(), |tasks| tasks.iter().all(|task| task.requests >= 5));
    page.press("Space");
    assert!(!page.is_playing());
    page
}

fn expect_even(tasks: &[Task]) {
    let counts: Vec<u64> = tasks.iter().map(|task| task.requests).collect();
    assert_eq!(counts.len(), 3, "{tasks:#?}");
    let spread = counts.iter().max().zip(counts.iter().min()).map(|(most, least)| most - least);
    assert!(spread <= Some(1), "round robin deals evenly: {counts:?}");
}

/// What was sent and has not come to a task is still on its way there.
fn expect_agreement(page: &Page) {
    let routed: u64 = page.tasks().iter().map(|task| task.requests).sum();
    let (sent, under_way) = (page.fact("Sent"), page.fact("Under way"));
    let nowhere: u64 = page.fact("HTTPCode_ELB_503_Count");
    assert!(routed + nowhere <= sent, "{routed} routed of {sent} sent");
    assert!(sent - routed - nowhere <= under_way, "{routed} routed of {sent} sent, {under_way} under way");
    let answered: u64 = [
        "HTTPCode_Target_2XX_Count",
        "HTTPCode_Target_5XX_Count",
        "HTTPCode_ELB_502_Count",
        "HTTPCode_ELB_503_Count",
        "HTTPCode_ELB_504_Count",
    ]
    .iter()
    .map(|name| page.fact(name))
    .sum();
    assert!(
        answered <= sent && sent - answered <= under_way,
        "{answered} answered of {sent}, {under_way} under way"
    );
}

#[test]
fn three_tasks_get_the_same_number_of_requests() {
    let page = paused();
    expect_even(&page.tasks());
    page.click("#select-traffic");
    expect_agreement(&page);
    page.expect_nothing_wrong();
}

#[test]
fn the_numbers_agree_after_every_step() {
    let page = paused();
    page.click("#select-traffic");
    for _ in 0..12 {
        page.press(".");
        expect_even(&page.tasks());
        expect_agreement(&page);
    }
    page.expect_nothing_wrong();
}

#[test]
fn the_parts_of_the_tasks_add_up_to_a_whole() {
    let page = Page::open("");
    page.set_speed("10×");
    let shares = until(
        "each task to have a third of the requests",
        || page.tasks().iter().map(|task| task.share).collect::<Vec<_>>(),
        |shares| shares.iter().all(|share| (share - 1.0 / 3.0).abs() < 0.02),
    );
    assert!((shares.iter().sum::<f64>() - 1.0).abs() < 0.01, "{shares:?}");
}
