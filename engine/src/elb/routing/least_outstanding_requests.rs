//! `least_outstanding_requests`: to a target with the fewest requests in progress (ALB guide, "Edit target group
//! attributes"). AWS does not document ties: they go round, see [`crate::choices`].

use super::{Basis, Candidate, Chosen};
use crate::elb::TargetId;

/// The candidate with the fewest requests in flight; among equals the first after the last one chosen. Shares do
/// not count: slow start and anomaly mitigation do not go with this algorithm.
pub(super) fn choose(candidates: &[Candidate], last: Option<TargetId>) -> Option<Chosen> {
    let outstanding = candidates.iter().map(|candidate| candidate.outstanding).min()?;
    let tied = candidates.iter().filter(|candidate| candidate.outstanding == outstanding);
    let after_last = last.and_then(|last| tied.clone().find(|candidate| candidate.target > last));
    let candidate = *after_last.or(tied.clone().next())?;
    let tied = tied.count() as u16;
    Some(Chosen { candidate, basis: Basis::FewestOutstanding { outstanding, tied } })
}

#[cfg(test)]
mod tests {
    use crate::elb::TargetId;
    use crate::elb::routing::{Algorithm, Basis, Candidate, Chosen, Memory, Share};
    use crate::kernel::RandomStream;

    fn choice(outstanding: &[u32], memory: &mut Memory) -> Chosen {
        let candidates: Vec<Candidate> = (1..)
            .zip(outstanding)
            .map(|(number, outstanding)| Candidate {
                target: TargetId::new(number),
                outstanding: *outstanding,
                share: Share::FULL,
            })
            .collect();
        let mut unused = RandomStream::new(0, "unused");
        let chosen = Algorithm::LeastOutstandingRequests.choose(&candidates, memory, &mut unused);
        chosen.expect("there are candidates")
    }

    fn choose(outstanding: &[u32], memory: &mut Memory) -> u32 {
        choice(outstanding, memory).candidate.target.number()
    }

    /// ALB guide, "Edit target group attributes": to the targets with the lowest number of in progress requests.
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

    #[test]
    fn the_choice_says_how_few_and_how_many_had_so_few() {
        let basis = choice(&[4, 2, 2], &mut Memory::default()).basis;
        assert_eq!(basis, Basis::FewestOutstanding { outstanding: 2, tied: 2 });
    }
}
