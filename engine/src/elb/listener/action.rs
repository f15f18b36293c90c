//! What a rule does with a request: forward it, redirect it, or answer it.

use serde::{Deserialize, Serialize};

use std::fmt;
use std::str::FromStr;

use super::message::Protocol;
use super::redirect::Redirect;
use crate::elb::TargetGroupId;
use crate::kernel::SimDuration;

/// The routing action of a rule (ALB guide, "Action types"; API `Action`): every rule has exactly one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Action {
    /// `forward`.
    Forward(Forward),
    /// `redirect`.
    Redirect(Redirect),
    /// `fixed-response`.
    FixedResponse(FixedResponse),
}

impl Action {
    /// AWS's name of its type.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Forward(_) => "forward",
            Self::Redirect(_) => "redirect",
            Self::FixedResponse(_) => "fixed-response",
        }
    }

    /// What AWS would refuse about it on a listener of this protocol and port: nothing for a good one.
    pub fn check(&self, protocol: Protocol, port: u16) -> Vec<ActionRefused> {
        match self {
            Self::Forward(forward) => forward.check(),
            Self::Redirect(redirect) => redirect.check(protocol, port),
            Self::FixedResponse(response) => response.check(),
        }
    }
}

/// Why AWS refuses an action.
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum ActionRefused {
    /// A value out of its range.
    #[error("{field} is {allowed}, not {found}")]
    BadValue {
        /// The property, by its name in CloudFormation.
        field: &'static str,
        /// The value.
        found: String,
        /// What AWS allows.
        allowed: &'static str,
    },
    /// API `RedirectActionConfig`: one of the protocol, the host, the port and the path must change.
    #[error(
        "a redirect changes the protocol, the host, the port or the path; a new query alone leads round in a loop"
    )]
    Loop,
    /// API `RedirectActionConfig`: HTTPS cannot be redirected to HTTP.
    #[error("a redirect leads from HTTP to HTTP or HTTPS, or from HTTPS to HTTPS, never from HTTPS to HTTP")]
    HttpsToHttp,
}

pub(super) fn bad(field: &'static str, found: impl fmt::Display, allowed: &'static str) -> ActionRefused {
    ActionRefused::BadValue { field, found: found.to_string(), allowed }
}

/// A target group and its share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct WeightedTargetGroup {
    /// The target group.
    pub group: TargetGroupId,
    /// Its weight: 0 to 999. Its share is its weight among the sum of all.
    pub weight: u16,
}

/// `forward`: to one target group, or to several by weight. There is no failover: the share of a group in
/// which no target can take a request is not given to the others (ALB guide, "Action types").
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Forward {
    /// The target groups: 1 to 5.
    pub target_groups: Vec<WeightedTargetGroup>,
    /// `TargetGroupStickinessConfig.DurationSeconds` where stickiness is enabled: 1 to 604800 s.
    pub stickiness: Option<SimDuration>,
}

impl Forward {
    /// To this target group alone.
    pub fn to(group: TargetGroupId) -> Self {
        Self { target_groups: vec![WeightedTargetGroup { group, weight: 1 }], stickiness: None }
    }

    /// The sum of all weights.
    pub fn total_weight(&self) -> u32 {
        self.target_groups.iter().map(|entry| u32::from(entry.weight)).sum()
    }

    /// The target group for a number that is drawn below the total weight. A group with weight 0 receives
    /// nothing (ALB guide, "Action types"); when all weights are 0, or the number is too large, there is
    /// none.
    pub fn choose(&self, roll: u32) -> Option<TargetGroupId> {
        let mut below = 0;
        let mut chosen = self.target_groups.iter().filter(|entry| {
            below += u32::from(entry.weight);
            roll < below
        });
        chosen.next().map(|entry| entry.group)
    }

    fn check(&self) -> Vec<ActionRefused> {
        const WEEK: SimDuration = SimDuration::from_secs(604_800);
        let mut refused = Vec::new();
        let groups = self.target_groups.len();
        if !(1..=5).contains(&groups) {
            refused.push(bad("TargetGroups", groups, "a list of 1 to 5 target groups"));
        }
        for entry in self.target_groups.iter().filter(|entry| entry.weight > 999) {
            refused.push(bad("Weight", entry.weight, "a whole number from 0 to 999"));
        }
        if let Some(length) = self.stickiness
            && !(SimDuration::from_secs(1)..=WEEK).contains(&length)
        {
            refused.push(bad("DurationSeconds", length, "1 to 604800 seconds"));
        }
        refused
    }
}

/// The content type of a fixed response (API `FixedResponseActionConfig`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ContentType {
    /// `text/plain`.
    TextPlain,
    /// `text/css`.
    TextCss,
    /// `text/html`.
    TextHtml,
    /// `application/javascript`.
    ApplicationJavascript,
    /// `application/json`.
    ApplicationJson,
}

