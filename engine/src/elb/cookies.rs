//! Stickiness cookies: what the load balancer hands out, and what a client keeps of it.

use super::{TargetGroupId, TargetId};
use crate::kernel::{SimDuration, SimTime};

/// A cookie that a client holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cookie<T> {
    names: T,
    held_since: SimTime,
    expires: SimTime,
}

impl<T: Copy> Cookie<T> {
    /// What it names for a request that was sent at `sent_at`: a cookie that came later is not in it.
    fn read(self, sent_at: SimTime, now: SimTime) -> Option<T> {
        (self.held_since <= sent_at && now < self.expires).then_some(self.names)
    }
}

/// A cookie and the one that it replaced: requests that were already under way then carry the old one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Held<T> {
    latest: Cookie<T>,
    before: Option<Cookie<T>>,
}

impl<T: Copy + PartialEq> Held<T> {
    const fn first(cookie: Cookie<T>) -> Self {
        Self { latest: cookie, before: None }
    }

    fn read(self, sent_at: SimTime, now: SimTime) -> Option<T> {
        let carried = if self.latest.held_since <= sent_at { Some(self.latest) } else { self.before };
        carried?.read(sent_at, now)
    }

    /// A cookie that names the same is renewed; another one takes its place.
    fn replace(&mut self, cookie: Cookie<T>) {
        if self.latest.names == cookie.names {
            self.latest.expires = cookie.expires;
        } else {
            *self = Self { latest: cookie, before: Some(self.latest) };
        }
    }
}

/// The load balancer's cookies of one client.
#[derive(Clone, Debug, Default)]
pub struct CookieJar {
    group: Option<Held<TargetGroupId>>,
    targets: Vec<(TargetGroupId, Held<TargetId>)>,
}

/// The cookies that come with an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SetCookies {
    /// `AWSALBTG`: the target group, and how long it counts.
    pub group: Option<(TargetGroupId, SimDuration)>,
    /// `AWSALB` or `AWSALBAPP`: the target, and how long it counts.
    pub target: Option<(TargetGroupId, TargetId, SimDuration)>,
    /// The time from which their durations count.
    pub issued_at: SimTime,
    /// Whether the target's cookie comes only when the target's answer sets the application's cookie.
    pub with_application_cookie: bool,
}

impl CookieJar {
    /// The target group that `AWSALBTG` names in a request sent at `sent_at`.
    pub fn group(&self, sent_at: SimTime, now: SimTime) -> Option<TargetGroupId> {
        self.group?.read(sent_at, now)
    }

    /// The target of a group that the client's cookie names in a request sent at `sent_at`.
    pub fn target(&self, group: TargetGroupId, sent_at: SimTime, now: SimTime) -> Option<TargetId> {
        let (_, cookie) = self.targets.iter().find(|(of, _)| *of == group)?;
        cookie.read(sent_at, now)
    }

    /// Keeps what came with an answer.
    pub fn keep(&mut self, cookies: &SetCookies, now: SimTime) {
        if let Some((names, lasts)) = cookies.group {
            let cookie = Cookie { names, held_since: now, expires: cookies.issued_at + lasts };
            match &mut self.group {
                Some(held) => held.replace(cookie),
                None => self.group = Some(Held::first(cookie)),
            }
        }
        if let Some((group, names, lasts)) = cookies.target {
            let cookie = Cookie { names, held_since: now, expires: cookies.issued_at + lasts };
            match self.targets.iter_mut().find(|(of, _)| *of == group) {
                Some((_, held)) => held.replace(cookie),
                None => self.targets.push((group, Held::first(cookie))),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GROUP: TargetGroupId = TargetGroupId::new(0);

    fn at(seconds: u64) -> SimTime {
        SimTime::ZERO + SimDuration::from_secs(seconds)
    }

    #[test]
    fn a_cookie_counts_from_its_arrival_to_the_end_of_its_duration() {
        let mut jar = CookieJar::default();
        let target = TargetId::new(3);
        let cookies = SetCookies {
            target: Some((GROUP, target, SimDuration::from_secs(60))),
            issued_at: at(10),
            ..SetCookies::default()
        };
        jar.keep(&cookies, at(11));
        assert_eq!(jar.target(GROUP, at(10), at(12)), None, "the request left before the cookie came");
        assert_eq!(jar.target(GROUP, at(11), at(69)), Some(target));
        assert_eq!(jar.target(GROUP, at(11), at(70)), None);
        assert_eq!(jar.target(TargetGroupId::new(1), at(11), at(12)), None);
    }

    /// Of several requests under way at once, each carries what the client held when it was sent: a renewal does not
    /// take the session away from the others, and a new target only from those sent later.
    #[test]
    fn a_request_under_way_carries_the_cookie_that_it_was_sent_with() {
        let mut jar = CookieJar::default();
        let cookies = |target, issued_at| SetCookies {
            target: Some((GROUP, TargetId::new(target), SimDuration::from_secs(60))),
            issued_at,
            ..SetCookies::default()
        };
        jar.keep(&cookies(3, at(10)), at(11));
        jar.keep(&cookies(3, at(12)), at(13));
        assert_eq!(
            jar.target(GROUP, at(12), at(14)),
            Some(TargetId::new(3)),
            "renewed while it was under way"
        );
        jar.keep(&cookies(4, at(15)), at(16));
        assert_eq!(jar.target(GROUP, at(15), at(17)), Some(TargetId::new(3)));
        assert_eq!(jar.target(GROUP, at(16), at(17)), Some(TargetId::new(4)));
    }
}
