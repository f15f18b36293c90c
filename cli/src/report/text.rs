//! The report for people: the same figures as in JSON, in tables that fit on a screen.

use std::fmt;

use super::figures::{Statistics, Times};
use super::metrics::{GroupMetrics, Metrics, MinuteRow};
use super::table::{Side, Table};
use super::{Report, TargetRow};

/// How many minutes, targets, events and scaling activities are shown.
const MINUTES: usize = 30;
const TARGETS: usize = 40;
const EVENTS: usize = 200;
const ACTIVITIES: usize = 40;
/// How many target groups have a column of their own.
const GROUPS: usize = 4;

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} ({}), seed {}", self.title, self.scenario, self.seed)?;
        writeln!(
            f,
            "{} s simulated · {} requests sent, {} received, {} given up, {} in flight\n",
            self.simulated_seconds,
            self.requests_sent,
            self.requests_received,
            self.requests_given_up,
            self.requests_in_flight
        )?;
        let list =
            |pairs: Vec<String>| if pairs.is_empty() { "nothing".to_owned() } else { pairs.join(" · ") };
        let statuses = self.statuses.iter().map(|(status, count)| format!("{status}: {count}"));
        writeln!(f, "clients received    {}", list(statuses.collect()))?;
        if !self.given_up.is_empty() {
            let reasons = self.given_up.iter().map(|(reason, count)| format!("{reason}: {count}"));
            writeln!(f, "clients gave up     {}", list(reasons.collect()))?;
        }
        for (name, times) in [
            ("client latency", &self.client_latency),
            ("TargetResponseTime", &self.metrics.target_response_time),
        ] {
            if let Some(times) = times {
                writeln!(f, "{name:18}  {}", in_milliseconds(times))?;
            }
        }
        writeln!(f, "\n{}", self.metrics_table())?;
        self.write_minutes(f)?;
        self.write_world(f)?;
        self.write_alarms(f)?;
        self.write_activities(f)?;
        self.write_events(f)?;
        write!(f, "digest {}", self.digest)
    }
}

