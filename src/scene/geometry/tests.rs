//! Every shape on every size: nothing overlaps, nothing leaves the stage, everything can be touched.

use super::*;

const SIZES: [Size; 7] = [
    Size { width: 360.0, height: 520.0 },
    Size { width: 390.0, height: 640.0 },
    Size { width: 600.0, height: 700.0 },
    Size { width: 680.0, height: 600.0 },
    Size { width: 768.0, height: 700.0 },
    Size { width: 1108.0, height: 636.0 },
    Size { width: 1600.0, height: 900.0 },
];

/// `tasks` tasks shared out over `zones` zones as ECS spreads them.
fn spread(zones: usize, tasks: u32) -> Shape {
    let mut shape = Shape { nodes: zones, ..Shape::default() };
    for (zone, letter) in (0..zones).zip('a'..) {
        let mine = (1..=tasks).filter(|task| (*task as usize - 1) % zones == zone).collect();
        shape.zones.push(ZoneShape { name: format!("us-east-1{letter}"), tasks: mine });
    }
    shape
}

/// All of them in the last zone.
fn lopsided(zones: usize, tasks: u32) -> Shape {
    let mut shape = spread(zones, 0);
    shape.zones[zones - 1].tasks = (1..=tasks).collect();
    shape
}

/// The last zone has no node.
fn without_a_node(zones: usize, tasks: u32) -> Shape {
    Shape { nodes: zones - 1, ..spread(zones, tasks) }
}

fn every(check: impl FnMut(&Shape, Size, &Layout)) {
    every_with(&(0..=60).collect::<Vec<_>>(), check);
}

fn every_with(tasks: &[u32], mut check: impl FnMut(&Shape, Size, &Layout)) {
    for zones in 1..=4 {
        for &tasks in tasks {
            for size in SIZES {
                for shape in [spread(zones, tasks), lopsided(zones, tasks), without_a_node(zones, tasks)] {
                    check(&shape, size, &layout(&shape, size));
                }
            }
        }
    }
}

fn rects(layout: &Layout) -> Vec<(String, Rect)> {
    let mut all = vec![
        ("clients".into(), layout.clients),
        ("target group".into(), layout.target_group),
        ("service".into(), layout.service),
        ("caption internet".into(), layout.captions.internet),
        ("caption target group".into(), layout.captions.target_group),
        ("legend".into(), layout.captions.legend),
    ];
    all.extend(layout.captions.load_balancer.map(|rect| ("caption load balancer".into(), rect)));
    all.extend(layout.lanes.iter().map(|lane| (format!("lane {}", lane.name), lane.rect)));
    all.extend(layout.nodes.iter().enumerate().map(|(i, rect)| (format!("node {i}"), *rect)));
    all.extend(layout.tasks.iter().map(|place| (format!("task {}", place.task), place.rect)));
    all
}

fn none_overlap(what: &str, rects: &[Rect], context: &dyn Fn() -> String) {
    for (i, a) in rects.iter().enumerate() {
        for b in &rects[i + 1..] {
            assert!(!a.overlaps(b), "{what}: {a:?} overlaps {b:?} in {}", context());
        }
    }
}

#[test]
fn everything_lies_on_the_stage_and_is_a_number() {
    every(|shape, size, layout| {
        assert_eq!(layout.width, size.width);
        assert!(layout.height >= size.height);
        let stage = Rect::new(0.0, 0.0, layout.width, layout.height);
        for (what, rect) in rects(layout) {
            assert!(rect.w > 0.0 && rect.h > 0.0, "{what} {rect:?} is empty: {size:?} {shape:?}");
            assert!(stage.holds(&rect), "{what} {rect:?} leaves the stage {size:?} {shape:?}");
        }
    });
}

#[test]
fn nothing_overlaps_that_should_not() {
    every(|shape, size, layout| {
        let context = || format!("{size:?} {shape:?}");
        let lanes: Vec<Rect> = layout.lanes.iter().map(|lane| lane.rect).collect();
        none_overlap("lanes", &lanes, &context);
        let mut cards: Vec<Rect> = layout.tasks.iter().map(|place| place.rect).collect();
        cards.extend(&layout.nodes);
        cards.push(layout.clients);
        none_overlap("cards", &cards, &context);
        let mut words = vec![
            layout.captions.internet,
            layout.captions.target_group,
            layout.captions.legend,
            layout.service,
            layout.target_group,
        ];
        words.extend(layout.captions.load_balancer);
        words.extend(&layout.nodes);
        none_overlap("words", &words, &context);
        for lane in &layout.lanes {
            let Some(caption) = lane.caption else { continue };
            if layout.orientation == Orientation::Tall {
                assert!(lane.rect.holds(&Rect::new(caption.x, caption.y - 7.0, 44.0, 14.0)), "{}", context());
                continue;
            }
            let name = Rect::new(caption.x, caption.y - 7.0, 70.0, 14.0);
            let mut around = layout.nodes.iter().chain(layout.tasks.iter().map(|place| &place.rect));
            assert!(around.all(|rect| !rect.overlaps(&name)), "{} is covered: {}", lane.name, context());
            assert!(lane.rect.holds(&name), "{} leaves its lane: {}", lane.name, context());
        }
    });
}

