//! What AWS does not document and a simulator must still decide: every such choice stands here, and nowhere
//! else. The page and the command line show them as "our assumption".

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

/// Whether the nodes of a load balancer share, without delay, what routing remembers: the round-robin position
/// and the counts of outstanding requests.
pub const NODES_SHARE_ROUTING_MEMORY: bool = true;

/// One way over the network between a load balancer node and a target.
pub const NODE_TO_TARGET: SimDuration = SimDuration::from_micros(500);

/// The work of a health check, on a task that is not slowed.
pub const HEALTH_CHECK_WORK: SimDuration = SimDuration::from_millis(2);

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
