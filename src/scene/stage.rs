//! The stage: measures its place, arranges the picture in it, and paints a frame of moving dots at a time.

use leptos::html;
use leptos::prelude::*;

use super::clients::Clients;
use super::dots::{Position, Way};
use super::geometry::{Lane, Layout, Shape, Size, ZoneShape, layout};
use super::nodes::{Nodes, split_zone};
use super::painter::{Painter, Palette};
use super::service::{Legend, ServiceStrip};
use super::task_card::TaskCards;
use super::wires::Wires;
use crate::browser;
use crate::changing::{each, text};
use crate::driver::picture::{Picture, TargetGroupView};
use crate::playground::{Playground, Selection};
use crate::words;

/// Dots on their way there and back pass each other so many CSS pixels apart.
const ASIDE: f64 = 4.0;

/// The picture.
#[component]
pub fn Stage(
    /// What lies over the picture.
    children: Children,
) -> impl IntoView {
    let playground = Playground::expect();
    let size = RwSignal::new(Size { width: 1_100.0, height: 640.0 });
    let shape = Memo::new(move |_| playground.picture.with(shape_of));
    let plan = Memo::new(move |_| layout(&shape.get(), size.get()));
    let measure = NodeRef::<html::Div>::new();
    let canvas = NodeRef::<html::Canvas>::new();
    let painter = StoredValue::<Option<Painter>, LocalStorage>::new_local(None);

    Effect::new(move |_| {
        if let Some(measure) = measure.get() {
            browser::observe_size(&measure, move |width, height| size.set(Size { width, height }));
        }
    });
    Effect::new(move |_| {
        let Some(canvas) = canvas.get() else { return };
        let (width, height) = plan.with(|plan| (plan.width, plan.height));
        painter.update_value(|painter| {
            if painter.is_none() {
                *painter = Painter::attach(&canvas);
            }
            if let Some(painter) = painter {
                painter.resize(width, height, browser::device_pixel_ratio());
            }
        });
    });
    Effect::new(move |started: Option<()>| {
        if started.is_none() {
            browser::animate(move |wall| {
                playground.frame(wall);
                painter.update_value(|painter| {
                    if let Some(painter) = painter {
                        plan.with_untracked(|plan| paint(painter, plan, playground));
                    }
                });
            });
        }
    });

    view! {
        <main
            class="stage"
            id="stage"
            data-orientation=move || plan.with(|plan| plan.orientation.word())
            data-density=move || plan.with(|plan| plan.density.word())
        >
            <div class="measure" node_ref=measure></div>
            <div class="scene" style=move || plan.with(|plan| format!("height:{}px", words::short(plan.height, 1)))>
                <Ground plan />
                <Wires plan />
                <Captions plan />
                <Clients plan />
                <Nodes plan />
                <TaskCards plan />
                <ServiceStrip plan />
                <Legend plan />
                <canvas class="dots" node_ref=canvas aria-hidden="true"></canvas>
            </div>
            {children()}
        </main>
    }
    .into_any()
}

/// Which tasks stand in which zone: service by service.
fn shape_of(picture: &Picture) -> Shape {
    let tasks_in = |zone: usize| {
        let of_service = |service: usize| {
            let tasks = picture.tasks.iter();
            tasks.filter(move |task| task.zone == zone && task.service == service).map(|task| task.number)
        };
        (0..picture.services.len()).flat_map(of_service).collect()
    };
    let zones = picture.zones.iter().enumerate();
    let zones = zones.map(|(index, zone)| ZoneShape { name: zone.name.clone(), tasks: tasks_in(index) });
    Shape { zones: zones.collect(), nodes: picture.nodes.len() }
}

/// One frame of dots. People who asked for less motion see each dot rest in the middle of its way instead.
fn paint(painter: &mut Painter, plan: &Layout, playground: Playground) {
    let dark = playground.theme.get_untracked().is_dark();
    let still = browser::media("(prefers-reduced-motion: reduce)");
    painter.set_palette(if dark { Palette::DARK } else { Palette::LIGHT });
    painter.begin();
    playground.with_driver(|driver| {
        driver.dots.positions(|Position { way, along, back, mark, number }| {
            let curve = match way {
                Way::Clients { node } => plan.to_node.get(node),
                Way::Task { node, task } => {
                    let place = plan.tasks.iter().position(|place| place.task == task);
                    place.and_then(|place| plan.to_task.get(node)?.get(place))
                }
            };
            let Some(curve) = curve else { return };
            let aside = if back { ASIDE } else { -ASIDE };
            let at = curve.beside(if still { 0.5 } else { along }, aside);
            painter.dot(at.x, at.y, mark);
            if let Some(number) = number {
                let mut digits = [0; 20];
                painter.label(at.x, at.y, decimal(number, &mut digits));
            }
        });
    });
    painter.present();
}

