//! The picture: where things stand (`geometry`), what moves (`dots`), how it gets onto the screen (`painter`), and the
//! elements that can be touched. Must never know a rule of load balancing: the engine says what happens, this only
//! says where and how it looks.

mod clients;
pub mod dots;
pub mod geometry;
mod neighbours;
mod nodes;
pub mod painter;
mod service;
mod stage;
mod task_card;
mod wires;

pub use neighbours::move_focus;
pub use stage::Stage;
