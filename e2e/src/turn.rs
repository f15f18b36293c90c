//! Two browsers at a time, however many tests run: more would be too slow for each of them to keep up.

use std::sync::{Condvar, Mutex, PoisonError};

const BROWSERS: usize = 2;

static RUNNING: Mutex<usize> = Mutex::new(0);
static FREE: Condvar = Condvar::new();

/// The right to have a browser; given back when dropped.
pub(crate) struct Turn;

impl Turn {
    /// Waits until it is one's turn.
    pub(crate) fn wait() -> Self {
        let running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        let mut running =
            FREE.wait_while(running, |running| *running >= BROWSERS).unwrap_or_else(PoisonError::into_inner);
        *running += 1;
        Self
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        *RUNNING.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        FREE.notify_one();
    }
}
