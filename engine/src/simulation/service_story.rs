//! Services in sentences: their deployments, and what their schedulers wait for.

use super::Simulation;
use crate::ecs::deployment::state::DeploymentStatus;
use crate::ecs::{Service, ServiceId, Task, TaskStatus, Waiting};
use crate::trace::Names;

impl Simulation {
    /// What a service is about: its deployments, and what its scheduler waits for.
    pub fn story_of_service(&self, id: ServiceId) -> Vec<String> {
        let Some(service) = self.cluster.service(id) else { return Vec::new() };
        let mut story = Vec::new();
        for record in service.deployments().iter().rev() {
            if record.status() == DeploymentStatus::Inactive {
                continue;
            }
            let of_revision = |task: &&Task| task.revision() == record.revision();
            let running = self
                .cluster
                .tasks_of(id)
                .filter(of_revision)
                .filter(|task| task.status() == TaskStatus::Running);
            let stage = record.stage().map_or_else(String::new, |(stage, green)| {
                format!(", {}, {}.{} % of production traffic", stage.as_str(), green / 10, green % 10)
            });
            story.push(format!(
                "Deployment {}: {} {}, revision {}, {} running, {} failed{stage}.",
                Names::deployment(self, id, record.id()),
                record.status().as_str(),
                record.rollout().as_str(),
                record.task_definition_revision(),
                running.count(),
                record.failed_tasks(),
            ));
        }
        story.push(self.waiting_in_words(service));
        story
    }

    /// What the scheduler of a service waits for, as one sentence.
    fn waiting_in_words(&self, service: &Service) -> String {
        let limits = service.settings().deployment;
        let desired = service.desired_count();
        match service.waiting() {
            Waiting::Nothing => "The scheduler has nothing to do: the service is as it shall be.".to_owned(),
            Waiting::Health => "The scheduler waits until the tasks that it started are healthy.".to_owned(),
            Waiting::Stops => format!(
                "The scheduler waits for tasks that are stopping: they count against maximumPercent, {} tasks.",
                limits.tasks_max(desired)
            ),
            Waiting::Place(why) => {
                format!("The scheduler cannot place a task. {}", why.sentence(&service.settings().name))
            }
            Waiting::Throttle(until) => {
                format!("Tasks failed to start, again and again: the next attempt is at {until}.")
            }
            Waiting::DeploymentConfiguration => format!(
                "The scheduler can neither stop nor start a task: of {desired} desired tasks {} must stay healthy \
                 (minimumHealthyPercent {}, rounded up), and there may be no more than {} (maximumPercent {}, rounded \
                 down).",
                limits.healthy_tasks_min(desired),
                limits.minimum_healthy_percent,
                limits.tasks_max(desired),
                limits.maximum_percent
            ),
            Waiting::AnotherDeployment => {
                "The deployment has failed and launches nothing more: the scheduler waits for another one."
                    .to_owned()
            }
            Waiting::AlarmBake(until) => {
                format!("All new tasks are healthy and no old one is left: alarms are watched until {until}.")
            }
            Waiting::Stage(stage, None) => format!("The deployment is in its stage {}.", stage.as_str()),
            Waiting::Stage(stage, Some(until)) => {
                format!("The deployment is in its stage {}, until {until} at the latest.", stage.as_str())
            }
        }
    }
}
