//! Checksums of what a revision does.

use sha2::{Digest, Sha256};

/// The checksum of a marker and the SQL below it, without what an editor or a checkout may change: line ends, and
/// blanks at the ends of lines. The blanks around the SQL are gone already.
pub(super) fn of_section(marker: &str, sql: &str) -> String {
    let mut digest = Sha256::new();
    digest.update(marker.trim_end());
    digest.update("\n");
    if sql.contains(" \n") || sql.contains("\t\n") || sql.contains('\r') {
        for line in sql.lines() {
            digest.update(line.trim_end_matches([' ', '\t', '\r']));
            digest.update("\n");
        }
    } else if !sql.is_empty() {
        digest.update(sql);
        digest.update("\n");
    }
    hexadecimal(digest)
}

/// The checksum of a revision: that of its sections' checksums, one a line, in the order of the file. So each byte is
/// hashed once only, which counts where a thousand files are read to find that nothing is to be done.
#[derive(Default)]
pub(super) struct Sections(Sha256);

impl Sections {
    pub(super) fn add(&mut self, section: &str) {
        self.0.update(section);
        self.0.update("\n");
    }

    pub(super) fn finish(self) -> String {
        hexadecimal(self.0)
    }
}

/// A finished checksum, in hexadecimal.
pub(crate) fn hexadecimal(digest: Sha256) -> String {
    let digit = |nibble: u8| {
        if nibble < 10 {
            b'0' + nibble
        } else {
            b'a' - 10 + nibble
        }
    };
    let mut text = Vec::with_capacity(64);
    for byte in digest.finalize() {
        text.extend([digit(byte >> 4), digit(byte & 15)]);
    }
    String::from_utf8(text).unwrap_or_default()
}