impl ContentType {
    /// All of them, in AWS's order.
    pub const ALL: [Self; 5] =
        [Self::TextPlain, Self::TextCss, Self::TextHtml, Self::ApplicationJavascript, Self::ApplicationJson];

    /// AWS's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TextPlain => "text/plain",
            Self::TextCss => "text/css",
            Self::TextHtml => "text/html",
            Self::ApplicationJavascript => "application/javascript",
            Self::ApplicationJson => "application/json",
        }
    }
}

/// There is no content type of that name for a fixed response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("text/plain, text/css, text/html, application/javascript or application/json")]
pub struct NotAContentType;

impl FromStr for ContentType {
    type Err = NotAContentType;

    fn from_str(text: &str) -> Result<Self, NotAContentType> {
        Self::ALL.into_iter().find(|content_type| content_type.as_str() == text).ok_or(NotAContentType)
    }
}

/// `fixed-response`: the load balancer answers by itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FixedResponse {
    /// `StatusCode`: 200 to 299 or 400 to 599.
    pub status: u16,
    /// `ContentType`.
    pub content_type: Option<ContentType>,
    /// `MessageBody`: up to 1024 characters.
    pub body: String,
}

impl FixedResponse {
    fn check(&self) -> Vec<ActionRefused> {
        let mut refused = Vec::new();
        if !matches!(self.status, 200..=299 | 400..=599) {
            refused.push(bad("StatusCode", self.status, "2xx, 4xx or 5xx"));
        }
        let length = self.body.chars().count();
        if length > 1_024 {
            refused.push(bad("MessageBody", format_args!("{length} characters"), "at most 1024 characters"));
        }
        refused
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forward(weights: &[u16]) -> Forward {
        let entry = |(number, weight): (u32, &u16)| WeightedTargetGroup {
            group: TargetGroupId::new(number),
            weight: *weight,
        };
        Forward { target_groups: (0..).zip(weights).map(entry).collect(), stickiness: None }
    }

    fn accepts(action: &Action) -> bool {
        action.check(Protocol::Http, 80).is_empty()
    }

    /// ALB guide, "Action types": a group's share is its weight among the sum of all weights; 0 receives
    /// none.
    #[test]
    fn shares_are_as_the_weights_and_weight_0_receives_nothing() {
        let forward = forward(&[20, 0, 10, 0]);
        assert_eq!(forward.total_weight(), 30);
        let mut counts = [0; 4];
        for roll in 0..forward.total_weight() {
            let chosen = forward.choose(roll).expect("the roll is below the total weight");
            counts[chosen.number() as usize] += 1;
        }
        assert_eq!(counts, [20, 0, 10, 0]);
        assert_eq!(forward.choose(30), None);
    }

    /// What AWS does then is not documented: there is no group to choose.
    #[test]
    fn with_weights_of_0_alone_there_is_no_target_group() {
        let forward = forward(&[0, 0]);
        assert_eq!((forward.total_weight(), forward.choose(0)), (0, None));
    }

    /// ALB guide, "Action types" and "Quotas"; API `TargetGroupTuple` and `TargetGroupStickinessConfig`.
    #[test]
    fn a_forward_has_1_to_5_groups_weights_up_to_999_and_stickiness_up_to_7_days() {
        let groups: Vec<usize> =
            (0..8).filter(|count| accepts(&Action::Forward(forward(&vec![1; *count])))).collect();
        assert_eq!(groups, [1, 2, 3, 4, 5]);
        assert!(
            accepts(&Action::Forward(forward(&[0, 999]))) && !accepts(&Action::Forward(forward(&[0, 1_000])))
        );
        let sticky = |seconds| {
            let stickiness = Some(SimDuration::from_secs(seconds));
            accepts(&Action::Forward(Forward { stickiness, ..forward(&[1]) }))
        };
        assert!(sticky(1) && sticky(604_800));
        assert!(!sticky(0) && !sticky(604_801));
    }

    /// API `FixedResponseActionConfig`: 2xx, 4xx or 5xx; up to 1024 characters; five content types.
    #[test]
    fn a_fixed_response_has_2xx_4xx_or_5xx_and_a_body_of_up_to_1024_characters() {
        let response = |status, length: usize| {
            let content_type = Some(ContentType::TextPlain);
            accepts(&Action::FixedResponse(FixedResponse { status, content_type, body: "x".repeat(length) }))
        };
        let statuses = [199, 200, 299, 300, 399, 400, 599, 600].map(|status| response(status, 0));
        assert_eq!(statuses, [false, true, true, false, false, true, true, false]);
        assert!(response(503, 1_024) && !response(503, 1_025));
        for content_type in ContentType::ALL {
            assert_eq!(content_type.as_str().parse(), Ok(content_type));
        }
        assert_eq!("text/xml".parse::<ContentType>(), Err(NotAContentType));
    }
}