#[test]
fn tasks_and_nodes_stand_in_their_own_lane_and_tasks_in_the_frame() {
    every(|shape, size, layout| {
        assert_eq!(layout.nodes.len(), shape.nodes);
        assert_eq!(layout.lanes.len(), shape.zones.len());
        let asked: Vec<u32> = shape.zones.iter().flat_map(|zone| zone.tasks.clone()).collect();
        let drawn: Vec<u32> = layout.tasks.iter().map(|place| place.task).collect();
        assert_eq!(asked, drawn);
        for (lane, node) in layout.lanes.iter().zip(&layout.nodes) {
            assert!(lane.rect.holds(node), "{node:?} leaves {lane:?}: {size:?} {shape:?}");
        }
        for place in &layout.tasks {
            let lane = layout.lanes[place.zone].rect;
            assert!(lane.holds(&place.rect), "{place:?} leaves {lane:?}: {size:?} {shape:?}");
            assert!(layout.target_group.holds(&place.rect));
            assert!(shape.zones[place.zone].tasks.contains(&place.task));
        }
    });
}

#[test]
fn everything_can_be_touched() {
    every(|shape, size, layout| {
        for place in &layout.tasks {
            let (long, short) = (place.rect.w.max(place.rect.h), place.rect.w.min(place.rect.h));
            assert!(long >= 44.0 && short >= 24.0, "{place:?}: {size:?} {shape:?}");
        }
        for node in &layout.nodes {
            assert!(node.w >= 44.0 && node.h >= 44.0, "{node:?}: {size:?} {shape:?}");
        }
        assert!(layout.clients.w >= 44.0 && layout.clients.h >= 44.0);
        assert!(layout.service.h >= 44.0 && layout.service.w >= 300.0);
    });
}

#[test]
fn every_way_runs_from_edge_to_edge_on_the_stage() {
    let on_edge = |rect: &Rect, p: Point| {
        let near = |a: f64, b: f64| (a - b).abs() < 1e-6;
        let in_x = p.x >= rect.x - 1e-6 && p.x <= rect.right() + 1e-6;
        let in_y = p.y >= rect.y - 1e-6 && p.y <= rect.bottom() + 1e-6;
        let on_side = near(p.x, rect.x) || near(p.x, rect.right());
        let on_top = near(p.y, rect.y) || near(p.y, rect.bottom());
        (on_side && in_y) || (on_top && in_x)
    };
    every(|shape, size, layout| {
        let stage = Rect::new(0.0, 0.0, layout.width, layout.height);
        assert_eq!(layout.to_node.len(), layout.nodes.len());
        assert_eq!(layout.to_task.len(), layout.nodes.len());
        for (curve, node) in layout.to_node.iter().zip(&layout.nodes) {
            assert!(on_edge(node, curve.to) && layout.cluster.center().distance(curve.from) < 80.0);
        }
        for (curves, node) in layout.to_task.iter().zip(&layout.nodes) {
            assert_eq!(curves.len(), layout.tasks.len());
            for (curve, place) in curves.iter().zip(&layout.tasks) {
                assert!(on_edge(node, curve.from), "{curve:?}: {size:?} {shape:?}");
                assert!(on_edge(&place.rect, curve.to), "{curve:?}: {size:?} {shape:?}");
                for p in [curve.from, curve.out, curve.into, curve.bend, curve.to] {
                    assert!(stage.holds(&Rect::new(p.x, p.y, 0.0, 0.0)), "{curve:?}: {size:?} {shape:?}");
                }
            }
        }
    });
}

#[test]
fn wires_have_room_to_be_seen() {
    every(|shape, size, layout| {
        for curve in layout.to_node.iter().chain(layout.to_task.iter().flatten()) {
            assert!(curve.length() >= 24.0, "{curve:?}: {size:?} {shape:?}");
        }
        for curve in layout.to_task.iter().flatten() {
            assert!(curve.length() >= 50.0, "{curve:?}: {size:?} {shape:?}");
        }
    });
}

#[test]
fn up_to_six_tasks_fit_a_desktop_with_all_their_words() {
    for size in [Size { width: 1108.0, height: 636.0 }, Size { width: 1600.0, height: 900.0 }] {
        for zones in 1..=4 {
            for tasks in 0..=6 {
                let picture = layout(&spread(zones, tasks), size);
                assert_eq!(picture.height, size.height, "{zones} zones, {tasks} tasks");
                let least = if zones < 4 { Density::Roomy } else { Density::Compact };
                assert!(picture.density <= least, "{zones} zones, {tasks} tasks: {:?}", picture.density);
            }
        }
    }
}

