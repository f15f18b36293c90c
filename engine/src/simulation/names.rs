//! What things of this world are called.

use super::Simulation;
use crate::command::Command;
use crate::ecs::deployment::state::DeploymentId;
use crate::ecs::{Release, ServiceId, TaskId};
use crate::elb::{ListenerId, NodeId, TargetGroupId, TargetId};
use crate::kernel::SimDuration;
use crate::trace::{Names, Notice};
use crate::vpc::{Peer, Permission, SecurityGroupId};

impl Simulation {
    /// A notice as one sentence, with the names of this world.
    pub fn describe(&self, notice: &Notice) -> String {
        notice.sentence(self)
    }

    fn listener_name(&self, listener: ListenerId) -> String {
        let listeners = self.load_balancer.listeners();
        let listener = listeners.get(listener.number() as usize);
        listener.map_or_else(|| "?".to_owned(), |one| format!("{}:{}", one.protocol, one.port))
    }

    fn permission(&self, group: SecurityGroupId, permission: &Permission) -> String {
        let name = |id| self.security_groups.get(id).map_or("?", |group| group.name.as_str());
        let Permission { from_port, to_port, peer } = permission;
        let ports =
            if from_port == to_port { from_port.to_string() } else { format!("{from_port}-{to_port}") };
        let peer = match peer {
            Peer::Cidr(block) => block.to_string(),
            Peer::SecurityGroup(id) => name(*id).to_owned(),
        };
        format!("{}: TCP {ports} from {peer}", name(group))
    }
}

impl Names for Simulation {
    fn zone(&self, node: NodeId) -> &str {
        self.load_balancer.nodes().get(node.number() as usize).map_or("?", |node| node.zone())
    }

    fn target_group(&self, group: TargetGroupId) -> &str {
        let groups = self.load_balancer.target_groups();
        groups.get(group.number() as usize).map_or("?", |group| group.settings().name.as_str())
    }

    fn target_group_of(&self, target: TargetId) -> &str {
        self.target_group(self.load_balancer.target(target).group())
    }

    fn task_behind(&self, target: TargetId) -> Option<TaskId> {
        self.behind.get(target.number() as usize).copied().flatten()
    }

    fn target_of(&self, task: TaskId) -> Option<TargetId> {
        self.cluster.task(task).and_then(|task| task.target())
    }

    fn service(&self, service: ServiceId) -> &str {
        self.cluster.service(service).map_or("?", |service| service.settings().name.as_str())
    }

    fn service_of(&self, task: TaskId) -> &str {
        self.cluster.task(task).map_or("?", |task| self.service(task.service()))
    }

    fn deployment_of(&self, task: TaskId) -> String {
        let Some(task) = self.cluster.task(task) else { return "?".to_owned() };
        self.deployment(task.service(), task.deployment())
    }

    /// AWS's ids of deployments are long random numbers; these can be told apart as well.
    fn deployment(&self, service: ServiceId, deployment: DeploymentId) -> String {
        format!("ecs-svc/{}-{deployment}", self.service(service))
    }

    fn zone_name(&self, zone: usize) -> &str {
        self.zones.get(zone).map_or("?", String::as_str)
    }

    fn zone_of(&self, task: TaskId) -> &str {
        self.cluster.task(task).map_or("?", |task| self.zone_name(task.zone()))
    }

    fn port_of(&self, target: TargetId) -> u16 {
        self.load_balancer.target(target).address().port
    }

