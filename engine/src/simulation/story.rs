//! Why, in sentences: what the typed explanations say, with the names of this world.

use super::Simulation;
use crate::elb::health::Verdict;
use crate::elb::listener::{Action, Matched};
use crate::elb::routing::{Basis, Share};
use crate::elb::{CheckRecord, NodeView, TargetConnection, TargetId};
use crate::trace::{
    Author, ClientPath, Explanation, GroupBasis, Names, RoutingChoice, Standing, TargetBasis,
};
use crate::traffic::RequestId;

impl Simulation {
    /// The life of a request so far, one sentence after the other; nothing when it is not, or no longer, recorded
    /// (see [`Simulation::explain`]).
    pub fn story_of_request(&self, request: RequestId) -> Option<Vec<String>> {
        let why = self.trace.why()?.get(request)?;
        let mut story = vec![self.way_to_the_node(why)];
        story.extend(self.rules(why));
        story.extend(self.group(why));
        story.extend(self.choice(why));
        if let Some((waited, worked)) = why.times {
            let (waited, worked) = (waited.as_milliseconds(), worked.as_milliseconds());
            story.push(format!("It waited {waited:.1} ms for a worker, which took {worked:.1} ms."));
        }
        if let Some((status, author)) = why.answer {
            story.push(match author {
                Author::Target => format!("The target answered {status}."),
                Author::LoadBalancer(cause) => {
                    format!("The load balancer answered {status}: {}.", cause.as_str())
                }
            });
        }
        story.extend(why.end.map(|(at, end)| match end {
            Ok(()) => {
                format!("The client had its answer after {:.1} ms.", at.since(why.sent_at).as_milliseconds())
            }
            Err(error) => format!(
                "The client gave up after {:.1} ms: {}.",
                at.since(why.sent_at).as_milliseconds(),
                error.as_str()
            ),
        }));
        Some(story)
    }

    fn way_to_the_node(&self, why: &Explanation) -> String {
        let asked = self.traffic.request(why.kind);
        let asked = asked.map_or_else(String::new, |asked| format!("{} {}", asked.method, asked.url()));
        let again = match why.attempt {
            0 => String::new(),
            attempt => format!(", attempt {}", attempt + 1),
        };
        let zone = self.zone(why.node);
        let way = match why.path {
            ClientPath::Reused => format!("over its open connection to the node in {zone}"),
            ClientPath::NewByKnownAnswer { age } => {
                format!("to the node in {zone}, which DNS gave it {:.1} s ago", age.as_seconds())
            }
            ClientPath::NewByNewAnswer { nodes } => {
                format!("to the node in {zone}, the first of {nodes} addresses that DNS gave it")
            }
        };
        format!("Client {} sent {asked}{again} {way}.", why.client)
    }

    fn rules(&self, why: &Explanation) -> Vec<String> {
        let (Some(listener), Some(matched)) = (why.listener, why.matched) else { return Vec::new() };
        let listener = &self.load_balancer.listeners()[listener.number() as usize];
        let (Some(asked), Some(client)) = (self.traffic.request(why.kind), self.traffic.client(why.client))
        else {
            return Vec::new();
        };
        let checked = why.rules.iter();
        let mut sentences: Vec<String> = checked
            .map(|check| {
                format!(
                    "On {}:{}, {}.",
                    listener.protocol,
                    listener.port,
                    listener.sentence(*check, asked, client.address())
                )
            })
            .collect();
        if matched == Matched::Default {
            let (protocol, port) = (listener.protocol, listener.port);
            sentences.push(format!("The default rule of {protocol}:{port} applies."));
        }
        match listener.action(matched) {
            Action::Forward(_) => {}
            action => sentences.push(format!("Its action is {}.", action.as_str())),
        }
        sentences
    }

    fn group(&self, why: &Explanation) -> Option<String> {
        let (group, basis) = why.group?;
        let name = self.target_group(group);
        Some(match basis {
            GroupBasis::Only => format!("It is forwarded to {name}."),
            GroupBasis::Sticky => {
                format!("It is forwarded to {name}, which the client's AWSALBTG cookie names.")
            }
            GroupBasis::Weight { roll, of } => {
                format!("It is forwarded to {name} by weight: {roll} was drawn from 0 to {}.", of - 1)
            }
        })
    }

