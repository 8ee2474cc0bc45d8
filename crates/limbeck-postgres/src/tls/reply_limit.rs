//! How long a message of a server may be.
//!
//! The driver collects a message until it is whole, and begins with whatever length it was told. So a length that no
//! PostgreSQL sends is refused at its first bytes: it is another program that answers there, or one that wants to
//! take memory. What a server says before a session has begun is limited in all, since anybody could say it.

use std::io;

/// A type of message and a length.
const HEAD: usize = 5;

/// The longest message of a type that is never long; libpq's own limit (`pqParseInput3`).
const SHORT: usize = 30_000;

/// The types that may be long (`VALID_LONG_MESSAGE_TYPE`): rows and their descriptions, data of `COPY`, errors, notices,
/// notifications.
const LONG_TYPES: &[u8] = b"TDdENA";

/// The longest message that PostgreSQL can send (`MaxAllocSize`).
const LONG: usize = 0x3fff_ffff;

/// The most that a server may say before it is ready for the first query.
const BEGINNING: usize = 1024 * 1024;

/// `ReadyForQuery`.
const READY: u8 = b'Z';

/// A server said more than a PostgreSQL does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TooLong {
    #[error("it announces a message of {0} bytes")]
    Message(usize),
    #[error("it says more than {BEGINNING} bytes before it is ready")]
    Beginning,
}

impl TooLong {
    /// Whether that is what an error of a wire is about.
    pub(crate) fn of(error: &io::Error) -> Option<Self> {
        error.get_ref()?.downcast_ref().copied()
    }
}

/// Follows what a server says from message to message.
#[derive(Debug, Default)]
pub(super) struct ReplyLimit {
    head: Vec<u8>,
    /// Bytes of the message that are still to come.
    rest: usize,
    said: usize,
    has_begun: bool,
}

impl ReplyLimit {
    /// Looks at what came from the server, before anybody else does.
    pub(super) fn received(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        if !self.has_begun {
            self.said = self.said.saturating_add(bytes.len());
        }
        while !bytes.is_empty() {
            let passed = self.rest.min(bytes.len());
            self.rest -= passed;
            bytes = bytes.get(passed..).unwrap_or_default();
            let wanted = HEAD.saturating_sub(self.head.len()).min(bytes.len());
            let (head, after) = bytes.split_at_checked(wanted).unwrap_or_default();
            self.head.extend_from_slice(head);
            bytes = after;
            let [kind, a, b, c, d] = *self.head.as_slice() else {
                break;
            };
            let length = u32::from_be_bytes([a, b, c, d]) as usize;
            if length > self.longest(kind) {
                return Err(io::Error::other(TooLong::Message(length)));
            }
            self.has_begun |= kind == READY;
            // The length counts itself; one that is too short for that is the driver's to refuse.
            self.rest = (length + 1).saturating_sub(HEAD);
            self.head.clear();
        }
        if !self.has_begun && self.said > BEGINNING {
            return Err(io::Error::other(TooLong::Beginning));
        }
        Ok(())
    }

    fn longest(&self, kind: u8) -> usize {
        if self.has_begun && LONG_TYPES.contains(&kind) {
            LONG
        } else {
            SHORT
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{BEGINNING, LONG, ReplyLimit, SHORT, TooLong};

    fn head(kind: u8, length: usize) -> Vec<u8> {
        let length = u32::try_from(length).unwrap().to_be_bytes();
        [&[kind][..], &length].concat()
    }

    fn message(kind: u8, body: usize) -> Vec<u8> {
        [head(kind, body + 4), vec![b'Z'; body]].concat()
    }

    /// What is refused, with the bytes given in pieces of this size.
    fn refused(bytes: &[u8], size: usize) -> Option<TooLong> {
        let mut limit = ReplyLimit::default();
        let error = bytes.chunks(size).find_map(|piece| limit.received(piece).err())?;
        TooLong::of(&error)
    }

    #[test]
    fn a_length_that_no_server_sends_is_refused_at_its_first_bytes() {
        let ready = message(b'Z', 1);
        for (kind, before, after) in [
            (b'D', SHORT, LONG),
            (b'T', SHORT, LONG),
            (b'd', SHORT, LONG),
            (b'E', SHORT, LONG),
            (b'N', SHORT, LONG),
            (b'A', SHORT, LONG),
            (b'R', SHORT, SHORT),
            (b'S', SHORT, SHORT),
            (b'C', SHORT, SHORT),
            (b'H', SHORT, SHORT),
        ] {
            for size in [1, 2, 5, 6, 1000] {
                for (beginning, longest) in [(&[][..], before), (&ready, after)] {
                    let of_length = |length| [beginning, &head(kind, length)].concat();
                    assert_eq!(refused(&of_length(longest), size), None, "{kind} {size}");
                    assert_eq!(
                        refused(&of_length(longest + 1), size),
                        Some(TooLong::Message(longest + 1)),
                        "{kind} {size}"
                    );
                }
            }
        }
        // What an HTTP server says.
        assert_eq!(
            refused(b"HTTP/1.1 400 Bad Request\r\n\r\n", 100),
            Some(TooLong::Message(0x5454_502f))
        );
    }

    #[test]
    fn a_server_that_never_is_ready_is_not_listened_to_for_ever() {
        let parameters = message(b'S', 1000).repeat(BEGINNING / 1005 + 1);
        assert_eq!(refused(&parameters, 8192), Some(TooLong::Beginning));
        // A session is, however long it lasts; and what is inside a message begins no other.
        let session = [message(b'S', 1000), message(b'Z', 1), parameters].concat();
        assert_eq!(refused(&session, 8192), None);
    }

    #[test]
    fn a_length_that_is_too_short_is_left_to_the_driver() {
        for length in 0..4 {
            assert_eq!(refused(&[head(b'R', length), head(b'Z', 5)].concat(), 3), None);
        }
    }
}
