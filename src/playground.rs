//! The page's one run: the driver, the signals that tell the components of it, and what a person can do to it.

use std::collections::VecDeque;

use albatross_engine::cloudwatch::AlarmState;
use albatross_engine::command::{Command, Refusal};
use albatross_engine::ecs::container_health::HealthStatus;
use albatross_engine::ecs::{Release, ServiceId, TaskId};
use albatross_engine::elb::TargetState;
use albatross_engine::trace::Notice;
use albatross_engine::traffic::RequestRate;
use leptos::prelude::*;

use crate::address::{self, Asked};
use crate::browser::{self, Theme};
use crate::driver::picture::Picture;
use crate::driver::{Driver, LogLine, pace};
use crate::library;
use crate::panels::charts::Charts;

/// How often the DOM is brought up to date, in milliseconds of wall time. The dots move with every frame.
const REFRESH_EVERY: f64 = 110.0;
/// How often the charts are drawn anew.
const CHARTS_EVERY: f64 = 400.0;
/// How long a frame may simulate, in milliseconds of wall time.
const SIMULATE_FOR: f64 = 6.0;
/// How many lines of the log are kept on the page.
const LOG_LINES: usize = 200;

/// What is selected in the picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Selection {
    /// Nothing.
    #[default]
    Nothing,
    /// The clients.
    Traffic,
    /// A load balancer node, by its index.
    Node(usize),
    /// The target group that was chosen.
    TargetGroup,
    /// The service that was chosen.
    Service,
    /// A task, by its number.
    Task(u32),
    /// An Availability Zone, by its index.
    Zone(usize),
}

/// What a line of the log is about, for its colour and for the live region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Something failed.
    Bad,
    /// Something is well again.
    Good,
    /// Somebody did something.
    You,
    /// Anything else.
    Plain,
}

impl Tone {
    /// The tone of a notice.
    pub fn of(notice: &Notice) -> Self {
        match notice {
            Notice::Commanded(..) => Self::You,
            Notice::TargetHealthChanged { after, .. } => match after.state {
                TargetState::Healthy => Self::Good,
                TargetState::Unhealthy => Self::Bad,
                TargetState::Initial | TargetState::Draining | TargetState::Unused => Self::Plain,
            },
            Notice::RequestsLost { .. }
            | Notice::DrainingCut { .. }
            | Notice::Refused(..)
            | Notice::ServiceTaskUnhealthy { .. }
            | Notice::FailOpen { on: true, .. }
            | Notice::DnsChanged { published: false, .. }
            | Notice::AnomalyChanged { anomalous: true, .. }
            | Notice::TaskExited { exit_code: 1.., .. }
            | Notice::ContainerHealthChanged { status: HealthStatus::Unhealthy, .. }
            | Notice::SpotInterrupted { .. }
            | Notice::InstanceLost { .. }
            | Notice::DeploymentFailed { .. }
            | Notice::RollingBack { .. }
            | Notice::CannotDeploy { .. }
            | Notice::PlacementFailed { .. }
            | Notice::StartImpaired { .. }
            | Notice::AlarmChanged { after: AlarmState::Alarm, .. } => Self::Bad,
            Notice::FailOpen { on: false, .. }
            | Notice::DnsChanged { published: true, .. }
            | Notice::AnomalyChanged { anomalous: false, .. }
            | Notice::SteadyState { .. }
            | Notice::DeploymentCompleted { .. }
            | Notice::RebalancingCompleted { .. }
            | Notice::AlarmChanged { before: AlarmState::Alarm, after: AlarmState::Ok, .. } => Self::Good,
            _ => Self::Plain,
        }
    }

    /// The word that the style sheet knows it by.
    pub const fn word(self) -> Option<&'static str> {
        match self {
            Self::Bad => Some("bad"),
            Self::Good => Some("good"),
            Self::You => Some("you"),
            Self::Plain => None,
        }
    }
}

/// What stands above the picture about the run as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heading {
    /// The scenario's name.
    pub name: String,
    /// Its title.
    pub title: String,
    /// What it shows.
    pub description: String,
    /// The seed of the run.
    pub seed: u64,
}