    fn choice(&self, why: &Explanation) -> Vec<String> {
        let mut sentences = Vec::new();
        let others: Vec<String> = why
            .targets
            .iter()
            .map(|(target, standing)| {
                format!("{} {}", self.target_name(*target), standing_in_words(*standing))
            })
            .collect();
        if !others.is_empty() {
            sentences.push(format!("Targets: {}.", others.join(", ")));
        }
        let Some((target, choice)) = why.choice else { return sentences };
        let RoutingChoice { algorithm, basis, candidates, fail_open, .. } = choice;
        if fail_open {
            sentences.push("Too few targets are healthy, so that all are candidates.".to_owned());
        }
        let name = self.target_name(target);
        sentences.push(match basis {
            TargetBasis::Sticky => format!("The client's cookie names {name}."),
            TargetBasis::Algorithm(Basis::NextInTurn { after, .. }) => {
                let after =
                    after.map_or_else(String::new, |last| format!(", after {}", self.target_name(last)));
                format!("{algorithm} takes the next of {candidates}{after}: {name}.")
            }
            TargetBasis::Algorithm(Basis::FewestOutstanding { outstanding, tied }) => {
                let tie =
                    if tied > 1 { format!(" ({tied} have as few; the next in turn)") } else { String::new() };
                format!("{algorithm} takes {name}: {outstanding} requests in flight{tie}.")
            }
            TargetBasis::Algorithm(Basis::Random { roll, of }) => {
                format!("{algorithm} drew {roll} from 0 to {}: {name}.", of - 1)
            }
        });
        sentences.extend(why.connection.map(|connection| match connection {
            TargetConnection::New => "A connection to it was opened first.".to_owned(),
            TargetConnection::Reused { .. } => "It was sent over an idle connection.".to_owned(),
        }));
        sentences
    }

    /// Why a target is in its state: its state, and for every node the checks that led to its verdict.
    pub fn story_of_target(&self, target: TargetId) -> Vec<String> {
        let state = self.load_balancer.target(target);
        let since = state.states().last().map(|(since, _)| *since).unwrap_or_default();
        let mut story = vec![format!("{} is {} since {since}.", self.target_name(target), state.health())];
        let group = self.load_balancer.target_group(state.group());
        for (node, view) in self.load_balancer.node_ids().zip(state.nodes()) {
            let threshold = view.health().threshold(&group.settings().health_check);
            story.push(format!("Node {}: {}", self.zone(node), view_in_words(view, threshold)));
        }
        story
    }

    fn target_name(&self, target: TargetId) -> String {
        let task = Names::task_behind(self, target);
        task.map_or_else(|| format!("target {target}"), |task| format!("task {task}"))
    }
}

fn standing_in_words(standing: Standing) -> String {
    match standing {
        Standing::Candidate { outstanding, share: Share::FULL } => format!("has {outstanding} in flight"),
        Standing::Candidate { outstanding, share } => {
            let percent = f64::from(share.as_per_mille()) / 10.0;
            format!("has {outstanding} in flight and may get {percent} % of a full share")
        }
        Standing::Unhealthy(failed) => format!("is unhealthy ({})", failed.code()),
        Standing::Initial => "has not passed a check yet".to_owned(),
        Standing::Draining => "is draining".to_owned(),
        Standing::OtherZone => "lies in another zone, and cross-zone load balancing is off".to_owned(),
        Standing::NotInUse => "lies in a zone that is not enabled".to_owned(),
    }
}

fn view_in_words(view: &NodeView, threshold: u8) -> String {
    let verdict = match view.health().verdict() {
        Verdict::Initial => "no verdict yet".to_owned(),
        Verdict::Healthy => "healthy".to_owned(),
        Verdict::Unhealthy(failed) => format!("unhealthy, {} ({failed})", failed.code()),
    };
    let checks: Vec<String> = view.decided_by().iter().map(check_in_words).collect();
    let because = if checks.is_empty() { String::new() } else { format!(" after {}", checks.join(", ")) };
    let (run, against) = (view.health().run(), threshold);
    let progress = if run > 0 { format!("; {run} of {against} checks against it") } else { String::new() };
    format!("{verdict}{because}{progress}.")
}

fn check_in_words(check: &CheckRecord) -> String {
    match check.result {
        Ok(()) => format!("a pass at {}", check.at),
        Err(failed) => format!("{failed} at {}", check.at),
    }
}