impl Report {
    /// With one target group a single column says it all.
    fn metrics_table(&self) -> Table {
        let groups: Vec<_> = self.metrics_by_target_group.iter().take(GROUPS).collect();
        let mut columns = vec![("metric", Side::Left), ("load balancer", Side::Right)];
        if groups.len() > 1 {
            columns.extend(groups.iter().map(|(name, _)| (name.as_str(), Side::Right)));
        } else {
            columns[1].0 = "total";
        }
        let whole = rows_of_whole(&self.metrics);
        let of_groups: Vec<Vec<(&str, String)>> =
            groups.iter().map(|(_, group)| rows_of_group(group)).collect();
        let mut names: Vec<&str> =
            whole.iter().chain(of_groups.iter().flatten()).map(|(name, _)| *name).collect();
        names.sort_unstable();
        names.dedup();
        let mut table = Table::new(&columns);
        for name in names {
            let value = |rows: &[(&str, String)]| {
                rows.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone())
            };
            let mut cells = vec![name.to_owned()];
            if let [only] = of_groups.as_slice() {
                cells.push(value(&whole).or_else(|| value(only)).unwrap_or_default());
            } else {
                cells.push(value(&whole).unwrap_or_default());
                cells.extend(of_groups.iter().map(|rows| value(rows).unwrap_or_default()));
            }
            table.row(cells);
        }
        table
    }

    fn write_minutes(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let right = |heading| (heading, Side::Right);
        let mut table = Table::new(&[
            ("minute from", Side::Left),
            right("requests"),
            right("target 2XX"),
            right("target 5XX"),
            right("ELB 4XX"),
            right("ELB 5XX"),
            right("p50 ms"),
            right("p99 ms"),
            right("healthy hosts"),
            right("CPU %"),
        ]);
        let skipped = self.per_minute.len().saturating_sub(MINUTES);
        self.per_minute.iter().skip(skipped).for_each(|minute| table.row(minute_cells(minute)));
        if table.is_empty() {
            return Ok(());
        }
        if skipped > 0 {
            writeln!(f, "({skipped} earlier minutes are in --format json)")?;
        }
        writeln!(f, "{table}")
    }

    fn write_world(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for service in &self.services {
            write!(
                f,
                "service {}: desired {} · running {} · pending {}",
                service.service, service.desired_count, service.running_count, service.pending_count
            )?;
            let minute = self.metrics_by_service.get(&service.service);
            for (name, used) in [
                ("CPU", minute.and_then(|minute| minute.cpu_utilization)),
                ("memory", minute.and_then(|minute| minute.memory_utilization)),
            ] {
                if let Some(used) = used {
                    write!(f, " · {name} {:.1} %", used.average)?;
                }
            }
            writeln!(f)?;
        }
        for node in &self.nodes {
            writeln!(
                f,
                "node {}: {} requests received, {} in flight{}{}",
                node.zone,
                node.received,
                node.in_flight,
                if node.in_dns { "" } else { ", not in DNS" },
                if node.failing_open { ", failing open" } else { "" }
            )?;
        }
        let several = self.metrics_by_target_group.len() > 1;
        let mut table = Table::new(&[
            ("task", Side::Right),
            (if several { "target group" } else { "" }, Side::Left),
            ("address", Side::Left),
            ("zone", Side::Left),
            ("lastStatus", Side::Left),
            ("state", Side::Left),
            ("reason", Side::Left),
            ("requests", Side::Right),
            ("share", Side::Right),
        ]);
        let skipped = self.targets.len().saturating_sub(TARGETS);
        self.targets.iter().skip(skipped).for_each(|target| table.row(target_cells(target, several)));
        if skipped > 0 {
            writeln!(f, "({skipped} earlier targets are in --format json)")?;
        }
        if table.is_empty() { writeln!(f) } else { writeln!(f, "\n{table}") }
    }

    fn write_alarms(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let left = |heading| (heading, Side::Left);
        let mut table = Table::new(&[left("alarm"), left("state"), left("since"), left("reason")]);
        for alarm in &self.alarms {
            table.row(vec![
                alarm.alarm_name.clone(),
                alarm.state.to_owned(),
                alarm.since.to_string(),
                alarm.state_reason.clone(),
            ]);
        }
        if table.is_empty() { Ok(()) } else { writeln!(f, "{table}") }
    }

    fn write_activities(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let left = |heading| (heading, Side::Left);
        let mut table = Table::new(&[left("scaling activity"), left("service"), left("what"), left("cause")]);
        let skipped = self.scaling_activities.len().saturating_sub(ACTIVITIES);
        for activity in self.scaling_activities.iter().skip(skipped) {
            let what = match &activity.not_scaled {
                Some(not_scaled) => format!("Not scaled: {}.", not_scaled.reason),
                None => activity.description.clone(),
            };
            table.row(vec![activity.at.to_string(), activity.service.clone(), what, activity.cause.clone()]);
        }
        if skipped > 0 {
            writeln!(f, "({skipped} earlier scaling activities are in --format json)")?;
        }
        if table.is_empty() { Ok(()) } else { writeln!(f, "{table}") }
    }

    fn write_events(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.missed > 0 {
            writeln!(f, "({} entries of the engine's record were missed)", self.missed)?;
        }
        let skipped = self.events.len().saturating_sub(EVENTS);
        if skipped > 0 {
            writeln!(f, "({skipped} earlier events are in --format json)")?;
        }
        for event in self.events.iter().skip(skipped) {
            writeln!(f, "{} {}", event.at, event.message)?;
        }
        if self.events.is_empty() { Ok(()) } else { writeln!(f) }
    }
}

fn in_milliseconds(times: &Times) -> String {
    let figures = [
        ("mean", times.average),
        ("p50", times.p50),
        ("p90", times.p90),
        ("p95", times.p95),
        ("p99", times.p99),
        ("max", times.maximum),
    ];
    let texts: Vec<String> = figures.map(|(name, seconds)| format!("{name} {:.1}", seconds * 1e3)).to_vec();
    format!("{} ms", texts.join(" · "))
}

