//! Waiting for something to become so, by looking again and again. Nothing here waits for time itself to pass.

use std::fmt::Debug;
use std::thread;
use std::time::{Duration, Instant};

/// Generous, because machines that test are busy; a test that passes never waits this long.
const DEADLINE: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(40);

/// Looks until what is seen `is_so`, and returns it.
///
/// # Panics
/// When it is not so within the deadline: tells what was awaited and what was seen last.
pub fn until<T: Debug>(awaited: &str, mut look: impl FnMut() -> T, is_so: impl Fn(&T) -> bool) -> T {
    let began = Instant::now();
    loop {
        let seen = look();
        if is_so(&seen) {
            return seen;
        }
        assert!(
            began.elapsed() < DEADLINE,
            "awaited for {} s: {awaited}; last seen: {seen:#?}",
            DEADLINE.as_secs()
        );
        thread::sleep(LOOK_EVERY);
    }
}
