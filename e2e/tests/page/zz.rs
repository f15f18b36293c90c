use albatross_e2e::*;
#[test]
fn zz() {
    let p = Page::open_as(Look::NARROW, "");
    p.wait_for_task(3, "r", |t| t.requests > 4);
    p.click("#task-1"); p.wait_until_settled(); p.screenshot("zz-360-task");
    p.click("[data-act=slow]"); p.screenshot("zz-360-slow");
    p.press("Escape"); p.press("K"); p.screenshot("zz-360-notice");
    p.press("?"); p.screenshot("zz-360-help");
    p.press("Escape");
    p.go("?scenario=ten-busy-tasks"); p.wait_until_alive(); until("c", || p.clock(), |c| *c > 3.0);
    p.screenshot("zz-360-ten");
    p.browser().run("document.querySelector('.charts').scrollIntoView()", &[]);
    p.screenshot("zz-360-charts");
    p.browser().run("scrollTo(0, 99999)", &[]);
    p.screenshot("zz-360-end");
    p.browser().look(Look::MIDDLE); p.browser().run("scrollTo(0, 0)", &[]); p.wait_until_settled();
    p.screenshot("zz-768-ten");
    p.browser().look(Look::WIDE); p.wait_until_settled();
    p.click("#select-target-group");
    p.screenshot("zz-1440-ten");
    p.press("Escape"); p.click("#select-traffic"); p.browser().enter("#rate", "-5"); p.screenshot("zz-1440-traffic");
    p.press("?"); p.click("#keys summary"); p.screenshot("zz-1440-help");
    p.press("Escape");
    p.go("?scenario=a-service-is-created"); p.wait_until_alive(); p.set_speed("10×"); until("c", || p.clock(), |c| *c > 14.0); p.pause(); p.click("#task-1"); p.screenshot("zz-1440-created");
    p.go("?scenario=all-targets-unhealthy"); p.wait_until_alive(); p.set_speed("10×"); until("c", || p.clock(), |c| *c > 45.0); p.pause(); p.click("#task-1"); p.screenshot("zz-1440-unhealthy");
    p.browser().run("window.dispatchEvent(new ErrorEvent('error', { error: new WebAssembly.RuntimeError('unreachable'), message: 'unreachable' }))", &[]);
    p.screenshot("zz-1440-failure");
    p.site().withhold(".wasm"); p.go("?x"); until("f", || p.is_shown("#failure"), |s| *s); p.screenshot("zz-1440-start");
    p.browser().look(Look::NARROW.dark()); p.screenshot("zz-360-start");
}
