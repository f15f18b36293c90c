//! The page without a mouse.

use albatross_e2e::{Page, until};

/// More stops than the page has.
const STOPS_MAX: usize = 60;

/// What Tab comes by, from the start of the page until it is there again.
fn stops(page: &Page) -> Vec<String> {
    let mut stops: Vec<String> = Vec::new();
    while stops.len() < STOPS_MAX {
        page.press("Tab");
        let focus = page.focus();
        if stops.contains(&focus) || focus == "nothing" {
            break;
        }
        assert!(page.read::<bool>(FOCUS_IS_SEEN), "the focus on {focus} can be seen");
        stops.push(focus);
    }
    stops
}

const FOCUS_IS_SEEN: &str = "
    const seen = (element) => {
        const style = getComputedStyle(element);
        return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
    };
    return seen(document.activeElement);";

/// Presses Tab until the focus is there.
fn tab_to(page: &Page, wanted: &str) {
    for _ in 0..STOPS_MAX {
        if page.focus() == wanted {
            return;
        }
        page.press("Tab");
    }
    panic!("Tab does not reach {wanted}");
}

#[test]
fn tab_reaches_everything_and_shows_where_it_is() {
    let page = Page::open("");
    let stops = stops(&page);
    let wanted = [
        "scenario",
        "theme",
        "help",
        "select-traffic",
        "node-1",
        "node-2",
        "select-target-group",
        "task-1",
        "task-2",
        "task-3",
        "select-service",
        "desired-less",
        "desired-more",
        "play",
        "step",
        "speed",
        "log",
    ];
    for stop in wanted {
        assert!(stops.iter().any(|id| id == stop), "Tab comes by {stop}: {stops:?}");
    }
    let place = |id: &str| stops.iter().position(|stop| stop == id);
    assert!(
        place("scenario") < place("task-1") && place("task-1") < place("play"),
        "as it is read: {stops:?}"
    );
}

#[test]
fn arrows_move_through_the_picture_and_enter_selects() {
    let page = Page::open("");
    tab_to(&page, "select-traffic");
    page.press("ArrowRight");
    assert!(page.focus().starts_with("node-"), "{}", page.focus());
    page.press("ArrowRight");
    assert!(page.focus().starts_with("task-"), "{}", page.focus());
    let first = page.focus();
    let (there, back) = if first == "task-1" { ("ArrowDown", "ArrowUp") } else { ("ArrowUp", "ArrowDown") };
    page.press(there);
    let second = page.focus();
    assert!(second.starts_with("task-") && second != first, "{second}");
    page.press(back);
    assert_eq!(page.focus(), first);
    page.press_all(&["ArrowLeft", "ArrowLeft"]);
    assert_eq!(page.focus(), "select-traffic");

    page.press_all(&["ArrowRight", "ArrowRight", "Enter"]);
    let number: u32 = page.focus().trim_start_matches("task-").parse().expect("it is a task");
    assert!(page.task(number).selected);
    assert_eq!(page.text("#inspector h2"), format!("task {number}"));
    page.press("Escape");
    assert!(!page.task(number).selected);
    assert_ne!(page.text("#inspector h2"), format!("task {number}"));
}

#[test]
fn the_clock_obeys_the_keyboard() {
    let page = Page::open("");
    page.press("Space");
    assert!(!page.is_playing());
    let paused = page.clock();
    for _ in 0..5 {
        page.press(".");
    }
    let stepped = page.clock();
    assert!(stepped >= paused && stepped < paused + 5.0, "from {paused} to {stepped}: a step is short");
    assert!(!page.is_playing(), "a step does not go on");
    // Two frames later the clock would have moved, if it moved at all.
    page.browser().run_and_wait(
        "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()));",
        &[],
    );
    assert_eq!(page.clock(), stepped);

    let speed = || page.read::<String>("return document.querySelector('#speed').selectedOptions[0].text");
    assert_eq!(speed(), "1×");
    page.press("]");
    assert_eq!(speed(), "2×");
    page.press_all(&["[", "["]);
    assert_eq!(speed(), "0.5×");
    page.press("Space");
    assert!(page.is_playing());
    until("the clock to go on", || page.clock(), |clock| *clock > stepped);
}

#[test]
fn a_adds_a_task_and_k_kills_the_selected_one() {
    let page = Page::open("");
    page.press("A");
    page.wait_for_log("You: UpdateService: desired count 4.");
    assert_eq!(page.number("#desired"), 4);
    tab_to(&page, "task-2");
    page.press("Enter");
    page.press("k");
    page.wait_for_task(2, "killed", |task| task.gone);
}

#[test]
fn the_help_opens_and_closes_and_gives_the_focus_back() {
    let page = Page::open("");
    tab_to(&page, "play");
    page.press("?");
    assert!(page.is_shown("#keys"));
    let inside: bool = page.read("return document.querySelector('#keys').contains(document.activeElement)");
    assert!(inside, "the focus is in the dialog");
    page.press("A");
    assert_eq!(page.number("#desired"), 3, "keys of the page do nothing while the help is open");
    page.press("Escape");
    assert!(!page.is_shown("#keys"));
    assert_eq!(page.focus(), "play");
    page.press("?");
    assert!(page.is_shown("#keys"), "it opens again");
    page.expect_nothing_wrong();
}

#[test]
fn keys_typed_into_a_field_are_the_field_s_own() {
    let page = Page::open("");
    page.click("#select-traffic");
    page.click("#rate");
    page.press_all(&["a", "k", ".", "?"]);
    assert_eq!(page.number("#desired"), 3);
    assert!(!page.is_shown("#keys"));
    assert!(page.is_playing());

    let typed = || page.read::<String>("return document.querySelector('#rate').value");
    page.press_all(&["Backspace", "4"]);
    let (before, then) = (typed(), page.clock());
    assert!(before.contains('4'), "{before}");
    until("time to pass", || page.clock(), |clock| *clock > then + 1.0);
    assert_eq!(typed(), before, "what is being typed stays");
}
