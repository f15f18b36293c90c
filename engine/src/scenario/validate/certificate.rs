//! Certificates.

use super::At;
use super::names::Book;
use super::problems::{Problems, quoted};
use crate::elb::listener::Certificate;
use crate::scenario::document::{self, KEY_ALGORITHMS};

/// ACM guide, "Quotas": domain names of one certificate.
const DOMAINS_MAX: usize = 100;

pub(super) fn certificates(book: &Book<'_>, problems: &mut Problems) -> Vec<Certificate> {
    let top = At::top("Certificates");
    let list = book.certificates.list.iter().enumerate();
    list.map(|(index, one)| certificate(top.element(index), one, problems)).collect()
}

fn certificate(at: At<'_>, document: &document::Certificate, problems: &mut Problems) -> Certificate {
    let name = &document.certificate_arn;
    problems.text(at.field("CertificateArn"), name, 1, 255, "characters of ASCII", |c| c.is_ascii_graphic());
    let at_domains = at.field("DomainNames");
    if document.domain_names.is_empty() {
        problems.add(at_domains, "no name", "at least one domain name", "[\"www.example.com\"]");
    }
    let domains = problems.at_most(at_domains, &document.domain_names, DOMAINS_MAX, "names");
    for (index, domain) in domains.iter().enumerate() {
        if !is_domain(domain) {
            let allowed = "a domain name, or *. and one";
            problems.add(at_domains.element(index), quoted(domain), allowed, quoted("*.example.com"));
        }
    }
    Certificate {
        arn: name.clone(),
        domains: domains.to_vec(),
        key: problems.one_of(at.field("KeyAlgorithm"), &document.key_algorithm, KEY_ALGORITHMS),
        hash_bits: problems.whole(at.field("HashBits"), document.hash_bits, 128, 512) as u16,
        expired: document.expired,
        validity_days: problems.whole(at.field("ValidityDays"), document.validity_days, 1, 36_500),
    }
}

/// RFC 1035, 2.3: labels of letters, digits and hyphens, up to 63 each and 253 characters in all.
fn is_domain(name: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.len() <= 253 && name.strip_prefix("*.").unwrap_or(name).split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::is_domain;

    #[test]
    fn a_domain_has_labels_and_perhaps_a_wildcard_in_front() {
        for good in ["example.com", "*.example.com", "localhost", "xn--bcher-kva.example", "1.a"] {
            assert!(is_domain(good), "{good}");
        }
        for bad in ["", "*", "*.", "a..b", ".a", "a.", "-a.b", "a-.b", "a.*.b", "a b", &"a".repeat(64)] {
            assert!(!is_domain(bad), "{bad}");
        }
    }
}
