//! Looks at the messages of the authentication as they pass, before the driver acts on them.
//!
//! The driver answers whatever a server asks for, with the password itself where it asks for that; and it does not
//! tell what it answered. So what `require_auth` does not accept has to be seen before the driver sees it.

use std::io;
use std::sync::{Arc, OnceLock};

use super::{Authentication, AuthenticationMethod, RequiredAuthentication};

/// How the session was let in, once it was.
pub(crate) type Seen = Arc<OnceLock<Authentication>>;

/// The server asked for what `require_auth` does not accept.
#[derive(Debug, thiserror::Error)]
#[error("the server {}", .0.asked())]
pub(crate) struct NotAllowed(pub(crate) AuthenticationMethod);

/// A watch over one connection, until its authentication is over.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    required: Option<RequiredAuthentication>,
    seen: Seen,
    /// The first bytes of a message: its type, its length and, of a message of authentication, what it asks for.
    head: Vec<u8>,
    /// Bytes of a message that are of no interest.
    skip: usize,
    asked: Option<AuthenticationMethod>,
    bound: bool,
}

/// The type of the messages of authentication.
const AUTHENTICATION: u8 = b'R';
/// The type and the length of a message.
const PREFIX: usize = 5;
/// These, and what an authentication message asks for.
const WITH_REQUEST: usize = 9;
/// How the answer to a SCRAM request names the mechanism that is bound to TLS.
const BOUND: &[u8] = b"SCRAM-SHA-256-PLUS\0";

impl Watch {
    pub(crate) fn new(required: Option<RequiredAuthentication>) -> Self {
        Self {
            required,
            ..Self::default()
        }
    }

    /// Where it will be told how the session was let in.
    pub(crate) fn seen(&self) -> Seen {
        Arc::clone(&self.seen)
    }

    fn is_over(&self) -> bool {
        self.seen.get().is_some()
    }

    /// Looks at what came from the server.
    pub(crate) fn received(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !self.is_over() {
            let skipped = self.skip.min(bytes.len());
            self.skip -= skipped;
            let Some((&next, rest)) = bytes.get(skipped..).and_then(<[u8]>::split_first) else {
                return Ok(());
            };
            bytes = rest;
            self.head.push(next);
            let of_authentication = self.head.first() == Some(&AUTHENTICATION);
            let whole = if of_authentication { WITH_REQUEST } else { PREFIX };
            if self.head.len() < whole {
                continue;
            }
            let length = self.number_at(1);
            // The length counts itself, not the type before it.
            self.skip = (length + 1).saturating_sub(whole);
            if of_authentication {
                self.request(self.number_at(PREFIX))?;
            }
            self.head.clear();
        }
        Ok(())
    }

    fn number_at(&self, start: usize) -> usize {
        let bytes = self.head.iter().skip(start).take(4);
        bytes.fold(0, |number, byte| number << 8 | usize::from(*byte))
    }

    /// One of the numbers that <https://www.postgresql.org/docs/current/protocol-message-formats.html> lists.
    fn request(&mut self, number: usize) -> io::Result<()> {
        use AuthenticationMethod::{Gss, Md5, None as Nothing, Password, ScramSha256, Sspi};
        let asked = match number {
            0 if self.asked.is_some() => None,
            0 => Some(Nothing),
            2 | 7 => Some(Gss),
            3 => Some(Password),
            5 => Some(Md5),
            9 => Some(Sspi),
            10 => Some(ScramSha256),
            _ => None,
        };
        if let Some(asked) = asked {
            if self
                .required
                .as_ref()
                .is_some_and(|required| !required.accepts(asked))
            {
                return Err(io::Error::other(NotAllowed(asked)));
            }
            self.asked = Some(asked);
        }
        if number == 0 {
            let authentication = Authentication {
                method: self.asked.unwrap_or(Nothing),
                bound: self.bound,
            };
            // Nobody else writes it.
            let _ = self.seen.set(authentication);
        }
        Ok(())
    }

