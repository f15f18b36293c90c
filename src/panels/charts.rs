//! Four small charts: requests per second by outcome, latency, hosts, and what tasks use. They show what the history
//! and CloudWatch remember.

use leptos::prelude::*;

mod utilization;

use super::plot::{area, line, round_up};
use crate::changing::{nothing, text};
use crate::driver::Driver;
use crate::driver::history::Second;
use crate::playground::Playground;
use crate::words;

/// How many points a line has at the most.
const POINTS_MAX: usize = 120;

/// The charts as they are to be drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Charts {
    /// How many seconds the charts go back.
    seconds: usize,
    requests_most: f64,
    success: String,
    success_line: String,
    client_error: String,
    target_error: String,
    balancer_error: String,
    latency_most: f64,
    latency: [String; 3],
    hosts_most: f64,
    healthy: String,
    running: String,
    desired: String,
    used: utilization::Used,
    last: Second,
}

impl Charts {
    /// The charts of a run, over a window that fits the speed, with what the tasks of one service use.
    pub fn of(driver: &Driver, service: usize) -> Self {
        let history = driver.history();
        let seconds = match driver.pace.speed() {
            ..=2.0 => 60,
            ..=10.0 => 300,
            _ => 1_800,
        };
        let recent: Vec<Second> = {
            let skip = history.seconds().len().saturating_sub(seconds);
            history.seconds().skip(skip).copied().collect()
        };
        let every = seconds.div_ceil(POINTS_MAX);
        let points: Vec<Point> = recent.rchunks(every).rev().map(Point::of).collect();
        let places = seconds / every;
        let used = utilization::Used::of(driver.simulation(), service, points.len(), every, places);
        let last = recent.last().unwrap_or(history.present()).to_owned();
        Self { seconds, used, last, ..draw(&points, places) }
    }
}

/// What one point of the charts stands for: one second or several.
struct Point {
    outcomes: [f64; 4],
    latency: [Option<f64>; 3],
    hosts: [f64; 3],
}

impl Point {
    /// Several seconds as one point: requests on average, the worst latency, the fewest hosts.
    fn of(seconds: &[Second]) -> Self {
        let count = seconds.len().max(1) as f64;
        let mean =
            |figure: fn(&Second) -> u32| seconds.iter().map(|s| f64::from(figure(s))).sum::<f64>() / count;
        let worst = |figure: fn(&Second) -> Option<f32>| {
            seconds.iter().filter_map(figure).map(f64::from).reduce(f64::max)
        };
        let fewest = |figure: fn(&Second) -> u32| seconds.iter().map(figure).min().map_or(0.0, f64::from);
        Self {
            outcomes: [
                mean(|second| second.success),
                mean(|second| second.client_error + second.given_up),
                mean(|second| second.target_error),
                mean(|second| second.balancer_error),
            ],
            latency: [worst(|second| second.p50), worst(|second| second.p95), worst(|second| second.p99)],
            hosts: [
                fewest(|second| second.healthy),
                fewest(|second| second.running),
                fewest(|second| second.desired),
            ],
        }
    }
}

fn draw(points: &[Point], places: usize) -> Charts {
    let outcome = |which: usize| points.iter().map(|point| point.outcomes[which]).collect::<Vec<f64>>();
    let [success, client_error, target_error, balancer_error] = [0, 1, 2, 3].map(outcome);
    let total = points.iter().map(|point| point.outcomes.iter().sum::<f64>()).fold(0.0, f64::max);
    let requests_most = round_up(total * 1.1, 1.0);
    let plus = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a + b).collect::<Vec<f64>>();
    // Failures stand at the bottom, where even a few are seen.
    let ground = vec![0.0; points.len()];
    let on_balancer = balancer_error.clone();
    let on_target = plus(&on_balancer, &target_error);
    let on_client = plus(&on_target, &client_error);
    let top: Vec<Option<f64>> = plus(&on_client, &success).into_iter().map(Some).collect();

    let latency_most =
        round_up(points.iter().filter_map(|point| point.latency[2]).fold(0.0, f64::max) * 1.05, 10.0);
    let latency = [0, 1, 2].map(|which: usize| {
        let values: Vec<Option<f64>> = points.iter().map(|point| point.latency[which]).collect();
        line(&values, places, latency_most)
    });
    let hosts_most = points.iter().flat_map(|point| point.hosts).fold(1.0, f64::max) + 1.0;
    let hosts = |which: usize| {
        let values: Vec<Option<f64>> = points.iter().map(|point| Some(point.hosts[which])).collect();
        line(&values, places, hosts_most)
    };
    Charts {
        requests_most,
        success: area(&success, &on_client, places, requests_most),
        success_line: line(&top, places, requests_most),
        client_error: area(&client_error, &on_target, places, requests_most),
        target_error: area(&target_error, &on_balancer, places, requests_most),
        balancer_error: area(&balancer_error, &ground, places, requests_most),
        latency_most,
        latency,
        hosts_most,
        healthy: hosts(0),
        running: hosts(1),
        desired: hosts(2),
        ..Charts::default()
    }
}