fn rows_of_whole(metrics: &Metrics) -> Vec<(&'static str, String)> {
    let counts = metrics.counts.iter().map(|(name, count)| (*name, count.to_string()));
    let active = metrics.active_connections.map(|count| ("ActiveConnectionCount", count.to_string()));
    counts.chain(active).collect()
}

fn rows_of_group(metrics: &GroupMetrics) -> Vec<(&'static str, String)> {
    let mut rows: Vec<_> = metrics.counts.iter().map(|(name, count)| (*name, count.to_string())).collect();
    let Some(measured) = &metrics.measured else { return rows };
    let spreads = [
        ("HealthyHostCount", measured.healthy_host_count),
        ("UnHealthyHostCount", measured.un_healthy_host_count),
    ];
    rows.extend(spreads.into_iter().filter_map(|(name, spread)| Some((name, spread_in_words(spread?)))));
    let per_target = measured.request_count_per_target;
    rows.extend(per_target.map(|count| ("RequestCountPerTarget", format!("{count:.1}"))));
    let gauges = [
        ("AnomalousHostCount", measured.anomalous_host_count),
        ("MitigatedHostCount", measured.mitigated_host_count),
        ("HealthyStateDNS", measured.healthy_state_dns),
        ("UnhealthyStateDNS", measured.unhealthy_state_dns),
        ("HealthyStateRouting", measured.healthy_state_routing),
        ("UnhealthyStateRouting", measured.unhealthy_state_routing),
    ];
    rows.extend(gauges.into_iter().filter(|(_, count)| *count > 0).map(|(name, n)| (name, n.to_string())));
    rows
}

/// One number where all nodes agree, otherwise the least and the greatest.
fn spread_in_words(spread: Statistics) -> String {
    let Statistics { minimum, maximum, .. } = spread;
    if minimum == maximum { minimum.to_string() } else { format!("{minimum} to {maximum}") }
}

fn minute_cells(minute: &MinuteRow) -> Vec<String> {
    let count = |name: &str| minute.metrics.counts.get(name).copied().unwrap_or_default().to_string();
    let times = minute.metrics.target_response_time;
    let milliseconds =
        |pick: fn(Times) -> f64| times.map_or_else(String::new, |times| format!("{:.0}", pick(times) * 1e3));
    let hosts =
        minute.metrics_by_target_group.values().filter_map(|group| group.measured?.healthy_host_count);
    let hosts: Vec<String> = hosts.map(spread_in_words).collect();
    vec![
        minute.from.to_string().split('.').next().unwrap_or_default().to_owned(),
        count("RequestCount"),
        count("HTTPCode_Target_2XX_Count"),
        count("HTTPCode_Target_5XX_Count"),
        count("HTTPCode_ELB_4XX_Count"),
        count("HTTPCode_ELB_5XX_Count"),
        milliseconds(|times| times.p50),
        milliseconds(|times| times.p99),
        hosts.join(" + "),
        cpu_of_services(minute),
    ]
}

/// `CPUUtilization` of each service, - where it has none.
fn cpu_of_services(minute: &MinuteRow) -> String {
    let cpu = minute.metrics_by_service.values().map(|service| service.cpu_utilization);
    let cpu = cpu.map(|cpu| cpu.map_or_else(|| "-".to_owned(), |cpu| format!("{:.1}", cpu.average)));
    cpu.collect::<Vec<_>>().join(" + ")
}

fn target_cells(target: &TargetRow, with_group: bool) -> Vec<String> {
    vec![
        target.task.map_or_else(String::new, |task| task.to_string()),
        if with_group { target.target_group.clone() } else { String::new() },
        target.address.clone(),
        target.zone.clone(),
        target.last_status.unwrap_or_default().to_owned(),
        target.health.state.to_owned(),
        target.health.reason.unwrap_or_default().to_owned(),
        target.requests.to_string(),
        format!("{:.1} %", target.share * 100.0),
    ]
}
