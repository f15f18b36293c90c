//! The target group: its settings, and who is registered in it.

use super::routing::{AnomalyDetector, Candidate};
use super::settings::TargetGroupSettings;
use super::{TargetGroupId, TargetId};

/// A target group. Its targets are the load balancer's to look up.
#[derive(Clone, Debug)]
pub struct TargetGroup {
    pub(super) id: TargetGroupId,
    pub(super) settings: TargetGroupSettings,
    /// Those that are registered or draining, in the order of their registration.
    pub(super) present: Vec<TargetId>,
    /// Whether a listener forwards to it.
    pub(super) used: bool,
    pub(super) anomalies: AnomalyDetector,
    /// Room for the candidates of one choice, used again and again.
    pub(super) candidates: Vec<Candidate>,
}

impl TargetGroup {
    pub(super) fn new(id: TargetGroupId, settings: TargetGroupSettings) -> Self {
        Self {
            id,
            settings,
            present: Vec::new(),
            used: false,
            anomalies: AnomalyDetector::default(),
            candidates: Vec::with_capacity(64),
        }
    }

    /// Its id.
    pub const fn id(&self) -> TargetGroupId {
        self.id
    }

    /// Its settings, as they are now.
    pub fn settings(&self) -> &TargetGroupSettings {
        &self.settings
    }

    /// Whether a listener forwards to it. The targets of a group that is not used are `unused`.
    pub const fn is_used(&self) -> bool {
        self.used
    }

    /// The ids of the targets that are registered or draining, in the order of their registration.
    pub fn target_ids(&self) -> &[TargetId] {
        &self.present
    }

    /// Which of its targets fail more often than their peers.
    pub const fn anomalies(&self) -> &AnomalyDetector {
        &self.anomalies
    }
}