    /// Looks at what is about to go to the server.
    pub(crate) fn sending(&mut self, bytes: &[u8]) {
        if self.asked == Some(AuthenticationMethod::ScramSha256)
            && !self.is_over()
            && bytes.first() == Some(&b'p')
            && bytes.get(PREFIX..).is_some_and(|body| body.starts_with(BOUND))
        {
            self.bound = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::AuthenticationMethod::{None as Nothing, Password, ScramSha256};
    use super::super::{Authentication, AuthenticationMethod, RequiredAuthentication};
    use super::{NotAllowed, Watch};

    fn message(kind: u8, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len() + 4).unwrap().to_be_bytes();
        [&[kind][..], &length, body].concat()
    }

    fn request(number: u32, rest: &[u8]) -> Vec<u8> {
        message(b'R', &[&number.to_be_bytes()[..], rest].concat())
    }

    fn watch(required: &str) -> Watch {
        Watch::new(RequiredAuthentication::from_text(required))
    }

    /// What is refused, given to the watch in pieces of this size.
    fn refused(watch: &mut Watch, bytes: &[u8], size: usize) -> Option<AuthenticationMethod> {
        bytes.chunks(size).find_map(|piece| {
            let error = watch.received(piece).err()?;
            Some(error.get_ref()?.downcast_ref::<NotAllowed>()?.0)
        })
    }

    #[test]
    fn a_request_is_seen_however_it_is_cut() {
        // A notice comes before, as long as a message of authentication.
        let bytes = [message(b'N', b"RRRRRRRRR"), request(3, b"")].concat();
        for size in 1..=bytes.len() {
            assert_eq!(
                refused(&mut watch("scram-sha-256"), &bytes, size),
                Some(Password),
                "{size}"
            );
            assert_eq!(refused(&mut watch("password"), &bytes, size), None, "{size}");
            assert_eq!(refused(&mut Watch::default(), &bytes, size), None, "{size}");
        }
    }

    #[test]
    fn a_server_that_asks_for_nothing_is_none() {
        let mut open = watch("!none");
        assert_eq!(refused(&mut open, &request(0, b""), 100), Some(Nothing));
        assert!(open.seen().get().is_none());
        let mut free = Watch::default();
        assert_eq!(refused(&mut free, &request(0, b""), 100), None);
        let seen = Authentication {
            method: Nothing,
            bound: false,
        };
        assert_eq!(free.seen().get(), Some(&seen));
    }

    #[test]
    fn a_binding_is_what_was_answered() {
        for (mechanism, bound) in [(&b"SCRAM-SHA-256\0"[..], false), (b"SCRAM-SHA-256-PLUS\0", true)] {
            let mut watch = watch("scram-sha-256");
            watch.received(&request(10, b"SCRAM-SHA-256-PLUS\0\0")).unwrap();
            watch.sending(&message(b'p', mechanism));
            watch.received(&request(11, b"r=R\0\0\0\x09")).unwrap();
            watch.sending(&message(b'p', b"c=SCRAM-SHA-256-PLUS\0"));
            watch.received(&request(12, b"v=")).unwrap();
            watch.received(&request(0, b"")).unwrap();
            let seen = Authentication {
                method: ScramSha256,
                bound,
            };
            assert_eq!(watch.seen().get(), Some(&seen));
        }
    }

    #[test]
    fn what_follows_is_not_looked_at() {
        let mut watch = watch("none");
        watch
            .received(&[request(0, b""), request(3, b"")].concat())
            .unwrap();
        watch.received(&request(3, b"")).unwrap();
    }

    #[test]
    fn what_is_no_message_is_passed_on() {
        for bytes in [
            &b"HTTP/1.1 400 Bad Request\r\n\r\n"[..],
            b"R\0\0\0\0\0\0\0\x07",
            b"E\xff\xff\xff\xffR",
        ] {
            watch("!gss").received(bytes).err();
        }
    }
}
