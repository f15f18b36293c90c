//! `weighted_random`: even spread over the targets in random order (ALB guide, "Edit target group attributes"),
//! and the one algorithm that gives less to an anomalous target.

use super::{Basis, Candidate, Chosen};
use crate::kernel::RandomStream;

/// Each candidate with a probability in proportion to its share. One draw, whoever is chosen.
pub(super) fn choose(candidates: &[Candidate], stream: &mut RandomStream) -> Option<Chosen> {
    let share = |candidate: &Candidate| u32::from(candidate.share.as_per_mille());
    let of = candidates.iter().map(share).sum();
    if of == 0 {
        return None;
    }
    let roll = stream.below(of);
    let mut left = roll;
    let candidate = candidates.iter().find(|candidate| match left.checked_sub(share(candidate)) {
        Some(rest) => {
            left = rest;
            false
        }
        None => true,
    })?;
    Some(Chosen { candidate: *candidate, basis: Basis::Random { roll, of } })
}

#[cfg(test)]
mod tests {
    use crate::elb::TargetId;
    use crate::elb::routing::{Algorithm, Basis, Candidate, Memory, Share};
    use crate::kernel::RandomStream;

    const DRAWS: usize = 100_000;

    /// How often each of the targets was chosen, given their shares in thousandths.
    fn counts<const N: usize>(shares: [u64; N]) -> [f64; N] {
        let candidates: Vec<Candidate> = (0..)
            .zip(shares)
            .map(|(number, share)| Candidate {
                target: TargetId::new(number),
                outstanding: 0,
                share: Share::per_mille(share),
            })
            .collect();
        let (mut memory, mut stream) = (Memory::default(), RandomStream::new(1, "weighted random"));
        let mut counts = [0.0; N];
        for _ in 0..DRAWS {
            let chosen = Algorithm::WeightedRandom.choose(&candidates, &mut memory, &mut stream);
            counts[chosen.expect("there are candidates").candidate.target.number() as usize] += 1.0;
        }
        counts
    }

    fn chi_squared<const N: usize>(shares: [u64; N]) -> f64 {
        let total: u64 = shares.iter().sum();
        let expected = shares.map(|share| DRAWS as f64 * share as f64 / total as f64);
        counts(shares).iter().zip(expected).map(|(n, expected)| (n - expected).powi(2) / expected).sum()
    }

    /// ALB guide, "Edit target group attributes": requests are spread evenly over the targets, in random order.
    #[test]
    fn targets_at_full_share_are_equally_likely() {
        // Chi-squared with 4 degrees of freedom exceeds 18.5 once in a thousand seeds; this one is fixed.
        let chi_squared = chi_squared([1_000; 5]);
        assert!(chi_squared < 18.5, "{chi_squared}");
    }

    /// ALB guide, "Edit target group attributes", Automatic Target Weights: a target under mitigation gets less.
    #[test]
    fn a_target_is_as_likely_as_its_share_is_large() {
        // 3 degrees of freedom: 16.3 once in a thousand seeds.
        let chi_squared = chi_squared([1_000, 1_000, 500, 10]);
        assert!(chi_squared < 16.3, "{chi_squared}");
    }

    #[test]
    fn the_choice_says_what_was_drawn() {
        let (mut memory, mut stream) = (Memory::default(), RandomStream::new(1, "weighted random"));
        let candidates = [(3, 1_000), (5, 200)].map(|(number, share)| Candidate {
            target: TargetId::new(number),
            outstanding: 0,
            share: Share::per_mille(share),
        });
        for _ in 0..100 {
            let chosen = Algorithm::WeightedRandom.choose(&candidates, &mut memory, &mut stream);
            let chosen = chosen.expect("there are candidates");
            let Basis::Random { roll, of: 1_200 } = chosen.basis else { panic!("{chosen:?}") };
            assert_eq!(chosen.candidate, candidates[usize::from(roll >= 1_000)]);
        }
    }

    #[test]
    fn without_a_candidate_there_is_no_choice_and_no_draw() {
        let (mut memory, mut stream) = (Memory::default(), RandomStream::new(1, "weighted random"));
        let mut untouched = stream.clone();
        assert_eq!(Algorithm::WeightedRandom.choose(&[], &mut memory, &mut stream), None);
        assert_eq!(stream.next_luck(), untouched.next_luck());
    }
}
