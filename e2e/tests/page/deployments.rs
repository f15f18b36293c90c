//! Deployments begun and stopped by hand, and capacity that is gone: what the picture, the strip, the inspector and the
//! log tell of it.

use albatross_e2e::{Page, until};

/// The page at ten times its speed, with the service selected.
fn with_the_service_selected() -> Page {
    let page = Page::open("");
    page.click("#select-service");
    page.set_speed("10×");
    page
}

fn deploy(page: &Page, what: &str) {
    let index: Option<String> = page.read(&format!(
        "return [...document.querySelectorAll('#release option')].find((o) => o.text.startsWith('{what}'))?.value"
    ));
    page.browser().choose("#release", &index.unwrap_or_else(|| panic!("a release “{what}” can be chosen")));
    page.click("#deploy");
}

/// What the cards say of revisions, as long as there are several.
fn revisions_on_cards(page: &Page) -> Vec<String> {
    page.read("return [...document.querySelectorAll('.task .revision')].map((r) => r.textContent)")
}

fn revisions_of_tasks(page: &Page) -> Vec<String> {
    page.read("return [...document.querySelectorAll('.thing.task')].map((card) => card.dataset.revision)")
}

fn wait_for_strip(page: &Page, awaited: &str, text: &str) {
    until(awaited, || page.text(".deployment"), |told| told.replace('\u{a0}', " ").contains(text));
}

fn is_disabled(page: &Page, selector: &str) -> bool {
    page.attribute(selector, "disabled").is_some()
}

#[test]
fn a_good_revision_takes_over_and_all_places_tell_how() {
    let page = with_the_service_selected();
    assert_eq!(page.text("#revisions").replace('\u{a0}', " "), ":12 3");
    assert!(page.text("#waits").contains("nothing to do"), "{}", page.text("#waits"));
    assert!(is_disabled(&page, "#stop-rollback") && is_disabled(&page, "#stop-abort"));
    assert_eq!(revisions_on_cards(&page), [""; 0]);

    deploy(&page, "Good");
    page.wait_for_log("You: UpdateService: a new revision that is good.");
    page.wait_for_log("ECS deployment ecs-svc/web-2 in progress: web deploys revision 13.");
    wait_for_strip(&page, "both revisions in the strip", ":12 3 → :13 0");
    wait_for_strip(
        &page,
        "what the scheduler waits for",
        "waits until the tasks that it started are healthy",
    );
    assert!(!is_disabled(&page, "#stop-rollback") && !is_disabled(&page, "#stop-abort"));
    until(
        "both revisions on cards",
        || revisions_on_cards(&page),
        |told| [":12", ":13"].iter().all(|revision| told.iter().any(|one| one == revision)),
    );
    assert!(page.text("#service-why").contains("PRIMARY IN_PROGRESS, revision 13"));
    until(
        "two deployments in the table",
        || page.text(".deployments"),
        |table| table.contains("PRIMARY · IN_PROGRESS") && table.contains("ACTIVE · COMPLETED"),
    );

    page.wait_for_log("(service web) (deployment ecs-svc/web-2) deployment completed.");
    until(
        "cards of the new revision alone",
        || revisions_of_tasks(&page),
        |told| told.len() == 3 && told.iter().all(|one| one == "web:13"),
    );
    assert_eq!(revisions_on_cards(&page), [""; 0], "there is only one revision again");
    wait_for_strip(&page, "only the new revision in the strip", ":13 3");
    until("it to be over", || is_disabled(&page, "#stop-rollback"), |over| *over);
    let events = page.text("#inspector .told");
    assert!(events.contains("deployment completed."), "{events}");
    page.click("#select-traffic");
    assert_eq!(page.fact("HTTPCode_Target_5XX_Count") + page.fact("HTTPCode_ELB_502_Count"), 0);
    page.expect_nothing_wrong();
}

#[test]
fn the_key_deploys_a_good_revision() {
    let page = Page::open("");
    page.press("D");
    page.wait_for_log("You: UpdateService: a new revision that is good.");
    wait_for_strip(&page, "both revisions in the strip", "→ :13 0");
}

