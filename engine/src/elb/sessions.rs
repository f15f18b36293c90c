//! What sessions need where a rule forwards to several target groups.

use super::TargetGroupId;
use super::listener::Action;
use super::settings::{StickinessType, TargetGroupSettings};

/// Why a forward to several target groups does not go with the sessions of one of them (ALB guide, "Action types" and
/// "Edit target group attributes").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum SessionsRefused {
    /// A group has sticky sessions, and nothing binds clients to the group.
    #[error(
        "TargetGroupStickinessConfig must be enabled when one of several target groups has sticky sessions"
    )]
    NoGroupStickiness,
    /// The application's cookie does not go with weights.
    #[error("stickiness.type app_cookie cannot be used with weighted target groups")]
    AppCookieWithWeights,
}

/// What AWS refuses about an action and the sessions of its target groups, group by group.
pub fn refused_sessions<'a>(
    action: &'a Action,
    settings: impl Fn(TargetGroupId) -> Option<&'a TargetGroupSettings>,
) -> impl Iterator<Item = (&'a TargetGroupSettings, SessionsRefused)> {
    let several = match action {
        Action::Forward(forward) if forward.target_groups.len() > 1 => Some(forward),
        _ => None,
    };
    several
        .into_iter()
        .flat_map(|forward| forward.target_groups.iter().map(move |one| (forward, one.group)))
        .filter_map(move |(forward, id)| {
            let group = settings(id).filter(|group| group.stickiness.enabled)?;
            match group.stickiness.kind {
                StickinessType::AppCookie => Some((group, SessionsRefused::AppCookieWithWeights)),
                StickinessType::LbCookie if forward.stickiness.is_none() => {
                    Some((group, SessionsRefused::NoGroupStickiness))
                }
                StickinessType::LbCookie => None,
            }
        })
}
