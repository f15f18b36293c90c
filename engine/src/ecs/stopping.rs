//! How a task ends: it leaves its target groups and drains, gets the stop signal, is killed when it does not exit, and
//! is gone (ECS guide, "Amazon ECS task lifecycle", "Optimize load balancer connection draining").

use super::cluster::Cluster;
use super::container::Container;
use super::placement::InstanceId;
use super::settings::OnSigterm;
use super::task::{StopCode, Task, TaskStatus};
use super::{Event, ServiceId, TaskId};
use crate::choices;
use crate::context::Context;
use crate::elb::{self, LoadBalancer};
use crate::kernel::{SimDuration, SimTime};
use crate::trace::Notice;

/// Between the warning of Fargate Spot and the end of the task (ECS guide, "Fargate capacity providers").
pub(super) const SPOT_WARNING: SimDuration = SimDuration::from_secs(120);

impl Cluster {
    /// Begins the end of a task: a running one leaves the target group and drains before its container gets
    /// SIGTERM. Returns the container with what it has in hand, if it exits at once.
    pub(crate) fn stop_task<E: From<Event> + From<elb::Event>>(
        &mut self,
        id: TaskId,
        code: StopCode,
        load_balancer: &mut LoadBalancer,
        context: &mut Context<'_, E>,
    ) -> Option<Container> {
        self.end_task(id, code, None, load_balancer, context)
    }

    /// Likewise, with the service event that tells of it.
    pub(super) fn end_task<E: From<Event> + From<elb::Event>>(
        &mut self,
        id: TaskId,
        code: StopCode,
        event: Option<Notice>,
        load_balancer: &mut LoadBalancer,
        context: &mut Context<'_, E>,
    ) -> Option<Container> {
        let task = self.task_mut(id).filter(|task| task.is_wanted())?;
        task.stop_code = Some(code);
        let service = task.service;
        context.notice(Notice::TaskStopping { task: id, code });
        if let Some(event) = event {
            self.tell(service, event, context);
        }
        if self.task(id)?.target.is_some() {
            self.leave_target_group(id, load_balancer, context);
            None
        } else {
            self.send_sigterm(id, context)
        }
    }

    fn leave_target_group<E: From<Event> + From<elb::Event>>(
        &mut self,
        id: TaskId,
        load_balancer: &mut LoadBalancer,
        context: &mut Context<'_, E>,
    ) {
        let Some((service, target)) = self.task(id).and_then(|task| Some((task.service, task.target?)))
        else {
            return;
        };
        self.enter_phase(id, TaskStatus::Deactivating, context);
        self.tell(service, Notice::ServiceDeregisteredTarget { target }, context);
        self.tell(service, Notice::DrainingBegun { task: id }, context);
        load_balancer.deregister(target, context);
    }

    /// The target of a task is unused: its container gets SIGTERM, unless it has got it before. Returns the container
    /// if it exits at once.
    pub(crate) fn target_unused<E: From<Event>>(
        &mut self,
        id: TaskId,
        context: &mut Context<'_, E>,
    ) -> Option<Container> {
        self.task(id).filter(|task| task.status == TaskStatus::Deactivating)?;
        self.send_sigterm(id, context)
    }

    /// STOPPING: the stop signal, and SIGKILL after `StopTimeout`. A task without a process has nothing to stop.
    fn send_sigterm<E: From<Event>>(
        &mut self,
        id: TaskId,
        context: &mut Context<'_, E>,
    ) -> Option<Container> {
        if self.task(id)?.container.is_none() {
            self.enter_phase(id, TaskStatus::Deprovisioning, context);
            return None;
        }
        self.enter_phase(id, TaskStatus::Stopping, context);
        if self.task(id)?.sigterm_at.is_some() {
            return None;
        }
        self.signal(id, context)
    }

