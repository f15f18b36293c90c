//! `round_robin`: even spread over the targets in sequential order (ALB guide, "Edit target group attributes").

use super::Candidate;
use crate::elb::TargetId;

/// The first candidate after the last one chosen, starting over behind the end. Membership may change between
/// two calls: the order is that of registration, not a position in a list.
pub(super) fn choose(candidates: &[Candidate], last: Option<TargetId>) -> Option<Candidate> {
    let next = last.and_then(|last| candidates.iter().find(|candidate| candidate.target > last));
    next.or(candidates.first()).copied()
}

#[cfg(test)]
mod tests {
    use crate::elb::TargetId;
    use crate::elb::routing::{Algorithm, Candidate, Memory};

    fn candidates(numbers: &[u32]) -> Vec<Candidate> {
        numbers.iter().map(|n| Candidate { target: TargetId::new(*n), outstanding: 0 }).collect()
    }

    fn chosen(times: usize, candidates: &[Candidate], memory: &mut Memory) -> Vec<u32> {
        (0..times)
            .filter_map(|_| Algorithm::RoundRobin.choose(candidates, memory))
            .map(|candidate| candidate.target.number())
            .collect()
    }

    /// The seed's real example: Req 1 → 1, Req 2 → 2, Req 3 → 3, Req 4 → 1.
    #[test]
    fn requests_go_round() {
        assert_eq!(chosen(7, &candidates(&[1, 2, 3]), &mut Memory::default()), [1, 2, 3, 1, 2, 3, 1]);
    }

    #[test]
    fn a_target_that_leaves_is_skipped_and_one_that_joins_gets_its_turn() {
        let mut memory = Memory::default();
        assert_eq!(chosen(2, &candidates(&[1, 2, 3]), &mut memory), [1, 2]);
        assert_eq!(chosen(3, &candidates(&[1, 3]), &mut memory), [3, 1, 3]);
        assert_eq!(chosen(3, &candidates(&[1, 3, 4]), &mut memory), [4, 1, 3]);
    }

    #[test]
    fn without_a_candidate_there_is_no_choice() {
        assert_eq!(chosen(1, &[], &mut Memory::default()), Vec::<u32>::new());
    }
}