#[test]
fn up_to_four_tasks_fit_a_phone() {
    for zones in 1..=4 {
        for tasks in 0..=4 {
            let picture = layout(&spread(zones, tasks), Size { width: 360.0, height: 520.0 });
            assert_eq!(picture.orientation, Orientation::Tall);
            assert_eq!(picture.height, 520.0, "{zones} zones, {tasks} tasks");
            if zones < 4 {
                assert!(picture.density <= Density::Compact, "{zones} zones, {tasks} tasks");
            }
        }
    }
}

#[test]
fn sixty_tasks_fit_a_desktop_without_scrolling() {
    for zones in 1..=4 {
        for size in [Size { width: 1108.0, height: 636.0 }, Size { width: 1600.0, height: 900.0 }] {
            assert_eq!(layout(&spread(zones, 60), size).height, size.height, "{zones} zones");
        }
    }
}

#[test]
fn strange_sizes_and_shapes_do_no_harm() {
    let strange = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -5.0, 0.0, 1.0, 100.0, 1e9];
    for width in strange {
        for height in strange {
            for shape in [Shape::default(), spread(1, 0), spread(4, 60), lopsided(3, 200)] {
                let picture = layout(&shape, Size { width, height });
                assert!(picture.height.is_finite() && picture.width.is_finite());
                for (what, rect) in rects(&picture) {
                    let all = [rect.x, rect.y, rect.w, rect.h];
                    assert!(all.iter().all(|value| value.is_finite()), "{what} {rect:?} at {width}×{height}");
                }
                for curve in picture.to_node.iter().chain(picture.to_task.iter().flatten()) {
                    assert!(curve.length().is_finite());
                }
            }
        }
    }
}

#[test]
fn a_curve_begins_and_ends_where_it_says() {
    let curve = Curve::across(Point::new(10.0, 20.0), Point::new(110.0, 80.0));
    assert_eq!(curve.at(0.0), Point::new(10.0, 20.0));
    assert_eq!(curve.at(1.0), Point::new(110.0, 80.0));
    assert_eq!(curve.at(-3.0), curve.at(0.0));
    assert_eq!(curve.at(f64::NAN), curve.at(0.0));
    assert_eq!(curve.at(f64::INFINITY), curve.at(1.0));
    assert_eq!(curve.at(0.5), Point::new(60.0, 50.0));
    assert_eq!(curve.path(), "M10 20C60 20 60 80 110 80");
    let straight = Curve::across(Point::new(0.0, 0.0), Point::new(100.0, 0.0));
    assert!((straight.length() - 100.0).abs() < 1e-9);
    assert!(curve.length() > 116.6 && curve.length() < 130.0);
}

#[test]
fn a_curve_can_go_on_in_a_straight_line_at_the_same_pace() {
    let curve = Curve::across(Point::new(0.0, 0.0), Point::new(60.0, 0.0)).on_to(Point::new(100.0, 0.0));
    assert!((curve.length() - 100.0).abs() < 1e-6);
    assert_eq!(curve.at(0.0), Point::new(0.0, 0.0));
    assert!((curve.at(0.6).x - 60.0).abs() < 1e-6 && (curve.at(0.8).x - 80.0).abs() < 1e-6);
    assert_eq!(curve.at(1.0), Point::new(100.0, 0.0));
    assert_eq!(curve.path(), "M0 0C30 0 30 0 60 0L100 0");
    assert_eq!(Curve::default().on_to(Point::default()).at(0.7), Point::default());
}

#[test]
fn no_way_leads_over_a_card() {
    every_with(&[2, 3, 4, 6, 7, 12, 31], |shape, size, layout| {
        for (curve, place) in layout.to_task.iter().flat_map(|curves| curves.iter().zip(&layout.tasks)) {
            for other in layout.tasks.iter().filter(|other| other.task != place.task) {
                let met = (0..=40).any(|step| {
                    let p = curve.at(f64::from(step) / 40.0);
                    Rect::new(p.x, p.y, 0.0, 0.0).overlaps(&other.rect)
                });
                assert!(!met, "{curve:?} to {} meets {}: {size:?} {shape:?}", place.task, other.task);
            }
        }
    });
}

#[test]
fn requests_and_answers_keep_to_their_sides() {
    let straight = Curve::across(Point::new(0.0, 50.0), Point::new(100.0, 50.0));
    for t in [0.0, 0.3, 1.0] {
        let (there, back) = (straight.beside(t, 4.0), straight.beside(t, -4.0));
        assert!((there.y - 46.0).abs() < 1e-9 && (back.y - 54.0).abs() < 1e-9);
    }
    let point = Curve::default();
    assert_eq!(point.beside(0.5, 4.0), Point::new(0.0, 0.0));
}

#[test]
fn a_style_attribute_is_short_and_has_no_negative_zero() {
    assert_eq!(Rect::new(-0.01, 1.25, 100.0, 3.04).style(), "left:0px;top:1.3px;width:100px;height:3px");
}