    /// The container gets SIGTERM.
    fn signal<E: From<Event>>(&mut self, id: TaskId, context: &mut Context<'_, E>) -> Option<Container> {
        let stop_timeout = self.definition_of(self.task(id)?).stop_timeout;
        let task = self.task_mut(id)?;
        task.sigterm_at = Some(context.now);
        context.after(stop_timeout, Event::StopTimeout(id));
        let container = task.container.as_mut()?;
        match container.settings().on_sigterm {
            OnSigterm::Exits => return self.end_process(id, 143, context),
            OnSigterm::Finishes { .. } => container.stop_accepting(),
            OnSigterm::Ignores => {}
        }
        self.exit_if_done(id, context);
        None
    }

    /// A process that got SIGTERM and has nothing left to do cleans up.
    pub(super) fn exit_if_done<E: From<Event>>(&mut self, id: TaskId, context: &mut Context<'_, E>) {
        let Some(task) = self.task(id).filter(|task| task.sigterm_at.is_some()) else { return };
        let Some(container) = task.container().filter(|container| container.is_done()) else { return };
        if let OnSigterm::Finishes { clean_up } = container.settings().on_sigterm {
            if clean_up == SimDuration::ZERO {
                self.end_process(id, 0, context);
            } else {
                context.after(clean_up, Event::CleanedUp(id));
            }
        }
    }

    /// A process has cleaned up, unless it hangs by now.
    pub(crate) fn cleaned_up<E: From<Event>>(&mut self, id: TaskId, context: &mut Context<'_, E>) {
        let done = |task: &&Task| task.container().is_some_and(Container::is_done);
        if self.task(id).filter(done).is_some() {
            self.end_process(id, 0, context);
        }
    }

    /// SIGKILL: `StopTimeout` is over. Returns what the container had in hand.
    pub(crate) fn stop_timeout<E: From<Event>>(
        &mut self,
        id: TaskId,
        context: &mut Context<'_, E>,
    ) -> Option<Container> {
        self.end_process(id, 137, context)
    }

    /// The process dies, with all that it has in hand. ECS learns of it later.
    pub(crate) fn kill_process<E: From<Event>>(
        &mut self,
        id: TaskId,
        context: &mut Context<'_, E>,
    ) -> Option<Container> {
        self.end_process(id, 137, context)
    }

    pub(super) fn note_exit<E>(&mut self, id: TaskId, exit_code: u8, context: &mut Context<'_, E>) {
        if let Some(task) = self.task_mut(id) {
            task.exit_code = Some(exit_code);
            task.exited_at = Some(context.now);
        }
        context.notice(Notice::TaskExited { task: id, exit_code });
    }

    /// The process of a task ends, and the task with it where it was to end anyway.
    pub(super) fn end_process<E: From<Event>>(
        &mut self,
        id: TaskId,
        exit_code: u8,
        context: &mut Context<'_, E>,
    ) -> Option<Container> {
        let task = self.task_mut(id)?;
        let container = task.container.take()?;
        let status = task.status;
        self.note_exit(id, exit_code, context);
        match status {
            TaskStatus::Running => context.after(choices::EXIT_NOTICED_AFTER, Event::ExitNoticed(id)),
            TaskStatus::Stopping => self.enter_phase(id, TaskStatus::Deprovisioning, context),
            _ => {}
        }
        Some(container)
    }

    /// ECS learns that the container of a task has exited.
    pub(crate) fn exit_noticed<E: From<Event> + From<elb::Event>>(
        &mut self,
        id: TaskId,
        load_balancer: &mut LoadBalancer,
        context: &mut Context<'_, E>,
    ) {
        let place = self.task(id).map(|task| task.place);
        let host_is_gone = place
            .and_then(|place| place.instance)
            .is_some_and(|instance| self.instances.iter().all(|one| one.id != instance));
        let code = if host_is_gone { StopCode::HostTerminated } else { StopCode::EssentialContainerExited };
        // Its process is gone: there is nothing left that could be lost.
        self.stop_task(id, code, load_balancer, context);
        if let Some(service) = self.task(id).map(|task| task.service) {
            self.wake(service, context);
        }
    }

