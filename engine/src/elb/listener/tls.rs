//! TLS in front of an HTTPS listener: which version is spoken, and which certificate is shown.

use serde::{Deserialize, Serialize};

use std::fmt;
use std::str::FromStr;

/// A version of TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum TlsVersion {
    /// TLS 1.0.
    V1_0,
    /// TLS 1.1.
    V1_1,
    /// TLS 1.2.
    V1_2,
    /// TLS 1.3.
    V1_3,
}

impl TlsVersion {
    /// As access logs write it (ALB guide, "Access logs", `ssl_protocol`).
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V1_0 => "TLSv1",
            Self::V1_1 => "TLSv1.1",
            Self::V1_2 => "TLSv1.2",
            Self::V1_3 => "TLSv1.3",
        }
    }
}

impl fmt::Display for TlsVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

macro_rules! security_policies {
    ($($variant:ident $name:literal $min:ident $max:ident,)*) => {
        /// `SslPolicy` of an HTTPS listener (ALB guide, "Security policies"). The FIPS policies are not
        /// built.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum SecurityPolicy {
            $(#[doc = concat!("`", $name, "`.")] $variant,)*
        }

        impl SecurityPolicy {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// AWS's name.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// The oldest and the newest version of TLS that it allows.
            pub const fn versions(self) -> (TlsVersion, TlsVersion) {
                match self {
                    $(Self::$variant => (TlsVersion::$min, TlsVersion::$max),)*
                }
            }
        }
    };
}

security_policies! {
    Tls13_1_2ResPq2025_09 "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09" V1_2 V1_3,
    Tls13_1_3Pq2025_09 "ELBSecurityPolicy-TLS13-1-3-PQ-2025-09" V1_3 V1_3,
    Tls13_1_2Pq2025_09 "ELBSecurityPolicy-TLS13-1-2-PQ-2025-09" V1_2 V1_3,
    Tls13_1_2Ext1Pq2025_09 "ELBSecurityPolicy-TLS13-1-2-Ext1-PQ-2025-09" V1_2 V1_3,
    Tls13_1_2Ext2Pq2025_09 "ELBSecurityPolicy-TLS13-1-2-Ext2-PQ-2025-09" V1_2 V1_3,
    Tls13_1_0Pq2025_09 "ELBSecurityPolicy-TLS13-1-0-PQ-2025-09" V1_0 V1_3,
    Tls13_1_3_2021_06 "ELBSecurityPolicy-TLS13-1-3-2021-06" V1_3 V1_3,
    Tls13_1_2Res2021_06 "ELBSecurityPolicy-TLS13-1-2-Res-2021-06" V1_2 V1_3,
    Tls13_1_2_2021_06 "ELBSecurityPolicy-TLS13-1-2-2021-06" V1_2 V1_3,
    Tls13_1_2Ext1_2021_06 "ELBSecurityPolicy-TLS13-1-2-Ext1-2021-06" V1_2 V1_3,
    Tls13_1_2Ext2_2021_06 "ELBSecurityPolicy-TLS13-1-2-Ext2-2021-06" V1_2 V1_3,
    Tls13_1_1_2021_06 "ELBSecurityPolicy-TLS13-1-1-2021-06" V1_1 V1_3,
    Tls13_1_0_2021_06 "ELBSecurityPolicy-TLS13-1-0-2021-06" V1_0 V1_3,
    Fs1_2Res2020_10 "ELBSecurityPolicy-FS-1-2-Res-2020-10" V1_2 V1_2,
    Fs1_2Res2019_08 "ELBSecurityPolicy-FS-1-2-Res-2019-08" V1_2 V1_2,
    Fs1_2_2019_08 "ELBSecurityPolicy-FS-1-2-2019-08" V1_2 V1_2,
    Fs1_1_2019_08 "ELBSecurityPolicy-FS-1-1-2019-08" V1_1 V1_2,
    Fs2018_06 "ELBSecurityPolicy-FS-2018-06" V1_0 V1_2,
    Tls1_2Ext2018_06 "ELBSecurityPolicy-TLS-1-2-Ext-2018-06" V1_2 V1_2,
    Tls1_2_2017_01 "ELBSecurityPolicy-TLS-1-2-2017-01" V1_2 V1_2,
    Tls1_1_2017_01 "ELBSecurityPolicy-TLS-1-1-2017-01" V1_1 V1_2,
    V2016_08 "ELBSecurityPolicy-2016-08" V1_0 V1_2,
    Tls1_0_2015_04 "ELBSecurityPolicy-TLS-1-0-2015-04" V1_0 V1_2,
}

impl SecurityPolicy {
    /// What the console chooses.
    pub const CONSOLE_DEFAULT: Self = Self::Tls13_1_2ResPq2025_09;
}

