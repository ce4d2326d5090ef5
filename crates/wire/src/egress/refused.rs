//! Which addresses are nobody's outside: the special registries of IANA for IPv4 and IPv6 (RFC 6890), with what carries an
//! IPv4 address inside, and the one metadata address of a cloud that looks public.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An IPv4 block: its first address, how many bits are fixed, what it is.
const V4: [([u8; 4], u32, &str); 15] = [
    ([0, 0, 0, 0], 8, "this network"),
    ([10, 0, 0, 0], 8, "a private network"),
    ([100, 64, 0, 0], 10, "shared by the customers of a carrier (CGNAT)"),
    ([127, 0, 0, 0], 8, "loopback"),
    ([168, 63, 129, 16], 32, "a cloud's own services"),
    ([169, 254, 0, 0], 16, "link-local, where clouds keep their metadata"),
    ([172, 16, 0, 0], 12, "a private network"),
    ([192, 0, 0, 0], 24, "kept for protocols"),
    ([192, 0, 2, 0], 24, "for documentation"),
    ([192, 88, 99, 0], 24, "6to4 relays"),
    ([192, 168, 0, 0], 16, "a private network"),
    ([198, 18, 0, 0], 15, "for benchmarks"),
    ([198, 51, 100, 0], 24, "for documentation"),
    ([203, 0, 113, 0], 24, "for documentation"),
    // 224.0.0.0/4 and 240.0.0.0/4, broadcast included.
    ([224, 0, 0, 0], 3, "multicast, reserved or broadcast"),
];

/// IPv6 blocks likewise. The first that fits says what it is; the last one is everything outside of global unicast.
const V6: [([u16; 8], u32, &str); 15] = [
    ([0, 0, 0, 0, 0, 0, 0, 0], 128, "unspecified"),
    ([0, 0, 0, 0, 0, 0, 0, 1], 128, "loopback"),
    ([0, 0, 0, 0, 0, 0xffff, 0, 0], 96, "an IPv4 address inside an IPv6 one"),
    ([0, 0, 0, 0, 0, 0, 0, 0], 96, "an IPv4 address inside an IPv6 one"),
    ([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96, "translated to IPv4 (NAT64)"),
    ([0x64, 0xff9b, 1, 0, 0, 0, 0, 0], 48, "translated to IPv4 (NAT64)"),
    ([0x100, 0, 0, 0, 0, 0, 0, 0], 64, "discarded"),
    ([0x2001, 0, 0, 0, 0, 0, 0, 0], 32, "a tunnel to IPv4 (Teredo)"),
    ([0x2001, 0, 0, 0, 0, 0, 0, 0], 23, "kept for protocols"),
    ([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32, "for documentation"),
    ([0x2002, 0, 0, 0, 0, 0, 0, 0], 16, "a tunnel to IPv4 (6to4)"),
    ([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20, "for documentation"),
    ([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7, "a private network (ULA)"),
    ([0xfe80, 0, 0, 0, 0, 0, 0, 0], 9, "link-local or site-local"),
    ([0xff00, 0, 0, 0, 0, 0, 0, 0], 8, "multicast"),
];

/// What an address is, when it is none of the public internet.
pub(super) fn refused(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => refused_v4(address),
        IpAddr::V6(address) => refused_v6(address),
    }
}

fn refused_v4(address: Ipv4Addr) -> Option<&'static str> {
    let bits = u32::from(address);
    let fits = |(first, fixed, _): &&([u8; 4], u32, &str)| {
        (bits ^ u32::from(Ipv4Addr::from(*first))) >> (32 - fixed) == 0
    };
    V4.iter().find(fits).map(|(_, _, what)| *what)
}

fn refused_v6(address: Ipv6Addr) -> Option<&'static str> {
    let bits = u128::from(address);
    let fits = |(first, fixed, _): &&([u16; 8], u32, &str)| {
        (bits ^ u128::from(Ipv6Addr::from(*first))) >> (128 - fixed) == 0
    };
    let named = V6.iter().find(fits).map(|(_, _, what)| *what);
    // Only 2000::/3 is given out as global unicast.
    named.or_else(|| (bits >> 125 != 1).then_some("not given out"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// First, last and some address of every block.
    const INNER: &str = "\
        0.0.0.0 0.255.255.255 10.0.0.0 10.255.255.255 100.64.0.0 100.127.255.255 100.100.100.200 127.0.0.1 \
        127.255.255.255 168.63.129.16 169.254.0.0 169.254.169.254 169.254.255.255 172.16.0.0 172.31.255.255 \
        192.0.0.0 192.0.0.192 192.0.0.255 192.0.2.1 192.88.99.1 192.168.0.0 192.168.255.255 198.18.0.0 \
        198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 :: ::1 \
        ::2 ::7f00:1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:8.8.8.8 64:ff9b::a00:1 64:ff9b::808:808 64:ff9b:1::1 \
        64:ff9b:1:ffff::1 100::1 1fff::1 2001::1 2001:0:ffff::1 2001:1ff:ffff::1 2001:2::1 2001:10::1 \
        2001:20::1 2001:db8::1 2001:db8:ffff::1 2002::1 2002:7f00:1:: 2002:ffff::1 3fff::1 3fff:fff:ffff::1 \
        4000::1 5f00::1 fc00::1 fd00::1 fd00:ec2::254 fd20:ce::254 fdff::1 fe00::1 fe80::1 febf::1 fec0::1 \
        feff::1 ff02::1 ff0e::1";
    /// What lies right before and after the blocks whose neighbours are public.
    const PUBLIC: &str = "\
        1.0.0.0 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 168.63.129.15 \
        168.63.129.17 169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.0 192.0.3.0 \
        192.88.98.255 192.88.100.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 198.51.99.255 \
        198.51.101.0 203.0.112.255 203.0.114.0 223.255.255.255 8.8.8.8 2000::1 2001:200::1 2001:db7:ffff::1 \
        2001:db9::1 2001:4860:4860::8888 2003::1 2606:4700::1111 3ffe:ffff::1 3fff:1000::1";

    #[test]
    fn knows_the_edges_of_every_block() {
        for inner in INNER.split(' ') {
            assert!(refused(inner.parse().expect(inner)).is_some(), "{inner}");
        }
        for public in PUBLIC.split(' ') {
            assert_eq!(refused(public.parse().expect(public)), None, "{public}");
        }
    }

    proptest! {
        /// No IPv6 spelling of any IPv4 address passes, so none of an inner one does.
        #[test]
        fn no_spelling_of_ipv4_in_ipv6_passes(v4: u32, rest: u16) {
            let (high, low) = ((v4 >> 16) as u16, (v4 & 0xffff) as u16);
            for carried in [
                [0, 0, 0, 0, 0, 0xffff, high, low],
                [0, 0, 0, 0, 0, 0, high, low],
                [0, 0, 0, 0, 0xffff, 0, high, low],
                [0x64, 0xff9b, 0, 0, 0, 0, high, low],
                [0x64, 0xff9b, 1, rest, rest, rest, high, low],
                [0x2001, 0, rest, rest, rest, rest, !high, !low],
                [0x2002, high, low, rest, rest, rest, rest, rest],
            ] {
                prop_assert!(refused(IpAddr::V6(carried.into())).is_some());
            }
        }
    }
}
