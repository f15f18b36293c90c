//! Everything around the picture: header, inspector, transport, charts, log, help.

pub mod charts;
mod header;
mod help;
mod inspector;
mod log;
mod plot;
mod transport;

pub use charts::ChartsPanel;
pub use header::Header;
pub use help::Help;
pub use inspector::Inspector;
pub use log::{LiveRegion, Log};
pub use transport::Transport;
