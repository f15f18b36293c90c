//! A session of the browser, and the plain things that one does with any page: go, press, click, type, ask a script.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::common::keys::Key;
use thirtyfour::{
    By, ChromeCapabilities, ChromiumLikeCapabilities as _, DesiredCapabilities, LoggingPrefsLogLevel,
    WebDriver, WebElement,
};
use tokio::runtime::{Builder, Runtime};

use crate::driver::Driver;
use crate::look::Look;
use crate::setting::Setting;
use crate::turn::Turn;

/// What is not needed and would speak to hosts elsewhere, and what a machine without a screen has not.
const ARGUMENTS: [&str; 10] = [
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
];

/// A browser of its own, with nothing remembered. It ends when dropped, its driver and its profile with it.
// The order matters: fields are dropped from the first to the last.
pub struct Browser {
    session: Option<WebDriver>,
    runtime: Runtime,
    _driver: Driver,
    _profile: TempDir,
    _turn: Turn,
}

impl Browser {
    /// Starts a browser, when it is its turn.
    pub fn start(setting: &Setting) -> Self {
        let turn = Turn::wait();
        let profile = tempfile::Builder::new().prefix("albatross-").tempdir().expect("a folder can be made");
        let driver = Driver::start(&setting.driver);
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime can be made");
        let capabilities = capabilities(&setting.chromium, profile.path());
        // A proxy for the web has no business between a test and its own machine.
        let client = reqwest::Client::builder().no_proxy().build().expect("a client can be made");
        let session = runtime.block_on(async {
            WebDriver::builder(driver.address(), capabilities).client(client).connect().await
        });
        let session = session.unwrap_or_else(|error| panic!("the browser cannot be started: {error}"));
        Self { session: Some(session), runtime, _driver: driver, _profile: profile, _turn: turn }
    }

    /// Sizes the window and sets what the system prefers.
    pub fn look(&self, look: Look) {
        let size = json!({ "width": look.width, "height": look.height, "deviceScaleFactor": 1, "mobile": look.phone });
        self.command("Emulation.setDeviceMetricsOverride", &size);
        self.command("Emulation.setTouchEmulationEnabled", &json!({ "enabled": look.phone }));
        let features = json!([
            { "name": "prefers-color-scheme", "value": if look.dark { "dark" } else { "light" } },
            { "name": "prefers-reduced-motion", "value": if look.less_motion { "reduce" } else { "no-preference" } },
        ]);
        self.command("Emulation.setEmulatedMedia", &json!({ "features": features }));
    }

    /// Goes to an address.
    pub fn go(&self, address: &str) {
        self.wait_for("going there", self.session().goto(address));
    }

    /// Goes back to where it was before.
    pub fn back(&self) {
        self.wait_for("going back", self.session().back());
    }

    /// The address that is shown.
    pub fn address(&self) -> String {
        self.wait_for("the address", self.session().current_url()).to_string()
    }

    /// The title that is shown.
    pub fn title(&self) -> String {
        self.wait_for("the title", self.session().title())
    }

    /// Presses and releases one key, wherever the focus is: a character, or a name such as `Tab` or `ArrowLeft`.
    pub fn press(&self, key: &str) {
        let key = match key {
            "Tab" => Key::Tab.value(),
            "Enter" => Key::Enter.value(),
            "Escape" => Key::Escape.value(),
            "ArrowLeft" => Key::Left.value(),
            "ArrowRight" => Key::Right.value(),
            "ArrowUp" => Key::Up.value(),
            "ArrowDown" => Key::Down.value(),
            "Space" => ' ',
            _ => key.chars().next().expect("a key has a name"),
        };
        let chain = self.session().action_chain_with_delay(Some(Duration::ZERO), Some(Duration::ZERO));
        self.wait_for("pressing a key", chain.key_down(key).key_up(key).perform());
    }

