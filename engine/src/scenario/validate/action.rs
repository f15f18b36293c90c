//! What a rule does with a request.

use super::At;
use super::names::Book;
use super::problems::{Problems, either, quoted};
use crate::elb::listener::{
    Action, ActionRefused, ContentType, FixedResponse, Forward, Protocol, Redirect, WeightedTargetGroup,
};
use crate::elb::{SessionsRefused, TargetGroupId, TargetGroupSettings, refused_sessions};
use crate::kernel::SimDuration;
use crate::scenario::document::{
    self, ForwardConfig, PROTOCOLS, REDIRECT_STATUSES, RedirectConfig, Weighted,
};

/// The listener that an action belongs to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) protocol: Protocol,
    pub(super) port: u16,
}

/// Actions of AWS that are built here, and those that are not.
const BUILT: [&str; 3] = ["forward", "redirect", "fixed-response"];
const NOT_BUILT: [&str; 3] = ["authenticate-cognito", "authenticate-oidc", "jwt-validation"];

/// Reads the one action of a rule (API `CreateRule`: exactly one of forward, redirect and fixed-response).
pub(super) fn only_action(
    at: At<'_>,
    list: &[document::Action],
    place: Place,
    book: &Book<'_>,
    groups: &[TargetGroupSettings],
    problems: &mut Problems,
) -> Option<Action> {
    let document = problems.only(at, list, "action: forward, redirect or fixed-response")?;
    let at = at.element(0);
    if let Some(order) = document.order {
        problems.whole(at.field("Order"), order, 1, 50_000);
    }
    not_simulated(at, document, problems);
    let action = match document.r#type.as_str() {
        "forward" => Action::Forward(forward(at, document, book, problems)?),
        "redirect" => Action::Redirect(redirect(at, document, problems)?),
        "fixed-response" => Action::FixedResponse(fixed_response(at, document, problems)?),
        _ => return None,
    };
    for refused in action.check(place.protocol, place.port) {
        tell(at, &action, &refused, problems);
    }
    if let Action::Forward(forward) = &action {
        versions(at, forward, place.protocol, groups, problems);
    }
    Some(action)
}

fn not_simulated(at: At<'_>, document: &document::Action, problems: &mut Problems) {
    let kind = document.r#type.as_str();
    if NOT_BUILT.contains(&kind) {
        let allowed = format_args!("{}: Albatross does not simulate {kind}", either(&BUILT));
        problems.add(at.field("Type"), quoted(kind), allowed, quoted("forward"));
    } else {
        problems.word(at.field("Type"), kind, &BUILT);
    }
    for (field, is_given) in [
        ("AuthenticateCognitoConfig", document.authenticate_cognito_config.is_some()),
        ("AuthenticateOidcConfig", document.authenticate_oidc_config.is_some()),
        ("JwtValidationConfig", document.jwt_validation_config.is_some()),
    ] {
        if is_given {
            problems.not_simulated(at.field(field), field);
        }
    }
    for (field, is_given, owner) in [
        ("TargetGroupArn", document.target_group_arn.is_some(), "forward"),
        ("ForwardConfig", document.forward_config.is_some(), "forward"),
        ("RedirectConfig", document.redirect_config.is_some(), "redirect"),
        ("FixedResponseConfig", document.fixed_response_config.is_some(), "fixed-response"),
    ] {
        if is_given && kind != owner && BUILT.contains(&kind) {
            let allowed = format_args!("absent: it belongs to the Type {owner}");
            problems.add(at.field(field), field, allowed, "nothing");
        }
    }
}

