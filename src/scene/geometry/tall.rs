//! The picture from top to bottom: phones.
//! Must never know about wide screens.

use super::cards::{self, Kind};
use super::{Captions, Curve, Density, Lane, Layout, Orientation, Point, Rect, Shape, Size, TaskPlace};

const PAD: f64 = 12.0;
const TOP: f64 = 10.0;
const CLIENTS: f64 = 56.0;
/// Between the clients and the lanes.
const FIRST_WIRES: f64 = 34.0;
const LANE_GAP: f64 = 8.0;
const LANE_PAD: f64 = 8.0;
const NODE: f64 = 46.0;
const NODE_MOST_WIDTH: f64 = 176.0;
/// Between the nodes and the tasks.
const SECOND_WIRES: f64 = 56.0;
/// How far the target group's frame stands out of the lanes.
const FRAME: f64 = 6.0;
const CAPTION: f64 = 20.0;
const SERVICE: f64 = 62.0;
const LEGEND: f64 = 24.0;
/// Everything but the cards.
const FIXED: f64 = TOP
    + CLIENTS
    + FIRST_WIRES
    + LANE_PAD
    + NODE
    + SECOND_WIRES
    + LANE_PAD
    + FRAME
    + 4.0
    + CAPTION
    + SERVICE
    + LEGEND;

const KINDS: [Kind; 3] = [
    Kind { density: Density::Roomy, least_width: 276.0, least_height: 64.0, most_height: 80.0, gap: 8.0 },
    Kind { density: Density::Compact, least_width: 88.0, least_height: 64.0, most_height: 92.0, gap: 8.0 },
    Kind { density: Density::Dense, least_width: 56.0, least_height: 28.0, most_height: 64.0, gap: 8.0 },
];

pub(super) fn layout(shape: &Shape, size: Size) -> Layout {
    let counts = shape.counts();
    let zones = counts.len().max(1) as f64;
    let most = counts.iter().copied().max().unwrap_or(0);
    let lane_width = (size.width - 2.0 * PAD - LANE_GAP * (zones - 1.0)) / zones;
    let inner = lane_width - 2.0 * LANE_PAD;
    let (kind, across) = cards::choose(&KINDS, most, inner, size.height - FIXED, |kind, across| {
        kind.least(cards::rows(most, across))
    });
    let rows = cards::rows(most, across);
    let asked = (size.height - FIXED - kind.gap * rows.saturating_sub(1) as f64) / rows.max(1) as f64;
    let card_height = asked.clamp(kind.least_height, kind.most_height);
    let cards_height = cards::stack(rows, card_height, kind.gap).max(kind.least_height);
    // What is left over makes the ways longer, which is where there is something to see.
    let spare = (size.height - FIXED - cards_height).max(0.0);
    let (first_wires, second_wires) = (FIRST_WIRES + spare * 0.3, SECOND_WIRES + spare * 0.7);

    let lanes_y = TOP + CLIENTS + first_wires;
    let node_y = lanes_y + LANE_PAD;
    let cards_y = node_y + NODE + second_wires;
    let lane_height = cards_y + cards_height + LANE_PAD - lanes_y;
    let lanes: Vec<Lane> = shape
        .zones
        .iter()
        .enumerate()
        .map(|(index, zone)| {
            let x = PAD + index as f64 * (lane_width + LANE_GAP);
            let rect = Rect::new(x, lanes_y, lane_width, lane_height);
            let caption = Point::new(x + LANE_PAD, node_y + NODE / 2.0);
            Lane { name: zone.name.clone(), rect, caption: (index >= shape.nodes).then_some(caption) }
        })
        .collect();
    let node_width = inner.min(NODE_MOST_WIDTH);
    let node = |lane: &Lane| Rect::new(lane.rect.center().x - node_width / 2.0, node_y, node_width, NODE);
    let nodes: Vec<Rect> = lanes.iter().take(shape.nodes).map(node).collect();

    let card_width = (inner - kind.gap * (across - 1) as f64) / across as f64;
    let mut tasks = Vec::new();
    let mut row_of = Vec::new();
    for (index, (zone, lane)) in shape.zones.iter().zip(&lanes).enumerate() {
        for (place, task) in zone.tasks.iter().enumerate() {
            let (row, column) = (place / across, place % across);
            let x = lane.rect.x + LANE_PAD + column as f64 * (card_width + kind.gap);
            let y = cards_y + row as f64 * (card_height + kind.gap);
            tasks.push(TaskPlace {
                task: *task,
                zone: index,
                rect: Rect::new(x, y, card_width, card_height),
            });
            row_of.push(row);
        }
    }

    let frame_y = cards_y - 10.0;
    let frame_height = cards_y + cards_height + LANE_PAD + FRAME - frame_y;
    let target_group = Rect::new(PAD - FRAME, frame_y, size.width - 2.0 * (PAD - FRAME), frame_height);
    let middle = size.width / 2.0;
    let cluster = Rect::new(middle - CLIENTS / 2.0, TOP, CLIENTS, CLIENTS);
    let clients = Rect::new(PAD, TOP, size.width - 2.0 * PAD, CLIENTS);
    let start = Point::new(middle, cluster.bottom() + 3.0);
    let to_node = nodes.iter().map(|node| Curve::down(start, top_of(node))).collect();
    let to_task = nodes
        .iter()
        .map(|node| {
            let from = Point::new(node.center().x, node.bottom());
            let way = |(place, row): (&TaskPlace, &usize)| wire(from, place.rect, *row, cards_y);
            tasks.iter().zip(&row_of).map(way).collect()
        })
        .collect();

    let line = |y: f64, height: f64| Rect::new(PAD, y, size.width - 2.0 * PAD, height);
    let caption_y = target_group.bottom() + 4.0;
    let legend = line(caption_y + CAPTION + SERVICE, LEGEND);
    Layout {
        orientation: Orientation::Tall,
        density: kind.density,
        width: size.width,
        height: legend.bottom().max(size.height),
        clients,
        cluster,
        lanes,
        nodes,
        target_group,
        tasks,
        service: line(caption_y + CAPTION, SERVICE),
        captions: Captions {
            internet: Rect::new(PAD, TOP, cluster.x - PAD - 8.0, 18.0),
            load_balancer: None,
            target_group: line(caption_y, CAPTION),
            legend,
        },
        to_node,
        to_task,
    }
}

fn top_of(rect: &Rect) -> Point {
    Point::new(rect.center().x, rect.y)
}

/// To the first row straight down; to the others through the gap on their left, so as not to run over cards.
fn wire(from: Point, card: Rect, row: usize, cards_y: f64) -> Curve {
    if row == 0 {
        return Curve::down(from, top_of(&card));
    }
    let gap = Point::new(card.x - 4.0, cards_y - 8.0);
    Curve::down(from, gap).on_to(Point::new(card.x, card.y + (card.h / 4.0).min(14.0)))
}