impl Default for SecurityPolicy {
    /// What the API, the CLI, CloudFormation and the CDK choose.
    fn default() -> Self {
        Self::V2016_08
    }
}

impl fmt::Display for SecurityPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// There is no security policy of that name here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a security policy without FIPS, such as ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09")]
pub struct NotAPolicy;

impl FromStr for SecurityPolicy {
    type Err = NotAPolicy;

    fn from_str(text: &str) -> Result<Self, NotAPolicy> {
        Self::ALL.iter().copied().find(|policy| policy.as_str() == text).ok_or(NotAPolicy)
    }
}

/// A client and a security policy have no version of TLS in common: there is no connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the client and the security policy have no version of TLS in common")]
pub struct NoCommonVersion;

/// The version that a client which speaks `oldest` to `newest` gets: the newest that both sides know.
///
/// # Errors
/// When there is none.
pub fn negotiate(
    policy: SecurityPolicy,
    oldest: TlsVersion,
    newest: TlsVersion,
) -> Result<TlsVersion, NoCommonVersion> {
    let (min, max) = policy.versions();
    let version = newest.min(max);
    if version < min || version < oldest { Err(NoCommonVersion) } else { Ok(version) }
}

/// How many round trips a full handshake takes before the first request can be sent: 1 with TLS 1.3 (RFC
/// 8446), 2 before (RFC 5246). A load balancer has no 0-RTT (ALB guide, "Security policies").
pub const fn handshake_round_trips(version: TlsVersion) -> u32 {
    match version {
        TlsVersion::V1_3 => 1,
        TlsVersion::V1_0 | TlsVersion::V1_1 | TlsVersion::V1_2 => 2,
    }
}

/// The public key of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum CertificateKey {
    /// RSA with so many bits.
    Rsa(u16),
    /// ECDSA with so many bits.
    Ecdsa(u16),
}

/// A server certificate: as much of it as choosing among several looks at.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Certificate {
    /// `CertificateArn`.
    pub arn: String,
    /// The domains it is for. `*.` in front stands for exactly one label.
    pub domains: Vec<String>,
    /// Its public key.
    pub key: CertificateKey,
    /// How many bits the hash of its signature has: 256 for SHA-256.
    pub hash_bits: u16,
    /// Whether its time is over.
    pub expired: bool,
    /// The length of its validity period, in days.
    pub validity_days: u32,
}

impl Certificate {
    /// Whether it is for this host. A wildcard stands for one label, the first (RFC 6125, 6.4.3).
    pub fn covers(&self, host: &str) -> bool {
        let behind_first_label = host.split_once('.').filter(|(label, _)| !label.is_empty());
        self.domains.iter().any(|domain| match domain.strip_prefix("*.") {
            Some(parent) => behind_first_label.is_some_and(|(_, rest)| rest.eq_ignore_ascii_case(parent)),
            None => host.eq_ignore_ascii_case(domain),
        })
    }

    /// What speaks for it among several that match: the first difference decides, more is better.
    fn merit(&self) -> (bool, bool, u16, CertificateKey, u32) {
        let ecdsa = matches!(self.key, CertificateKey::Ecdsa(_));
        (ecdsa, !self.expired, self.hash_bits, self.key, self.validity_days)
    }
}

/// The certificate that a client is shown which asks for this server name, by its place: the first is the
/// default certificate, the others are the certificate list. None when there is no certificate.
///
/// One in the list that matches is shown; among several ECDSA goes before RSA, then valid before expired, the
/// stronger hash, the longer key, the longer validity period. Without a server name, or without a match in
/// the list, it is the default certificate (ALB guide, "SSL certificates"). Of equally good ones the first is
/// taken, which is our choice.
pub fn choose_certificate(certificates: &[Certificate], server_name: Option<&str>) -> Option<usize> {
    let mut best: Option<(usize, &Certificate)> = None;
    if let Some(name) = server_name {
        for (index, certificate) in certificates.iter().enumerate().skip(1) {
            if certificate.covers(name) && best.is_none_or(|(_, best)| certificate.merit() > best.merit()) {
                best = Some((index, certificate));
            }
        }
    }
    best.map(|(index, _)| index).or(if certificates.is_empty() { None } else { Some(0) })
}

#[cfg(test)]
mod tests {
    use super::TlsVersion::{V1_0, V1_1, V1_2, V1_3};
    use super::*;

    /// ALB guide, "Security policies": the default of the console and the default of everything else.
    #[test]
    fn the_default_policy_allows_tls_1_0_to_1_2_and_the_consoles_1_2_to_1_3() {
        assert_eq!(SecurityPolicy::default().as_str(), "ELBSecurityPolicy-2016-08");
        assert_eq!(SecurityPolicy::default().versions(), (V1_0, V1_2));
        assert_eq!(SecurityPolicy::CONSOLE_DEFAULT.as_str(), "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09");
        assert_eq!(SecurityPolicy::CONSOLE_DEFAULT.versions(), (V1_2, V1_3));
    }

