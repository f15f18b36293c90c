//! `round_robin`: even spread over the targets in sequential order (ALB guide, "Edit target group attributes").
//! How a target in slow start gets less than its turns is our choice: see [`crate::choices`].

use super::{Basis, Candidate, Chosen, Memory, Share};
use crate::elb::TargetId;

/// The first candidate after the last one chosen, starting over behind the end. Membership may change between
/// two calls: the order is that of registration, not a position in a list.
///
/// A candidate with less than a full share takes its turn only when enough credit has come together. Shares
/// count in relation to the largest one there is: were all of ten targets at a tenth, each would take every
/// turn. So one with the largest share never passes, and a single round always finds a target.
pub(super) fn choose(candidates: &[Candidate], memory: &mut Memory) -> Option<Chosen> {
    let after = memory.last;
    let successor = after.and_then(|last| candidates.iter().position(|candidate| candidate.target > last));
    let first = successor.unwrap_or(0);
    let next = candidates.get(first)?;
    if next.share.is_full() {
        memory.credits.forget(next.target);
        return Some(Chosen { candidate: *next, basis: Basis::NextInTurn { after, passed_over: 0 } });
    }
    let largest = candidates.iter().map(|candidate| candidate.share).max()?;
    let (before, from_first) = candidates.split_at(first);
    let mut turns = (0..).zip(from_first.iter().chain(before));
    let (passed_over, candidate) = turns.find(|(_, candidate)| memory.credits.earn(candidate, largest))?;
    Some(Chosen { candidate: *candidate, basis: Basis::NextInTurn { after, passed_over } })
}

/// What one turn costs. Far finer than a share, so that what is rounded off never adds up to a request.
const TURN: u32 = 1_000_000;

/// What the targets below a full share have saved up for their next turn, in the order of their ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Credits(Vec<(TargetId, u32)>);

impl Credits {
    /// It is a candidate's turn: gives it its share, and says whether that is enough to take the turn.
    fn earn(&mut self, candidate: &Candidate, largest: Share) -> bool {
        if candidate.share.is_full() {
            self.forget(candidate.target);
            return true;
        }
        let index = match self.place(candidate.target) {
            Ok(index) => index,
            Err(index) => {
                self.0.insert(index, (candidate.target, 0));
                index
            }
        };
        let credit = &mut self.0[index].1;
        *credit += TURN * u32::from(candidate.share.as_per_mille()) / u32::from(largest.as_per_mille());
        let enough = *credit >= TURN;
        if enough {
            *credit -= TURN;
        }
        enough
    }

    pub(super) fn forget(&mut self, target: TargetId) {
        if self.0.is_empty() {
            return;
        }
        if let Ok(index) = self.place(target) {
            self.0.remove(index);
        }
    }

