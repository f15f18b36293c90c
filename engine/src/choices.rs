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

/// The quota of Fargate vCPUs, unless the scenario says otherwise: large enough to matter to nobody.
pub const VCPU_QUOTA: u32 = 1_000;

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

/// An alarm looks for so many datapoints more than it has evaluation periods, in case some are missing.
pub const ALARM_EVALUATION_RANGE_EXTRA: u32 = 2;

/// The `AlarmHigh` of target tracking needs so many datapoints of one minute in a row above the target value.
pub const ALARM_HIGH_DATAPOINTS: u32 = 3;

/// The `AlarmLow` of target tracking needs so many datapoints of one minute in a row ...
pub const ALARM_LOW_DATAPOINTS: u32 = 15;

/// ... below so many percent of the target value.
pub const ALARM_LOW_PERCENT: u8 = 90;

/// What the calendar shows at the start of a run: Monday, 2026-01-05, 00:00 UTC, in seconds since 1970.
pub const CALENDAR_START: u64 = 1_767_571_200;

/// How long the alarms of a rolling deployment are watched after its last old task is gone.
pub const ALARM_BAKE: SimDuration = SimDuration::from_secs(240);

/// A service is slowed down only after more failed starts in a row than this.
pub const START_FAILURES_FORGIVEN: u32 = 1;

/// The first delay of a service whose tasks fail to start; each further failure doubles it.
pub const START_DELAY: SimDuration = SimDuration::from_secs(10);

