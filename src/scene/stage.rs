//! The stage: measures its place, arranges the picture in it, and paints a frame of moving dots at a time.

use leptos::html;
use leptos::prelude::*;

use super::clients::Clients;
use super::dots::{Position, Way};
use super::geometry::{Layout, Shape, Size, ZoneShape, layout};
use super::nodes::{Nodes, split_zone};
use super::painter::{Painter, Palette};
use super::service::{Legend, ServiceStrip};
use super::task_card::TaskCards;
use super::wires::Wires;
use crate::browser;
use crate::driver::picture::{Picture, TargetGroupView};
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
    let zones = zones.map(|(index, name)| ZoneShape { name: name.clone(), tasks: tasks_in(index) });
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
        let names: Vec<(String, bool, String)> = plan.with(|plan| {
            let lanes = plan.lanes.iter().enumerate().filter_map(|(index, lane)| {
                let at = lane.caption?;
                let has_node = index < plan.nodes.len();
                Some((lane.name.clone(), has_node, format!("left:{}px;top:{}px", at.x, at.y)))
            });
            lanes.collect()
        });
        names
            .into_iter()
            .map(|(name, has_node, style)| {
                let (region, rest) = split_zone(&name);
                view! {
                    <span class="caption lane-name" style=style>
                        <span><span class="zone-region">{region.to_owned()}</span>{rest.to_owned()}</span>
                        {(!has_node).then(|| view! { <span class="no-node">"no node"</span> })}
                    </span>
                }
            })
            .collect_view()
    };
    let load_balancer = move || {
        let style = plan.with(|plan| plan.captions.load_balancer.map(|rect| rect.style()));
        style.map(|style| view! { <h2 class="caption" style=style>"Application Load Balancer"</h2> })
    };
    let group = Memo::new(move |_| playground.picture.with(|picture| group_caption(&picture.target_groups)));
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
            <span>{move || group.with(|group| if group.about.is_some() { "Target group" } else { "Target groups" })}</span>
            " "
            <b>{move || group.with(|group| group.names.clone())}</b>
            {move || {
                group.with(|group| group.about.clone()).map(|(port, algorithm)| {
                    view! {
                        " "
                        <span class="mono">{port}<span class="more">"· ip "</span>"· "{algorithm}</span>
                    }
                })
            }}
        </button>
    }
    .into_any()
}

/// What stands above the targets.
#[derive(Clone, PartialEq)]
struct GroupCaption {
    names: String,
    /// The port and the algorithm of the only one.
    about: Option<(String, &'static str)>,
}

fn group_caption(groups: &[TargetGroupView]) -> GroupCaption {
    let names = groups.iter().map(|group| group.name.as_str()).collect::<Vec<_>>().join(", ");
    let about = match groups {
        [only] => Some((format!("HTTP:{} ", only.port), only.algorithm)),
        _ => None,
    };
    GroupCaption { names, about }
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
