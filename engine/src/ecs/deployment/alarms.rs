//! CloudWatch alarms that fail a deployment, and the bake time in which they still can
//! (ECS guide, "How CloudWatch alarms detect Amazon ECS deployment failures").

use super::settings::DeploymentAlarms;
use crate::choices;
use crate::kernel::SimTime;

/// What the alarms of one deployment say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlarmWatch {
    watching: bool,
    bakes_until: Option<SimTime>,
}

impl AlarmWatch {
    /// As a deployment begins. An alarm that is in ALARM then is not looked at for the whole deployment.
    pub const fn begin(settings: &DeploymentAlarms, in_alarm: bool) -> Self {
        Self { watching: settings.enable && !in_alarm, bakes_until: None }
    }

    /// Of a deployment that nothing watches.
    pub const fn ignoring() -> Self {
        Self { watching: false, bakes_until: None }
    }

    /// Whether the deployment fails now, given whether any of its alarms is in ALARM.
    pub const fn fails(&self, in_alarm: bool) -> bool {
        self.watching && in_alarm
    }

    /// Whether the bake time is over. It begins with the first call for which `may_bake` holds: all new tasks are
    /// healthy and no old one is left; it begins anew if that ceases to be so. Without alarms there is none.
    pub fn baked(&mut self, may_bake: bool, now: SimTime) -> bool {
        if !self.watching {
            return true;
        }
        if !may_bake {
            self.bakes_until = None;
            return false;
        }
        now >= *self.bakes_until.get_or_insert(now + choices::ALARM_BAKE)
    }

    /// When the bake time that has begun is over.
    pub const fn bakes_until(&self) -> Option<SimTime> {
        self.bakes_until
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::SimDuration;

    fn alarms(enable: bool) -> DeploymentAlarms {
        DeploymentAlarms { names: vec!["5xx".to_owned()], enable, rollback: true }
    }

    /// ECS guide, "How CloudWatch alarms detect Amazon ECS deployment failures": an alarm in ALARM fails the
    /// deployment, unless it was in ALARM when the deployment began.
    #[test]
    fn an_alarm_that_was_red_at_the_start_is_ignored() {
        assert!(AlarmWatch::begin(&alarms(true), false).fails(true));
        assert!(!AlarmWatch::begin(&alarms(true), false).fails(false));
        assert!(!AlarmWatch::begin(&alarms(true), true).fails(true));
        assert!(!AlarmWatch::begin(&alarms(false), false).fails(true));
    }

    /// ECS guide, "How CloudWatch alarms detect Amazon ECS deployment failures": the bake time begins when all new
    /// tasks are healthy and no old one is left, and is less than 5 minutes by default.
    #[test]
    fn the_bake_time_begins_when_the_old_tasks_are_gone() {
        let at = |seconds| SimTime::ZERO + SimDuration::from_secs(seconds);
        let mut watch = AlarmWatch::begin(&alarms(true), false);
        assert!(!watch.baked(false, at(10)));
        assert!(!watch.baked(true, at(100)));
        let until = watch.bakes_until().expect("it has begun");
        assert_eq!(until, at(100) + choices::ALARM_BAKE);
        assert!(until < at(400));
        assert!(watch.fails(true), "an alarm can still fail it");
        assert!(watch.baked(true, until));
        assert!(AlarmWatch::begin(&alarms(false), false).baked(true, at(100)));
    }
}
