//! The load balancer.

use super::At;
use super::attribute::attributes;
use super::names::Book;
use super::problems::{Problems, quoted};
use super::security_group;
use crate::elb::{LoadBalancerAttribute, LoadBalancerSettings};
use crate::scenario::document::{Document, SCHEMES};

/// More zones than most regions have are not worth drawing; two is AWS's minimum for an ALB.
const ZONES_MAX: usize = 4;

pub(super) fn load_balancer(
    document: &Document,
    book: &Book<'_>,
    problems: &mut Problems,
) -> Option<LoadBalancerSettings> {
    let top = At::top("LoadBalancers");
    let load_balancer = problems.only(top, &document.load_balancers, "load balancer")?;
    let at = top.element(0);
    // API CreateLoadBalancer: at most 32 characters, and not internal- in front.
    let name = &load_balancer.name;
    problems.name(at.field("Name"), name, 32);
    if let Some(rest) = name.strip_prefix("internal-") {
        let allowed = "a name that does not begin with internal-";
        problems.add(at.field("Name"), quoted(name), allowed, quoted(rest));
    }
    problems.word(at.field("Type"), &load_balancer.r#type, &["application"]);
    let at_attributes = at.field("LoadBalancerAttributes");
    let mut settings = LoadBalancerSettings {
        name: name.clone(),
        scheme: problems.one_of(at.field("Scheme"), &load_balancer.scheme, SCHEMES),
        zones: zones(at.field("AvailabilityZones"), &load_balancer.availability_zones, problems),
        idle_timeout: LoadBalancerSettings::IDLE_TIMEOUT,
        client_keep_alive: LoadBalancerSettings::CLIENT_KEEP_ALIVE,
        security_groups: security_group::names(
            at.field("SecurityGroups"),
            &load_balancer.security_groups,
            book,
            problems,
        ),
    };
    let list = &load_balancer.load_balancer_attributes;
    for attribute in attributes::<LoadBalancerAttribute>(at_attributes, list, problems) {
        settings.set(&attribute);
    }
    Some(settings)
}

/// ALB guide, "Application Load Balancers": at least two Availability Zones, one subnet in each.
fn zones(at: At<'_>, zones: &[String], problems: &mut Problems) -> Vec<String> {
    if !(2..=ZONES_MAX).contains(&zones.len()) {
        let found = format_args!("{} of them", zones.len());
        problems.add(at, found, "2 to 4 zones", "[\"us-east-1a\", \"us-east-1b\"]");
    }
    let zones = &zones[..zones.len().min(ZONES_MAX)];
    for (index, zone) in zones.iter().enumerate() {
        problems.name(at.element(index), zone, 32);
        if zones[..index].contains(zone) {
            problems.add(at, quoted(zone), "a list in which no zone stands twice", "it once");
        }
    }
    zones.to_vec()
}
