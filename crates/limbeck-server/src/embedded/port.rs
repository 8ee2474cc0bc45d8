//! The port of an embedded server.

use std::net::TcpListener;

use super::LOOPBACK;

/// Below the ports that systems hand out to clients, above those that services are known by.
const FIRST: u16 = 20_000;
const COUNT: u16 = 12_000;

/// The remembered port where it is free, else the first free one from a place that depends on the project, so
/// that projects do not compete for one.
pub(super) fn choose(remembered: Option<u16>, hash: &str) -> u16 {
    let start = hash.bytes().fold(0_u16, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(u16::from(byte))
    }) % COUNT;
    let candidates = (0..COUNT).map(|step| FIRST + (start + step) % COUNT);
    remembered
        .into_iter()
        .chain(candidates)
        .find(|port| TcpListener::bind((LOOPBACK, *port)).is_ok())
        // With no free port at all the server's own error says so.
        .unwrap_or(FIRST)
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::choose;

    #[test]
    fn a_port_is_kept_until_another_program_takes_it() {
        let first = choose(None, "abc");
        assert_eq!(choose(None, "abc"), first);
        assert_ne!(choose(None, "abd"), first);
        let other = choose(None, "other");
        assert_eq!(choose(Some(other), "abc"), other);
        let _taken = TcpListener::bind(("127.0.0.1", first)).unwrap();
        assert_eq!(choose(Some(first), "abc"), choose(None, "abc"));
        assert_ne!(choose(None, "abc"), first);
    }
}
