//! A listener: what a node refuses by itself, which rule a request meets, what that rule's action does with
//! it, and TLS before all that. Pure: requests go in, decisions come out; there is no time, no network and no
//! memory here.

mod action;
mod admission;
mod condition;
mod limits;
mod message;
mod redirect;
mod rule;
mod tls;
mod wildcard;

pub use action::{
    Action, ActionRefused, ContentType, FixedResponse, Forward, NotAContentType, WeightedTargetGroup,
};
pub use admission::{ProtocolVersion, Refused, refuse, refuse_for};
pub use condition::{Condition, QueryPattern};
pub use limits::{ConditionRefused, ListenerRefused, RuleRefused, check_listeners};
pub use message::{HttpRequest, HttpVersion, Protocol};
pub use redirect::{Redirect, RedirectStatus, RedirectTooLong};
pub use rule::{Evaluation, Listener, Matched, Rule, RuleCheck};
pub use tls::{
    Certificate, CertificateKey, NoCommonVersion, NotAPolicy, SecurityPolicy, TlsVersion, choose_certificate,
    handshake_round_trips, negotiate,
};
pub use wildcard::{Case, Escape, matches};
