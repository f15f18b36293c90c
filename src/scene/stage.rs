//! The stage: measures its place, arranges the picture in it, and paints a frame of moving dots at a time.

use leptos::html;
use leptos::prelude::*;

use super::clients::Clients;
use super::dots::{Position, Way};
use super::geometry::{Layout, Shape, Size, ZoneShape, layout};
use super::nodes::Nodes;
use super::painter::{Painter, Palette};
use super::service::{Legend, ServiceStrip};
use super::task_card::TaskCards;
use super::wires::Wires;
use crate::browser;
use crate::playground::{Playground, Selection};

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
            data-zones=move || plan.with(|plan| plan.nodes.len().to_string())
        >
            <div class="measure" node_ref=measure></div>
            <div class="scene" style=move || plan.with(|plan| format!("height:{}px", plan.height))>
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

/// Which tasks stand in which zone.
fn shape_of(picture: &crate::driver::picture::Picture) -> Shape {
    let zones = picture.nodes.iter().enumerate().map(|(index, node)| ZoneShape {
        name: node.zone.clone(),
        tasks: picture.tasks.iter().filter(|task| task.zone == index).map(|task| task.number).collect(),
    });
    Shape { zones: zones.collect() }
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
    let lanes = move || {
        let lanes: Vec<String> = plan.with(|plan| plan.lanes.iter().map(|lane| lane.rect.style()).collect());
        lanes.into_iter().map(|style| view! { <div class="lane" style=style></div> }).collect_view()
    };
    view! {
        {lanes}
        <div class="targets" style=move || plan.with(|plan| plan.target_group.style())></div>
    }
    .into_any()
}

/// The words around the picture.
#[component]
fn Captions(plan: Memo<Layout>) -> impl IntoView {
    let playground = Playground::expect();
    let lane_names = move || {
        let names: Vec<(String, String)> = plan.with(|plan| {
            let lanes = plan.lanes.iter().filter_map(|lane| {
                let at = lane.caption?;
                Some((lane.name.clone(), format!("left:{}px;top:{}px", at.x, at.y)))
            });
            lanes.collect()
        });
        names
            .into_iter()
            .map(|(name, style)| view! { <span class="caption lane-name" style=style>{name}</span> })
            .collect_view()
    };
    let load_balancer = move || {
        let style = plan.with(|plan| plan.captions.load_balancer.map(|rect| rect.style()));
        style.map(|style| view! { <h2 class="caption" style=style>"Application Load Balancer"</h2> })
    };
    let group = Memo::new(move |_| playground.picture.with(|picture| picture.target_group.clone()));
    view! {
        {lane_names}
        <h2 class="caption" style=move || plan.with(|plan| plan.captions.internet.style())>"Internet"</h2>
        {load_balancer}
        <button
            type="button"
            class="caption"
            id="select-target-group"
            aria-pressed=move || (playground.selection.get() == Selection::TargetGroup).to_string()
            style=move || plan.with(|plan| plan.captions.target_group.style())
            on:click=move |_| playground.selection.set(Selection::TargetGroup)
        >
            <span>"Target group"</span>
            " "
            <b>{move || group.with(|group| group.name.clone())}</b>
            " "
            <span class="mono">
                {move || group.with(|group| format!("HTTP:{} ", group.port))}
                <span class="more">"· ip "</span>
                {move || group.with(|group| format!("· {}", group.algorithm))}
            </span>
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