/// A number in digits, without allocating: this happens for every dot of every frame.
fn decimal(mut number: u64, digits: &mut [u8; 20]) -> &str {
    let mut first = digits.len();
    loop {
        first -= 1;
        digits[first] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    std::str::from_utf8(&digits[first..]).unwrap_or_default()
}

/// Lanes and the frame of the target group.
#[component]
fn Ground(plan: Memo<Layout>) -> impl IntoView {
    let lanes = move || plan.with(|plan| (0..plan.lanes.len() as u64).collect());
    let lane = move |index: u64| {
        let style = move || plan.with(|plan| plan.lanes.get(index as usize).map(|lane| lane.rect.style()));
        view! {
            <div class="lane" class:failed=has_failed(index as usize) style=move || style().unwrap_or_default()></div>
        }
        .into_any()
    };
    view! {
        {each(lanes, lane)}
        <div class="targets" style=move || plan.with(|plan| plan.target_group.style())></div>
    }
    .into_any()
}

/// Whether a zone has failed.
fn has_failed(index: usize) -> impl Fn() -> bool + Copy {
    let picture = Playground::expect().picture;
    move || picture.with(|picture| picture.zones.get(index).is_some_and(|zone| zone.failed))
}

/// The words around the picture.
#[component]
fn Captions(plan: Memo<Layout>) -> impl IntoView {
    let playground = Playground::expect();
    let lanes = move || plan.with(|plan| (0..plan.lanes.len() as u64).collect());
    let load_balancer = move || plan.with(|plan| plan.captions.load_balancer.map(|rect| rect.style()));
    let groups = move |tell: fn(&[TargetGroupView]) -> String| {
        text(move || playground.picture.with(|picture| tell(&picture.target_groups)))
    };
    view! {
        {each(lanes, move |index| lane_name(plan, index as usize))}
        <h2 class="caption" style=move || plan.with(|plan| plan.captions.internet.style())>"Internet"</h2>
        <h2
            class="caption"
            class:none=move || load_balancer().is_none()
            style=move || load_balancer().unwrap_or_default()
        >
            "Application Load Balancer"
        </h2>
        <button
            type="button"
            class="caption"
            id="select-target-group"
            aria-pressed=move || (playground.selection.get() == Selection::TargetGroup).to_string()
            style=move || plan.with(|plan| plan.captions.target_group.style())
            on:click=move |_| playground.selection.set(Selection::TargetGroup)
        >
            <span>{groups(|groups| if groups.len() == 1 { "Target group" } else { "Target groups" }.to_owned())}</span>
            " "
            <b>{groups(|groups| groups.iter().map(|group| group.name.as_str()).collect::<Vec<_>>().join(", "))}</b>
            " "
            <span class="mono">
                {groups(|groups| only(groups).map(|group| format!("HTTP:{} ", group.port)).unwrap_or_default())}
                <span class="more">{groups(|groups| only(groups).map_or("", |_| "· ip ").to_owned())}</span>
                {groups(|groups| only(groups).map(|group| format!("· {}", group.algorithm)).unwrap_or_default())}
            </span>
        </button>
    }
    .into_any()
}

/// The target group, where there is no other.
fn only(groups: &[TargetGroupView]) -> Option<&TargetGroupView> {
    groups.first().filter(|_| groups.len() == 1)
}

/// The name of a lane's zone, where it has a place; and that no node is there, when none is.
fn lane_name(plan: Memo<Layout>, index: usize) -> AnyView {
    let lane = move |tell: fn(&Lane) -> String| {
        move || plan.with(|plan| plan.lanes.get(index).map(tell).unwrap_or_default())
    };
    let style = |lane: &Lane| match lane.caption {
        Some(at) => format!("left:{}px;top:{}px", words::short(at.x, 1), words::short(at.y, 1)),
        None => "display:none".to_owned(),
    };
    let has_node = move || plan.with(|plan| index < plan.nodes.len());
    let has_failed = has_failed(index);
    let selection = Playground::expect().selection;
    view! {
        <button
            type="button"
            class="caption lane-name"
            id=format!("zone-{index}")
            aria-pressed=move || (selection.get() == Selection::Zone(index)).to_string()
            style=lane(style)
            on:click=move |_| selection.set(Selection::Zone(index))
        >
            <span>
                <span class="zone-region">{text(lane(|lane| split_zone(&lane.name).0.to_owned()))}</span>
                {text(lane(|lane| split_zone(&lane.name).1.to_owned()))}
            </span>
            <span class="no-node" class:none=has_node>"no node"</span>
            <span class="bad" class:none=move || !has_failed()>"failed"</span>
        </button>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::decimal;

    #[test]
    fn numbers_are_written_in_digits() {
        for number in [0, 7, 10, 2_214, u64::MAX] {
            assert_eq!(decimal(number, &mut [0; 20]), number.to_string());
        }
    }
}
