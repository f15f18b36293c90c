//! The page of Albatross in a browser, in the words of those who look at it.

use std::fs;
use std::path::PathBuf;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::look::Look;
use crate::script;
use crate::setting::Setting;
use crate::site::Site;
use crate::wait::until;

/// Somewhere below the root of the site, so that an address that begins at the root would be found out.
const FOLDER: &str = "/any/folder/";

/// The built page, served and opened.
pub struct Page {
    browser: Browser,
    site: Site,
    setting: Setting,
}

/// A task's card.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Task {
    /// Its number.
    pub number: u32,
    /// Its target's state.
    pub state: String,
    /// ECS's `lastStatus`.
    pub status: String,
    /// Words for what is wrong with it.
    pub fault: String,
    /// The same as its badges say it.
    pub badges: Vec<String>,
    /// Requests ever sent to it.
    pub requests: u64,
    /// Its part of the last seconds' requests.
    pub share: f64,
    /// Whether its process is gone.
    pub gone: bool,
    /// Whether it is selected.
    pub selected: bool,
    /// How many of its workers are busy with requests.
    pub busy: usize,
    /// How many of its workers are busy with health checks.
    pub checking: usize,
    /// Whether requests wait in it.
    pub queue: bool,
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct LogLine {
    /// When.
    pub at: String,
    /// What.
    pub text: String,
}

/// Where something is in the window.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Rect {
    /// Its id, or its class where it has none.
    pub name: String,
    /// Its edges in CSS pixels.
    pub left: f64,
    /// See `left`.
    pub top: f64,
    /// See `left`.
    pub right: f64,
    /// See `left`.
    pub bottom: f64,
}

impl Page {
    /// The page as somebody on a laptop opens it, when it has come alive.
    pub fn open(query: &str) -> Self {
        Self::open_as(Look::WIDE, query)
    }

    /// The page looked at in some way, when it has come alive.
    pub fn open_as(look: Look, query: &str) -> Self {
        let page = Self::closed(look);
        page.go(query);
        page.wait_until_alive();
        page
    }

    /// A browser that shows nothing yet, and a site that is there.
    pub fn closed(look: Look) -> Self {
        let setting = Setting::from_environment();
        let site = Site::serve(&setting.dist, FOLDER);
        let browser = Browser::start(&setting);
        browser.look(look);
        Self { browser, site, setting }
    }

    /// Goes to the page's folder, to a path in it or a query of it.
    pub fn go(&self, path: &str) {
        self.browser.go(&self.site.address_of(path));
    }

    /// Waits until the simulator has taken over from the still.
    pub fn wait_until_alive(&self) {
        until("the page to come alive", || self.read::<String>(script::ALIVE), |text| text == "alive");
    }

    /// The browser, for what any page can do.
    pub fn browser(&self) -> &Browser {
        &self.browser
    }

    /// The site that serves the page.
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// Where things lie.
    pub fn setting(&self) -> &Setting {
        &self.setting
    }

    /// Presses a key; see [`Browser::press`].
    pub fn press(&self, key: &str) {
        self.browser.press(key);
    }

    /// Presses keys, one after the other.
    pub fn press_all(&self, keys: &[&str]) {
        keys.iter().for_each(|key| self.press(key));
    }

    /// Clicks something; see [`Browser::click`].
    pub fn click(&self, selector: &str) {
        self.browser.click(selector);
    }

    /// The tasks in the picture, in the order of their numbers.
    pub fn tasks(&self) -> Vec<Task> {
        self.read(script::TASKS)
    }

    /// The task with this number, if it is in the picture.
    pub fn find_task(&self, number: u32) -> Option<Task> {
        self.tasks().into_iter().find(|task| task.number == number)
    }

    /// The task with this number.
    pub fn task(&self, number: u32) -> Task {
        self.find_task(number).unwrap_or_else(|| panic!("task {number} is in the picture"))
    }

    /// Waits until a task is so.
    pub fn wait_for_task(&self, number: u32, awaited: &str, is_so: impl Fn(&Task) -> bool) -> Task {
        let awaited = format!("task {number}: {awaited}");
        let task = until(&awaited, || self.find_task(number), |task| task.as_ref().is_some_and(&is_so));
        task.expect("it is so")
    }

    /// The log, newest line first.
    pub fn log_lines(&self) -> Vec<LogLine> {
        self.read(script::LOG)
    }

    /// Waits until the log has a line with this text in it.
    pub fn wait_for_log(&self, text: &str) {
        until(
            &format!("a line of the log with “{text}”"),
            || self.log_lines(),
            |lines| lines.iter().any(|line| line.text.contains(text)),
        );
    }

    /// The time in the simulation, in seconds.
    pub fn clock(&self) -> f64 {
        let text = self.text("#clock");
        let parts = text.split(':').map(|part| part.parse::<f64>().expect("a clock has numbers"));
        parts.fold(0.0, |seconds, part| seconds * 60.0 + part)
    }

    /// Whether time passes.
    pub fn is_playing(&self) -> bool {
        self.attribute("#play", "aria-label").as_deref() == Some("Pause")
    }

