//! Container instances and what they have left.

use serde::{Deserialize, Serialize};

use super::InstanceId;

/// What a task needs or an instance has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resources {
    /// CPU units; 1024 are one vCPU.
    pub cpu: u32,
    /// Memory in MiB.
    pub memory: u32,
    /// Network interfaces: one for each task with network mode `awsvpc`.
    pub network_interfaces: u32,
}

impl Resources {
    /// What a task with network mode `awsvpc` needs.
    pub const fn of_task(cpu: u32, memory: u32) -> Self {
        Self { cpu, memory, network_interfaces: 1 }
    }

    /// What is left of these when so much is taken.
    pub const fn less(self, taken: Self) -> Self {
        Self {
            cpu: self.cpu.saturating_sub(taken.cpu),
            memory: self.memory.saturating_sub(taken.memory),
            network_interfaces: self.network_interfaces.saturating_sub(taken.network_interfaces),
        }
    }

    /// These and those.
    pub const fn plus(self, more: Self) -> Self {
        Self {
            cpu: self.cpu.saturating_add(more.cpu),
            memory: self.memory.saturating_add(more.memory),
            network_interfaces: self.network_interfaces.saturating_add(more.network_interfaces),
        }
    }
}

/// An EC2 instance type, as far as placement cares (EC2 guide, "Amazon EC2 instance types": vCPUs, memory, maximum
/// network interfaces).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstanceType {
    /// Its name.
    pub name: &'static str,
    /// vCPUs.
    pub vcpus: u32,
    /// Memory in MiB.
    pub memory: u32,
    /// The most network interfaces, the primary one included.
    pub network_interfaces: u32,
}

impl InstanceType {
    /// The types that there are here.
    pub const ALL: [Self; 12] = [
        Self { name: "t3.small", vcpus: 2, memory: 2_048, network_interfaces: 3 },
        Self { name: "t3.medium", vcpus: 2, memory: 4_096, network_interfaces: 3 },
        Self { name: "t3.large", vcpus: 2, memory: 8_192, network_interfaces: 3 },
        Self { name: "c5.large", vcpus: 2, memory: 4_096, network_interfaces: 3 },
        Self { name: "c5.xlarge", vcpus: 4, memory: 8_192, network_interfaces: 4 },
        Self { name: "c5.2xlarge", vcpus: 8, memory: 16_384, network_interfaces: 4 },
        Self { name: "c5.4xlarge", vcpus: 16, memory: 32_768, network_interfaces: 8 },
        Self { name: "m5.large", vcpus: 2, memory: 8_192, network_interfaces: 3 },
        Self { name: "m5.xlarge", vcpus: 4, memory: 16_384, network_interfaces: 4 },
        Self { name: "m5.2xlarge", vcpus: 8, memory: 32_768, network_interfaces: 4 },
        Self { name: "r5.large", vcpus: 2, memory: 16_384, network_interfaces: 3 },
        Self { name: "r5.xlarge", vcpus: 4, memory: 32_768, network_interfaces: 4 },
    ];

    /// The type with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name == name)
    }

    /// What an instance of this type registers: its primary network interface is not for tasks.
    pub const fn registers(self) -> Resources {
        Resources {
            cpu: self.vcpus * 1_024,
            memory: self.memory,
            network_interfaces: self.network_interfaces.saturating_sub(1),
        }
    }
}

/// Whether an instance takes tasks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// `ACTIVE`, and its agent is connected.
    #[default]
    Active,
    /// `ACTIVE`, but its agent is not connected.
    AgentDisconnected,
    /// `DRAINING`: nothing is placed on it.
    Draining,
}

/// A container instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// Its id.
    pub id: InstanceId,
    /// Its Availability Zone, by index.
    pub zone: usize,
    /// What it has for tasks.
    pub registered: Resources,
    /// What tasks of any service have taken of it.
    pub taken: Resources,
    /// Whether it takes tasks.
    pub standing: Standing,
}

impl Instance {
    /// An instance without tasks.
    pub const fn new(id: InstanceId, zone: usize, registered: Resources) -> Self {
        let taken = Resources { cpu: 0, memory: 0, network_interfaces: 0 };
        Self { id, zone, registered, taken, standing: Standing::Active }
    }

    /// What it has left.
    pub const fn left(&self) -> Resources {
        self.registered.less(self.taken)
    }

    /// A task was placed on it.
    pub const fn take(&mut self, needs: Resources) {
        self.taken = self.taken.plus(needs);
    }

    /// A task on it is STOPPED.
    pub const fn give_back(&mut self, needs: Resources) {
        self.taken = self.taken.less(needs);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ECS guide, "Increasing Amazon ECS Linux container instance network interfaces": a c5.large has three
    /// network interfaces, one of them primary, and so runs two tasks with network mode `awsvpc`.
    #[test]
    fn a_c5_large_runs_two_awsvpc_tasks() {
        let kind = InstanceType::named("c5.large").expect("it is in the table");
        let mut instance = Instance::new(InstanceId::new(0), 0, kind.registers());
        let needs = Resources::of_task(256, 512);
        instance.take(needs);
        instance.take(needs);
        assert_eq!(instance.left(), Resources { cpu: 1_536, memory: 3_072, network_interfaces: 0 });
        instance.give_back(needs);
        assert_eq!(instance.left().network_interfaces, 1);
    }

    /// ECS guide, "Amazon ECS task definition parameters": a vCPU is 1024 CPU units.
    #[test]
    fn a_vcpu_is_1024_units() {
        let registers = |name| InstanceType::named(name).map(|kind| kind.registers().cpu);
        assert_eq!(registers("c5.xlarge"), Some(4_096));
        assert_eq!(registers("c5.huge"), None);
    }
}