/// The run and everything that is shown of it. Copied freely: it holds only handles.
#[derive(Clone, Copy)]
pub struct Playground {
    driver: StoredValue<Driver, LocalStorage>,
    refreshed: StoredValue<(f64, f64)>,
    /// What is running.
    pub heading: RwSignal<Heading>,
    /// The state of the world.
    pub picture: RwSignal<Picture>,
    /// What is selected.
    pub selection: RwSignal<Selection>,
    /// Which target group the inspector shows, by its index.
    pub group: RwSignal<usize>,
    /// Which service the strip below the picture and the inspector show, by its index.
    pub service: RwSignal<usize>,
    /// The latest lines of the log, newest first.
    pub log: RwSignal<VecDeque<LogLine>>,
    /// The charts.
    pub charts: RwSignal<Charts>,
    /// Whether time passes.
    pub playing: RwSignal<bool>,
    /// The asked speed, by its place among [`pace::SPEEDS`].
    pub speed: RwSignal<usize>,
    /// The reached speed, when it falls short.
    pub reached: RwSignal<Option<f64>>,
    /// How many requests one dot stands for.
    pub one_in: RwSignal<u64>,
    /// Something to tell the person, until they close it.
    pub message: RwSignal<Option<String>>,
    /// The colours.
    pub theme: RwSignal<Theme>,
    /// Whether the help is open.
    pub help: RwSignal<bool>,
}

impl Playground {
    /// The run that the address asks for.
    pub fn from_address() -> Self {
        let (driver, message) = asked_run();
        let theme = Theme::load();
        theme.show();
        let playground = Self {
            heading: RwSignal::new(heading(&driver)),
            picture: RwSignal::new(driver.picture()),
            charts: RwSignal::new(Charts::of(&driver, 0)),
            driver: StoredValue::new_local(driver),
            refreshed: StoredValue::new((0.0, 0.0)),
            selection: RwSignal::new(Selection::Nothing),
            group: RwSignal::new(0),
            service: RwSignal::new(0),
            log: RwSignal::new(VecDeque::new()),
            playing: RwSignal::new(true),
            speed: RwSignal::new(pace::NORMAL_SPEED),
            reached: RwSignal::new(None),
            one_in: RwSignal::new(1),
            message: RwSignal::new(message),
            theme: RwSignal::new(theme),
            help: RwSignal::new(false),
        };
        browser::on_history(move || playground.restart_from_address());
        playground
    }

    /// The run of the page that this component is on.
    pub fn expect() -> Self {
        expect_context()
    }

    /// A frame at this wall time: simulates, and brings the DOM up to date when it is time to.
    pub fn frame(self, wall: f64) {
        let began = browser::wall_ms();
        self.driver.update_value(|driver| {
            driver.frame(wall, || browser::wall_ms() - began > SIMULATE_FOR);
        });
        let (refreshed, charted) = self.refreshed.get_value();
        if wall - refreshed >= REFRESH_EVERY {
            let charts_due = wall - charted >= CHARTS_EVERY;
            self.refreshed.set_value((wall, if charts_due { wall } else { charted }));
            self.refresh(charts_due);
        }
    }

    /// Lets `look` see what moves.
    pub fn with_driver<T>(self, look: impl FnOnce(&Driver) -> T) -> T {
        self.driver.with_value(look)
    }

    /// Pauses or goes on.
    pub fn toggle_playing(self) {
        self.driver.update_value(|driver| {
            let playing = !driver.pace.is_playing();
            driver.pace.set_playing(playing);
        });
        self.refresh(true);
    }

    /// Pauses, and goes on to the next thing that can be seen.
    pub fn step(self) {
        self.driver.update_value(|driver| {
            driver.pace.set_playing(false);
            driver.step();
        });
        self.refresh(true);
    }

    /// Asks for another speed, by its place among [`pace::SPEEDS`].
    pub fn set_speed(self, index: usize) {
        self.driver.update_value(|driver| driver.pace.set_speed(index));
        self.refresh(true);
    }

    /// Does something to the world; tells the person when it cannot be done.
    pub fn apply(self, command: Command) {
        let result: Option<Result<(), Refusal>> =
            self.driver.try_update_value(|driver| driver.apply(command));
        match result {
            Some(Err(refusal)) => self.tell(&format!("Not possible: {refusal}.")),
            _ => self.message.set(None),
        }
        self.refresh(true);
    }

    /// Asks for so many tasks more, or fewer, of the chosen service.
    pub fn change_desired_count(self, by: i32) {
        let chosen = self.service.get_untracked();
        let desired = self.picture.with_untracked(|picture| Some(picture.services.get(chosen)?.desired));
        if let Some(desired) = desired.and_then(|desired| desired.checked_add_signed(by)) {
            self.apply(Command::SetDesiredCount(self.service_id(), desired));
        }
    }

