//! Metrics of a service (namespace `AWS/ECS`; the counts of tasks as Container Insights has them).

use super::Spread;

/// What is measured of a service in a minute.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ServiceMinute {
    /// `CPUUtilization`, in percent of what its tasks were given: over the samples of the minute. Nothing while no
    /// task was RUNNING.
    pub cpu: Option<Spread>,
    /// `MemoryUtilization`, likewise.
    pub memory: Option<Spread>,
    /// `RunningTaskCount` at the end of the minute.
    pub running: u32,
    /// `DesiredTaskCount`, likewise.
    pub desired: u32,
    /// `PendingTaskCount`, likewise.
    pub pending: u32,
    /// `LiveTaskCount`, likewise: tasks in ACTIVATING, RUNNING and DEACTIVATING.
    pub live: u32,
}

/// The samples of a minute so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Samples {
    count: u32,
    pub(super) cpu: Option<Spread>,
    pub(super) memory: Option<Spread>,
}

impl Samples {
    pub(super) fn add(&mut self, cpu: f64, memory: f64) {
        self.cpu = Some(Spread::with(self.cpu, self.count, cpu));
        self.memory = Some(Spread::with(self.memory, self.count, memory));
        self.count += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_spreads_over_its_samples() {
        let mut samples = Samples::default();
        assert_eq!(samples.cpu, None);
        [30.0, 10.0, 50.0].into_iter().for_each(|cpu| samples.add(cpu, 25.0));
        assert_eq!(samples.cpu, Some(Spread { min: 10.0, average: 30.0, max: 50.0 }));
        assert_eq!(samples.memory, Some(Spread::level(25.0)));
    }
}
