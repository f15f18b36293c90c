//! The page fits its window: nothing sticks out, nothing lies upon another, fingers find their buttons.

use albatross_e2e::{Look, Page, Rect, until};

/// Edges may be off by what rounding makes of them.
const ABOUT: f64 = 0.51;

fn overlap(one: &Rect, other: &Rect) -> bool {
    one.left < other.right - ABOUT
        && other.left < one.right - ABOUT
        && one.top < other.bottom - ABOUT
        && other.top < one.bottom - ABOUT
}

fn expect_no_sideways_scrolling(page: &Page) {
    let [content, window]: [f64; 2] =
        page.read("return [document.scrollingElement.scrollWidth, window.innerWidth]");
    assert!(content <= window, "{content} wide in a window of {window}");
}

fn expect_things_in_their_places(page: &Page, look: Look) {
    page.wait_until_settled();
    expect_no_sideways_scrolling(page);
    let things = page.rects(".thing");
    for (index, thing) in things.iter().enumerate() {
        assert!(thing.left >= 0.0 && thing.right <= f64::from(look.width) + ABOUT, "{thing:?}");
        for other in &things[index + 1..] {
            assert!(!overlap(thing, other), "{thing:?} lies upon {other:?}");
        }
    }
    let covers = |outer: &Rect, inner: &Rect| {
        outer.left <= inner.left + ABOUT
            && outer.top <= inner.top + ABOUT
            && outer.right >= inner.right - ABOUT
            && outer.bottom >= inner.bottom - ABOUT
    };
    let (canvas, scene) = (&page.rects("canvas.dots")[0], &page.rects(".scene")[0]);
    assert!(covers(canvas, scene), "the dots can be wherever the picture is: {canvas:?} {scene:?}");
    for thing in &things {
        assert!(covers(scene, thing), "{thing:?} is in the picture: {scene:?}");
    }
}

#[test]
fn everything_has_its_place_in_every_window() {
    for look in Look::ALL {
        let page = Page::open_as(look, "");
        expect_things_in_their_places(&page, look);
        page.click("#task-1");
        expect_things_in_their_places(&page, look);
        page.press("Escape");
        for _ in 0..5 {
            page.press("A");
        }
        until("eight cards", || page.tasks().len(), |count| *count == 8);
        expect_things_in_their_places(&page, look);
        page.go("?scenario=ten-busy-tasks");
        page.wait_until_alive();
        until("ten cards", || page.tasks().len(), |count| *count >= 10);
        expect_things_in_their_places(&page, look);
    }
}

/// Words that cannot be read in a state of the page.
fn spoilt_words(page: &Page, state: &str) -> Vec<String> {
    page.wait_until_settled();
    let spoilt = page.spoilt_words(".header, .scene, .transport, .charts");
    spoilt.into_iter().map(|words| format!("{state}: {words}")).collect()
}

fn expect_words_to_be_read(look: Look) {
    let page = Page::open_as(look, "");
    page.wait_for_task(3, "requests", |task| task.requests > 1);
    let mut spoilt = spoilt_words(&page, "as it opens");
    page.click("#task-3");
    page.click("[data-act=fail-check]");
    page.press("Escape");
    spoilt.extend(spoilt_words(&page, "with a fault"));
    page.set_speed("10×");
    page.wait_for_task(3, "unhealthy", |task| task.state == "unhealthy");
    page.wait_for_task(4, "on its way", |task| task.status == "ACTIVATING");
    page.pause();
    spoilt.extend(spoilt_words(&page, "with a task unhealthy and one starting"));
    page.click("#task-1");
    page.press_all(&["K", "Escape"]);
    spoilt.extend(spoilt_words(&page, "with a task killed"));
    page.go("?scenario=ten-busy-tasks");
    page.wait_until_alive();
    until("dots that stand for several", || page.text(".legend"), |legend| legend.contains("= "));
    spoilt.extend(spoilt_words(&page, "ten busy tasks"));
    assert!(spoilt.is_empty(), "{spoilt:#?}");
}

#[test]
fn words_are_whole_and_lie_apart_in_a_wide_window() {
    expect_words_to_be_read(Look::WIDE);
}

#[test]
fn words_are_whole_and_lie_apart_in_a_middling_window() {
    expect_words_to_be_read(Look::MIDDLE);
}

#[test]
fn words_are_whole_and_lie_apart_in_a_narrow_window() {
    expect_words_to_be_read(Look::NARROW);
}

#[test]
fn a_window_may_change_its_size_while_the_page_lives() {
    let page = Page::open_as(Look::WIDE, "");
    for look in [Look::NARROW, Look::MIDDLE, Look::WIDE] {
        page.browser().look(look);
        let width = f64::from(look.width);
        until(
            "the picture to fit",
            || page.rects(".thing").iter().map(|thing| thing.right).fold(0.0, f64::max),
            |right| *right <= width && *right > width * 0.6,
        );
        expect_things_in_their_places(&page, look);
    }
}

#[test]
fn fingers_find_their_buttons() {
    let page = Page::open_as(Look::NARROW, "");
    page.click("#task-1");
    let buttons =
        "#play, #step, #speed, #desired-less, #desired-more, #theme, #help, .actions button, .thing";
    for button in page.rects(buttons) {
        let (width, height) = (button.right - button.left, button.bottom - button.top);
        assert!(width > 44.0 - ABOUT && height > 44.0 - ABOUT, "{width} × {height}: {button:?}");
    }
}

#[test]
fn with_less_motion_the_page_is_as_alive() {
    let page = Page::open_as(Look::WIDE.less_motion(), "");
    assert!(page.read::<bool>("return matchMedia('(prefers-reduced-motion: reduce)').matches"));
    let before = page.wait_for_task(1, "requests", |task| task.requests > 0).requests;
    page.wait_for_task(1, "more requests", |task| task.requests > before);
    until("dots that rest on their ways", || page.painted_pixels(), |pixels| *pixels > 0);
    page.click("#task-1");
    page.press("K");
    let moving: u64 = page.read(
        "return document.getAnimations().filter((animation) => animation.playState === 'running'
            && animation.effect.getComputedTiming().activeDuration > 50).length",
    );
    assert_eq!(moving, 0, "animations that run longer than a blink");
    page.expect_nothing_wrong();
}