    /// Deploys a new revision of the chosen service that is like this.
    pub fn deploy(self, release: Release) {
        self.apply(Command::DeployRelease(self.service_id(), release));
    }

    /// The chosen service.
    pub fn service_id(self) -> ServiceId {
        ServiceId::new(self.service.get_untracked() as u32)
    }

    /// Kills the selected task.
    pub fn kill_selected(self) {
        match self.selection.get_untracked() {
            Selection::Task(number) => self.apply(Command::KillTask(TaskId::new(number))),
            _ => self.tell("Select a task first, then K kills it."),
        }
    }

    /// Lets clients send so many requests per second.
    pub fn set_rate(self, per_second: f64) {
        match RequestRate::per_second(per_second) {
            Some(rate) => self.apply(Command::SetRequestRate(rate)),
            None => self.tell("Clients can send from 0 to 100,000 requests per second."),
        }
    }

    /// Tells the person something.
    pub fn tell(self, message: &str) {
        self.message.set(Some(message.to_owned()));
    }

    /// Changes the colours, and remembers it.
    pub fn next_theme(self) {
        let theme = self.theme.get_untracked().next();
        theme.show();
        theme.store();
        self.theme.set(theme);
    }

    /// Runs another built-in scenario, and says so in the address.
    pub fn open(self, name: &str) {
        let seed = self.heading.with_untracked(|heading| heading.seed);
        browser::push_query(&address::query(name, seed));
        self.restart_from_address();
    }

    fn restart_from_address(self) {
        let (mut driver, message) = asked_run();
        driver.pace.set_speed(self.speed.get_untracked());
        self.heading.set(heading(&driver));
        self.driver.set_value(driver);
        self.selection.set(Selection::Nothing);
        self.group.set(0);
        self.service.set(0);
        self.log.update(VecDeque::clear);
        self.message.set(message);
        self.refresh(true);
    }

    /// Brings what is shown up to date.
    fn refresh(self, charts: bool) {
        let lines = self.driver.try_update_value(Driver::new_log_lines).unwrap_or_default();
        if !lines.is_empty() {
            self.log.update(|log| {
                lines.into_iter().for_each(|line| log.push_front(line));
                log.truncate(LOG_LINES);
            });
        }
        self.driver.with_value(|driver| {
            self.picture.set(driver.picture());
            set_if_changed(self.playing, driver.pace.is_playing());
            set_if_changed(self.speed, driver.pace.speed_index());
            set_if_changed(self.reached, driver.pace.shortfall());
            set_if_changed(self.one_in, driver.dots.one_in());
            if charts {
                self.charts.set(Charts::of(driver, self.service.get_untracked()));
            }
        });
        let selected = self.selection.get_untracked();
        let gone = |number| self.picture.with_untracked(|picture| picture.task(number).is_none());
        if let Selection::Task(number) = selected
            && gone(number)
        {
            self.selection.set(Selection::Nothing);
        }
    }
}

fn set_if_changed<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.with_untracked(|present| *present != value) {
        signal.set(value);
    }
}

fn heading(driver: &Driver) -> Heading {
    let scenario = &driver.scenario;
    Heading {
        name: scenario.name.clone(),
        title: scenario.title.clone(),
        description: scenario.description.clone(),
        seed: driver.simulation().seed(),
    }
}

/// The run that the address asks for, and what is to be told about it.
fn asked_run() -> (Driver, Option<String>) {
    let asked = Asked::from_query(&browser::query(), browser::decoded);
    let (seed, seed_message) = match asked.seed() {
        Ok(seed) => (seed, None),
        Err(message) => (address::DEFAULT_SEED, Some(message)),
    };
    let (scenario, message) = match asked.scenario.as_deref().map(|name| (name, library::find(name))) {
        None => (library::first(), seed_message),
        Some((_, Some(scenario))) => (scenario, seed_message),
        Some((name, None)) => {
            let unknown =
                format!("There is no scenario “{}”. This is the one to begin with.", address::shown(name));
            let messages = [Some(unknown), seed_message].into_iter().flatten();
            (library::first(), Some(messages.collect::<Vec<_>>().join(" ")))
        }
    };
    (Driver::new(scenario.clone(), seed), message)
}