/// All choices, for people to read.
pub const ALL: &[Choice] = &[
    Choice {
        topic: "Round robin over several nodes",
        choice: "Each node has a position and counts of outstanding requests of its own. A scenario can have them \
                 shared without delay (Assumptions, SharedRoutingMemory), as the real example does.",
        because: "AWS's prescriptive guidance says that the last target is remembered across nodes, possibly with \
                  a delay, and nothing about the scope of the counts.",
    },
    Choice {
        topic: "Ties",
        choice: "Among targets with equally few outstanding requests the next one in round-robin order is chosen.",
        because: "AWS documents no tie-break for least_outstanding_requests.",
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
        topic: "The ramp of slow start",
        choice: "The share of a target is the part of the duration that has passed, from 0.1 % on. In round \
                 robin it saves up its share at every turn and takes the turn when a whole one has come \
                 together. When no target has a full share, shares count in relation to the largest. A service \
                 registers each of its tasks by a call of its own: in an empty group only the first to be healthy \
                 has its full share at once.",
        because: "AWS documents that the share rises linearly, not from where, nor how requests are held back; and \
                  that targets which one call registers in an empty group do not start slowly.",
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
        topic: "DNS",
        choice: "A client asks when it opens a connection and its last answer is 60 s old, and takes the first \
                 address. Answers hold all published zones, one further on each time. A zone without any \
                 registered target stays published; with several target groups a zone passes as long as one of \
                 them is healthy enough there.",
        because: "The 60 s are documented, the order of the addresses is not; about zones with several target \
                  groups two pages of AWS disagree.",
    },
    Choice {
        topic: "How many nodes there are",
        choice: "One in every enabled zone, for ever.",
        because: "AWS scales nodes with the traffic and publishes no formula.",
    },
    Choice {
        topic: "Health checks of a draining target",
        choice: "They go on, and change nothing that is shown.",
        because: "AWS does not document it.",
    },
    Choice {
        topic: "Timeout and interval of a health check",
        choice: "The timeout must be shorter than the interval.",
        because: "Widely reported for Application Load Balancers; AWS documents it for Gateway Load Balancers only.",
    },
    Choice {
        topic: "When settings take effect",
        choice: "At once, for the next request, check or connection. Requests under way keep the timeout that they \
                 began with.",
        because: "AWS documents no delay.",
    },
    Choice {
        topic: "Which idle connection to a target is used",
        choice: "The one that was used last. A new one costs one more round trip of 1 ms to the target.",
        because: "AWS says only that connections are kept and shared by clients.",
    },
    Choice {
        topic: "A client that gives up",
        choice: "The load balancer answers 460 for its log; the target goes on with work that is now in vain. A \
                 connection attempt that nobody answers fails after 127 s unless the client has a limit of its own.",
        because: "460 is documented, what becomes of the target's work is not. 127 s is what Linux does by default.",
    },
    Choice {
        topic: "Connections of clients",
        choice: "A client keeps using a connection for as long as the load balancer lets it, even when its zone has \
                 left DNS, and never one that is about to be closed for idleness.",
        because: "That is how common HTTP clients behave; it is not AWS's doing.",
    },
    Choice {
        topic: "Cookies",
        choice: "Stickiness cookies come with answers of targets, one for each target group. A cookie for a target \
                 group of weight 0 is honoured.",
        because: "AWS describes the cookies, not which answers carry them.",
    },
    Choice {
        topic: "Target groups whose weights are all 0",
        choice: "503.",
        because: "AWS says that weight 0 gets nothing, not what the client gets.",
    },
    Choice {
        topic: "Actions and status metrics",
        choice: "Redirects and fixed responses are counted in HTTPCode_ELB_3XX, 4XX and 5XX as well as under their \
                 own names, and not in RequestCount.",
        because: "RequestCount is defined by a chosen target; about the others AWS says that the load balancer made \
                  the code.",
    },
    Choice {
        topic: "400, 413 or 414",
        choice: "414 when path and query alone are longer than 16 K; 400 for a longer request line, header or all \
                 headers; never 413. The first reason in the order 505, 414, 400, 405, 501, 463 counts. HTTP/2 on \
                 an HTTP listener is 505.",
        because: "AWS lists the limits and the codes, and gives no border between them.",
    },
    Choice {
        topic: "Query strings in conditions",
        choice: "A parameter without = is a value without a key. Escapes in the request are compared as they stand.",
        because: "AWS says how keys and values are compared, not how a query is taken apart.",
    },
    Choice {
        topic: "What a condition or a redirect may not be",
        choice: "A rule has at least one condition; a header name has no wildcard in it; a CIDR block begins with its \
                 first address; a redirect that spells out the listener's own protocol or port changes nothing.",
        because: "AWS documents the limits, and not what becomes of these.",
    },
    Choice {
        topic: "Queues in the load balancer",
        choice: "There is none: a request goes to its target at once, and waits there.",
        because: "AWS documents no queue for an Application Load Balancer.",
    },
    Choice {
        topic: "Normalising a path",
        choice: "As RFC 3986 says: needless escapes are decoded and dot segments resolved; double slashes stay.",
        because: "AWS says that paths are normalised before rules look at them, and not how.",
    },
    Choice {
        topic: "Certificates",
        choice: "The default certificate takes no part in choosing by server name; of equals the first is shown. A \
                 client refuses a certificate that has expired or does not cover the host.",
        because: "AWS gives the order of the criteria and leaves ties open.",
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
        choice: "PROVISIONING 8 s, PENDING 5 s and ACTIVATING 7 s, 5 s of them for the image, unless the scenario \
                 says otherwise, each give or take 25 %; DEPROVISIONING 5 s.",
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
    Choice {
        topic: "CPU of a task",
        choice: "A worker at work uses an equal part of its task's CPU: with all at work it is 100 %. Slow work is work, \
                 that of health checks too; a process that hangs does none.",
        because: "How much CPU a request costs is not AWS's doing.",
    },
    Choice {
        topic: "Memory of a task",
        choice: "A server uses what it uses idle, and more for every request that it works on or that waits; at most \
                 what its task has. No task is killed for want of memory.",
        because: "What a request costs is not AWS's doing.",
    },
    Choice {
        topic: "Samples of a service",
        choice: "20 s, 40 s and 60 s after the beginning of each minute. A task counts if it is RUNNING then with a \
                 process in it, for all of the 20 s.",
        because: "AWS documents the 20 s, not what becomes of a task that ran for a part of them.",
    },
    Choice {
        topic: "When a minute is known",
        choice: "At its end: alarms look at it at once, and scaling policies after them.",
        because: "AWS evaluates once a minute and does not say how long after the minute's end.",
    },
    Choice {
        topic: "Statistics of counts in an alarm",
        choice: "The count of a minute is one sample, so that every statistic over one minute is the same.",
        because: "CloudWatch's samples come from the nodes; AWS does not document how many.",
    },
    Choice {
        topic: "How far back an alarm looks",
        choice: "Two datapoints further than its evaluation periods. With nothing but breaching datapoints, too few \
                 and too young for ALARM, an alarm that treats missing data as missing has INSUFFICIENT_DATA.",
        because: "AWS says \"a higher number\"; its tables show 5 for 3. The state is that of an older edition of \
                  those tables; the present one leaves the case out.",
    },
    Choice {
        topic: "Alarms with periods of several minutes",
        choice: "Every minute of a period counts alike in its Average.",
        because: "CloudWatch weighs samples; minutes of a service have about equally many.",
    },
    Choice {
        topic: "The alarms of target tracking",
        choice: "AlarmHigh: 3 minutes in a row above the target value. AlarmLow: 15 minutes in a row below 90 % of \
                 it. Their names end in the policy's name, not in an identifier.",
        because: "AWS documents that there are two alarms, and for scale-in \"usually more than 10% lower\". The \
                  numbers are what many accounts show.",
    },
    Choice {
        topic: "How far target tracking scales",
        choice: "To running tasks times metric over target value, rounded up, out as well as in; the metric is that \
                 of the latest minute. When that leaves the count as it is, scaling in would flap.",
        because: "AWS documents that it scales out in proportion, in more gradually, and rounds so that the metric \
                  stays below the target value; no formula.",
    },
    Choice {
        topic: "What a step scaling policy compares",
        choice: "Its MetricAggregationType over the datapoints that its alarm looked at. A metric exactly at the \
                 threshold belongs to the side on which the alarm breaches. Percentages of no task are none, unless \
                 MinAdjustmentMagnitude says otherwise.",
        because: "AWS says \"the most recent metric data points\", and nothing about the other two.",
    },
    Choice {
        topic: "Cooldowns of several policies",
        choice: "A service has one cooldown: that of the policy that scaled last. A larger scale-out within one begins \
                 it anew and adds up. Going back within the bounds first begins none.",
        because: "AWS describes cooldowns for one policy at a time.",
    },
    Choice {
        topic: "Scaling from zero",
        choice: "With no task running and none desired, one datapoint above 0 of a tracked metric asks for one task.",
        because: "AWS says that it waits for one data point and adds the minimum possible amount.",
    },
    Choice {
        topic: "Scheduled scaling",
        choice: "A run begins on Monday, 2026-01-05, 00:00 UTC unless told otherwise, and rates count from then on. A \
                 bound that would pass the other one takes it along. While a deployment is in progress a new maximum \
                 takes no task away, and neither does it afterwards by itself.",
        because: "AWS documents no first moment of a rate, and does not say what becomes of the other bound, nor \
                  whether scaling in on schedule is turned off during deployments like all other scaling in.",
    },
    Choice {
        topic: "A look at a rolling deployment",
        choice: "A look that stops old tasks starts none; old tasks that are not healthy go before healthy ones.",
        because: "AWS's examples stop and start in turns; which old task goes first is not documented.",
    },
    Choice {
        topic: "Room for both revisions",
        choice: "When old tasks are to be replaced and new ones started and there is not room for all, the \
                 revisions take turns, the old one first.",
        because: "AWS says that each revision replaces its own tasks within maximumPercent, not in which order.",
    },
    Choice {
        topic: "Unhealthy tasks and the minimum",
        choice: "An unhealthy task does not count as healthy, so that stopping it takes nothing from \
                 minimumHealthyPercent. Without room for a replacement, one goes at a time, once no other task is \
                 stopping.",
        because: "AWS names the minimum as a constraint of this, and would otherwise never replace a task at 100/100.",
    },
    Choice {
        topic: "Stages of the circuit breaker",
        choice: "The count goes on from stage 1 to stage 2, and tasks that fail to start count in both. A task that \
                 exits after it was RUNNING never counts.",
        because: "The API calls a task failed that cannot be launched, does not reach RUNNING or fails health \
                  checks; the guide has stage 2 look at health checks. About the count two pages disagree.",
    },
    Choice {
        topic: "Bake time of alarms in a rolling deployment",
        choice: "4 minutes.",
        because: "AWS computes it from the alarms and says that it is less than 5 minutes by default.",
    },
    Choice {
        topic: "The bake of a linear step or a canary",
        choice: "It lies in POST_PRODUCTION_TRAFFIC_SHIFT; the next PRODUCTION_TRAFFIC_SHIFT follows it.",
        because: "AWS says that both stages are repeated, not in which of them it waits.",
    },
    Choice {
        topic: "The weights of a traffic shift",
        choice: "Shares are written as 100 parts where they are whole percents, otherwise as 1000. An Application \
                 Load Balancer takes them at once.",
        because: "AWS says that the weights of the rule change, not to which numbers.",
    },
    Choice {
        topic: "How a service whose tasks fail to start slows down",
        choice: "From the second failed attempt in a row on it waits 10 s, then twice as long each time, up to 27 \
                 minutes. Tasks that were started together fail as one; a task that is RUNNING ends the row. Only \
                 tasks of the newest deployment count and wait.",
        because: "AWS documents the 27 minutes and that the delay grows, not its steps.",
    },
    Choice {
        topic: "Which service events are repeated",
        choice: "Messages about what lasts (no room, failing starts, steady state) come again after 6 hours. Messages \
                 about what happens (tasks started, targets registered) always come.",
        because: "AWS omits duplicates until the cause is resolved, and does not say which messages have one.",
    },
    Choice {
        topic: "Equals among container instances",
        choice: "Of instances that strategies do not tell apart, the one with the fewest tasks of the service is \
                 taken, then the one registered first. The closest matching instance lacks the fewest things and \
                 has most CPU left; CPU is named before memory, network interface, agent and constraint.",
        because: "AWS documents neither.",
    },
    Choice {
        topic: "Memory of a container instance",
        choice: "All that its instance type has.",
        because: "AWS says that some of it is not registered, depending on the operating system.",
    },
    Choice {
        topic: "The rhythm of Availability Zone rebalancing",
        choice: "One task at a time. Zones are balanced when none has two healthy tasks more than another; of equal \
                 zones the first is taken.",
        because: "AWS documents the order (start, wait for health, stop), not how many at once.",
    },
    Choice {
        topic: "When containers are checked",
        choice: "First one interval after the start, then one interval after each result. One check that passes makes \
                 an unhealthy container healthy.",
        because: "Docker does so; AWS documents the interval alone.",
    },
    Choice {
        topic: "From stop to deregistration",
        choice: "A task that the scheduler stops leaves its target group at the same look.",
        because: "Captured service events have about 10 s between the two, which would be one look; AWS documents the \
                  order alone.",
    },
    Choice {
        topic: "Several old revisions",
        choice: "What they lose together is replaced by tasks of the newest of them that still has any.",
        because: "AWS says that each revision replaces its own tasks, for one old and one new revision.",
    },
    Choice {
        topic: "Where StopServiceDeployment can stop",
        choice: "ABORT is for rolling deployments only. Once blue's tasks are ending a blue/green, linear or canary \
                 deployment can no longer be stopped.",
        because: "AWS documents both stop types without saying where traffic stays after an ABORT in the middle of a \
                  shift.",
    },
    Choice {
        topic: "A deployment in the middle of another one that shifts traffic",
        choice: "Before CLEAN_UP the other one is given up: all traffic goes back to blue, then its tasks end. In CLEAN_UP \
                 it counts as complete, and its green is the next one's blue.",
        because: "AWS names the stage RECONCILE_SERVICE for it and does not say where traffic goes.",
    },
    Choice {
        topic: "Capacity providers in a deployment",
        choice: "Base and weights count for each revision by itself.",
        because: "AWS describes them for one set of tasks; counted together, a deployment could leave the base empty.",
    },
    Choice {
        topic: "A Spot interruption",
        choice: "The target is deregistered together with SIGTERM, stopTimeout runs from then on, and what is left goes \
                 after 120 s. The scheduler looks a second later. Spot always has capacity again.",
        because: "AWS documents the two minutes, SIGTERM with the warning and the replacement on Spot, not when the target \
                  is deregistered.",
    },
    Choice {
        topic: "An Availability Zone that fails",
        choice: "Its tasks die at once and ECS notices as it does with any container that exits; nothing can be placed there, \
                 and its container instances are gone for good. The load balancer's node there goes on.",
        because: "AWS documents that tasks are placed in the other zones, and no course of such a failure.",
    },
    Choice {
        topic: "The quota of Fargate vCPUs",
        choice: "1,000 unless the scenario says otherwise, On-Demand and Spot each.",
        because: "AWS starts new accounts with 6 and raises the quota on request; a limit should not surprise anybody.",
    },
    Choice {
        topic: "The command of a container's health check",
        choice: "It runs beside the server, takes 2 ms of the task's normal time and needs no worker. It fails while the \
                 server is not listening or answers with an error.",
        because: "The command is the user's, not AWS's.",
    },
];