    /// Clicks the middle of an element, as a person would: not through what lies over it.
    pub fn click(&self, selector: &str) {
        let element = self.find(selector);
        self.wait_for(selector, element.click());
    }

    /// Chooses an option of a list by its value.
    pub fn choose(&self, list: &str, value: &str) {
        let script =
            "return [...arguments[0].options].findIndex((option) => option.value === arguments[1]) + 1";
        let element = self.find(list);
        let element = element.to_json().expect("an element can be handed on");
        let place = self.run(script, &[element, json!(value)]).as_u64().unwrap_or_default();
        assert!(place > 0, "{list} has an option {value}");
        self.click(&format!("{list} option:nth-child({place})"));
    }

    /// Types something in place of what a field has, and leaves the field.
    pub fn enter(&self, field: &str, text: &str) {
        let element = self.find(field);
        self.wait_for(field, element.click());
        let select_all = Key::Control + "a";
        self.wait_for(field, element.send_keys(select_all));
        self.wait_for(field, element.send_keys(Key::Delete + text));
        self.press("Tab");
    }

    /// Runs a script in the page, and returns what it returns.
    pub fn run(&self, script: &str, arguments: &[Value]) -> Value {
        let result = self.wait_for("a script", self.session().execute(script, arguments.to_vec()));
        result.json().clone()
    }

    /// Runs a script in the page that tells its result through its last argument, a function.
    pub fn run_and_wait(&self, script: &str, arguments: &[Value]) -> Value {
        let result = self.wait_for("a script", self.session().execute_async(script, arguments.to_vec()));
        result.json().clone()
    }

    /// The window as a PNG.
    pub fn picture(&self) -> Vec<u8> {
        self.wait_for("a picture", self.session().screenshot_as_png())
    }

    /// The errors that the console has told since the last call.
    pub fn console_errors(&self) -> Vec<String> {
        let entries = self.wait_for("the console", self.session().browser_log());
        entries.into_iter().filter(|entry| entry.level == "SEVERE").map(|entry| entry.message).collect()
    }

    fn find(&self, selector: &str) -> WebElement {
        self.wait_for(selector, self.session().find(By::Css(selector)))
    }

    fn command(&self, method: &str, parameters: &Value) {
        self.wait_for(method, self.session().cdp().send_raw(method, parameters));
    }

    fn session(&self) -> &WebDriver {
        self.session.as_ref().expect("it lives as long as the browser")
    }

    fn wait_for<T>(
        &self,
        what: &str,
        doing: impl Future<Output = thirtyfour::error::WebDriverResult<T>>,
    ) -> T {
        self.runtime.block_on(doing).unwrap_or_else(|error| panic!("{what}: {error}"))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if let Some(session) = self.session.take() {
            // What is left of it ends with the driver.
            let _ = self.runtime.block_on(session.quit());
        }
    }
}

fn capabilities(chromium: &Path, profile: &Path) -> ChromeCapabilities {
    let mut capabilities = DesiredCapabilities::chrome();
    let set = |result: thirtyfour::error::WebDriverResult<()>| result.expect("it can be written as JSON");
    set(capabilities.set_binary(&chromium.to_string_lossy()));
    set(capabilities.set_browser_log_level(LoggingPrefsLogLevel::All));
    set(capabilities.add_arg(&format!("--user-data-dir={}", profile.display())));
    ARGUMENTS.into_iter().for_each(|argument| set(capabilities.add_arg(argument)));
    if is_owned_by_root(profile) {
        // Chromium's sandbox refuses to run as root.
        set(capabilities.add_arg("--no-sandbox"));
    }
    capabilities
}

/// Whether a folder that we have made belongs to root, and so we are root.
#[cfg(unix)]
fn is_owned_by_root(folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    folder.metadata().is_ok_and(|metadata| metadata.uid() == 0)
}

#[cfg(not(unix))]
fn is_owned_by_root(_folder: &Path) -> bool {
    false
}
