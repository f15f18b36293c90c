//! The page's entry.

fn main() {
    albatross::start();
}
