//! PROXY protocol, versions 1 and 2: what a balancer that passes TCP on says first, so that the server learns who is connected.
//! <https://www.haproxy.org/download/2.8/doc/proxy-protocol.txt>
//!
//! It is required or not there, never guessed: whoever may choose could pretend to be anybody.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use tokio::io::{AsyncRead, AsyncReadExt};

/// Version 1 is a line of text, of this many bytes at most (section 2.1).
const LINE_AT_MOST: usize = 107;
/// Version 2 says how long it is. Addresses need 36 bytes; the rest is room for what balancers add.
const BLOCK_AT_MOST: usize = 2048;
const SIGNATURE: [u8; 12] = *b"\r\n\r\n\0\r\nQUIT\n";

/// Why a connection does not begin as it must.
#[derive(Debug, thiserror::Error)]
pub enum HeaderError {
    /// It does not begin with a header, or with one that says no address in a way that the protocol knows.
    #[error("the connection does not begin with a PROXY header")]
    Malformed,
    /// It ended or broke before.
    #[error("the connection ended before its PROXY header did")]
    Cut(#[from] io::Error),
}

/// Reads the header, and nothing behind it. Answers who is connected to the balancer; nobody where the balancer speaks for
/// itself, as its health checks do, or does not know.
///
/// # Errors
/// [`HeaderError`]. There is no way to go on then.
pub async fn read_header<S: AsyncRead + Unpin>(stream: &mut S) -> Result<Option<IpAddr>, HeaderError> {
    let mut begins = [0; SIGNATURE.len()];
    stream.read_exact(&mut begins).await?;
    if begins == SIGNATURE {
        return read_block(stream).await;
    }
    if !begins.starts_with(b"PROXY ") {
        return Err(HeaderError::Malformed);
    }
    let mut line = begins.to_vec();
    while !line.ends_with(b"\r\n") {
        if line.len() == LINE_AT_MOST {
            return Err(HeaderError::Malformed);
        }
        line.push(stream.read_u8().await?);
    }
    line.truncate(line.len() - 2);
    of_line(&line).ok_or(HeaderError::Malformed)
}

/// Version 1, without its end.
fn of_line(line: &[u8]) -> Option<Option<IpAddr>> {
    let line = str::from_utf8(line).ok()?.strip_prefix("PROXY ")?;
    if line == "UNKNOWN" || line.starts_with("UNKNOWN ") {
        return Some(None);
    }
    let mut words = line.split(' ');
    let mut next = || words.next();
    let (family, source, destination) = (next()?, next()?, next()?);
    let ports = [next()?, next()?];
    let one_to_five =
        |port: &str| (1..=5).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit());
    if next().is_some() || !ports.iter().all(|port| one_to_five(port) && port.parse::<u16>().is_ok()) {
        return None;
    }
    let source = match family {
        "TCP4" => destination.parse::<Ipv4Addr>().and(source.parse::<Ipv4Addr>()).ok()?.into(),
        "TCP6" => destination.parse::<Ipv6Addr>().and(source.parse::<Ipv6Addr>()).ok()?.into(),
        _ => return None,
    };
    Some(Some(source))
}

/// Version 2, behind its signature.
async fn read_block<S: AsyncRead + Unpin>(stream: &mut S) -> Result<Option<IpAddr>, HeaderError> {
    let (command, family) = (stream.read_u8().await?, stream.read_u8().await?);
    let length = usize::from(stream.read_u16().await?);
    if length > BLOCK_AT_MOST {
        return Err(HeaderError::Malformed);
    }
    let mut block = vec![0; length];
    stream.read_exact(&mut block).await?;
    of_block(command, family, &block).ok_or(HeaderError::Malformed)
}

