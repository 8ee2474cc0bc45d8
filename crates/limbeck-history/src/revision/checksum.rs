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
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
    ];
    let mut text = String::with_capacity(64);
    for byte in digest.finalize() {
        text.push(DIGITS[usize::from(byte >> 4)]);
        text.push(DIGITS[usize::from(byte & 15)]);
    }
    text
}
