//! Where the built page, the browser and everything else lie: what `cargo xtask test e2e` tells the tests.

use std::env;
use std::path::PathBuf;

/// Files and folders that the tests work with.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The built page.
    pub dist: PathBuf,
    /// The browser.
    pub chromium: PathBuf,
    /// The program that drives it.
    pub driver: PathBuf,
    /// The script of axe-core.
    pub axe: PathBuf,
    /// Where pictures go.
    pub screenshots: PathBuf,
}

impl Setting {
    /// What the environment says.
    ///
    /// # Panics
    /// When it says nothing: these tests mean something only for a page that has just been built.
    pub fn from_environment() -> Self {
        Self {
            dist: path("ALBATROSS_DIST"),
            chromium: path("ALBATROSS_CHROMIUM"),
            driver: path("ALBATROSS_CHROMEDRIVER"),
            axe: path("ALBATROSS_AXE"),
            screenshots: path("ALBATROSS_SCREENSHOTS"),
        }
    }
}

fn path(variable: &str) -> PathBuf {
    match env::var_os(variable) {
        Some(value) if !value.is_empty() => PathBuf::from(value),
        _ => panic!(
            "{variable} is not set: run `cargo xtask test e2e`, which builds the page and names the browser"
        ),
    }
}