fn of_block(command: u8, family: u8, block: &[u8]) -> Option<Option<IpAddr>> {
    match (command, family) {
        // LOCAL, whatever stands behind it; and PROXY of an address that is none.
        (0x20, _) | (0x21, 0x00) => Some(None),
        (0x21, 0x11) => {
            let (source, _) = block.get(..12)?.split_first_chunk::<4>()?;
            Some(Some(Ipv4Addr::from(*source).into()))
        }
        (0x21, 0x21) => {
            let (source, _) = block.get(..36)?.split_first_chunk::<16>()?;
            Some(Some(Ipv6Addr::from(*source).into()))
        }
        // Datagrams, sockets of files, and what comes with a later version.
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What is read of these bytes, and how many are left for what comes behind.
    fn read(bytes: &[u8]) -> (Result<Option<IpAddr>, HeaderError>, usize) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let mut rest = bytes;
        let read = runtime.block_on(read_header(&mut rest));
        (read, rest.len())
    }

    fn is(bytes: &[u8], address: Option<&str>) {
        let address = address.map(|text| text.parse().unwrap());
        let behind = b"\x16\x03\x01 what comes behind";
        let (said, left) = read(&[bytes, behind].concat());
        assert_eq!((said.ok(), left), (Some(address), behind.len()), "{}", bytes.escape_ascii());
    }

    fn is_refused(bytes: &[u8]) {
        let (said, _) = read(&[bytes, &[b' '; 300]].concat());
        assert!(matches!(said, Err(HeaderError::Malformed)), "{}: {said:?}", bytes.escape_ascii());
    }

    fn block(command: u8, family: u8, block: &[u8]) -> Vec<u8> {
        let length = u16::try_from(block.len()).unwrap().to_be_bytes();
        [&SIGNATURE[..], &[command, family], &length, block].concat()
    }

    #[test]
    fn version_1_is_a_line() {
        is(b"PROXY TCP4 198.51.100.7 203.0.113.1 5555 443\r\n", Some("198.51.100.7"));
        is(b"PROXY TCP6 2001:db8::7 2001:db8::1 5555 443\r\n", Some("2001:db8::7"));
        is(b"PROXY UNKNOWN\r\n", None);
        is(b"PROXY UNKNOWN ffff:f::1 ffff:f::2 65535 65535\r\n", None);
        for wrong in [
            &b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"[..],
            b"PROXY TCP4 198.51.100.7 203.0.113.1 5555\r\n",
            b"PROXY TCP4 198.51.100.7 203.0.113.1 5555 443 1\r\n",
            b"PROXY TCP4 2001:db8::7 2001:db8::1 5555 443\r\n",
            b"PROXY TCP6 198.51.100.7 203.0.113.1 5555 443\r\n",
            b"PROXY TCP4 198.51.100.7 nowhere 5555 443\r\n",
            b"PROXY TCP4 198.51.100.7 203.0.113.1 65536 443\r\n",
            b"PROXY TCP4 198.51.100.7 203.0.113.1 +5 443\r\n",
            b"PROXY TCP4  198.51.100.7 203.0.113.1 5 443\r\n",
            b"PROXY UDP4 198.51.100.7 203.0.113.1 5 443\r\n",
            b"PROXY UNKNOWNS\r\n",
            b"proxy TCP4 198.51.100.7 203.0.113.1 5 443\r\n",
            b"PROXY TCP4 198.51.100.7 203.0.113.1 5 443\n",
            b"PROXY TCP4 \xff 203.0.113.1 5 443\r\n",
        ] {
            is_refused(wrong);
        }
        let long = [b"PROXY UNKNOWN ", &[b'x'; 500][..], b"\r\n"].concat();
        assert_eq!(read(&long).1, long.len() - LINE_AT_MOST, "no more is read than a line can have");
    }

    #[test]
    fn version_2_is_a_block() {
        let four = [198, 51, 100, 7, 203, 0, 113, 1, 0, 1, 0, 2];
        let mut six = [0; 36];
        six[..16].copy_from_slice(&"2001:db8::7".parse::<Ipv6Addr>().unwrap().octets());
        is(&block(0x21, 0x11, &four), Some("198.51.100.7"));
        is(&block(0x21, 0x21, &six), Some("2001:db8::7"));
        is(&block(0x21, 0x11, &[&four[..], &[0xee; 200]].concat()), Some("198.51.100.7"));
        is(&block(0x20, 0x00, &[]), None);
        is(&block(0x20, 0x11, &four), None);
        is(&block(0x21, 0x00, &[1, 2, 3]), None);
        for (command, family, bytes) in [
            (0x21, 0x11, &four[..11]),
            (0x21, 0x21, &six[..35]),
            (0x21, 0x12, &four[..]),
            (0x21, 0x31, &[0; 216][..]),
            (0x22, 0x11, &four[..]),
            (0x11, 0x11, &four[..]),
        ] {
            is_refused(&block(command, family, bytes));
        }
        let (said, left) = read(&block(0x21, 0x11, &[0; 60_000]));
        assert!(matches!(said, Err(HeaderError::Malformed)) && left == 60_000, "none of it is read: {left}");
    }

    #[test]
    fn what_ends_early_is_cut() {
        let whole = b"PROXY TCP4 198.51.100.7 203.0.113.1 5555 443\r\n";
        let four = block(0x21, 0x11, &[0; 12]);
        for bytes in [&whole[..], &four] {
            for length in 0..bytes.len() {
                assert!(matches!(read(&bytes[..length]).0, Err(HeaderError::Cut(_))), "{length}");
            }
        }
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_strange(mut bytes in proptest::collection::vec(any::<u8>(), 0..200), begins in 0..3) {
            let begin: &[u8] = match begins { 0 => b"", 1 => b"PROXY TCP4 ", _ => &SIGNATURE };
            bytes.splice(0..0, begin.iter().copied());
            let _ = read(&bytes);
        }
    }
}
