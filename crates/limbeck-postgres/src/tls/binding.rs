//! Channel binding by `tls-server-end-point` (RFC 5929, 4.1): a hash of the server's certificate, which both sides
//! mix into the password's proof, so that nobody can pass the proof on over a TLS connection of his own.

use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};

use super::certificate::{AlgorithmIdentifier, Certificate};
use super::der::tag;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hash {
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

/// The hash of a certificate, by the hash of its signature; SHA-256 in place of MD5 and SHA-1. `None` where the
/// signature has no hash of its own, as with Ed25519, or is unknown.
pub(super) fn server_end_point(certificate: &[u8]) -> Option<Vec<u8>> {
    let hash = hash_of_signature(&Certificate::read(certificate)?.signature)?;
    Some(match hash {
        Hash::Sha224 => Sha224::digest(certificate).to_vec(),
        Hash::Sha256 => Sha256::digest(certificate).to_vec(),
        Hash::Sha384 => Sha384::digest(certificate).to_vec(),
        Hash::Sha512 => Sha512::digest(certificate).to_vec(),
    })
}

/// 1.2.840.113549.1.1, `pkcs-1` (RFC 8017, RFC 4055).
const PKCS_1: [u8; 8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01];
/// 1.2.840.10045.4, `ansi-X9-62 signatures` (RFC 5758).
const ECDSA: [u8; 6] = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04];
/// 2.16.840.1.101.3.4.2, `hashAlgs` of NIST.
const NIST_HASHES: [u8; 8] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02];
/// 1.3.14.3.2.26, SHA-1.
const SHA_1: [u8; 5] = [0x2b, 0x0e, 0x03, 0x02, 0x1a];

fn hash_of_signature(signature: &AlgorithmIdentifier<'_>) -> Option<Hash> {
    if let Some(last) = signature.identifier.strip_prefix(&PKCS_1) {
        return match last {
            // MD5 and SHA-1.
            [4 | 5] => Some(Hash::Sha256),
            [10] => hash_of_pss(signature),
            [11] => Some(Hash::Sha256),
            [12] => Some(Hash::Sha384),
            [13] => Some(Hash::Sha512),
            [14] => Some(Hash::Sha224),
            _ => None,
        };
    }
    match signature.identifier.strip_prefix(&ECDSA)? {
        // SHA-1.
        [1] => Some(Hash::Sha256),
        [3, 1] => Some(Hash::Sha224),
        [3, 2] => Some(Hash::Sha256),
        [3, 3] => Some(Hash::Sha384),
        [3, 4] => Some(Hash::Sha512),
        _ => None,
    }
}

/// `RSASSA-PSS-params` (RFC 4055, 3.1): `[0] hashAlgorithm`, SHA-1 where it is left out.
fn hash_of_pss(signature: &AlgorithmIdentifier<'_>) -> Option<Hash> {
    let mut parameters = signature.parameters;
    let mut parameters = parameters.expect(tag::SEQUENCE)?.inside();
    let Some(tagged) = parameters.optional(tag::CONTEXT_0) else {
        return Some(Hash::Sha256);
    };
    let hash = AlgorithmIdentifier::read(&tagged.inside().expect(tag::SEQUENCE)?)?.identifier;
    if hash == SHA_1 {
        return Some(Hash::Sha256);
    }
    match hash.strip_prefix(&NIST_HASHES)? {
        [1] => Some(Hash::Sha256),
        [2] => Some(Hash::Sha384),
        [3] => Some(Hash::Sha512),
        [4] => Some(Hash::Sha224),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};

    use super::server_end_point;

    macro_rules! bound_by {
        ($($test:ident: $file:literal => $hash:ty;)*) => {$(
            #[test]
            fn $test() {
                let der = include_bytes!(concat!("../../tests/certificates/", $file, ".der"));
                assert_eq!(server_end_point(der), Some(<$hash>::digest(der).to_vec()));
            }
        )*};
    }

    bound_by! {
        rsa_with_md5: "rsa-md5" => Sha256;
        rsa_with_sha1: "rsa-sha1" => Sha256;
        rsa_with_sha224: "rsa-sha224" => Sha224;
        rsa_with_sha256: "rsa-sha256" => Sha256;
        rsa_with_sha384: "rsa-sha384" => Sha384;
        rsa_with_sha512: "rsa-sha512" => Sha512;
        rsa_pss_without_parameters: "rsa-pss-sha1" => Sha256;
        rsa_pss_with_sha256: "rsa-pss-sha256" => Sha256;
        rsa_pss_with_sha384: "rsa-pss-sha384" => Sha384;
        rsa_pss_with_sha512: "rsa-pss-sha512" => Sha512;
        ecdsa_with_sha1: "ecdsa-sha1" => Sha256;
        ecdsa_with_sha256: "ecdsa-sha256" => Sha256;
        ecdsa_with_sha384: "ecdsa-sha384" => Sha384;
        ecdsa_with_sha512: "ecdsa-sha512" => Sha512;
        a_version_1_certificate: "version-1" => Sha256;
    }

    #[test]
    fn ed25519_defines_no_hash() {
        assert_eq!(
            server_end_point(include_bytes!("../../tests/certificates/ed25519.der")),
            None
        );
    }

    #[test]
    fn what_is_no_certificate_has_no_binding() {
        assert_eq!(server_end_point(&[]), None);
        assert_eq!(server_end_point(b"not a certificate"), None);
    }
}
