//! The picture from left to right: desktops and tablets.
//! Must never know about phones.

use super::cards::{self, Kind};
use super::{Captions, Curve, Density, Lane, Layout, Orientation, Point, Rect, Shape, Size, TaskPlace};

/// Above the lanes: the captions.
const HEAD: f64 = 56.0;
/// Below the lanes: the service's strip and the legend.
const FOOT: f64 = 88.0;
/// The service's strip, a line that the legend stands beside and a smaller one.
const SERVICE: f64 = 62.0;
const LEGEND: f64 = 44.0;
/// How far the target group's frame stands out of the lanes.
const FRAME: f64 = 10.0;
const LANE_GAP: f64 = 14.0;
const LANE_PAD: f64 = 9.0;
const LANE_CAPTION: f64 = 30.0;
const NODE_LEAST: f64 = 56.0;
const NODE_MOST: f64 = 92.0;
/// A card that stands alone in its row becomes no wider than this.
const CARD_MOST: f64 = 500.0;
const ROW_GAP_MOST: f64 = 24.0;

const KINDS: [Kind; 3] = [
    Kind { density: Density::Roomy, least_width: 276.0, least_height: 64.0, most_height: 80.0, gap: 8.0 },
    Kind { density: Density::Compact, least_width: 168.0, least_height: 46.0, most_height: 56.0, gap: 8.0 },
    Kind { density: Density::Dense, least_width: 76.0, least_height: 26.0, most_height: 40.0, gap: 8.0 },
];

/// The columns of the picture, from left to right.
struct Columns {
    clients: (f64, f64),
    lanes: (f64, f64),
    nodes: (f64, f64),
    /// Where cards may stand; a single column of them uses the right part only.
    cards: (f64, f64),
}

impl Columns {
    fn new(width: f64) -> Self {
        let pad = (width * 0.036).clamp(20.0, 44.0);
        let right = (width * 0.022).clamp(14.0, 28.0);
        let clients = (width * 0.15).clamp(118.0, 190.0);
        let lanes_x = pad + clients + (width * 0.022).clamp(12.0, 36.0);
        let nodes_x = lanes_x + (width * 0.024).clamp(14.0, 36.0);
        let node = (width * 0.152).clamp(128.0, 184.0);
        let wires = (width * 0.16).clamp(96.0, 280.0);
        let cards_x = nodes_x + node + wires;
        let cards_right = width - right - 2.0 * FRAME - 12.0;
        Self {
            clients: (pad, clients),
            lanes: (lanes_x, width - right - lanes_x),
            nodes: (nodes_x, node),
            cards: (cards_x, cards_right - cards_x),
        }
    }
}

pub(super) fn layout(shape: &Shape, size: Size) -> Layout {
    let columns = Columns::new(size.width);
    let counts = shape.counts();
    let most = counts.iter().copied().max().unwrap_or(0);
    let between = LANE_GAP * counts.len().saturating_sub(1) as f64;
    let lane_need = |kind: &Kind, count: usize, columns: usize| {
        let node = LANE_CAPTION + NODE_LEAST + LANE_PAD;
        (kind.least(cards::rows(count, columns)) + 2.0 * LANE_PAD).max(node)
    };
    let (kind, across) =
        cards::choose(&KINDS, most, columns.cards.1, size.height - HEAD - FOOT, |kind, across| {
            between + counts.iter().map(|count| lane_need(kind, *count, across)).sum::<f64>()
        });

    let needs: Vec<f64> = counts.iter().map(|count| lane_need(&kind, *count, across)).collect();
    let heights = share_out(&needs, size.height - HEAD - FOOT - between);
    let height = HEAD + heights.iter().sum::<f64>() + between + FOOT;
    let mut lanes = Vec::with_capacity(counts.len());
    let mut y = HEAD;
    for (zone, lane_height) in shape.zones.iter().zip(&heights) {
        let rect = Rect::new(columns.lanes.0, y, columns.lanes.1, *lane_height);
        let caption = Point::new(columns.nodes.0, y + LANE_CAPTION / 2.0 + 1.0);
        lanes.push(Lane { name: zone.name.clone(), rect, caption: Some(caption) });
        y += lane_height + LANE_GAP;
    }
    let lanes_bottom = lanes.last().map_or(HEAD, |lane| lane.rect.bottom());

    let nodes = node_rects(lanes.get(..shape.nodes).unwrap_or(&lanes), columns.nodes);
    let (tasks, column_of) = cards_in(shape, &lanes, &columns, &kind, across);
    let first_x = tasks.iter().map(|place| place.rect.x).fold(f64::INFINITY, f64::min);
    let cards_right = columns.cards.0 + columns.cards.1;
    let first_x = if first_x.is_finite() { first_x } else { cards_right - columns.cards.1.min(CARD_MOST) };
    let frame_x = first_x - 22.0;
    let frame_right = cards_right + 22.0;
    let target_group =
        Rect::new(frame_x, HEAD - FRAME, frame_right - frame_x, lanes_bottom - HEAD + 2.0 * FRAME);

    let middle = HEAD + (lanes_bottom - HEAD) / 2.0;
    let side = columns.clients.1.min(112.0);
    // The words below make the block as a whole stand in the middle; the wires leave at the cluster's middle.
    let cluster = Rect::new(columns.clients.0, middle - side / 2.0 - 28.0, side, side);
    let clients = Rect::new(columns.clients.0, cluster.y, columns.clients.1, side + 96.0);
    let start = Point::new(cluster.right() + 4.0, cluster.center().y);
    let to_node = nodes.iter().map(|node| Curve::across(start, left_of(node))).collect();
    let to_task = nodes
        .iter()
        .map(|node| {
            let from = Point::new(node.right(), node.center().y);
            let way = |(place, column): (&TaskPlace, &usize)| wire(from, place.rect, *column, first_x);
            tasks.iter().zip(&column_of).map(way).collect()
        })
        .collect();

    let foot = lanes_bottom + FRAME;
    let service_width = target_group.w.max(420.0).min(size.width - 2.0 * columns.clients.0);
    let service = Rect::new(frame_right - service_width, foot + 8.0, service_width, SERVICE);
    let caption = |x: f64, right: f64| Rect::new(x, 18.0, right - x, 18.0);
    Layout {
        orientation: Orientation::Wide,
        density: kind.density,
        width: size.width,
        height,
        clients,
        cluster,
        lanes,
        nodes,
        target_group,
        tasks,
        service,
        captions: Captions {
            internet: caption(columns.clients.0, columns.lanes.0),
            load_balancer: Some(caption(columns.nodes.0, frame_x - 12.0)),
            target_group: caption(frame_x + 12.0, frame_right),
            legend: Rect::new(columns.clients.0, foot + 8.0, service.x - columns.clients.0 - 12.0, LEGEND),
        },
        to_node,
        to_task,
    }
}

