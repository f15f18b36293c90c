//! What CloudWatch does every minute: samples, metrics, alarms, and Auto Scaling after them.

use super::{Event, Simulation};
use crate::cloudwatch::{self, GroupMinute, ServiceMinute, Spread};
use crate::ecs::ServiceId;

impl Simulation {
    /// Plans the samples and the end of the minute that begins now. The last sample belongs to the end itself: it comes
    /// first among what happens at that instant.
    pub(super) fn plan_minute(&mut self) {
        let samples = cloudwatch::PERIOD.as_micros() / cloudwatch::SAMPLING.as_micros();
        for number in 1..samples {
            self.agenda.schedule(self.now + cloudwatch::SAMPLING * number, Event::Sample);
        }
        self.agenda.schedule(self.now + cloudwatch::PERIOD, Event::EndOfMinute);
    }

    /// CloudWatch's minute is over: what was counted and measured in it is kept, alarms and policies look at it.
    #[inline(never)]
    pub(super) fn end_minute(&mut self) {
        self.sample_services();
        self.store_minute();
        self.evaluate_alarms();
        self.evaluate_scaling();
        self.plan_minute();
    }

    /// Measures what the RUNNING tasks of each service use.
    pub(super) fn sample_services(&mut self) {
        for number in 0..self.cluster.services().len() {
            let Some(used) = self.cluster.measure(ServiceId::new(number as u32), self.now) else { continue };
            let time = used.workers as f64 * cloudwatch::SAMPLING.as_micros() as f64;
            let percent = |part: u64, whole: f64| if whole > 0.0 { 100.0 * part as f64 / whole } else { 0.0 };
            let cpu = percent(used.worked.as_micros(), time);
            self.metrics.sample(number, cpu, percent(used.memory_used, used.memory as f64));
        }
    }

    fn store_minute(&mut self) {
        let active_connections = self.active_connections();
        let (load_balancer, cluster) = (&self.load_balancer, &self.cluster);
        let measure = |id, counters| {
            let group = load_balancer.target_group(id);
            let of_nodes = |wanted: fn((usize, usize)) -> usize| {
                let nodes = (!group.target_ids().is_empty()).then(|| load_balancer.node_ids());
                Spread::of(
                    nodes.into_iter().flatten().map(|node| wanted(load_balancer.count_hosts(node, id))),
                )
            };
            GroupMinute {
                counters,
                request_count_per_target: load_balancer.request_count_per_target(id, &counters),
                healthy_hosts: of_nodes(|(healthy, _)| healthy),
                unhealthy_hosts: of_nodes(|(_, unhealthy)| unhealthy),
                anomalous_hosts: group.anomalies().anomalous_count(),
                mitigated_hosts: group.anomalies().mitigated_count(),
                dns_zones: load_balancer.zones_by_health(group, false),
                routing_zones: load_balancer.zones_by_health(group, true),
            }
        };
        let measure_service = |number, cpu, memory| {
            let service = ServiceId::new(number);
            ServiceMinute {
                cpu,
                memory,
                running: cluster.running_count(service),
                desired: cluster.desired_count(service),
                pending: cluster.pending_count(service),
                live: cluster.live_count(service),
            }
        };
        self.metrics.end_minute(self.now, active_connections, measure, measure_service);
    }
}
