//! Connection limit: how many connections there are at a time, and how many of them may come from one address.
//!
//! Whoever opens connections and says nothing (slowloris) takes no more than a share of them, so there is room for
//! everybody else until the header timeout has cleared them away. A proxy that we trust speaks for many people and has
//! no share of its own.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

/// The limit of a server, and who has how many connections.
#[derive(Debug)]
pub(crate) struct ConnectionLimit {
    at_most: usize,
    share: usize,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    all: usize,
    by: HashMap<IpAddr, usize>,
}

/// The permit of one connection, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Permit {
    limit: Arc<ConnectionLimit>,
    source: IpAddr,
}

impl ConnectionLimit {
    /// So many connections, a quarter of them for one address.
    pub(crate) fn new(at_most: usize) -> Arc<ConnectionLimit> {
        Arc::new(ConnectionLimit { at_most, share: at_most / 4, open: Mutex::default() })
    }

    /// A permit, unless there are too many connections or this peer has its share. One that is `exempt` has no share.
    pub(crate) fn acquire(self: &Arc<ConnectionLimit>, peer: IpAddr, exempt: bool) -> Option<Permit> {
        let source = source(peer.to_canonical());
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let own = open.by.get(&source).copied().unwrap_or_default();
        if open.all >= self.at_most || (own >= self.share && !exempt) {
            return None;
        }
        open.all += 1;
        open.by.insert(source, own + 1);
        Some(Permit { limit: Arc::clone(self), source })
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut open = self.limit.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.all = open.all.saturating_sub(1);
        match open.by.get_mut(&self.source) {
            Some(own) if *own > 1 => *own -= 1,
            _ => drop(open.by.remove(&self.source)),
        }
    }
}

/// What is counted as one: an IPv4 address, or the /64 of an IPv6 one.
fn source(peer: IpAddr) -> IpAddr {
    match peer {
        IpAddr::V4(_) => peer,
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROXY: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 1, 2, 3));

    fn limit(at_most: usize) -> Arc<ConnectionLimit> {
        ConnectionLimit::new(at_most)
    }

    fn acquired(limit: &Arc<ConnectionLimit>, peers: &[&str], each: usize) -> Vec<Permit> {
        let peers = peers.iter().map(|peer| peer.parse().expect("an address"));
        peers
            .flat_map(|peer: IpAddr| {
                (0..each).map_while(move |_| limit.acquire(peer, peer.to_canonical() == PROXY))
            })
            .collect()
    }

    #[test]
    fn one_address_takes_its_share_and_leaves_the_rest() {
        let limit = limit(100);
        let greedy = acquired(&limit, &["203.0.113.7"], 100);
        assert_eq!(greedy.len(), 25);
        assert_eq!(acquired(&limit, &["203.0.113.8"], 1).len(), 1, "its neighbour has places");
        drop(greedy);
        assert_eq!(
            acquired(&limit, &["203.0.113.7"], 100).len(),
            25,
            "what was given back can be taken again"
        );
        assert_eq!(limit.open.lock().expect("a lock").by.len(), 0, "nobody is remembered who has left");
    }

    #[test]
    fn a_network_of_ipv6_is_one_address_however_it_is_spelled() {
        let many: Vec<String> = (0..100).map(|n| format!("2001:db8::{n:x}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let limit = limit(100);
        let held = acquired(&limit, &many, 1);
        assert_eq!(held.len(), 25);
        assert_eq!(acquired(&limit, &["2001:db8:0:1::1"], 1).len(), 1);
        assert_eq!(acquired(&limit, &["203.0.113.7", "::ffff:203.0.113.7"], 25).len(), 25);
    }

    #[test]
    fn a_trusted_proxy_may_take_every_place_and_no_more() {
        let limit = limit(100);
        let held = acquired(&limit, &["::ffff:10.1.2.3"], 200);
        assert_eq!(held.len(), 100);
        assert!(acquired(&limit, &["203.0.113.7"], 1).is_empty(), "all are taken");
    }
}
