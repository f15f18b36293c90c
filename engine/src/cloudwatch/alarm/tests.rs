//! CloudWatch's own examples, and the sentences.

use super::*;
use crate::kernel::{SimDuration, Thousandths};

use AlarmState::{InsufficientData, Ok};

fn settings(datapoints: u32, periods: u32, treatment: TreatMissingData) -> AlarmSettings {
    AlarmSettings {
        name: "cpu".to_owned(),
        comparison: ComparisonOperator::GreaterThanThreshold,
        threshold: Thousandths::whole(50),
        period: SimDuration::from_secs(60),
        evaluation_periods: periods,
        datapoints_to_alarm: datapoints,
        statistic: Statistic::Average,
        treat_missing_data: treatment,
    }
}

fn minute(number: u64) -> SimTime {
    SimTime::ZERO + SimDuration::from_secs(60) * number
}

/// Shows the alarm these points, `X` breaching, `0` not, `-` missing, and returns its last change of state.
fn show(alarm: &mut Alarm, points: &str) -> Option<StateChange> {
    let mut last = None;
    for (number, point) in (1..).zip(points.chars().filter(|point| *point != ' ')) {
        let value = match point {
            'X' => Some(60.0),
            '0' => Some(40.0),
            _ => None,
        };
        last = alarm.observe(minute(number), value).or(last);
    }
    last
}

/// The state that these points speak for; nothing when the alarm keeps the one it has.
fn state_after(
    datapoints: u32,
    periods: u32,
    treatment: TreatMissingData,
    points: &str,
) -> Option<AlarmState> {
    let mut alarm = Alarm::new(settings(datapoints, periods, treatment));
    show(&mut alarm, points);
    alarm.evaluate()
}

/// CloudWatch guide, "Configuring how CloudWatch alarms treat missing data", both tables: 3 out of 3 and 2 out of 3,
/// with an evaluation range of 5. The columns are missing, ignore, breaching, notBreaching.
#[test]
fn missing_data_is_treated_as_in_awss_tables() {
    const OK: Option<AlarmState> = Some(Ok);
    const ALARM: Option<AlarmState> = Some(AlarmState::Alarm);
    const INSUFFICIENT: Option<AlarmState> = Some(InsufficientData);
    const RETAIN: Option<AlarmState> = None;
    for (datapoints, points, expected) in [
        (3, "0 - X - X", [OK, OK, OK, OK]),
        (3, "0 - - - -", [OK, OK, OK, OK]),
        (3, "- - - - -", [INSUFFICIENT, RETAIN, ALARM, OK]),
        (3, "0 X X - X", [ALARM, ALARM, ALARM, ALARM]),
        (3, "- - X - -", [ALARM, RETAIN, ALARM, OK]),
        (2, "0 - X - X", [ALARM, ALARM, ALARM, ALARM]),
        (2, "0 0 X 0 X", [ALARM, ALARM, ALARM, ALARM]),
        (2, "0 - X - -", [OK, OK, ALARM, OK]),
        (2, "- - - - 0", [OK, OK, ALARM, OK]),
        (2, "- - - X -", [ALARM, RETAIN, ALARM, OK]),
    ] {
        let treatments = [
            TreatMissingData::Missing,
            TreatMissingData::Ignore,
            TreatMissingData::Breaching,
            TreatMissingData::NotBreaching,
        ];
        let states = treatments.map(|treatment| state_after(datapoints, 3, treatment, points));
        assert_eq!(states, expected, "{datapoints} out of 3: {points}");
    }
}

/// CloudWatch guide, "Avoiding premature transitions to alarm state": `- - - - X` and `- - - X -` do not go to ALARM
/// at once when `DatapointsToAlarm` is 3. An older edition of the guide has them as insufficient data.
#[test]
fn a_lone_breaching_datapoint_is_not_yet_an_alarm() {
    for points in ["- - - - X", "- - - X -"] {
        assert_eq!(state_after(3, 3, TreatMissingData::Missing, points), Some(InsufficientData), "{points}");
        assert_eq!(state_after(3, 3, TreatMissingData::Ignore, points), None, "{points}");
    }
    for points in ["- - - X 0", "- - X - 0"] {
        assert_eq!(state_after(3, 3, TreatMissingData::Missing, points), Some(Ok), "{points}");
    }
}

/// CloudWatch guide, "Alarm evaluation": with 3 out of 3 the alarm rises with the third breaching datapoint, falls
/// with the first that is within the threshold, and a single breach later changes nothing.
#[test]
fn three_in_a_row_raise_the_alarm_and_one_clears_it() {
    let mut alarm = Alarm::new(settings(3, 3, TreatMissingData::Missing));
    let mut states = Vec::new();
    for (number, value) in (1..).zip([40.0, 45.0, 60.0, 61.0, 62.0, 40.0, 40.0, 40.0, 70.0, 40.0]) {
        alarm.observe(minute(number), Some(value));
        states.push(alarm.state());
    }
    let mut expected = [Ok; 10];
    expected[4] = AlarmState::Alarm;
    assert_eq!(states, expected);
}

