//! As much of DER (X.690) as is needed to look at a certificate: elements, one after another and nested.

/// The tags that occur in what is read here.
pub(super) mod tag {
    pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
    pub(crate) const UTC_TIME: u8 = 0x17;
    pub(crate) const GENERALIZED_TIME: u8 = 0x18;
    pub(crate) const SEQUENCE: u8 = 0x30;
    /// `[0]`, constructed.
    pub(crate) const CONTEXT_0: u8 = 0xa0;
}

/// One element: its tag, what it holds, and all its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Element<'a> {
    pub(super) tag: u8,
    pub(super) content: &'a [u8],
    pub(super) whole: &'a [u8],
}

/// Reads elements one after another. Anything that is not DER ends the reading: every method gives `None`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The next element.
    pub(super) fn next(&mut self) -> Option<Element<'a>> {
        let (&tag, rest) = self.0.split_first()?;
        // Tags above 30 take more bytes; certificates have none.
        if tag & 0x1f == 0x1f {
            return None;
        }
        let (&first, rest) = rest.split_first()?;
        let (length, rest) = if first < 0x80 {
            (usize::from(first), rest)
        } else {
            let count = usize::from(first & 0x7f);
            let (bytes, rest) = rest.split_at_checked(count)?;
            // None is the indefinite length, which DER forbids; more than four would be gigabytes.
            if !(1..=4).contains(&count) {
                return None;
            }
            (
                bytes
                    .iter()
                    .fold(0, |length, byte| length << 8 | usize::from(*byte)),
                rest,
            )
        };
        let (content, rest) = rest.split_at_checked(length)?;
        let whole = self.0.get(..self.0.len() - rest.len())?;
        self.0 = rest;
        Some(Element { tag, content, whole })
    }

    /// The next element, which must have this tag.
    pub(super) fn expect(&mut self, tag: u8) -> Option<Element<'a>> {
        self.next().filter(|element| element.tag == tag)
    }

    /// The next element if it has this tag; otherwise nothing is read.
    pub(super) fn optional(&mut self, tag: u8) -> Option<Element<'a>> {
        let mut ahead = *self;
        let element = ahead.expect(tag)?;
        *self = ahead;
        Some(element)
    }
}

impl<'a> Element<'a> {
    /// Reads what is inside.
    pub(super) fn inside(&self) -> Reader<'a> {
        Reader::new(self.content)
    }
}

#[cfg(test)]
mod tests {
    use super::{Reader, tag};

    #[test]
    fn elements_come_one_after_another() {
        let bytes = [0x30, 0x03, 0x06, 0x01, 0x2a, 0x17, 0x00];
        let mut reader = Reader::new(&bytes);
        let sequence = reader.expect(tag::SEQUENCE).unwrap();
        assert_eq!(sequence.whole, &bytes[..5]);
        assert_eq!(sequence.inside().next().unwrap().content, [0x2a]);
        assert!(reader.optional(tag::SEQUENCE).is_none());
        assert!(reader.optional(tag::UTC_TIME).unwrap().content.is_empty());
        assert!(reader.next().is_none());
    }

    #[test]
    fn long_lengths_are_read() {
        let mut bytes = vec![0x30, 0x82, 0x01, 0x00];
        bytes.resize(4 + 256, 7);
        assert_eq!(Reader::new(&bytes).next().unwrap().content.len(), 256);
        bytes.pop();
        assert!(Reader::new(&bytes).next().is_none());
    }

    #[test]
    fn what_is_not_der_is_nothing() {
        let wrong: [&[u8]; 6] = [
            &[],
            &[0x30],
            &[0x30, 0x01],
            &[0x30, 0x80, 0x00, 0x00],
            &[0x30, 0x85, 0, 0, 0, 0, 1, 7],
            &[0x3f, 0x81, 0x01, 0x00],
        ];
        for bytes in wrong {
            assert!(Reader::new(bytes).next().is_none(), "{bytes:x?}");
        }
    }
}