    /// Lets time stand still.
    pub fn pause(&self) {
        if self.is_playing() {
            self.click("#play");
        }
        assert!(!self.is_playing(), "the button pauses");
    }

    /// Lets time pass.
    pub fn play(&self) {
        if !self.is_playing() {
            self.click("#play");
        }
        assert!(self.is_playing(), "the button goes on");
    }

    /// Asks for a speed as the list names it: `10×`.
    pub fn set_speed(&self, speed: &str) {
        let value: Option<String> = self.ask(
            "return [...document.querySelectorAll('#speed option')].find((o) => o.text === arguments[0])?.value",
            &[json!(speed)],
        );
        self.browser.choose("#speed", &value.unwrap_or_else(|| panic!("the speed {speed} can be asked for")));
    }

    /// The number that stands at a place: `1 234` is 1234.
    pub fn number(&self, selector: &str) -> u64 {
        let digits: String = self.text(selector).chars().filter(|c| !c.is_whitespace()).collect();
        digits.parse().unwrap_or_else(|_| panic!("{selector} is a number, not “{digits}”"))
    }

    /// The number that the inspector tells under this name.
    pub fn fact(&self, name: &str) -> u64 {
        let text: Option<String> = self.ask(script::FACT, &[json!(name)]);
        let text = text.unwrap_or_else(|| panic!("the inspector tells {name}"));
        let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        digits.parse().unwrap_or_else(|_| panic!("{name} is a number, not “{text}”"))
    }

    /// The text that stands at a place, as it is seen.
    pub fn text(&self, selector: &str) -> String {
        self.find_text(selector).unwrap_or_else(|| panic!("{selector} is there"))
    }

    /// The text that stands at a place, if the place is there.
    pub fn find_text(&self, selector: &str) -> Option<String> {
        self.ask("return document.querySelector(arguments[0])?.innerText.trim()", &[json!(selector)])
    }

    /// The attribute of an element, if it is there and has one.
    pub fn attribute(&self, selector: &str, name: &str) -> Option<String> {
        let script = "return document.querySelector(arguments[0])?.getAttribute(arguments[1])";
        self.ask(script, &[json!(selector), json!(name)])
    }

    /// How many elements there are.
    pub fn count(&self, selector: &str) -> usize {
        self.ask("return document.querySelectorAll(arguments[0]).length", &[json!(selector)])
    }

    /// Whether there is such an element and it can be seen.
    pub fn is_shown(&self, selector: &str) -> bool {
        let script = "return document.querySelector(arguments[0])?.checkVisibility() ?? false";
        self.ask(script, &[json!(selector)])
    }

    /// The notice over the picture, if there is one.
    pub fn notice(&self) -> Option<String> {
        self.find_text(".notice[role=alert] p")
    }

    /// The id of what has the focus, or its class where it has none.
    pub fn focus(&self) -> String {
        self.read("return document.activeElement.id || document.activeElement.className || 'nothing'")
    }

    /// Waits until everything in the picture has come to its place, and the inspector to its own.
    pub fn wait_until_settled(&self) {
        until("things to come to rest", || self.read::<u32>(script::MOVING), |moving| *moving == 0);
    }

    /// Where elements are.
    pub fn rects(&self, selector: &str) -> Vec<Rect> {
        self.ask(script::RECTS, &[json!(selector)])
    }

    /// Words in these places that cannot be read: cut off by something around them, or upon other words.
    pub fn spoilt_words(&self, places: &str) -> Vec<String> {
        self.ask(script::SPOILT_WORDS, &[json!(places)])
    }

    /// How many pixels of the dots' layer are not empty.
    pub fn painted_pixels(&self) -> u64 {
        self.read(script::PAINTED)
    }

    /// Saves a picture of the window, and returns where it is.
    pub fn screenshot(&self, name: &str) -> PathBuf {
        let path = self.setting.screenshots.join(format!("{name}.png"));
        let written = fs::write(&path, self.browser.picture());
        written.unwrap_or_else(|error| panic!("{} cannot be written: {error}", path.display()));
        path
    }

    /// What the page loaded from anywhere but its own origin.
    pub fn requests_to_other_hosts(&self) -> Vec<String> {
        let script = "return performance.getEntriesByType('resource').map((entry) => entry.name)";
        let own = self.site.origin() + "/";
        self.read::<Vec<String>>(script).into_iter().filter(|address| !address.starts_with(&own)).collect()
    }

    /// Asserts that the console told no error and that nothing came from elsewhere.
    pub fn expect_nothing_wrong(&self) {
        assert_eq!(self.browser.console_errors(), [""; 0], "errors in the console");
        assert_eq!(self.requests_to_other_hosts(), [""; 0], "loaded from other hosts");
    }

    /// What a script of the page returns.
    pub fn read<T: DeserializeOwned>(&self, script: &str) -> T {
        self.ask(script, &[])
    }

    fn ask<T: DeserializeOwned>(&self, script: &str, arguments: &[Value]) -> T {
        let value = self.browser.run(script, arguments);
        serde_json::from_value(value.clone())
            .unwrap_or_else(|error| panic!("a script has returned {value}: {error}: {script}"))
    }
}
