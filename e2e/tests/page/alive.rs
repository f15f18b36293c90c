//! The page paints a frame at once, comes alive by itself, and needs nothing but its own files.

use std::time::{Duration, Instant};

use albatross_e2e::{Look, Page, Setting, Site, fetch, until};

/// From opening the page to moving requests. On an idle laptop it takes well under a second; here two browsers share a
/// machine that may be busy with other things, and it is the lost minute, not the lost second, that has to be found.
const COMES_ALIVE_WITHIN: Duration = Duration::from_secs(10);

#[test]
fn the_first_answer_of_the_server_is_enough_to_paint_the_frame() {
    let site = Site::serve(&Setting::from_environment().dist, "/");
    let (status, html) = fetch(&site.address_of("")).expect("the site answers");
    assert!(status.ends_with("200 OK"), "{status}");
    assert!(html.contains("<title>Albatross"), "a title");
    assert!(html.contains("<span>Albatross</span>"), "the header");
    let still = html.split_once("<svg class=\"still").expect("a still of the picture").1;
    assert!(["task 1", "task 2", "task 3"].iter().all(|task| still.contains(task)), "three tasks in it");
    let noscript = html.split_once("<noscript>").expect("a word to those without scripts").1;
    assert!(noscript.split_once("</noscript>").is_some_and(|(text, _)| text.contains("JavaScript")));
    assert!(!html.contains("http://") && !html.contains("https://"), "nothing from elsewhere");
}

#[test]
fn before_the_simulator_is_here_the_still_is_seen() {
    let page = Page::closed(Look::WIDE);
    page.site().withhold(".wasm");
    page.go("");
    assert!(page.is_shown("header .brand"));
    let stills = page.rects("svg.still.wide");
    assert!(stills[0].right - stills[0].left > 500.0, "it fills its place: {stills:?}");
    assert!(!page.is_shown("svg.still.tall"), "one still at a time");
}

#[test]
fn the_page_comes_alive_by_itself_and_quickly() {
    let page = Page::closed(Look::WIDE);
    let began = Instant::now();
    page.go("");
    page.wait_until_alive();
    let tasks = until(
        "three tasks that get requests",
        || page.tasks(),
        |tasks| tasks.len() == 3 && tasks.iter().all(|task| task.requests > 0),
    );
    let took = began.elapsed();
    assert!(took < COMES_ALIVE_WITHIN, "it took {took:?}");
    assert!(tasks.iter().all(|task| task.state == "healthy"), "{tasks:#?}");
    let before: u64 = tasks.iter().map(|task| task.requests).sum();
    until(
        "more requests, although nobody has touched anything",
        || page.tasks().iter().map(|task| task.requests).sum::<u64>(),
        |now| *now > before,
    );
    let title = page.browser().title();
    assert!(title.contains("Albatross") && title.contains("The real example"), "{title}");
    assert_eq!(page.count(".still, [aria-busy]"), 0, "nothing is left of the still");
    page.expect_nothing_wrong();
}

#[test]
fn the_page_asks_only_for_files_that_lie_beside_it() {
    let page = Page::open("");
    let asked = page.site().asked();
    assert!(asked.iter().all(|path| path.starts_with("/any/folder/")), "{asked:?}");
    for ending in [".js", ".wasm"] {
        let times = asked.iter().filter(|path| path.ends_with(ending)).count();
        assert_eq!(times, 1, "{ending} is fetched once, although it is asked for early: {asked:?}");
    }
    page.expect_nothing_wrong();
}

#[test]
fn a_scenario_can_be_opened_directly_even_by_the_name_of_the_file() {
    let page = Page::open("index.html?scenario=one-slow-task");
    assert_eq!(page.read::<String>("return document.querySelector('#scenario').value"), "one-slow-task");
    page.set_speed("10×");
    until("a task that is slow", || page.tasks(), |tasks| tasks.iter().any(|task| task.fault == "slow"));
    page.expect_nothing_wrong();
}
