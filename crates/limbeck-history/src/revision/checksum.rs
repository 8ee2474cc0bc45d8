//! Checksums of what a revision does.

use sha2::{Digest, Sha256};

/// Takes in a marker line and the SQL below it, without what an editor or a checkout may change.
pub(super) fn update(digest: &mut Sha256, marker: &str, sql: &str) {
    digest.update(marker.trim_end());
    digest.update("\n");
    if sql.is_empty() {
        return;
    }
    if sql.contains(" \n") || sql.contains("\t\n") || sql.contains('\r') {
        for line in sql.lines() {
            digest.update(line.trim_end_matches([' ', '\t', '\r']));
            digest.update("\n");
        }
    } else {
        digest.update(sql);
        digest.update("\n");
    }
}

/// The checksum of one section alone.
pub(super) fn of_section(marker: &str, sql: &str) -> String {
    let mut digest = Sha256::new();
    update(&mut digest, marker, sql);
    hexadecimal(digest)
}

/// A finished checksum, in hexadecimal.
pub(crate) fn hexadecimal(digest: Sha256) -> String {
    let mut text = String::with_capacity(64);
    for byte in digest.finalize() {
        for nibble in [byte >> 4, byte & 15] {
            text.push(char::from(if nibble < 10 {
                b'0' + nibble
            } else {
                b'a' - 10 + nibble
            }));
        }
    }
    text
}
