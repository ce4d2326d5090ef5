//! Framing (request smuggling): where a request ends is told in one way, or the request is refused (RFC 9112 §6.1,
//! §6.3).
//!
//! A head with both a length and chunks, or with a coding besides `chunked`, may be cut elsewhere by a proxy in front
//! of us, and what lies between the two cuts is then somebody's smuggled request. hyper lets the chunks win and drops
//! the length before we see it, so `Lines` looks at what arrives: it copies no body, allocates nothing, and is asked
//! only about requests that carry `Transfer-Encoding`.
//!
//! It does not know where bodies end. A head is a run of lines without an empty one between them, so no pair of
//! lines can escape; a body that holds both lines itself is answered, and its connection ends with that (see `header_timeout`).

use std::io::BufRead;

use http::header::TRANSFER_ENCODING;
use http::{HeaderValue, Request};

const CODING: &[u8] = b"transfer-encoding:";
const LENGTH: &[u8] = b"content-length:";

/// In a request: its head named a length besides its chunks.
#[derive(Clone, Copy, Debug)]
struct Twice;

/// Marks a request whose length hyper dropped in favour of its chunks: one with chunks, on a connection where
/// [`Lines`] saw both.
pub(crate) fn mark<B>(request: &mut Request<B>, seen: impl FnOnce() -> bool) {
    if request.headers().contains_key(TRANSFER_ENCODING) && seen() {
        request.extensions_mut().insert(Twice);
    }
}

/// Whether the end of this request's body is told once, in a way that everybody reads alike.
#[must_use]
pub fn is_plain<B>(request: &Request<B>) -> bool {
    let mut codings = request.headers().get_all(TRANSFER_ENCODING).iter();
    let chunked = |coding: &HeaderValue| coding.as_bytes().eq_ignore_ascii_case(b"chunked");
    match (codings.next(), codings.next()) {
        (None, _) => true,
        (Some(only), None) => chunked(only) && request.extensions().get::<Twice>().is_none(),
        (Some(_), Some(_)) => false,
    }
}

/// Reads lines, however they are cut, and remembers of each no more than the beginning that could matter.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    /// The beginning of a line whose end has not arrived.
    begun: [u8; CODING.len()],
    held: usize,
    coding: bool,
    length: bool,
}

impl Lines {
    /// Takes what arrived. True when a run of lines now holds both a coding and a length.
    pub(crate) fn read(&mut self, mut bytes: &[u8]) -> bool {
        let mut both = false;
        while let Some((line, rest)) = first_line(bytes) {
            if self.held == 0 {
                self.take(line);
            } else {
                self.hold(line);
                let (begun, held) = (self.begun, std::mem::take(&mut self.held));
                self.take(begun.get(..held).unwrap_or_default());
            }
            both |= self.coding && self.length;
            bytes = rest;
        }
        self.hold(bytes);
        both
    }

    fn hold(&mut self, bytes: &[u8]) {
        for (place, byte) in self.begun.iter_mut().skip(self.held).zip(bytes) {
            *place = *byte;
            self.held += 1;
        }
    }

    fn take(&mut self, line: &[u8]) {
        let begins = |name: &[u8]| line.get(..name.len()).is_some_and(|own| own.eq_ignore_ascii_case(name));
        match line.first() {
            None => (self.coding, self.length) = (false, false),
            Some(b'\r') if line.len() == 1 => (self.coding, self.length) = (false, false),
            Some(b'T' | b't') => self.coding |= begins(CODING),
            Some(b'C' | b'c') => self.length |= begins(LENGTH),
            Some(_) => {}
        }
    }
}

/// What stands before the first line end, and after it. The standard library finds it faster than a loop over bytes does.
fn first_line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut rest = bytes;
    // Reading a slice cannot fail.
    let read = rest.skip_until(b'\n').unwrap_or(0);
    let line = bytes.get(..read)?.strip_suffix(b"\n")?;
    Some((line, rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sees(pieces: &[&[u8]]) -> bool {
        let mut lines = Lines::default();
        pieces.iter().fold(false, |seen, piece| seen | lines.read(piece))
    }

    const BOTH: &[u8] =
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nX: y\r\nTRANSFER-Encoding:chunked\r\n\r\n";

    #[test]
    fn both_lines_of_one_head_are_seen_however_it_is_cut() {
        assert!(sees(&[BOTH]));
        let turned = b"\nTransfer-Encoding: chunked\ncontent-length:0\n\n";
        for head in [BOTH, turned] {
            for cut in 0..head.len() {
                let (first, second) = head.split_at(cut);
                assert!(sees(&[first, second]), "cut at {cut}");
            }
            let bytes: Vec<&[u8]> = head.chunks(1).collect();
            assert!(sees(&bytes));
        }
    }

    #[test]
    fn lines_of_different_heads_and_other_names_are_nothing() {
        for heads in [
            &b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\na=1POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"[..],
            b"Transfer-Encoding: chunked\n\nContent-Length: 3\n\n",
            b"Transfer-Encoding: chunked\r\nX-Content-Length: 3\r\nContent-Lengths: 3\r\nContent\r\n\r\n",
            b"X: Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"",
        ] {
            assert!(!sees(&[heads]), "{}", String::from_utf8_lossy(heads));
            assert!(!sees(&heads.chunks(1).collect::<Vec<_>>()), "{}", String::from_utf8_lossy(heads));
        }
    }

    proptest! {
        #[test]
        fn cutting_changes_nothing(bytes in "(Content-Length: 1|Transfer-Encoding: chunked|\r\n|\n|a|T|C){0,40}", size in 1usize..20) {
            let bytes = bytes.as_bytes();
            prop_assert_eq!(sees(&[bytes]), sees(&bytes.chunks(size).collect::<Vec<_>>()));
        }
    }
}