/// Equal heights when everyone's need is met by them; else everyone's need and an equal part of what is left.
fn share_out(needs: &[f64], available: f64) -> Vec<f64> {
    if needs.is_empty() {
        return Vec::new();
    }
    let equal = available / needs.len() as f64;
    if needs.iter().all(|need| *need <= equal) {
        return vec![equal; needs.len()];
    }
    let left = (available - needs.iter().sum::<f64>()).max(0.0) / needs.len() as f64;
    needs.iter().map(|need| need + left).collect()
}

fn node_rects(lanes: &[Lane], (x, width): (f64, f64)) -> Vec<Rect> {
    let node = |lane: &Lane| {
        let room = lane.rect.h - LANE_CAPTION - LANE_PAD;
        let height = room.clamp(NODE_LEAST, NODE_MOST);
        let middle = lane.rect.center().y - height / 2.0;
        let y = middle.max(lane.rect.y + LANE_CAPTION).min(lane.rect.bottom() - LANE_PAD - height);
        Rect::new(x, y, width, height)
    };
    lanes.iter().map(node).collect()
}

/// The cards and, for each, the column it stands in.
fn cards_in(
    shape: &Shape,
    lanes: &[Lane],
    columns: &Columns,
    kind: &Kind,
    across: usize,
) -> (Vec<TaskPlace>, Vec<usize>) {
    let (room_x, room) = columns.cards;
    let full = (room - kind.gap * (across - 1) as f64) / across as f64;
    let width = full.clamp(1.0, CARD_MOST);
    let x0 = room_x + room - cards::stack(across, width, kind.gap);
    // One height for all cards of the picture: the one that fits the fullest lane.
    let height = shape.zones.iter().zip(lanes).fold(kind.most_height, |least, (zone, lane)| {
        let rows = cards::rows(zone.tasks.len(), across).max(1) as f64;
        least.min((lane.rect.h - 2.0 * LANE_PAD - kind.gap * (rows - 1.0)) / rows)
    });
    let height = height.max(kind.least_height);
    let mut places = Vec::new();
    let mut column_of = Vec::new();
    for (index, (zone, lane)) in shape.zones.iter().zip(lanes).enumerate() {
        let rows = cards::rows(zone.tasks.len(), across);
        let spare = lane.rect.h - cards::stack(rows, height, 0.0);
        let gap = (spare / (rows + 1) as f64).clamp(kind.gap, ROW_GAP_MOST);
        let y0 = lane.rect.center().y - cards::stack(rows, height, gap) / 2.0;
        for (place, task) in zone.tasks.iter().enumerate() {
            let (row, column) = (place / across, place % across);
            let x = x0 + column as f64 * (width + kind.gap);
            let y = y0 + row as f64 * (height + gap);
            places.push(TaskPlace { task: *task, zone: index, rect: Rect::new(x, y, width, height) });
            column_of.push(column);
        }
    }
    (places, column_of)
}

fn left_of(rect: &Rect) -> Point {
    Point::new(rect.x, rect.center().y)
}

/// To the first column straight in; to the others through the gap above their row, so as not to run over cards.
fn wire(from: Point, card: Rect, column: usize, first_x: f64) -> Curve {
    if column == 0 {
        return Curve::across(from, left_of(&card));
    }
    let gap = Point::new(first_x - 8.0, card.y - 4.0);
    Curve::across(from, gap).on_to(Point::new(card.x + (card.w / 4.0).min(14.0), card.y))
}