fn forward(
    at: At<'_>,
    document: &document::Action,
    book: &Book<'_>,
    problems: &mut Problems,
) -> Option<Forward> {
    let find = |at: At<'_>, name: &str, problems: &mut Problems| {
        let place = book.target_groups.names.find(at, name, problems)?;
        Some(TargetGroupId::new(place as u32))
    };
    let (at_one, at_config) = (at.field("TargetGroupArn"), at.field("ForwardConfig"));
    match (&document.target_group_arn, &document.forward_config) {
        (Some(name), None) => find(at_one, name, problems).map(Forward::to),
        (None, None) => {
            let allowed = "a forward with TargetGroupArn or ForwardConfig";
            problems.add(at, "neither", allowed, "\"TargetGroupArn\" and a target group's name");
            None
        }
        (one, Some(config)) => {
            let only = |weighted: &[Weighted], name: &str| matches!(weighted, [only] if only.target_group_arn == name);
            if let Some(name) = one
                && !only(&config.target_groups, name)
            {
                let allowed = "absent, or the one target group of ForwardConfig";
                problems.add(at_one, quoted(name), allowed, "nothing");
            }
            let at_groups = at_config.field("TargetGroups");
            // One more than there may be, which the check of the action then tells.
            let list = config.target_groups.iter().enumerate().take(6);
            let target_groups: Vec<WeightedTargetGroup> = list
                .filter_map(|(index, weighted)| {
                    let at = at_groups.element(index);
                    let weight = problems.whole(at.field("Weight"), weighted.weight, 0, 999) as u16;
                    let group = find(at.field("TargetGroupArn"), &weighted.target_group_arn, problems)?;
                    Some(WeightedTargetGroup { group, weight })
                })
                .collect();
            let stickiness = stickiness(at_config, config, problems);
            let is_read = target_groups.len() >= config.target_groups.len().min(6);
            is_read.then_some(Forward { target_groups, stickiness })
        }
    }
}

/// API `TargetGroupStickinessConfig`: a duration is required when stickiness is enabled.
fn stickiness(at: At<'_>, config: &ForwardConfig, problems: &mut Problems) -> Option<SimDuration> {
    let stickiness = config.target_group_stickiness_config.as_ref()?;
    let at_config = at.field("TargetGroupStickinessConfig");
    let at = at_config.field("DurationSeconds");
    let seconds = stickiness.duration_seconds.map(|seconds| problems.seconds(at, seconds, 1, 604_800));
    if stickiness.enabled && seconds.is_none() {
        problems.add(at, "nothing", "a whole number from 1 to 604800 where Enabled is true", 3_600);
    }
    let stands_in = SimDuration::from_secs(1);
    stickiness.enabled.then(|| seconds.unwrap_or(stands_in))
}

fn redirect(at: At<'_>, document: &document::Action, problems: &mut Problems) -> Option<Redirect> {
    let at = at.field("RedirectConfig");
    let config = config(at, document.redirect_config.as_ref(), problems)?;
    let at_status = at.field("StatusCode");
    let mut redirect = Redirect::keep_all(problems.one_of(at_status, &config.status_code, REDIRECT_STATUSES));
    let RedirectConfig { protocol, host, port, path, query, .. } = config;
    if let Some(protocol) = protocol.as_deref().filter(|protocol| *protocol != "#{protocol}") {
        let words = [PROTOCOLS[0].0, PROTOCOLS[1].0, "#{protocol}"];
        problems.word(at.field("Protocol"), protocol, &words);
        redirect.protocol =
            PROTOCOLS.iter().find(|(word, _)| *word == protocol).map(|(_, protocol)| *protocol);
    }
    if let Some(text) = port.as_deref().filter(|port| *port != "#{port}") {
        redirect.port = text.parse().ok().filter(|port| *port > 0);
        if redirect.port.is_none() {
            let allowed = "#{port} or a number from 1 to 65535, as a text";
            problems.add(at.field("Port"), quoted(text), allowed, quoted(443));
        }
    }
    for (part, given) in
        [(&mut redirect.host, host), (&mut redirect.path, path), (&mut redirect.query, query)]
    {
        if let Some(given) = given {
            part.clone_from(given);
        }
    }
    Some(redirect)
}

