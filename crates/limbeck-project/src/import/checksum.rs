//! The checksums that other tools keep of their files.

use std::fmt::Write;

use sha2::{Digest, Sha384};

/// sqlx's: SHA-384 of the file, in hexadecimal.
pub(super) fn sha384(text: &str) -> String {
    let mut hexadecimal = String::new();
    for byte in Sha384::digest(text.as_bytes()) {
        let _ = write!(hexadecimal, "{byte:02x}");
    }
    hexadecimal
}

/// refinery's: SipHash 1-3 of name, version and text, as Rust's `Hash` feeds them. The version is an `i32`, or an `i64`
/// where the application was built with `int8-versions`, so there are two.
pub(super) fn refinery(name: &str, version: i64, sql: &str) -> Vec<String> {
    let narrow = i32::try_from(version)
        .ok()
        .map(|version| version.to_le_bytes().to_vec());
    let versions = narrow.into_iter().chain([version.to_le_bytes().to_vec()]);
    versions
        .map(|version| {
            // A text is followed by a byte that no UTF-8 holds.
            let bytes = [name.as_bytes(), &[0xff], &version, sql.as_bytes(), &[0xff]].concat();
            sip_hash_1_3(&bytes).to_string()
        })
        .collect()
}

/// SipHash with one round for each word and three at the end, and a key of zeros. See Aumasson and Bernstein,
/// "SipHash: a fast short-input PRF".
fn sip_hash_1_3(bytes: &[u8]) -> u64 {
    let mut state = [
        0x736f_6d65_7073_6575_u64,
        0x646f_7261_6e64_6f6d,
        0x6c79_6765_6e65_7261,
        0x7465_6462_7974_6573,
    ];
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        absorb(&mut state, u64::from_le_bytes(*word));
    }
    // The last word holds what is left over, and the length, modulo 256, in its highest byte.
    let mut last = [0_u8; 8];
    for (place, byte) in last.iter_mut().zip(rest) {
        *place = *byte;
    }
    let length = u64::try_from(bytes.len() % 256).unwrap_or_default() << 56;
    absorb(&mut state, u64::from_le_bytes(last) | length);
    state[2] ^= 0xff;
    for _ in 0..3 {
        round(&mut state);
    }
    state.iter().fold(0, |hash, word| hash ^ word)
}

fn absorb(state: &mut [u64; 4], word: u64) {
    state[3] ^= word;
    round(state);
    state[0] ^= word;
}

fn round([a, b, c, d]: &mut [u64; 4]) {
    *a = a.wrapping_add(*b);
    *b = b.rotate_left(13) ^ *a;
    *a = a.rotate_left(32);
    *c = c.wrapping_add(*d);
    *d = d.rotate_left(16) ^ *c;
    *a = a.wrapping_add(*d);
    *d = d.rotate_left(21) ^ *a;
    *c = c.wrapping_add(*b);
    *b = b.rotate_left(17) ^ *c;
    *c = c.rotate_left(32);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sqlx_hashes_the_file() {
        // The vector of FIPS 180-4 for `abc`.
        assert_eq!(
            sha384("abc"),
            "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed\
             8086072ba1e7cc2358baeca134c825a7"
        );
    }

    #[test]
    fn refinery_hashes_name_version_and_text() {
        // The first is what refinery_cli 0.10 has written into its table.
        assert_eq!(
            refinery("init", 1, "CREATE TABLE a (id integer);\n"),
            ["18252311952000727213", "10574226746222835654"]
        );
    }
}
