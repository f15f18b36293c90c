//! What AWS does not document and a simulator must still decide: every such choice stands here, and nowhere
//! else. The page and the command line show them as "our assumption".

use crate::elb::routing::Share;
use crate::kernel::SimDuration;

/// One choice of ours, for people to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What it is about.
    pub topic: &'static str,
    /// What Albatross does.
    pub choice: &'static str,
    /// What AWS says about it, and why this was chosen.
    pub because: &'static str,
}

/// How long a target stays in `Elb.RegistrationInProgress`.
pub const REGISTRATION: SimDuration = SimDuration::from_millis(500);

/// Each node sends its first health check within this time of a registration, at a moment of its own.
pub const FIRST_CHECK_WITHIN: SimDuration = SimDuration::from_millis(1_000);

/// The service scheduler looks at its tasks this often.
pub const SCHEDULER_PASS: SimDuration = SimDuration::from_secs(10);

/// `UpdateService` and `StopTask` make the scheduler look again after this time.
pub const SCHEDULER_WAKES_AFTER: SimDuration = SimDuration::from_secs(1);

/// The time from a container's exit until ECS acts on it.
pub const EXIT_NOTICED_AFTER: SimDuration = SimDuration::from_secs(30);

/// How long a task stays in DEPROVISIONING.
pub const DEPROVISIONING: SimDuration = SimDuration::from_secs(5);

/// Every phase of a task's start takes its stated time, give or take this share of it, in percent.
pub const START_VARIATION_PERCENT: u32 = 25;

/// One way over the network between a load balancer node and a target.
pub const NODE_TO_TARGET: SimDuration = SimDuration::from_micros(500);

/// A client's attempt to connect that nobody answers fails after this time.
pub const CLIENT_CONNECT_TIMEOUT: SimDuration = SimDuration::from_secs(127);

/// The work of a health check, on a task that is not slowed.
pub const HEALTH_CHECK_WORK: SimDuration = SimDuration::from_millis(2);

/// Automatic Target Weights judge the targets this often; AWS says "about".
pub const ANOMALY_EVALUATION: SimDuration = SimDuration::from_secs(5);

/// A target is judged, and its peers count, only with at least so many requests since it was last judged.
pub const ANOMALY_FEWEST_REQUESTS: u32 = 10;

/// A target is anomalous when its error rate lies at least so many percentage points above that of its peers...
pub const ANOMALY_MARGIN_PERCENT: u64 = 20;

/// ... and is at least so many times as high.
pub const ANOMALY_TIMES_PEERS: u64 = 2;

/// What anomaly mitigation leaves to an anomalous target.
pub const MITIGATED_SHARE: Share = Share::per_mille(100);

/// What a target that has recovered gets back at every evaluation.
pub const RECOVERY_STEP: Share = Share::per_mille(100);

/// All choices, for people to read.
pub const ALL: &[Choice] = &[
    Choice {
        topic: "Round robin over several nodes",
        choice: "The nodes share one position, without delay. A tie between targets with equally few outstanding \
                 requests goes to the next one in round-robin order; those counts are shared, too.",
        because: "AWS says that the last target is remembered across nodes, possibly with a delay, and nothing \
                  about ties or the scope of the counts.",
    },
    Choice {
        topic: "The ramp of slow start",
        choice: "The share of a target is the part of the duration that has passed, from 0.1 % on. In round \
                 robin it saves up its share at every turn and takes the turn when a whole one has come \
                 together. When no target has a full share, shares count in relation to the largest.",
        because: "AWS documents that the share rises linearly, not from where, nor how requests are held back.",
    },
    Choice {
        topic: "When a target is anomalous",
        choice: "Every 5 s: when of at least 10 requests to it a part failed that lies 20 percentage points \
                 above that of its peers together, and is at least twice as large. With fewer requests a \
                 target keeps its result and its counts run on; with fewer than three healthy targets, or \
                 once it is unhealthy, it is normal.",
        because: "AWS documents what is compared, the 5 s (\"about\") and the three healthy targets, but no \
                  thresholds.",
    },
    Choice {
        topic: "How an anomaly is mitigated",
        choice: "The target is cut to 10 % of a full share at once. From the first normal result on it gets \
                 back 10 percentage points every 5 s; a relapse cuts again. With mitigation switched off it \
                 has its full share at the next evaluation.",
        because: "AWS documents a minimum and a gradual return, but no numbers.",
    },
    Choice {
        topic: "The state of a target that nodes see differently",
        choice: "A target is shown healthy as long as any node regards it as healthy, unhealthy once every node \
                 does not. Each node routes by its own view.",
        because: "Every node checks every target by itself; DescribeTargetHealth shows one state and AWS does \
                  not say how it comes about.",
    },
    Choice {
        topic: "When nodes check",
        choice: "Registration takes 0.5 s; each node checks first within 1 s of it and then once per interval.",
        because: "AWS calls the interval approximate and does not document the moment of the first check.",
    },
    Choice {
        topic: "A new target that fails",
        choice: "It turns unhealthy after UnhealthyThresholdCount failed checks, as a healthy one would.",
        because: "AWS says only that the load balancer sends the minimum number of checks.",
    },
    Choice {
        topic: "Requests in flight on a target that turns unhealthy",
        choice: "They go on to their end. No request is ever tried again on another target.",
        because: "AWS documents neither for an Application Load Balancer.",
    },
    Choice {
        topic: "Fail-open and targets that are not ready",
        choice: "When no target is healthy, unhealthy ones get the requests; targets in their initial checks \
                 only when there is nothing else. With draining targets alone the answer is 503.",
        because: "AWS documents fail-open for groups with only unhealthy targets, and 503 for groups without a \
                  registered one.",
    },
    Choice {
        topic: "DNS",
        choice: "A client asks again when its answer is 60 s old and takes the first address; answers hold all \
                 zones, one further on each time.",
        because: "The 60 s are documented, the order of the addresses is not.",
    },
    Choice {
        topic: "The rhythm of the service scheduler",
        choice: "It looks every 10 s, and 1 s after UpdateService or StopTask.",
        because: "Captured service events lie about 10 s apart; AWS documents no rhythm.",
    },
    Choice {
        topic: "A container that exits",
        choice: "ECS acts on it 30 s later; until then its target stays registered and connections are refused.",
        because: "One captured run shows 31 s; AWS documents no time.",
    },
    Choice {
        topic: "Times of a task's life",
        choice: "PROVISIONING 8 s, PENDING 5 s and ACTIVATING 7 s unless the scenario says otherwise, each give \
                 or take 25 %; DEPROVISIONING 5 s.",
        because: "AWS publishes no times. Captured starts on Fargate took 20 to 65 s.",
    },
    Choice {
        topic: "StopTask",
        choice: "The task leaves its target group and drains first; SIGTERM follows when its target is unused.",
        because: "The order is documented for stops by the scheduler; reports about StopTask differ.",
    },
    Choice {
        topic: "What counts against maximumPercent",
        choice: "Every task that is not STOPPED yet, those that drain included.",
        because: "The newer documentation counts stopping tasks; it does not mention DEACTIVATING.",
    },
    Choice {
        topic: "A full backlog",
        choice: "A connection beyond the task's backlog is dropped without a word: 504 after the 10 s connect \
                 timeout.",
        because: "That is what Linux does by default; it is not AWS's doing.",
    },
];
