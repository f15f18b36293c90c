//! Where everything in the picture stands: plain arithmetic from the world's shape and the stage's size.
//! Must never know the browser, the engine, or what a task is doing.

mod cards;
mod plane;
mod tall;
mod wide;

#[cfg(test)]
mod tests;

pub use plane::{Curve, Point, Rect, Size};

/// Narrower than this the picture turns: Internet on top, tasks at the bottom.
pub const TURNS_BELOW: f64 = 680.0;
/// The smallest stage the arithmetic works with; anything smaller is drawn as if it were this large.
const SMALLEST: Size = Size { width: 240.0, height: 320.0 };
/// The largest one: a stage beyond this is a mistake of the caller's.
const LARGEST: Size = Size { width: 8192.0, height: 16384.0 };

/// What is to be drawn: the zones, and in each the tasks in the order in which they stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    /// The Availability Zones, few.
    pub zones: Vec<ZoneShape>,
    /// How many of them, from the first on, have a load balancer node.
    pub nodes: usize,
}

/// One Availability Zone with its tasks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ZoneShape {
    /// The zone's name, such as `us-east-1a`.
    pub name: String,
    /// The numbers of the tasks that stand in this zone.
    pub tasks: Vec<u32>,
}

impl Shape {
    /// How many tasks stand in each zone.
    fn counts(&self) -> Vec<usize> {
        self.zones.iter().map(|zone| zone.tasks.len()).collect()
    }
}

/// Which way a request travels through the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Orientation {
    /// Internet on the left, tasks on the right.
    Wide,
    /// Internet on top, tasks at the bottom: a phone.
    Tall,
}

/// How much a task's card has room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Density {
    /// Title, address, state, reason, slots, queue and share.
    Roomy,
    /// Title, state, slots and share.
    Compact,
    /// Number, state's icon and slots.
    Dense,
}

impl Density {
    /// The word the style sheet knows it by.
    pub fn word(self) -> &'static str {
        match self {
            Self::Roomy => "roomy",
            Self::Compact => "compact",
            Self::Dense => "dense",
        }
    }
}

impl Orientation {
    /// The word the style sheet knows it by.
    pub fn word(self) -> &'static str {
        match self {
            Self::Wide => "wide",
            Self::Tall => "tall",
        }
    }
}

/// The band of one Availability Zone: it runs through load balancer node and tasks alike.
#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
    /// The zone's name.
    pub name: String,
    /// The band.
    pub rect: Rect,
    /// Where the name begins (its left end, on the middle of the line); none on a phone where a node says it.
    pub caption: Option<Point>,
}

/// Where one task's card stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TaskPlace {
    /// The task's number, as given in the shape.
    pub task: u32,
    /// The index of its zone.
    pub zone: usize,
    /// The card.
    pub rect: Rect,
}

/// The words around the picture; each has a line of its own, the height of its rectangle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Captions {
    /// INTERNET
    pub internet: Rect,
    /// APPLICATION LOAD BALANCER; none on a phone, where the node's card says it.
    pub load_balancer: Option<Rect>,
    /// TARGET GROUP, its name and its settings.
    pub target_group: Rect,
    /// What the marks mean.
    pub legend: Rect,
}

/// The whole picture's measures, in CSS pixels from the stage's upper left corner.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// Which way the picture runs.
    pub orientation: Orientation,
    /// How much the cards show; the same for all of them.
    pub density: Density,
    /// The width that was drawn for.
    pub width: f64,
    /// The height that is needed: the asked one, or more when there are very many tasks.
    pub height: f64,
    /// The clients, with the words that belong to them.
    pub clients: Rect,
    /// The square in which the clients themselves are drawn.
    pub cluster: Rect,
    /// One band per zone.
    pub lanes: Vec<Lane>,
    /// The load balancer nodes: one in each of the first lanes.
    pub nodes: Vec<Rect>,
    /// The frame around all targets.
    pub target_group: Rect,
    /// The cards, zone by zone, in the shape's order.
    pub tasks: Vec<TaskPlace>,
    /// The strip of the ECS service.
    pub service: Rect,
    /// The words around the picture.
    pub captions: Captions,
    /// The way from the clients to each node.
    pub to_node: Vec<Curve>,
    /// The way from each node (outer) to each task (inner, in the order of `tasks`).
    pub to_task: Vec<Vec<Curve>>,
}

/// Arranges the picture. Equal input gives an equal picture.
///
/// ```
/// use albatross::scene::geometry::{Orientation, Shape, Size, ZoneShape, layout};
///
/// let zone = |name: &str, tasks: &[u32]| ZoneShape { name: name.into(), tasks: tasks.to_vec() };
/// let zones = vec![zone("us-east-1a", &[1, 3]), zone("us-east-1b", &[2])];
/// let shape = Shape { zones, nodes: 2 };
/// let picture = layout(&shape, Size { width: 1108.0, height: 636.0 });
/// assert_eq!(picture.orientation, Orientation::Wide);
/// assert_eq!(picture.tasks.len(), 3);
/// assert!(picture.to_task[0][2].path().starts_with('M'));
/// ```
pub fn layout(shape: &Shape, size: Size) -> Layout {
    let size = size.within(SMALLEST, LARGEST);
    if size.width < TURNS_BELOW { tall::layout(shape, size) } else { wide::layout(shape, size) }
}
