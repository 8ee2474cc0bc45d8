//! Random numbers for names and passwords, without a library for them.

use std::fs::File;
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read};

/// Sixteen hexadecimal digits, for names that must not collide.
pub(crate) fn text() -> String {
    // The standard library seeds each state anew from the system's source.
    format!("{:016x}", RandomState::new().hash_one(std::process::id()))
}

/// A password of 32 hexadecimal digits from the system's source of randomness.
pub(crate) fn password() -> io::Result<String> {
    let mut bytes = [0; 16];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_and_passwords_differ_each_time() {
        assert_ne!(super::text(), super::text());
        assert_ne!(super::password().unwrap(), super::password().unwrap());
        assert_eq!(super::password().unwrap().len(), 32);
    }
}
