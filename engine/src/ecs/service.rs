//! A service: what it shall be, and what its scheduler remembers.

use super::ServiceId;
use super::settings::ServiceSettings;
use crate::kernel::RandomStream;

/// A service of the cluster. Its tasks are the cluster's to look up.
#[derive(Clone, Debug)]
pub struct Service {
    pub(super) id: ServiceId,
    pub(super) settings: ServiceSettings,
    pub(super) dice: RandomStream,
    pub(super) steady: bool,
}

impl Service {
    pub(super) fn new(id: ServiceId, settings: ServiceSettings, seed: u64) -> Self {
        // Each service throws dice of its own: what one does changes nothing for another.
        let dice = RandomStream::new(seed, &format!("scheduler of {}", settings.name));
        Self { id, settings, dice, steady: false }
    }

    /// Its id.
    pub const fn id(&self) -> ServiceId {
        self.id
    }

    /// Its settings, as they are now.
    pub fn settings(&self) -> &ServiceSettings {
        &self.settings
    }

    /// `desiredCount`.
    pub const fn desired_count(&self) -> u32 {
        self.settings.desired_count
    }
}
