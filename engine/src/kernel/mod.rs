//! The ground everything else stands on: time, the agenda, random streams, ids, timers, histograms, exact decimals.
//! This room has never heard of AWS.

mod agenda;
mod deadlines;
mod digest;
mod distribution;
mod histogram;
mod ids;
mod random;
mod slots;
mod thousandths;
mod time;

pub use agenda::Agenda;
pub use deadlines::Deadlines;
pub use digest::Digest;
pub use distribution::Distribution;
pub use histogram::Histogram;
pub(crate) use ids::typed_id;
pub use random::RandomStream;
pub use slots::{Slot, Slots};
pub use thousandths::Thousandths;
pub use time::{SimDuration, SimTime};
