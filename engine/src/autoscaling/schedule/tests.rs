//! Schedules as AWS writes them, and when they run.

use super::*;

fn schedule(text: &str) -> Schedule {
    text.parse().unwrap_or_else(|refused| panic!("{text}: {refused}"))
}

/// The first runs of a schedule from the start on, as AWS would write the moments.
fn runs(text: &str, count: usize) -> Vec<String> {
    let calendar = Calendar::default();
    let mut from = SimTime::ZERO;
    let mut runs = Vec::new();
    while let Some(next) = schedule(text).next(from, calendar).filter(|_| runs.len() < count) {
        runs.push(Schedule::At(calendar.moment(next)).to_string());
        from = next + SimDuration::from_micros(1);
    }
    runs
}

/// Application Auto Scaling guide, "Schedule recurring scaling actions": six fields; `30 6 ? * MON *` is every Monday at
/// 6:30.
#[test]
fn a_cron_expression_has_six_fields() {
    assert_eq!(
        runs("cron(30 6 ? * MON *)", 3),
        ["at(2026-01-05T06:30:00)", "at(2026-01-12T06:30:00)", "at(2026-01-19T06:30:00)"]
    );
    assert_eq!("cron(30 6 ? * MON)".parse::<Schedule>(), Err(ScheduleRefused::FieldCount(5)));
}

/// EventBridge guide, "Cron expressions reference", the examples there: 10:00 every day; 12:15 every day; 18:00 from
/// Monday to Friday; 8:00 on the first of every month; every 10 minutes and every 5 minutes from 8:00 to 17:55 on
/// weekdays.
#[test]
fn awss_examples_of_cron_expressions() {
    assert_eq!(runs("cron(0 10 * * ? *)", 2), ["at(2026-01-05T10:00:00)", "at(2026-01-06T10:00:00)"]);
    assert_eq!(runs("cron(15 12 * * ? *)", 1), ["at(2026-01-05T12:15:00)"]);
    let evenings = runs("cron(0 18 ? * MON-FRI *)", 6);
    assert_eq!(evenings[4..], ["at(2026-01-09T18:00:00)", "at(2026-01-12T18:00:00)"]);
    assert_eq!(runs("cron(0 8 1 * ? *)", 2), ["at(2026-02-01T08:00:00)", "at(2026-03-01T08:00:00)"]);
    let tens = runs("cron(0/10 * ? * MON-FRI *)", 7);
    assert_eq!(tens[..2], ["at(2026-01-05T00:00:00)", "at(2026-01-05T00:10:00)"]);
    assert_eq!(tens[6], "at(2026-01-05T01:00:00)");
    let fives = runs("cron(0/5 8-17 ? * MON-FRI *)", 121);
    assert_eq!(fives[0], "at(2026-01-05T08:00:00)");
    assert_eq!(fives[119..], ["at(2026-01-05T17:55:00)", "at(2026-01-06T08:00:00)"]);
}

/// The same page, "Wildcards": `,` adds values, `1/10` in Minutes is the 1st, 11th, 21st and so on, and names stand for
/// numbers in months and weekdays.
#[test]
fn wildcards_are_awss() {
    let minutes = runs("cron(1/10 0 * * ? *)", 6);
    assert_eq!(minutes[0], "at(2026-01-05T00:01:00)");
    assert_eq!(minutes[5], "at(2026-01-05T00:51:00)");
    assert_eq!(
        runs("cron(0 0 1 JAN,FEB,MAR ? 2027)", 9),
        ["at(2027-01-01T00:00:00)", "at(2027-02-01T00:00:00)", "at(2027-03-01T00:00:00)"]
    );
    assert_eq!(runs("cron(0 0 29 2 ? 2027-2040)", 9).len(), 4, "leap years only");
    assert_eq!(runs("cron(0 0 ? jul wed *)", 1), ["at(2026-07-01T00:00:00)"]);
    assert_eq!(runs("cron(0 0 ? 7 4 *)", 1), runs("cron(0 0 ? JUL WED *)", 1), "1 is Sunday");
    assert_eq!(runs("cron(20-40/10 5 6 * ? *)", 3)[2], "at(2026-01-06T05:40:00)");
    assert_eq!(runs("cron(0 0 31 2 ? *)", 1), [""; 0], "there is no such day");
}