fn fixed_response(at: At<'_>, document: &document::Action, problems: &mut Problems) -> Option<FixedResponse> {
    let at = at.field("FixedResponseConfig");
    let config = config(at, document.fixed_response_config.as_ref(), problems)?;
    let content_type = config.content_type.as_ref().map(|text| {
        let words = ContentType::ALL.map(|content_type| (content_type.as_str(), content_type));
        problems.one_of(at.field("ContentType"), text, &words)
    });
    let Ok(status) = config.status_code.parse() else {
        let found = quoted(&config.status_code);
        problems.add(at.field("StatusCode"), found, "2xx, 4xx or 5xx, as a text", quoted(503));
        return None;
    };
    Some(FixedResponse { status, content_type, body: config.message_body.clone() })
}

fn config<'a, T>(at: At<'_>, config: Option<&'a T>, problems: &mut Problems) -> Option<&'a T> {
    if config.is_none() {
        problems.add(at, "nothing", "given for this Type", "it");
    }
    config
}

/// Words for what AWS would refuse.
fn tell(at: At<'_>, action: &Action, refused: &ActionRefused, problems: &mut Problems) {
    let config = match action {
        Action::Forward(_) => "ForwardConfig",
        Action::Redirect(_) => "RedirectConfig",
        Action::FixedResponse(_) => "FixedResponseConfig",
    };
    let at = at.field(config);
    match refused {
        ActionRefused::BadValue { field, found, allowed } => {
            let is_number = found.bytes().all(|byte| byte.is_ascii_digit());
            let found = if is_number { found.clone() } else { quoted(found) };
            problems.add(at.field(field), found, allowed, "such a value");
        }
        ActionRefused::Loop => {
            let allowed = "a redirect that changes the protocol, the host, the port or the path, for any other \
                           leads round in a loop";
            problems.add(at, "the same URL", allowed, "\"Protocol\": \"HTTPS\", \"Port\": \"443\"");
        }
        ActionRefused::HttpsToHttp => {
            let allowed = "a redirect from HTTP to HTTP or HTTPS, or from HTTPS to HTTPS";
            problems.add(at.field("Protocol"), "HTTP behind HTTPS", allowed, quoted("HTTPS"));
        }
    }
}

/// HTTP/2 and gRPC need HTTPS (ALB guide, "Target groups", protocol version).
fn versions(
    at: At<'_>,
    forward: &Forward,
    protocol: Protocol,
    groups: &[TargetGroupSettings],
    problems: &mut Problems,
) {
    for entry in &forward.target_groups {
        if let Some(group) = groups.get(entry.group.number() as usize)
            && !group.protocol_version.works_with(protocol)
        {
            let found = format_args!("{} of ProtocolVersion {}", group.name, group.protocol_version);
            let allowed = "a target group of ProtocolVersion HTTP1, unless the listener's Protocol is HTTPS";
            problems.add(at, found, allowed, "another target group or Protocol HTTPS");
        }
    }
}

/// What sessions need where there are several target groups (ALB guide, "Action types" and "Edit target group
/// attributes").
pub(super) fn sessions(at: At<'_>, action: &Action, groups: &[TargetGroupSettings], problems: &mut Problems) {
    let element = at.element(0);
    let at = element.field("ForwardConfig");
    for (group, refused) in refused_sessions(action, |id| groups.get(id.number() as usize)) {
        match refused {
            SessionsRefused::AppCookieWithWeights => {
                let allowed =
                    "target groups without stickiness.type app_cookie, which does not go with weights";
                problems.add(at.field("TargetGroups"), &group.name, allowed, "lb_cookie for it");
            }
            SessionsRefused::NoGroupStickiness => {
                let allowed = format_args!("enabled, for the targets of {} are sticky", group.name);
                let at = at.field("TargetGroupStickinessConfig");
                problems.add(at, "it off", allowed, "{ \"Enabled\": true, \"DurationSeconds\": 3600 }");
            }
        }
    }
}
