//! How many connections there are at a time, and how many of them may come from one address.
//!
//! Whoever opens connections and says nothing takes no more than a share of the places, so there is room for everybody
//! else until the head timeout has cleared them away. A proxy that we trust speaks for many people and has no share of
//! its own.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

use ipnet::IpNet;

/// The places of a server.
#[derive(Debug)]
pub(crate) struct Places {
    at_most: usize,
    share: usize,
    exempt: Vec<IpNet>,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by: HashMap<IpAddr, usize>,
}

/// A place that is taken until this is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    places: Arc<Places>,
    source: IpAddr,
}

impl Places {
    /// So many places, a quarter of them for one address unless it is among `exempt`.
    pub(crate) fn new(at_most: usize, exempt: Vec<IpNet>) -> Arc<Places> {
        Arc::new(Places { at_most, share: at_most / 4, exempt, taken: Mutex::default() })
    }

    /// Takes one, if there is one for this peer.
    pub(crate) fn take(self: &Arc<Places>, peer: IpAddr) -> Option<Place> {
        let peer = peer.to_canonical();
        let source = source(peer);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let own = taken.by.get(&source).copied().unwrap_or_default();
        let exempt = || self.exempt.iter().any(|net| net.contains(&peer));
        if taken.all >= self.at_most || (own >= self.share && !exempt()) {
            return None;
        }
        taken.all += 1;
        taken.by.insert(source, own + 1);
        Some(Place { places: Arc::clone(self), source })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all = taken.all.saturating_sub(1);
        match taken.by.get_mut(&self.source) {
            Some(own) if *own > 1 => *own -= 1,
            _ => drop(taken.by.remove(&self.source)),
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

    fn places(at_most: usize) -> Arc<Places> {
        Places::new(at_most, vec!["10.0.0.0/8".parse().expect("a network")])
    }

    fn taken(places: &Arc<Places>, peers: &[&str], each: usize) -> Vec<Place> {
        let peers = peers.iter().map(|peer| peer.parse().expect("an address"));
        peers.flat_map(|peer: IpAddr| (0..each).map_while(move |_| places.take(peer))).collect()
    }

    #[test]
    fn one_address_takes_its_share_and_leaves_the_rest() {
        let places = places(100);
        let greedy = taken(&places, &["203.0.113.7"], 100);
        assert_eq!(greedy.len(), 25);
        assert_eq!(taken(&places, &["203.0.113.8"], 1).len(), 1, "its neighbour has places");
        drop(greedy);
        assert_eq!(taken(&places, &["203.0.113.7"], 100).len(), 25, "what was given back can be taken again");
        assert_eq!(places.taken.lock().expect("a lock").by.len(), 0, "nobody is remembered who has left");
    }

    #[test]
    fn a_network_of_ipv6_is_one_address_however_it_is_spelled() {
        let many: Vec<String> = (0..100).map(|n| format!("2001:db8::{n:x}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let places = places(100);
        let held = taken(&places, &many, 1);
        assert_eq!(held.len(), 25);
        assert_eq!(taken(&places, &["2001:db8:0:1::1"], 1).len(), 1);
        assert_eq!(taken(&places, &["203.0.113.7", "::ffff:203.0.113.7"], 25).len(), 25);
    }

    #[test]
    fn a_trusted_proxy_may_take_every_place_and_no_more() {
        let places = places(100);
        let held = taken(&places, &["::ffff:10.1.2.3"], 200);
        assert_eq!(held.len(), 100);
        assert!(taken(&places, &["203.0.113.7"], 1).is_empty(), "all are taken");
    }
}
