//! What can be done to the deployments of a service.

use albatross_engine::Command;
use albatross_engine::command::StopType;
use albatross_engine::ecs::{Release, ServiceId, TaskDefinitionId};
use albatross_engine::kernel::SimDuration;
use leptos::prelude::*;

use crate::changing::part_if;
use crate::driver::picture::ServiceView;
use crate::panels::choice;
use crate::playground::Playground;

/// What a new revision can be like.
const RELEASES: [(&str, Release); 7] = [
    ("Good: nothing is wrong with it", Release::Good),
    ("Slow ×5", Release::Slow { percent: 500 }),
    ("Crashes at start", Release::Crashes { after: SimDuration::ZERO }),
    ("Image cannot be pulled", Release::CannotPullImage),
    ("Fails its health check", Release::FailsHealthCheck),
    ("Answers everything 500", Release::AnswersWith(500)),
    ("Answers requests 500, checks well", Release::FailsRequests(500)),
];

/// A button, the id that it has, and when there is something for it to do.
type Action = (&'static str, &'static str, fn(ServiceId) -> Command, fn(&ServiceView) -> bool);

const ACTIONS: [Action; 3] = [
    ("force-new-deployment", "Force new deployment", Command::ForceNewDeployment, |_| true),
    (
        "stop-rollback",
        "Stop: ROLLBACK",
        |id| Command::StopServiceDeployment(id, StopType::Rollback),
        |service| service.in_progress,
    ),
    (
        "stop-abort",
        "Stop: ABORT",
        |id| Command::StopServiceDeployment(id, StopType::Abort),
        |service| service.in_progress,
    ),
];

pub(super) fn actions(service: Memo<ServiceView>) -> AnyView {
    let playground = Playground::expect();
    let release = RwSignal::new(0);
    let releases = RELEASES.iter().map(|(words, _)| (*words).to_owned()).collect();
    let buttons = ACTIONS.map(|(id, says, command, possible)| {
        view! {
            <button
                type="button"
                class="button"
                id=id
                disabled=move || !service.with(possible)
                on:click=move |_| playground.apply(command(playground.service_id()))
            >
                {says}
            </button>
        }
        .into_any()
    });
    let definitions = Memo::new(move |_| service.with(|service| service.task_definitions.clone()));
    let definitions = move || {
        let definitions = definitions.get();
        (definitions.len() > 1).then(|| other_definitions(playground, service, definitions))
    };
    view! {
        <div class="deploy" role="group" aria-label="Deploy a new revision">
            <span class="what">"Deploy a new revision"</span>
            {choice("release", "What the new revision is like", releases, release)}
            <button
                type="button"
                class="button"
                id="deploy"
                on:click=move |_| {
                    if let Some((_, release)) = RELEASES.get(release.get_untracked()) {
                        playground.deploy(*release);
                    }
                }
            >
                "Deploy "
                <kbd>"D"</kbd>
            </button>
            {part_if(definitions)}
        </div>
        <div class="actions two" role="group" aria-label="What to do to its deployments">
            {buttons.into_iter().collect_view()}
        </div>
    }
    .into_any()
}

/// A list of the task definitions that are registered: choosing one deploys it.
fn other_definitions(
    playground: Playground,
    service: Memo<ServiceView>,
    definitions: Vec<(u32, String)>,
) -> AnyView {
    let present = Memo::new(move |_| {
        service.with(|service| {
            let present = |(_, name): &&(u32, String)| *name == service.task_definition;
            service
                .task_definitions
                .iter()
                .rev()
                .find(present)
                .map_or(String::new(), |(id, _)| id.to_string())
        })
    });
    let option =
        |(number, name): (u32, String)| view! { <option value=number.to_string()>{name}</option> }.into_any();
    let options = definitions.into_iter().map(option).collect_view();
    view! {
        <label class="what" for="task-definition">"taskDefinition"</label>
        <select
            id="task-definition"
            prop:value=present
            on:change=move |event| {
                if let Ok(number) = event_target_value(&event).parse() {
                    let definition = TaskDefinitionId::new(number);
                    playground.apply(Command::UpdateTaskDefinition(playground.service_id(), definition));
                }
            }
        >
            {options}
        </select>
    }
    .into_any()
}
