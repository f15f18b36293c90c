//! Pictures of the page for people to look at. What is asserted is only that there is something in them.

use std::fs;

use albatross_e2e::{Look, Page, until};

fn picture(page: &Page, name: &str) {
    until("dots in the picture", || page.painted_pixels(), |pixels| *pixels > 0);
    let path = page.screenshot(name);
    let bytes = fs::read(&path).expect("it has been written");
    assert!(bytes.starts_with(b"\x89PNG") && bytes.len() > 10_000, "{}", path.display());
}

fn wait_for_clock(page: &Page, seconds: f64) {
    until("the clock to come so far", || page.clock(), |clock| *clock >= seconds);
}

#[test]
fn the_page_as_it_opens() {
    for look in [Look::WIDE, Look::WIDE.dark(), Look::MIDDLE, Look::NARROW, Look::NARROW.dark()] {
        let page = Page::open_as(look, "");
        wait_for_clock(&page, 4.0);
        picture(&page, &format!("default-{}", look.name()));
    }
}

#[test]
fn a_task_that_was_just_killed_and_what_came_of_it() {
    for look in [Look::WIDE, Look::WIDE.dark()] {
        let page = Page::open_as(look, "");
        wait_for_clock(&page, 4.0);
        page.click("#task-3");
        page.press("K");
        let killed = page.clock();
        wait_for_clock(&page, killed + 2.0);
        picture(&page, &format!("kill-{}", look.name()));
        if look.dark {
            continue;
        }
        page.set_speed("10×");
        page.wait_for_task(4, "healthy", |task| task.state == "healthy");
        page.set_speed("1×");
        page.wait_for_task(4, "requests", |task| task.requests > 3);
        picture(&page, &format!("replaced-{}", look.name()));
    }
}

#[test]
fn a_deployment_under_way_and_one_that_cannot_go_on() {
    for look in [Look::WIDE, Look::WIDE.dark(), Look::MIDDLE, Look::NARROW] {
        let page = Page::open_as(look, "");
        wait_for_clock(&page, 2.0);
        page.click("#select-service");
        page.press("D");
        page.set_speed("5×");
        page.wait_for_task(4, "on its way", |task| task.status == "ACTIVATING");
        page.set_speed("1×");
        picture(&page, &format!("deployment-{}", look.name()));
        if look != Look::WIDE {
            continue;
        }
        page.browser().choose("#release", "4");
        page.click("#deploy");
        page.set_speed("10×");
        page.wait_for_log("is unhealthy in (target-group web-tg)");
        page.set_speed("1×");
        picture(&page, "deployment-that-fails-its-checks");
    }
}
