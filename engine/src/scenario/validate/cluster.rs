//! The cluster and its container instances.

use super::At;
use super::problems::Problems;
use super::zones::Zones;
use crate::ecs::fargate::VcpuQuota;
use crate::ecs::placement::InstanceType;
use crate::ecs::{ClusterSettings, InstanceSettings};
use crate::scenario::document::{Cluster, ContainerInstances};

/// Our own limit.
const VCPUS_MAX: i64 = 100_000;
/// Our own limit: one for every task that a service can have.
const INSTANCES_MAX: usize = 60;

pub(super) fn cluster(clusters: &[Cluster], zones: &mut Zones, problems: &mut Problems) -> ClusterSettings {
    let top = At::top("Clusters");
    let default = ClusterSettings::default();
    let Some(cluster) = problems.at_most(top, clusters, 1, "of them").first() else { return default };
    let at = top.element(0);
    problems.ecs_name(at.field("ClusterName"), &cluster.cluster_name);
    let mut quota = |field, vcpus: Option<i64>, usual| match vcpus {
        Some(vcpus) => VcpuQuota(problems.whole(at.field(field), vcpus, 0, VCPUS_MAX) * 1_024),
        None => usual,
    };
    ClusterSettings {
        name: cluster.cluster_name.clone(),
        on_demand_quota: quota("VcpuQuota", cluster.vcpu_quota, default.on_demand_quota),
        spot_quota: quota("SpotVcpuQuota", cluster.spot_vcpu_quota, default.spot_quota),
        instances: instances(at.field("ContainerInstances"), &cluster.container_instances, zones, problems),
    }
}

fn instances(
    at: At<'_>,
    list: &[ContainerInstances],
    zones: &mut Zones,
    problems: &mut Problems,
) -> Vec<InstanceSettings> {
    let mut instances = Vec::new();
    let mut all = 0;
    for (index, some) in problems.at_most(at, list, INSTANCES_MAX, "of them").iter().enumerate() {
        let at = at.element(index);
        let count = problems.whole(at.field("Count"), some.count, 1, INSTANCES_MAX as i64) as usize;
        all += count;
        let zone = zones.index(at.field("AvailabilityZone"), &some.availability_zone, problems);
        let kind = InstanceType::named(&some.instance_type);
        if kind.is_none() {
            let names = InstanceType::ALL.map(|kind| kind.name);
            problems.not_among(at.field("InstanceType"), &some.instance_type, &names);
        }
        if let (Some(kind), Some(zone)) = (kind, zone) {
            let instance_type = kind.name.to_owned();
            let instance = InstanceSettings { instance_type, registers: kind.registers(), zone };
            instances.extend(std::iter::repeat_n(instance, count));
        }
    }
    if all > INSTANCES_MAX {
        problems.add(at, format_args!("{all} container instances"), "at most 60", "fewer");
    }
    instances
}