    fn command(&self, command: &Command) -> String {
        // A thing is named only where there are several of its kind.
        let only_group = self.load_balancer.target_groups().len() == 1;
        let group = |id| if only_group { String::new() } else { format!(" of {}", self.target_group(id)) };
        let only_service = self.cluster.services().len() == 1;
        let service = |id| if only_service { String::new() } else { format!(" {}", self.service(id)) };
        match command {
            Command::KillTask(task) => format!("task {task} is killed"),
            Command::StopTask(task) => format!("StopTask for task {task}"),
            Command::SlowTask(task, percent) => {
                format!("task {task} takes {}× as long", f64::from(*percent) / 100.0)
            }
            Command::FailRequests(task, status) => format!("task {task} answers {status} from now on"),
            Command::HangTask(task) => format!("task {task} hangs"),
            Command::FailHealthCheck(task) => format!("task {task} fails its health checks from now on"),
            Command::GarbleResponses(task) => {
                format!("task {task} answers with something that is not HTTP from now on")
            }
            Command::RestoreTask(task) => format!("task {task} is restored"),
            Command::SetDesiredCount(id, count) => {
                format!("UpdateService{}: desired count {count}", service(*id))
            }
            Command::DeployRelease(id, release) => {
                format!("UpdateService{}: a new revision {}", service(*id), release_in_words(*release))
            }
            Command::UpdateTaskDefinition(id, definition) => {
                let definition = self.cluster.task_definition(*definition);
                let name =
                    definition.map_or("?".to_owned(), |one| format!("{}:{}", one.family, one.revision));
                format!("UpdateService{}: task definition {name}", service(*id))
            }
            Command::ForceNewDeployment(id) => format!("UpdateService{}: force new deployment", service(*id)),
            Command::ModifyDeployment(id, percent) => format!(
                "UpdateService{}: minimumHealthyPercent {}, maximumPercent {}",
                service(*id),
                percent.minimum_healthy_percent,
                percent.maximum_percent
            ),
            Command::ModifyGracePeriod(id, seconds) => {
                format!("UpdateService{}: healthCheckGracePeriodSeconds {seconds}", service(*id))
            }
            Command::StopServiceDeployment(id, stop) => {
                format!("StopServiceDeployment{}: {}", service(*id), stop.as_str())
            }
            Command::RegisterScalableTarget(id, min, max) => {
                format!("RegisterScalableTarget{}: MinCapacity {min}, MaxCapacity {max}", service(*id))
            }
            Command::InterruptSpot(task) => format!("Fargate Spot takes back task {task}"),
            Command::LoseInstance(instance) => format!("container instance {instance} is terminated"),
            Command::LoseZone(zone) => format!("{} fails", self.zone_name(*zone as usize)),
            Command::RestoreZone(zone) => format!("{} is there again", self.zone_name(*zone as usize)),
            Command::ModifyTargetGroup(id, attribute) => {
                let (key, value) = (attribute.key(), attribute.value());
                format!("ModifyTargetGroupAttributes{}: {key} = {value}", group(*id))
            }
            Command::ModifyHealthCheck(id, change) => format!("ModifyTargetGroup{}: {change}", group(*id)),
            Command::ModifyLoadBalancer(attribute) => {
                format!("ModifyLoadBalancerAttributes: {} = {}", attribute.key(), attribute.value())
            }
            Command::ModifyAction(listener, None, action) => {
                format!("ModifyListener {}: {}", self.listener_name(*listener), action.as_str())
            }
            Command::ModifyAction(listener, Some(priority), action) => {
                let listener = self.listener_name(*listener);
                format!("ModifyRule {priority} of {listener}: {}", action.as_str())
            }
            Command::AuthorizeIngress(id, permission) => {
                format!("AuthorizeSecurityGroupIngress {}", self.permission(*id, permission))
            }
            Command::RevokeIngress(id, permission) => {
                format!("RevokeSecurityGroupIngress {}", self.permission(*id, permission))
            }
            Command::SetRequestRate(rate) => format!("clients send {} requests/s", rate.as_per_second()),
        }
    }
}

/// What is the matter with a revision.
fn release_in_words(release: Release) -> String {
    match release {
        Release::Good => "that is good".to_owned(),
        Release::Slow { percent } => format!("that takes {}× as long", f64::from(percent) / 100.0),
        Release::CannotPullImage => "whose image cannot be pulled".to_owned(),
        Release::Crashes { after } if after == SimDuration::ZERO => "that crashes at its start".to_owned(),
        Release::Crashes { after } => format!("that crashes {after} after its start"),
        Release::FailsHealthCheck => "that fails its health checks".to_owned(),
        Release::AnswersWith(status) => format!("that answers everything with {status}"),
        Release::FailsRequests(status) => format!("that answers requests with {status}"),
    }
}
