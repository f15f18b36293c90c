//! `least_outstanding_requests`: to a target with the fewest requests in progress (ALB guide, "Edit target group
//! attributes"). AWS does not document ties: they go round, see [`crate::choices`].

use super::Candidate;
use crate::elb::TargetId;

/// The candidate with the fewest requests in flight; among equals the first after the last one chosen.
pub(super) fn choose(candidates: &[Candidate], last: Option<TargetId>) -> Option<Candidate> {
    let fewest = candidates.iter().map(|candidate| candidate.outstanding).min()?;
    let mut tied = candidates.iter().filter(|candidate| candidate.outstanding == fewest);
    let after_last = last.and_then(|last| tied.clone().find(|candidate| candidate.target > last));
    after_last.or(tied.next()).copied()
}

#[cfg(test)]
mod tests {
    use crate::elb::TargetId;
    use crate::elb::routing::{Algorithm, Candidate, Memory};

    fn choose(outstanding: &[u32], memory: &mut Memory) -> u32 {
        let candidates: Vec<Candidate> = (1..)
            .zip(outstanding)
            .map(|(number, outstanding)| Candidate {
                target: TargetId::new(number),
                outstanding: *outstanding,
            })
            .collect();
        let chosen = Algorithm::LeastOutstandingRequests.choose(&candidates, memory);
        chosen.expect("there are candidates").target.number()
    }

    #[test]
    fn the_least_busy_target_is_chosen() {
        let mut memory = Memory::default();
        assert_eq!(choose(&[3, 1, 2], &mut memory), 2);
        assert_eq!(choose(&[3, 1, 0], &mut memory), 3);
    }

    /// Our choice: see `choices`.
    #[test]
    fn ties_go_round() {
        let mut memory = Memory::default();
        let chosen: Vec<u32> = (0..5).map(|_| choose(&[1, 1, 1], &mut memory)).collect();
        assert_eq!(chosen, [1, 2, 3, 1, 2]);
        assert_eq!(choose(&[0, 5, 0], &mut memory), 3);
    }
}