#[test]
fn a_revision_that_fails_its_checks_is_waited_for_and_rolled_back_by_hand() {
    let page = with_the_service_selected();
    deploy(&page, "Fails its health check");
    page.wait_for_log("a new revision that");
    page.wait_for_log("is unhealthy in (target-group web-tg)");
    wait_for_strip(&page, "what the scheduler waits for", "The scheduler waits until the tasks");
    let old = || page.tasks().into_iter().filter(|task| task.number <= 3 && task.state == "healthy").count();
    assert_eq!(old(), 3, "minimumHealthyPercent keeps the old ones");

    page.click("#stop-rollback");
    page.wait_for_log("You: StopServiceDeployment: ROLLBACK.");
    page.wait_for_log("(service web) rolling back to (deployment ecs-svc/web-1).");
    until(
        "the old revision alone",
        || revisions_of_tasks(&page),
        |told| told.len() == 3 && told.iter().all(|one| one == "web:12"),
    );
    wait_for_strip(&page, "only the old revision in the strip", ":12 3");
    assert_eq!(old(), 3);
    page.expect_nothing_wrong();
}

#[test]
fn an_image_that_cannot_be_pulled_is_told_on_the_task_and_the_deployment_can_be_aborted() {
    let page = with_the_service_selected();
    deploy(&page, "Image cannot be pulled");
    page.wait_for_log("CannotPullContainerError");
    page.click("#stop-abort");
    page.wait_for_log("You: StopServiceDeployment: ABORT.");
    page.wait_for_log("(service web) (deployment ecs-svc/web-2) deployment stopped.");
    page.expect_nothing_wrong();
}

#[test]
fn the_percentages_and_the_grace_period_are_changed_in_place_and_nonsense_is_refused() {
    let page = with_the_service_selected();
    let field = |id: &str| -> String { page.read(&format!("return document.querySelector('{id}').value")) };
    page.browser().enter("#minimum-healthy-percent", "50");
    page.wait_for_log("You: UpdateService: minimumHealthyPercent 50, maximumPercent 200.");
    page.browser().enter("#maximum-percent", "100");
    page.wait_for_log("You: UpdateService: minimumHealthyPercent 50, maximumPercent 100.");
    page.browser().enter("#grace-period", "60");
    page.wait_for_log("You: UpdateService: healthCheckGracePeriodSeconds 60.");
    for (refused, told) in [("101", "minimumHealthyPercent goes from 0 to 100"), ("", "a whole number")] {
        page.browser().enter("#minimum-healthy-percent", refused);
        let notice = until("a notice", || page.notice(), Option::is_some).expect("it is there");
        assert!(notice.contains(told), "{notice}");
        until("the field to show what holds", || field("#minimum-healthy-percent"), |shown| shown == "50");
        page.click(".notice button");
    }
}

#[test]
fn another_task_definition_can_be_chosen_once_there_is_one() {
    let page = with_the_service_selected();
    assert_eq!(page.count("#task-definition"), 0);
    deploy(&page, "Slow");
    until("a choice of task definitions", || page.count("#task-definition option"), |count| *count == 2);
    page.browser().choose("#task-definition", "0");
    page.wait_for_log("You: UpdateService: task definition web:12.");
    page.wait_for_log("ECS deployment ecs-svc/web-3 in progress: web deploys revision 12.");
}

#[test]
fn a_zone_fails_and_comes_back() {
    let page = Page::open("");
    page.set_speed("10×");
    page.click("#zone-0");
    assert_eq!(page.text("#inspector h2"), "Availability Zone us-east-1a");
    assert!(is_disabled(&page, "#restore-zone"));
    page.click("#fail-zone");
    page.wait_for_log("You: us-east-1a fails.");
    until("tasks in the other zone alone", || page.find_task(1).is_none(), |gone| *gone);
    assert!(page.text("#zone-0").to_lowercase().contains("failed"));
    until(
        "three healthy tasks in the other zone",
        || page.tasks(),
        |tasks| tasks.iter().filter(|task| task.state == "healthy").count() == 3,
    );
    page.click("#restore-zone");
    page.wait_for_log("You: us-east-1a is there again.");
    assert!(is_disabled(&page, "#restore-zone") && !is_disabled(&page, "#fail-zone"));
    page.click("#node-1");
    assert!(!is_disabled(&page, "#fail-zone"), "the node's panel has the zone's buttons, too");
    page.expect_nothing_wrong();
}

#[test]
fn what_tasks_use_is_charted_when_a_minute_is_over() {
    let page = Page::open("");
    page.set_speed("10×");
    assert!(page.text("#chart-utilization figcaption").contains("CPU –"));
    until(
        "a minute's CPUUtilization",
        || page.text("#chart-utilization figcaption"),
        |told| told.contains('%') && !told.contains('–'),
    );
    assert_eq!(page.text("#in-alarm"), "", "no alarm is on");
}