/// CloudWatch guide, "Alarm evaluation": OK, ALARM and INSUFFICIENT_DATA; an alarm that has just started has
/// insufficient data.
#[test]
fn a_new_alarm_has_insufficient_data() {
    let mut alarm = Alarm::new(settings(3, 3, TreatMissingData::Missing));
    assert_eq!(alarm.state(), InsufficientData);
    assert_eq!(alarm.observe(minute(1), None), None, "nothing has changed");
    let change =
        alarm.observe(minute(2), Some(10.0)).expect("one datapoint within the threshold is enough for OK");
    assert_eq!((change.before, change.after, change.at), (InsufficientData, Ok, minute(2)));
}

/// API `PutMetricAlarm`, `ComparisonOperator`.
#[test]
fn operators_differ_at_the_threshold() {
    let breaching = |comparison: ComparisonOperator| {
        [49.9, 50.0, 50.1].map(|value| comparison.breaches(value, Thousandths::whole(50)))
    };
    assert_eq!(breaching(ComparisonOperator::GreaterThanThreshold), [false, false, true]);
    assert_eq!(breaching(ComparisonOperator::GreaterThanOrEqualToThreshold), [false, true, true]);
    assert_eq!(breaching(ComparisonOperator::LessThanThreshold), [true, false, false]);
    assert_eq!(breaching(ComparisonOperator::LessThanOrEqualToThreshold), [true, true, false]);
}

/// The wording of `StateReason` as AWS's guides and notifications show it.
#[test]
fn reasons_are_told_in_cloudwatchs_words() {
    let reason = |datapoints, periods, treatment, points| {
        let mut alarm = Alarm::new(settings(datapoints, periods, treatment));
        show(&mut alarm, points).expect("the state changes").reason.to_string()
    };
    assert_eq!(
        reason(3, 3, TreatMissingData::Missing, "X X X"),
        "Threshold Crossed: 3 out of the last 3 datapoints [60.0 (02:00.000), 60.0 (01:00.000), 60.0 (00:00.000)] were \
         greater than the threshold (50.0) (minimum 3 datapoints for OK -> ALARM transition)."
    );
    assert_eq!(
        reason(3, 5, TreatMissingData::Missing, "X X X 0 0 0"),
        "Threshold Crossed: 3 out of the last 5 datapoints [40.0 (05:00.000), 40.0 (04:00.000), 40.0 (03:00.000)] were \
         not greater than the threshold (50.0) (minimum 3 datapoints for ALARM -> OK transition)."
    );
    assert_eq!(
        reason(1, 3, TreatMissingData::NotBreaching, "X"),
        "Threshold Crossed: 1 out of the last 3 datapoints [60.0 (00:00.000)] was greater than the threshold (50.0) \
         and 2 missing datapoints were treated as [NonBreaching] (minimum 1 datapoint for OK -> ALARM transition)."
    );
    assert_eq!(
        reason(3, 3, TreatMissingData::Breaching, "-"),
        "Threshold Crossed: no datapoints were received for 3 periods and 3 missing datapoints were treated as \
         [Breaching]."
    );
    assert_eq!(
        reason(1, 1, TreatMissingData::Breaching, "-"),
        "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [Breaching]."
    );
    assert_eq!(
        reason(2, 3, TreatMissingData::Breaching, "0"),
        "Threshold Crossed: 1 datapoint was received for 3 periods and 2 missing datapoints were treated as [Breaching]."
    );
    assert_eq!(
        reason(3, 3, TreatMissingData::Missing, "0 - - - - -"),
        "Insufficient Data: 3 datapoints were unknown."
    );
}

/// A period of several minutes has one value, made of its minutes by the statistic; minutes without one are left out.
#[test]
fn a_period_gathers_its_minutes() {
    let spread = |min, average, max| Some(Spread { min, average, max });
    for (statistic, expected) in [
        (Statistic::Average, 30.0),
        (Statistic::Minimum, 10.0),
        (Statistic::Maximum, 90.0),
        (Statistic::Sum, 60.0),
    ] {
        let period = SimDuration::from_secs(180);
        let mut alarm =
            Alarm::new(AlarmSettings { statistic, period, ..settings(1, 1, TreatMissingData::Missing) });
        alarm.observe_minute(minute(1), spread(10.0, 20.0, 50.0));
        alarm.observe_minute(minute(2), None);
        assert_eq!(alarm.evaluated().count(), 0, "the period is not over");
        alarm.observe_minute(minute(3), spread(15.0, 40.0, 90.0));
        let points: Vec<Datapoint> = alarm.evaluated().collect();
        assert_eq!(points, [Datapoint { from: SimTime::ZERO, value: expected }], "{statistic:?}");
    }
}

/// A metric that is not a number counts as missing.
#[test]
fn nonsense_is_missing_data() {
    let mut alarm = Alarm::new(settings(1, 1, TreatMissingData::Missing));
    assert_eq!(alarm.observe(minute(1), Some(f64::NAN)), None);
    assert_eq!(alarm.evaluated().count(), 0);
}
