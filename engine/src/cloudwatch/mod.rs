//! Metrics under CloudWatch's own names and counting rules (namespace `AWS/ApplicationELB`).

use crate::kernel::{Histogram, SimDuration};
use crate::trace::{Author, BalancerCause, RoutingChoice};

/// Counters and times since the start of the run.
#[derive(Clone, Debug, Default)]
pub struct Metrics {
    /// `RequestCount`: requests for which a node chose a target.
    pub request_count: u64,
    /// `HTTPCode_Target_2XX_Count`.
    pub target_2xx: u64,
    /// `HTTPCode_Target_3XX_Count`.
    pub target_3xx: u64,
    /// `HTTPCode_Target_4XX_Count`.
    pub target_4xx: u64,
    /// `HTTPCode_Target_5XX_Count`.
    pub target_5xx: u64,
    /// `HTTPCode_ELB_502_Count`.
    pub elb_502: u64,
    /// `HTTPCode_ELB_503_Count`.
    pub elb_503: u64,
    /// `HTTPCode_ELB_504_Count`.
    pub elb_504: u64,
    /// `TargetConnectionErrorCount`: connections to targets that were not established.
    pub target_connection_errors: u64,
    /// `UnhealthyRoutingRequestCount`: requests routed by fail-open.
    pub unhealthy_routing_requests: u64,
    /// `TargetResponseTime`: from the request's leaving the load balancer to the target's answer.
    pub target_response_time: Histogram,
    /// What clients waited for their answers; CloudWatch has no metric for it.
    pub client_latency: Histogram,
}

impl Metrics {
    /// `HTTPCode_ELB_5XX_Count`.
    pub const fn elb_5xx(&self) -> u64 {
        self.elb_502 + self.elb_503 + self.elb_504
    }

    /// The counters by CloudWatch's names.
    pub fn counters(&self) -> [(&'static str, u64); 11] {
        [
            ("RequestCount", self.request_count),
            ("HTTPCode_Target_2XX_Count", self.target_2xx),
            ("HTTPCode_Target_3XX_Count", self.target_3xx),
            ("HTTPCode_Target_4XX_Count", self.target_4xx),
            ("HTTPCode_Target_5XX_Count", self.target_5xx),
            ("HTTPCode_ELB_5XX_Count", self.elb_5xx()),
            ("HTTPCode_ELB_502_Count", self.elb_502),
            ("HTTPCode_ELB_503_Count", self.elb_503),
            ("HTTPCode_ELB_504_Count", self.elb_504),
            ("TargetConnectionErrorCount", self.target_connection_errors),
            ("UnhealthyRoutingRequestCount", self.unhealthy_routing_requests),
        ]
    }

    pub(crate) fn routed(&mut self, choice: &RoutingChoice) {
        self.request_count += 1;
        self.unhealthy_routing_requests += u64::from(choice.fail_open);
    }

    pub(crate) fn answered(&mut self, status: u16, author: Author, took: SimDuration) {
        match author {
            Author::Target => {
                self.target_response_time.record(took);
                match status / 100 {
                    2 => self.target_2xx += 1,
                    3 => self.target_3xx += 1,
                    4 => self.target_4xx += 1,
                    _ => self.target_5xx += 1,
                }
            }
            Author::LoadBalancer(cause) => {
                match cause.status() {
                    502 => self.elb_502 += 1,
                    503 => self.elb_503 += 1,
                    _ => self.elb_504 += 1,
                }
                let not_established =
                    matches!(cause, BalancerCause::ConnectionRefused | BalancerCause::ConnectTimeout);
                self.target_connection_errors += u64::from(not_established);
            }
        }
    }
}