    fn place(&self, target: TargetId) -> Result<usize, usize> {
        self.0.binary_search_by_key(&target, |(target, _)| *target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::elb::routing::{Algorithm, SlowStart};
    use crate::kernel::{RandomStream, SimDuration, SimTime};

    fn with_shares(shares: &[(u32, u64)]) -> Vec<Candidate> {
        let candidate = |(number, share): &(u32, u64)| Candidate {
            target: TargetId::new(*number),
            outstanding: 0,
            share: Share::per_mille(*share),
        };
        shares.iter().map(candidate).collect()
    }

    fn candidates(numbers: &[u32]) -> Vec<Candidate> {
        with_shares(&numbers.iter().map(|number| (*number, 1_000)).collect::<Vec<_>>())
    }

    fn chosen(times: usize, candidates: &[Candidate], memory: &mut Memory) -> Vec<u32> {
        let mut unused = RandomStream::new(0, "unused");
        (0..times)
            .filter_map(|_| Algorithm::RoundRobin.choose(candidates, memory, &mut unused))
            .map(|chosen| chosen.candidate.target.number())
            .collect()
    }

    fn count(chosen: &[u32], number: u32) -> usize {
        chosen.iter().filter(|chosen| **chosen == number).count()
    }

    /// The seed's real example: Req 1 → 1, Req 2 → 2, Req 3 → 3, Req 4 → 1.
    #[test]
    fn requests_go_round() {
        assert_eq!(chosen(7, &candidates(&[1, 2, 3]), &mut Memory::default()), [1, 2, 3, 1, 2, 3, 1]);
    }

    /// ALB guide, "Edit target group attributes": without slow start a target gets its full share as soon as it
    /// is healthy.
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

    #[test]
    fn the_choice_says_after_whom_and_past_whom_it_came() {
        let (mut memory, mut unused) = (Memory::default(), RandomStream::new(0, "unused"));
        let candidates = with_shares(&[(1, 1_000), (2, 400), (3, 1_000)]);
        let mut basis =
            || Algorithm::RoundRobin.choose(&candidates, &mut memory, &mut unused).map(|chosen| chosen.basis);
        let after = |number| Some(TargetId::new(number));
        assert_eq!(basis(), Some(Basis::NextInTurn { after: None, passed_over: 0 }));
        assert_eq!(basis(), Some(Basis::NextInTurn { after: after(1), passed_over: 1 }));
        assert_eq!(basis(), Some(Basis::NextInTurn { after: after(3), passed_over: 0 }));
    }

    /// Our choice: see `choices`. A share of a quarter is every fourth turn.
    #[test]
    fn a_share_is_that_part_of_the_turns() {
        let chosen = chosen(14, &with_shares(&[(1, 1_000), (2, 1_000), (3, 250)]), &mut Memory::default());
        assert_eq!(chosen, [1, 2, 1, 2, 1, 2, 1, 2, 3, 1, 2, 1, 2, 1]);
    }

    /// ALB guide, "Edit target group attributes": the share rises linearly over the duration, then it is full.
    /// At every moment the target has got what was due to it, the sum of its shares over its turns, to within
    /// one request.
    #[test]
    fn requests_to_a_target_in_slow_start_follow_the_ramp() {
        let slow_start = SlowStart::seconds(60).expect("in range");
        let (mut memory, mut unused) = (Memory::default(), RandomStream::new(0, "unused"));
        let (mut due, mut got, mut in_second_half) = (0.0, 0.0, 0.0);
        // 100 requests per second: a turn of four targets lasts about 40 ms, in which a share rises by 0.0007.
        for request in 0..9_000_u64 {
            let now = SimTime::ZERO + SimDuration::from_millis(10) * request;
            let mut candidates = candidates(&[1, 2, 3, 4]);
            candidates[3].share = slow_start.share(SimTime::ZERO, now);
            let chosen = Algorithm::RoundRobin.choose(&candidates, &mut memory, &mut unused);
            let chosen = chosen.expect("there are candidates");
            let mine = chosen.candidate.target == TargetId::new(4);
            let passed = matches!(chosen.basis, Basis::NextInTurn { passed_over: 1, .. });
            if mine || passed {
                due += f64::from(candidates[3].share.as_per_mille()) / 1_000.0;
            }
            got += f64::from(u8::from(mine));
            assert!(due - got < 1.001 && got - due < 0.001, "{got} of {due} at {now}");
            in_second_half += f64::from(u8::from(mine && (3_000..6_000).contains(&request)));
        }
        // Requests per second to it are 100 s / (3 + s) for a share s that rises from 0 to 1: the integral over
        // the second half of the ramp is 100 * 60 * (1/2 - 3 ln(4 / 3.5)) = 596.4. Bound: 1 for the credit and
        // 2 for turns that straddle the ends.
        assert!((in_second_half - 596.4_f64).abs() < 3.0, "{in_second_half}");
        // After the ramp: 30 s of an even quarter.
        let full = chosen(400, &candidates(&[1, 2, 3, 4]), &mut memory);
        assert_eq!(count(&full, 4), 100);
    }

    /// Our choice: see `choices`.
    #[test]
    fn when_all_are_below_a_full_share_each_gets_its_part_of_the_largest() {
        let mut memory = Memory::default();
        let all = chosen(700, &with_shares(&[(1, 100), (2, 200), (3, 400)]), &mut memory);
        assert_eq!([1, 2, 3].map(|number| count(&all, number)), [100, 200, 400]);
        // Equal shares are simply turns.
        let equal = chosen(6, &with_shares(&[(4, 5), (5, 5), (6, 5)]), &mut Memory::default());
        assert_eq!(equal, [4, 5, 6, 4, 5, 6]);
    }

    #[test]
    fn the_least_share_is_one_turn_in_a_thousand_and_never_none() {
        let chosen = chosen(3_003, &with_shares(&[(1, 1_000), (2, 0)]), &mut Memory::default());
        assert_eq!(count(&chosen, 2), 3);
    }

    #[test]
    fn credit_goes_when_the_share_is_full_again() {
        let mut memory = Memory::default();
        chosen(2, &with_shares(&[(1, 1_000), (2, 900)]), &mut memory);
        assert!(!memory.credits.0.is_empty());
        chosen(2, &candidates(&[1, 2]), &mut memory);
        assert!(memory.credits.0.is_empty());
        chosen(2, &with_shares(&[(1, 1_000), (2, 900)]), &mut memory);
        memory.forget(TargetId::new(2));
        assert!(memory.credits.0.is_empty());
    }
}
