//! The three things of a certificate (RFC 5280, 4.1) that rustls does not tell: its public key where it refuses to
//! parse the rest, when it is valid, and how it is signed.

use super::der::{Element, Reader, tag};

/// A certificate taken apart.
#[derive(Debug)]
pub(super) struct Certificate<'a> {
    /// `SubjectPublicKeyInfo`, whole.
    pub(super) public_key: &'a [u8],
    /// The outer `signatureAlgorithm`.
    pub(super) signature: AlgorithmIdentifier<'a>,
    not_before: Element<'a>,
    not_after: Element<'a>,
}

/// An algorithm with its parameters.
#[derive(Debug, Clone, Copy)]
pub(super) struct AlgorithmIdentifier<'a> {
    /// The content of its object identifier.
    pub(super) identifier: &'a [u8],
    /// What follows the identifier.
    pub(super) parameters: Reader<'a>,
}

impl<'a> AlgorithmIdentifier<'a> {
    pub(super) fn read(sequence: &Element<'a>) -> Option<Self> {
        let mut parameters = sequence.inside();
        let identifier = parameters.expect(tag::OBJECT_IDENTIFIER)?.content;
        Some(Self {
            identifier,
            parameters,
        })
    }
}

impl<'a> Certificate<'a> {
    pub(super) fn read(der: &'a [u8]) -> Option<Self> {
        let mut certificate = Reader::new(der).expect(tag::SEQUENCE)?.inside();
        let mut signed = certificate.expect(tag::SEQUENCE)?.inside();
        let signature = AlgorithmIdentifier::read(&certificate.expect(tag::SEQUENCE)?)?;

        // A version 1 certificate does not name its version.
        signed.optional(tag::CONTEXT_0);
        let _serial_number = signed.next()?;
        let _signature = signed.expect(tag::SEQUENCE)?;
        let _issuer = signed.expect(tag::SEQUENCE)?;
        let mut validity = signed.expect(tag::SEQUENCE)?.inside();
        let _subject = signed.expect(tag::SEQUENCE)?;
        let public_key = signed.expect(tag::SEQUENCE)?.whole;
        let (not_before, not_after) = (validity.next()?, validity.next()?);
        Some(Self {
            public_key,
            signature,
            not_before,
            not_after,
        })
    }

    /// Whether the certificate is valid at a time, in seconds since 1970. `None` where its times cannot be read.
    pub(super) fn is_valid_at(&self, now: u64) -> Option<bool> {
        let now = i64::try_from(now).ok()?;
        Some(seconds(&self.not_before)? <= now && now <= seconds(&self.not_after)?)
    }
}

/// Seconds since 1970 of a time as certificates write it (RFC 5280, 4.1.2.5): `YYMMDDhhmmssZ` or `YYYYMMDDhhmmssZ`.
fn seconds(time: &Element<'_>) -> Option<i64> {
    let text = std::str::from_utf8(time.content).ok()?.strip_suffix('Z')?;
    let (year, rest) = match time.tag {
        tag::UTC_TIME => {
            let (year, rest) = text.split_at_checked(2)?;
            let year = number(year)?;
            (if year < 50 { 2000 + year } else { 1900 + year }, rest)
        }
        tag::GENERALIZED_TIME => {
            let (year, rest) = text.split_at_checked(4)?;
            (number(year)?, rest)
        }
        _ => return None,
    };
    let part = |index: usize| number(rest.get(index * 2..index * 2 + 2)?);
    let (month, day, hour, minute, second) = (part(0)?, part(1)?, part(2)?, part(3)?, part(4)?);
    if rest.len() != 10 || !(1..=12).contains(&month) {
        return None;
    }
    Some(days_since_1970(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second)
}

fn number(text: &str) -> Option<i64> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())
        .flatten()
}

/// Days of the Gregorian calendar; years begin in March, so that the day that leap years add comes last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let before_year = 365 * year + year / 4 - year / 100 + year / 400;
    before_year + (153 * month + 2) / 5 + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::binding::server_end_point;
    use super::super::der::{Element, tag};
    use super::{Certificate, days_since_1970, seconds};

    #[test]
    fn days_are_counted() {
        assert_eq!(days_since_1970(1970, 1, 1), 0);
        assert_eq!(days_since_1970(2000, 2, 29), 11_016);
        assert_eq!(days_since_1970(2000, 3, 1), 11_017);
        assert_eq!(days_since_1970(2026, 11, 21), 20_778);
    }

    #[test]
    fn times_are_read() {
        let at = |tag, text: &'static str| {
            seconds(&Element {
                tag,
                content: text.as_bytes(),
                whole: &[],
            })
        };
        assert_eq!(at(tag::UTC_TIME, "700101000000Z"), Some(0));
        assert_eq!(at(tag::UTC_TIME, "491231235959Z"), Some(2_524_607_999));
        assert_eq!(at(tag::GENERALIZED_TIME, "20500101000000Z"), Some(2_524_608_000));
        for wrong in [
            "",
            "Z",
            "700101000000",
            "7001010000Z",
            "701301000000Z",
            "+70101000000Z",
        ] {
            assert_eq!(at(tag::UTC_TIME, wrong), None, "{wrong}");
        }
        assert_eq!(at(tag::SEQUENCE, "700101000000Z"), None);
    }

    #[test]
    fn a_truncated_certificate_is_none() {
        let der = include_bytes!("../../tests/certificates/rsa-sha256.der");
        assert!(Certificate::read(der).is_some());
        for length in 0..der.len() {
            assert!(Certificate::read(&der[..length]).is_none(), "{length}");
        }
    }

    #[test]
    fn versions_1_and_3_have_a_key_and_times() {
        let certificates: [&[u8]; 2] = [
            include_bytes!("../../tests/certificates/rsa-sha256.der"),
            include_bytes!("../../tests/certificates/version-1.der"),
        ];
        for der in certificates {
            let certificate = Certificate::read(der).unwrap();
            assert!(certificate.public_key.len() > 200);
            assert_eq!(certificate.is_valid_at(1_800_000_000), Some(true));
            assert_eq!(certificate.is_valid_at(0), Some(false));
            assert_eq!(certificate.is_valid_at(9_000_000_000), Some(false));
        }
    }

    proptest! {
        /// A server presents whatever it likes.
        #[test]
        fn any_bytes_are_a_certificate_or_none(
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
            arbitrary in prop::collection::vec(any::<u8>(), 0..80),
            now: u64,
        ) {
            let mut der = include_bytes!("../../tests/certificates/rsa-pss-sha256.der").to_vec();
            for (place, byte) in changes {
                let place = place.index(der.len());
                if let Some(changed) = der.get_mut(place) {
                    *changed = byte;
                }
            }
            for der in [der, arbitrary] {
                let _ = server_end_point(&der);
                let _ = Certificate::read(&der).and_then(|certificate| certificate.is_valid_at(now));
            }
        }
    }
}
