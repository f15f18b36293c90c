//! The metrics of `AWS/ApplicationELB` that are counted, under their own names (ALB guide, "CloudWatch metrics").

macro_rules! metrics {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// A metric that counts. Its most useful statistic is the sum.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Metric {
            $($(#[$doc])* $variant,)*
        }

        impl Metric {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// CloudWatch's name.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

metrics! {
    /// Requests for which a node chose a target; what is answered before that is not counted.
    RequestCount = "RequestCount",
    /// Answers 2xx by targets.
    Target2xx = "HTTPCode_Target_2XX_Count",
    /// Answers 3xx by targets.
    Target3xx = "HTTPCode_Target_3XX_Count",
    /// Answers 4xx by targets.
    Target4xx = "HTTPCode_Target_4XX_Count",
    /// Answers 5xx by targets.
    Target5xx = "HTTPCode_Target_5XX_Count",
    /// Answers 3xx by the load balancer.
    Elb3xx = "HTTPCode_ELB_3XX_Count",
    /// Answers 4xx by the load balancer.
    Elb4xx = "HTTPCode_ELB_4XX_Count",
    /// Answers 5xx by the load balancer.
    Elb5xx = "HTTPCode_ELB_5XX_Count",
    /// Answers 500 by the load balancer.
    Elb500 = "HTTPCode_ELB_500_Count",
    /// Answers 502 by the load balancer.
    Elb502 = "HTTPCode_ELB_502_Count",
    /// Answers 503 by the load balancer.
    Elb503 = "HTTPCode_ELB_503_Count",
    /// Answers 504 by the load balancer.
    Elb504 = "HTTPCode_ELB_504_Count",
    /// Successful `fixed-response` actions.
    FixedResponse = "HTTP_Fixed_Response_Count",
    /// Successful `redirect` actions.
    Redirect = "HTTP_Redirect_Count",
    /// Redirects whose location is longer than 8 K.
    RedirectUrlLimitExceeded = "HTTP_Redirect_Url_Limit_Exceeded_Count",
    /// Connections established, from clients and to targets.
    NewConnection = "NewConnectionCount",
    /// Connections to targets that were not established; not those of health checks.
    TargetConnectionError = "TargetConnectionErrorCount",
    /// TLS sessions with clients that did not come about.
    ClientTlsNegotiationError = "ClientTLSNegotiationErrorCount",
    /// Requests to a sticky target group for which a new target had to be chosen.
    NonStickyRequest = "NonStickyRequestCount",
    /// Requests routed by fail-open.
    UnhealthyRoutingRequest = "UnhealthyRoutingRequestCount",
    /// Rules evaluated, the default rule excepted.
    RuleEvaluations = "RuleEvaluations",
}

/// One count for every metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counters([u64; Metric::ALL.len()]);

impl Default for Counters {
    fn default() -> Self {
        Self([0; Metric::ALL.len()])
    }
}

impl Counters {
    /// The count of a metric.
    pub const fn get(&self, metric: Metric) -> u64 {
        self.0[metric as usize]
    }

    /// All metrics with their counts.
    pub fn iter(&self) -> impl Iterator<Item = (Metric, u64)> {
        Metric::ALL.iter().map(|metric| (*metric, self.get(*metric)))
    }

    pub(super) fn add(&mut self, metric: Metric, count: u64) {
        self.0[metric as usize] += count;
    }

    /// What was counted since these counters were at `before`.
    pub fn since(&self, before: &Self) -> Self {
        let mut difference = *self;
        difference.0.iter_mut().zip(before.0).for_each(|(now, before)| *now -= before);
        difference
    }
}
