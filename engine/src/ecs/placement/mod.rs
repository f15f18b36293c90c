//! Container instances on Amazon EC2: what they have left, where a task is placed, and which one is stopped.

mod choose;
mod failure;
mod instance;
mod settings;

use crate::kernel::typed_id;

pub use choose::{Placed, place, stop};
pub use failure::{Lack, PlacementFailure};
pub use instance::{Instance, InstanceType, Resources, Standing};
pub use settings::{
    BinpackField, PlacementConstraint, PlacementRefused, PlacementRules, PlacementStrategy, SpreadField,
};

typed_id! {
    /// A container instance, numbered from 0 in the order in which they were registered.
    InstanceId
}