/// What a line, or an area, of a chart is made of: its class in the style sheet, and its path.
type Part = (&'static str, fn(&Charts) -> String);

/// One chart: what stands above it, what it says to those who do not see it, its parts, and its scale.
fn chart(
    id: &'static str,
    caption: AnyView,
    label: fn(&Charts) -> String,
    parts: &[Part],
    top: fn(&Charts) -> String,
    between: AnyView,
) -> impl IntoView + use<> {
    let charts = Playground::expect().charts;
    let read = move |read: fn(&Charts) -> String| move || charts.with(read);
    let paths = parts
        .iter()
        .map(|(class, path)| view! { <path class=*class d=read(*path) /> }.into_any())
        .collect_view();
    let ago = read(|charts| match charts.seconds {
        seconds if seconds < 120 => format!("{seconds} s ago"),
        seconds => format!("{} min ago", seconds / 60),
    });
    view! {
        <figure class="chart" id=id>
            <figcaption>{caption}</figcaption>
            <div class="plot">
                <svg viewBox="0 0 100 100" preserveAspectRatio="none" role="img" aria-label=read(label)>
                    <path class="grid" d="M0 0H100" />
                    {paths}
                    <path class="base" d="M0 100H100" />
                </svg>
                <span class="top-value">{text(read(top))}</span>
            </div>
            <div class="axis"><span>{text(ago)}</span>{between}<span>"now"</span></div>
        </figure>
    }
    .into_any()
}

/// A line's name and its latest value.
fn key(class: &'static str, name: &'static str, value: fn(&Charts) -> String) -> impl IntoView + use<> {
    let charts = Playground::expect().charts;
    view! { <span class=class>{name.to_owned()}" "<b>{text(move || charts.with(value))}</b></span> }
}

fn ms(value: Option<f32>) -> String {
    value.map_or_else(|| "–".to_owned(), |ms| words::milliseconds(f64::from(ms)))
}

/// The charts.
#[component]
pub fn ChartsPanel() -> impl IntoView {
    let requests = view! {
        <span>"Requests/s by outcome"</span>
        <span class="value">{key("", "", |charts| words::count(u64::from(charts.last.ended())))}</span>
    };
    let latency = view! {
        <span>"Latency"</span>
        <span class="value">
            {key("key fly", "p50", |charts| ms(charts.last.p50))}
            {key("key more", "p95", |charts| ms(charts.last.p95))}
            {key("key target dashed", "p99", |charts| ms(charts.last.p99))}
        </span>
    };
    let hosts = view! {
        <span class="value">
            {key("key ok", "HealthyHostCount", |charts| charts.last.healthy.to_string())}
            {key("key fly dashed more", "running", |charts| charts.last.running.to_string())}
            {key("key", "desired", |charts| charts.last.desired.to_string())}
        </span>
    };
    view! {
        <section class="charts" aria-label="Charts">
            {chart(
                "chart-requests",
                requests.into_any(),
                |charts| words::plural(u64::from(charts.last.ended()), "request ended in the last second", "requests ended in the last second"),
                &[
                    ("area ok", |charts| charts.success.clone()),
                    ("ok", |charts| charts.success_line.clone()),
                    ("area client", |charts| charts.client_error.clone()),
                    ("area target", |charts| charts.target_error.clone()),
                    ("area balancer", |charts| charts.balancer_error.clone()),
                ],
                |charts| words::rate(charts.requests_most),
                nothing(),
            )}
            {chart(
                "chart-latency",
                latency.into_any(),
                |charts| format!("Latency: p50 {}, p99 {}", ms(charts.last.p50), ms(charts.last.p99)),
                &[
                    ("plain", |charts| charts.latency[1].clone()),
                    ("target dashed", |charts| charts.latency[2].clone()),
                    ("fly", |charts| charts.latency[0].clone()),
                ],
                |charts| words::milliseconds(charts.latency_most),
                nothing(),
            )}
            {chart(
                "chart-hosts",
                hosts.into_any(),
                |charts| format!("{} healthy of {} desired hosts", charts.last.healthy, charts.last.desired),
                &[
                    ("plain", |charts| charts.desired.clone()),
                    ("fly dashed", |charts| charts.running.clone()),
                    ("ok", |charts| charts.healthy.clone()),
                ],
                |charts| words::rate(charts.hosts_most),
                nothing(),
            )}
            {utilization::chart()}
        </section>
    }
    .into_any()
}