    /// Fargate Spot takes its capacity back: SIGTERM comes with the warning, and draining and shutting down share the
    /// two minutes. Returns the container if it exits at once.
    pub(crate) fn interrupt_spot<E: From<Event> + From<elb::Event>>(
        &mut self,
        id: TaskId,
        load_balancer: &mut LoadBalancer,
        context: &mut Context<'_, E>,
    ) -> Option<Container> {
        let task = self.task_mut(id).filter(|task| task.is_wanted())?;
        let (service, code) = (task.service, StopCode::SpotInterruption);
        task.stop_code = Some(code);
        context.notice(Notice::SpotInterrupted { task: id });
        context.notice(Notice::TaskStopping { task: id, code });
        context.after(SPOT_WARNING, Event::SpotReclaimed(id));
        self.wake(service, context);
        if self.task(id)?.target.is_none() {
            return self.send_sigterm(id, context);
        }
        self.leave_target_group(id, load_balancer, context);
        self.signal(id, context)
    }

    /// The two minutes are over.
    pub(crate) fn spot_reclaimed<E: From<Event>>(
        &mut self,
        id: TaskId,
        context: &mut Context<'_, E>,
    ) -> Option<Container> {
        let container = self.end_process(id, 137, context);
        if self.task(id)?.status == TaskStatus::Deactivating {
            self.enter_phase(id, TaskStatus::Deprovisioning, context);
        }
        container
    }

    /// The tasks whose processes end with a container instance, which is gone from now on.
    pub(crate) fn lose_instance<E>(
        &mut self,
        instance: InstanceId,
        context: &mut Context<'_, E>,
    ) -> Vec<TaskId> {
        self.instances.retain(|one| one.id != instance);
        context.notice(Notice::InstanceLost { instance });
        let on_it = |task: &&Task| task.place.instance == Some(instance);
        self.tasks().filter(on_it).map(Task::id).collect()
    }

    /// The tasks whose processes end with a zone, in which nothing can be placed from now on.
    pub(crate) fn lose_zone<E>(&mut self, zone: usize, context: &mut Context<'_, E>) -> Vec<TaskId> {
        if let Some(failed) = self.failed_zones.get_mut(zone) {
            *failed = true;
        }
        let instances: Vec<InstanceId> =
            self.instances.iter().filter(|one| one.zone == zone).map(|one| one.id).collect();
        for instance in instances {
            self.lose_instance(instance, context);
        }
        self.tasks().filter(|task| task.place.zone == zone).map(Task::id).collect()
    }

    /// Tasks can be placed in a zone again. Its container instances do not come back.
    pub(crate) fn restore_zone(&mut self, zone: usize) {
        if let Some(failed) = self.failed_zones.get_mut(zone) {
            *failed = false;
        }
    }

    /// A process is gone with what it ran on. A task that had none yet starts no more.
    pub(crate) fn vanish<E: From<Event>>(
        &mut self,
        id: TaskId,
        context: &mut Context<'_, E>,
    ) -> Option<Container> {
        let task = self.task(id)?;
        if task.status < TaskStatus::Running && task.is_wanted() {
            let on_instance = task.place.instance.is_some();
            let code = if on_instance { StopCode::HostTerminated } else { StopCode::NoCapacity };
            if let Some(task) = self.task_mut(id) {
                task.stop_code = Some(code);
            }
            context.notice(Notice::TaskStopping { task: id, code });
            self.enter_phase(id, TaskStatus::Deprovisioning, context);
            return None;
        }
        self.end_process(id, 137, context)
    }

    /// Makes the scheduler look soon.
    pub(crate) fn wake<E: From<Event>>(&self, service: ServiceId, context: &mut Context<'_, E>) {
        context.after(choices::SCHEDULER_WAKES_AFTER, Event::SchedulerPass { service, regular: false });
    }
}

/// Service events go into the service's own list as well as into the trace.
impl Cluster {
    pub(super) fn tell<E>(&mut self, service: ServiceId, notice: Notice, context: &mut Context<'_, E>) {
        self.service_mut(service).events.tell(context.now, notice.clone());
        context.notice(notice);
    }

    pub(super) fn tell_lasting<E>(
        &mut self,
        service: ServiceId,
        cause: super::events::Cause,
        notice: Notice,
        context: &mut Context<'_, E>,
    ) {
        let now: SimTime = context.now;
        if self.service_mut(service).events.tell_lasting(now, cause, &notice) {
            context.notice(notice);
        }
    }
}