    /// ALB guide, "Security policies": a policy's name says which versions it allows.
    #[test]
    fn the_versions_of_a_policy_are_those_in_its_name() {
        for policy in SecurityPolicy::ALL {
            let name = policy.as_str();
            assert_eq!(name.parse(), Ok(*policy));
            let min = [("-1-3-", V1_3), ("-1-2-", V1_2), ("-1-1-", V1_1)]
                .into_iter()
                .find(|(part, _)| name.contains(part));
            let max = if name.contains("-TLS13-") { V1_3 } else { V1_2 };
            assert_eq!(policy.versions(), (min.map_or(V1_0, |(_, version)| version), max), "{name}");
        }
        assert_eq!("ELBSecurityPolicy-2030-01".parse::<SecurityPolicy>(), Err(NotAPolicy));
    }

    /// ALB guide, "Security policies": client and load balancer settle on a version that both support.
    #[test]
    fn the_newest_version_that_both_sides_know_is_spoken() {
        let old = SecurityPolicy::default();
        let new = SecurityPolicy::CONSOLE_DEFAULT;
        assert_eq!(negotiate(old, V1_2, V1_3), Ok(V1_2));
        assert_eq!(negotiate(new, V1_2, V1_3), Ok(V1_3));
        assert_eq!(negotiate(new, V1_0, V1_2), Ok(V1_2));
        assert_eq!(negotiate(new, V1_0, V1_1), Err(NoCommonVersion));
        assert_eq!(negotiate(old, V1_3, V1_3), Err(NoCommonVersion));
    }

    /// RFC 8446 and RFC 5246.
    #[test]
    fn a_handshake_takes_one_round_trip_with_tls_1_3_and_two_before() {
        assert_eq!([V1_0, V1_1, V1_2, V1_3].map(handshake_round_trips), [2, 2, 2, 1]);
    }

    fn certificate(domain: &str) -> Certificate {
        Certificate {
            arn: domain.to_owned(),
            domains: vec![domain.to_owned()],
            key: CertificateKey::Rsa(2_048),
            hash_bits: 256,
            expired: false,
            validity_days: 395,
        }
    }

    #[test]
    fn a_wildcard_certificate_covers_exactly_one_label() {
        let wildcard = certificate("*.example.com");
        assert!(wildcard.covers("www.example.com") && wildcard.covers("WWW.Example.com"));
        for host in ["example.com", "a.b.example.com", ".example.com", "www.example.org", ""] {
            assert!(!wildcard.covers(host), "{host}");
        }
        assert!(certificate("example.com").covers("Example.com"));
    }

    /// ALB guide, "SSL certificates": the default certificate is for clients without SNI and for names
    /// without a match in the certificate list.
    #[test]
    fn without_a_server_name_or_a_match_the_default_certificate_is_shown() {
        let certificates = [certificate("a.com"), certificate("b.com"), certificate("*.c.com")];
        for (name, expected) in [(None, 0), (Some("x.com"), 0), (Some("b.com"), 1), (Some("w.c.com"), 2)] {
            assert_eq!(choose_certificate(&certificates, name), Some(expected), "{name:?}");
        }
        assert_eq!(choose_certificate(&[], Some("a.com")), None);
    }

    /// ALB guide, "SSL certificates": the criteria, in their order.
    #[test]
    fn of_several_that_match_the_best_is_shown_and_the_earlier_criterion_decides() {
        let base = certificate("a.com");
        let longer_validity = Certificate { validity_days: 800, ..base.clone() };
        let longer_key = Certificate { key: CertificateKey::Rsa(4_096), validity_days: 1, ..base.clone() };
        let stronger_hash = Certificate { hash_bits: 384, key: CertificateKey::Rsa(1_024), ..base.clone() };
        let expired = Certificate { expired: true, hash_bits: 512, ..longer_key.clone() };
        let ecdsa =
            Certificate { key: CertificateKey::Ecdsa(256), expired: true, hash_bits: 160, ..base.clone() };
        let shown = |list: &[&Certificate]| {
            let mut certificates = vec![ecdsa.clone()];
            certificates.extend(list.iter().map(|certificate| (*certificate).clone()));
            choose_certificate(&certificates, Some("a.com"))
        };
        for (worse, better) in [
            (&base, &longer_validity),
            (&longer_validity, &longer_key),
            (&longer_key, &stronger_hash),
            (&expired, &base),
            (&stronger_hash, &ecdsa),
        ] {
            assert_eq!((shown(&[worse, better]), shown(&[better, worse])), (Some(2), Some(1)), "{better:?}");
        }
        assert_eq!(shown(&[&base, &base]), Some(1));
    }
}
