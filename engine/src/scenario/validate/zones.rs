//! The zones of a scenario: those of the load balancer, and behind them those that only container instances and
//! services have.

use super::At;
use super::problems::{Problems, quoted};

/// All zones of a scenario: our own limit, as many as the largest region has.
const ZONES_MAX: usize = 6;

#[derive(Debug)]
pub(super) struct Zones {
    all: Vec<String>,
    balancers: usize,
}

impl Zones {
    pub(super) fn of(balancer_zones: &[String]) -> Self {
        Self { all: balancer_zones.to_vec(), balancers: balancer_zones.len() }
    }

    pub(super) fn into_names(self) -> Vec<String> {
        self.all
    }

    /// The index of a zone. One that the load balancer does not have is allowed: targets there stay unused (ALB
    /// guide, "Health checks", `Target.NotInUse`).
    pub(super) fn index(&mut self, at: At<'_>, name: &str, problems: &mut Problems) -> Option<usize> {
        problems.name(at, name, 32);
        let known = self.all.iter().position(|zone| zone == name);
        if known.is_some() {
            return known;
        }
        if self.all.len() >= ZONES_MAX {
            problems.add(at, quoted(name), "one of at most 6 zones in all", quoted(&self.all[0]));
            return None;
        }
        self.all.push(name.to_owned());
        Some(self.all.len() - 1)
    }

    /// The zones of a service: all of the load balancer's unless it has a list of its own.
    pub(super) fn of_service(
        &mut self,
        at: At<'_>,
        names: Option<&[String]>,
        problems: &mut Problems,
    ) -> Vec<usize> {
        let Some(names) = names else { return (0..self.balancers).collect() };
        if names.is_empty() {
            let instead = "it not at all, for all zones of the load balancer";
            problems.add(at, "no zones", "one zone or more", instead);
        }
        let mut own = Vec::new();
        for (index, name) in problems.at_most(at, names, ZONES_MAX, "zones").iter().enumerate() {
            let at = at.element(index);
            match self.index(at, name, problems) {
                Some(zone) if own.contains(&zone) => {
                    problems.add(at, quoted(name), "a zone that stands once", "it once");
                }
                zone => own.extend(zone),
            }
        }
        own
    }
}
