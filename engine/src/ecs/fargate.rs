//! The sizes that a Fargate task can have, and how many fit the vCPU quota
//! (ECS guide, "Amazon ECS task definition differences for Fargate"; AWS General Reference, "Amazon ECS quotas").

use serde::{Deserialize, Serialize};

/// The size of a task that AWS takes. 1024 CPU units are one vCPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FargateSize {
    /// `cpu` in CPU units.
    cpu: u32,
    /// `memory` in MiB.
    memory: u32,
}

/// The memory in MiB that goes with a number of CPU units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Memory {
    OneOf(&'static [u32]),
    /// From, up to, in steps of.
    Steps(u32, u32, u32),
}

const GB: u32 = 1_024;

/// CPU units and the memory that goes with them.
const SIZES: [(u32, Memory); 8] = [
    (256, Memory::OneOf(&[512, GB, 2 * GB])),
    (512, Memory::Steps(GB, 4 * GB, GB)),
    (1_024, Memory::Steps(2 * GB, 8 * GB, GB)),
    (2_048, Memory::Steps(4 * GB, 16 * GB, GB)),
    (4_096, Memory::Steps(8 * GB, 30 * GB, GB)),
    (8_192, Memory::Steps(16 * GB, 60 * GB, 4 * GB)),
    (16_384, Memory::Steps(32 * GB, 120 * GB, 8 * GB)),
    (32_768, Memory::OneOf(&[60 * GB, 120 * GB, 244 * GB])),
];

impl Memory {
    fn values(self) -> Vec<u32> {
        match self {
            Self::OneOf(values) => values.to_vec(),
            Self::Steps(from, to, step) => (from..=to).step_by(step as usize).collect(),
        }
    }
}

/// Why there is no Fargate task of a size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "No Fargate configuration exists for given values: {cpu} CPU, {memory} memory. See the Amazon ECS \
     documentation for the valid values."
)]
pub struct NoFargateConfiguration {
    /// The CPU units that were given.
    pub cpu: u32,
    /// The MiB that were given.
    pub memory: u32,
    /// The smallest size that has as much of both, or the largest of all.
    pub nearest: FargateSize,
}

impl FargateSize {
    /// The smallest size there is: 0.25 vCPU and 512 MiB.
    pub const SMALLEST: Self = Self { cpu: 256, memory: 512 };

    /// The size with these CPU units and MiB, if AWS has it.
    pub fn new(cpu: u32, memory: u32) -> Result<Self, NoFargateConfiguration> {
        let asked = Self { cpu, memory };
        if Self::all().any(|size| size == asked) {
            return Ok(asked);
        }
        Err(NoFargateConfiguration { cpu, memory, nearest: Self::nearest(cpu, memory) })
    }

    /// All sizes, by CPU units and then by memory.
    pub fn all() -> impl Iterator<Item = Self> {
        SIZES
            .into_iter()
            .flat_map(|(cpu, memory)| memory.values().into_iter().map(move |memory| Self { cpu, memory }))
    }

    /// The memory in MiB that goes with these CPU units; nothing for units that AWS does not have.
    pub fn memory_for(cpu: u32) -> Vec<u32> {
        Self::all().filter(|size| size.cpu == cpu).map(|size| size.memory).collect()
    }

    fn nearest(cpu: u32, memory: u32) -> Self {
        let largest = Self::all().last().unwrap_or(Self::SMALLEST);
        Self::all().find(|size| size.cpu >= cpu && size.memory >= memory).unwrap_or(largest)
    }

    /// `cpu` in CPU units.
    pub const fn cpu(self) -> u32 {
        self.cpu
    }

    /// `memory` in MiB.
    pub const fn memory(self) -> u32 {
        self.memory
    }
}

/// The quota of vCPUs that Fargate tasks use at once, in CPU units: 6 vCPUs for a new account, adjustable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VcpuQuota(pub u32);

impl Default for VcpuQuota {
    fn default() -> Self {
        Self(6 * 1_024)
    }
}

impl VcpuQuota {
    /// How many more tasks of this size fit, while others use so many CPU units.
    pub const fn fits(self, size: FargateSize, used: u32) -> u32 {
        self.0.saturating_sub(used) / size.cpu
    }
}

/// What AWS says when a service's task does not fit the quota.
pub fn over_quota(service: &str) -> String {
    format!(
        "(service {service}) was unable to place a task. Reason: You've reached the limit on the number of \
         vCPUs you can run concurrently."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ECS guide, "Amazon ECS task definition differences for Fargate": the table of sizes.
    #[test]
    fn the_sizes_are_awss() {
        let gigabytes = |range: std::ops::RangeInclusive<u32>, step| {
            range.step_by(step).map(|gigabytes| gigabytes * 1_024).collect::<Vec<u32>>()
        };
        assert_eq!(FargateSize::memory_for(256), [512, 1_024, 2_048]);
        assert_eq!(FargateSize::memory_for(512), gigabytes(1..=4, 1));
        assert_eq!(FargateSize::memory_for(1_024), gigabytes(2..=8, 1));
        assert_eq!(FargateSize::memory_for(2_048), gigabytes(4..=16, 1));
        assert_eq!(FargateSize::memory_for(4_096), gigabytes(8..=30, 1));
        assert_eq!(FargateSize::memory_for(8_192), gigabytes(16..=60, 4));
        assert_eq!(FargateSize::memory_for(16_384), gigabytes(32..=120, 8));
        assert_eq!(FargateSize::memory_for(32_768), [61_440, 122_880, 249_856]);
        assert!(FargateSize::memory_for(128).is_empty());
        assert_eq!(FargateSize::all().next(), Some(FargateSize::SMALLEST));
    }

    /// The message that `RegisterTaskDefinition` gives, as widely reported.
    #[test]
    fn other_sizes_are_refused_with_awss_words() {
        assert_eq!(FargateSize::new(256, 512), Ok(FargateSize::SMALLEST));
        let refused = FargateSize::new(512, 512).expect_err("512 units need 1 GB");
        assert_eq!(
            refused.to_string(),
            "No Fargate configuration exists for given values: 512 CPU, 512 memory. See the Amazon ECS \
             documentation for the valid values."
        );
        let nearest = |cpu, memory| {
            let nearest = FargateSize::new(cpu, memory).expect_err("it is not in the table").nearest;
            (nearest.cpu(), nearest.memory())
        };
        assert_eq!(nearest(512, 512), (512, 1_024));
        assert_eq!(nearest(128, 256), (256, 512));
        assert_eq!(nearest(256, 4_096), (512, 4_096));
        assert_eq!(nearest(1_000, 3_000), (1_024, 3_072));
        assert_eq!(nearest(8_192, 18_000), (8_192, 20_480));
        assert_eq!(nearest(100_000, 1), (32_768, 249_856));
    }

    /// AWS General Reference, "Amazon ECS quotas": 6 vCPUs, which are 24 tasks of 0.25.
    #[test]
    fn a_new_account_has_24_small_tasks() {
        let quota = VcpuQuota::default();
        assert_eq!(quota.fits(FargateSize::SMALLEST, 0), 24);
        assert_eq!(quota.fits(FargateSize::SMALLEST, 23 * 256), 1);
        let large = FargateSize::new(4_096, 8_192).expect("it is in the table");
        assert_eq!((quota.fits(large, 0), quota.fits(large, 4_096), quota.fits(large, 9_999)), (1, 0, 0));
        assert!(over_quota("web").ends_with("the limit on the number of vCPUs you can run concurrently."));
    }
}