/// The same page: with `*` or a value in one of the days the other has `?`. L, W and # are AWS's, and are refused here.
#[test]
fn what_cannot_be_simulated_is_refused_clearly() {
    let refused = |text: &str| text.parse::<Schedule>().expect_err(text);
    assert_eq!(refused("cron(0 0 * * * *)"), ScheduleRefused::Days);
    assert_eq!(refused("cron(0 0 ? * ? *)"), ScheduleRefused::Days);
    for wildcard in ["cron(0 0 L * ? *)", "cron(0 0 3W * ? *)", "cron(0 0 ? * 3#2 *)", "cron(0 0 ? * FRIL *)"]
    {
        assert_eq!(refused(wildcard), ScheduleRefused::Wildcard, "{wildcard}");
    }
    for field in [
        "cron(60 0 * * ? *)",
        "cron(0 24 * * ? *)",
        "cron(0 0 0 * ? *)",
        "cron(0 0 * 13 ? *)",
        "cron(0 0 ? * 8 *)",
        "cron(0 0 * * ? 2200)",
        "cron(5-1 0 * * ? *)",
        "cron(*/0 0 * * ? *)",
        "cron(, 0 * * ? *)",
        "cron(+5 0 * * ? *)",
        "cron(? 0 * * ? *)",
    ] {
        assert!(matches!(refused(field), ScheduleRefused::Field { .. }), "{field}");
    }
    for text in ["", "0 10 * * ? *", "every(day)", "cron(0 10 * * ? *", "at 2026-01-05T00:00:00"] {
        assert_eq!(refused(text), ScheduleRefused::Kind, "{text}");
    }
}

/// API `PutScheduledAction`, `Schedule`: `at(yyyy-mm-ddThh:mm:ss)`, once.
#[test]
fn at_runs_once() {
    assert_eq!(runs("at(2026-01-05T00:00:00)", 9), ["at(2026-01-05T00:00:00)"]);
    assert_eq!(runs("at(2026-01-05T09:30:15)", 9), ["at(2026-01-05T09:30:15)"]);
    assert_eq!(runs("at(2026-01-04T23:59:59)", 9), [""; 0], "before the run");
    for text in
        ["at(2026-02-30T00:00:00)", "at(2026-01-05)", "at(2026-01-05T24:00:00)", "at(2026-01-05T00:00:00Z)"]
    {
        assert_eq!(text.parse::<Schedule>(), Err(ScheduleRefused::At), "{text}");
    }
}

/// The same: for rates, a positive whole number of minutes, hours or days.
#[test]
fn a_rate_runs_every_so_often() {
    assert_eq!(
        runs("rate(90 minutes)", 3),
        ["at(2026-01-05T01:30:00)", "at(2026-01-05T03:00:00)", "at(2026-01-05T04:30:00)"]
    );
    assert_eq!(runs("rate(1 hour)", 1), ["at(2026-01-05T01:00:00)"]);
    assert_eq!(runs("rate(1 day)", 2)[1], "at(2026-01-07T00:00:00)");
    for text in [
        "rate(0 minutes)",
        "rate(-1 hours)",
        "rate(5 weeks)",
        "rate(5)",
        "rate(5 minutes ago)",
        "rate(1.5 days)",
    ] {
        assert_eq!(text.parse::<Schedule>(), Err(ScheduleRefused::Rate), "{text}");
    }
}

#[test]
fn a_schedule_reads_back_as_it_was_written() {
    for text in ["at(2026-01-05T09:30:15)", "rate(1 minute)", "rate(5 days)", "cron(0/5 8-17 ? * MON-FRI *)"]
    {
        assert_eq!(schedule(text).to_string(), text);
    }
}

#[test]
fn the_end_of_time_is_no_trouble() {
    let late = SimTime::MAX;
    for text in ["rate(7 days)", "cron(0 0 * * ? *)", "at(2199-12-31T23:59:59)"] {
        assert_eq!(schedule(text).next(late, Calendar::default()), None, "{text}");
    }
}
