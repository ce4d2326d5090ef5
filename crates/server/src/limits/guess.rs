//! Guesses at the credentials of apps and APIs: what is wrong is counted by client and address, what is right is free.
//!
//! An address at which a client was right before is that client's **home**. There its budget is fifty times as large and no
//! neighbour's mistakes at other clients count: one that shares the address (a hosting platform, an office) cannot take it from
//! its rightful client, nor can the client's own worker that still has the old secret. How many new homes a client and a /48
//! get is bounded, so that nobody with many addresses makes the table forget the homes of others.
//!
//! What the server minted itself (codes, refresh tokens, most secrets and host keys) is beyond guessing, so there the right one
//! always passes and the budget only ends the answers to wrong ones. Secrets and host keys can also be chosen by people: of
//! those, once a budget is used up, even the right one waits, else it would bound nothing.

use std::hash::{BuildHasher, Hasher};
use std::net::IpAddr;

use symbolon_oauth::client_authentication::counted_as;
use symbolon_oauth::time::Timestamp;
use symbolon_store::attempts::Limit;

use super::Limits;
use crate::request::{network, wide_network};

/// How many times as large the budget is at a client's home.
const AT_HOME: i64 = 50;
/// ... of all clients together at one address, and of all its /64s in a /48.
const OF_AN_ADDRESS: i64 = 10;
const OF_A_WIDE_NETWORK: i64 = 30;
/// An address is a home for so long after the client was right there: 30 days.
const HOME_FOR: i64 = 30 * 86_400_000;
/// New homes of one client, and of all clients in one /48.
const NEW_HOMES: Limit = Limit { tries: 256, window: HOME_FOR };
const NEW_HOMES_OF_A_WIDE_NETWORK: Limit = Limit { tries: 1024, window: HOME_FOR };

/// What is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tried<'a> {
    /// A client's secret.
    Secret(&'a str),
    /// A code for a client.
    Code(&'a str),
    /// A refresh token of a client.
    RefreshToken(&'a str),
    /// A host key.
    HostKey,
}

impl<'a> Tried<'a> {
    /// Whose it would be; `None` where that is not said.
    #[must_use]
    pub fn client(self) -> Option<&'a str> {
        match self {
            Tried::Secret(client) | Tried::Code(client) | Tried::RefreshToken(client) => Some(client),
            Tried::HostKey => None,
        }
    }

    /// What it is, in words.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Tried::Secret(_) => "client secrets",
            Tried::Code(_) => "authorization codes",
            Tried::RefreshToken(_) => "refresh tokens",
            Tried::HostKey => "host keys",
        }
    }

    fn number(self) -> u64 {
        match self {
            Tried::Secret(_) => 1,
            Tried::Code(_) => 2,
            Tried::RefreshToken(_) => 3,
            Tried::HostKey => 4,
        }
    }
}

/// A credential that is tried from one address.
#[derive(Debug)]
pub struct Guess<'a> {
    limits: &'a Limits,
    tried: Tried<'a>,
    address: IpAddr,
    /// The client and its address.
    pair: u64,
}

impl Limits {
    /// A credential that is tried from one address.
    #[must_use]
    pub fn guess<'a>(&'a self, tried: Tried<'a>, address: IpAddr) -> Guess<'a> {
        Guess { limits: self, tried, address, pair: self.pair(tried.client(), address) }
    }

    /// The key of a client at an address: of an IPv6 one its /64, as [`network`] says. Every request comes by here, so it is
    /// hashed in two pieces and not member by member.
    fn pair(&self, client: Option<&str>, address: IpAddr) -> u64 {
        let mut hasher = self.used.hasher.build_hasher();
        // Neither of these bytes stands in a text, so no name runs into the address, and none is like no name.
        match client.map(counted_as) {
            Some(client) => {
                hasher.write(client.as_bytes());
                hasher.write_u8(0xff);
            }
            None => hasher.write_u8(0xfe),
        }
        match address {
            IpAddr::V4(address) => hasher.write_u32(address.to_bits()),
            IpAddr::V6(address) => hasher.write_u128(address.to_bits() >> 64),
        }
        hasher.finish()
    }
}

impl Guess<'_> {
    /// What is tried.
    #[must_use]
    pub fn tried(&self) -> Tried<'_> {
        self.tried
    }

    /// How many milliseconds this has to wait until it is looked at; 0 when it need not.
    #[must_use]
    pub fn wait(&self, now: Timestamp) -> i64 {
        if self.limits.used.pairs.is_quiet(now) && self.limits.used.addresses.is_quiet(now) {
            return 0;
        }
        let waits = self.budgets(now).map(|budget| budget.map_or(0, |budget| budget.wait(now)));
        waits.into_iter().max().unwrap_or(0)
    }

    /// It was wrong; inside, whether this was the last for now.
    ///
    /// # Errors
    /// The milliseconds to wait when it should not even have been looked at. Waiting is not made longer by trying.
    pub fn was_wrong(&self, now: Timestamp) -> Result<bool, i64> {
        let wait = self.wait(now);
        if wait > 0 {
            return Err(wait);
        }
        let mut last = false;
        for budget in self.budgets(now).into_iter().flatten() {
            last |= budget.spend(now)?;
        }
        Ok(last)
    }

    /// It was right, which makes its address the client's home, if it may have another.
    pub fn was_right(&self, now: Timestamp) {
        let homes = &self.limits.used.homes;
        let settles = match homes.until(self.pair, now) {
            Some(until) => until.since(now) <= HOME_FOR / 2,
            None => self.may_settle(now),
        };
        if settles {
            homes.mark(self.pair, Timestamp(now.0.saturating_add(HOME_FOR)), now);
        }
    }

    /// Takes a new home out of the budgets for them; those that are kept up cost nothing.
    fn may_settle(&self, now: Timestamp) -> bool {
        let Guess { limits, tried, address, .. } = self;
        let of = |key, limit| Budget { table: &limits.used.new_homes, key, limit };
        let client = limits.hash(tried.client().map(counted_as));
        let wide = wide_network(*address).map(|wide| limits.hash(wide));
        let budgets = [Some(of(client, NEW_HOMES)), wide.map(|wide| of(wide, NEW_HOMES_OF_A_WIDE_NETWORK))];
        let mut budgets = budgets.iter().flatten();
        budgets.clone().all(|budget| budget.wait(now) == 0) && budgets.all(|budget| budget.spend(now).is_ok())
    }

    /// What it counts against.
    fn budgets(&self, now: Timestamp) -> [Option<Budget<'_>>; 3] {
        let Guess { limits, tried, address, pair } = self;
        let limit = limits.settings.credentials;
        let own = mixed(*pair, tried.number());
        let at_home = limits.used.homes.until(*pair, now).is_some();
        match tried {
            Tried::Secret(_) | Tried::RefreshToken(_) | Tried::HostKey if at_home => {
                let key = mixed(own, AT_HOME.unsigned_abs());
                return [
                    Some(Budget { table: &limits.used.pairs, key, limit: limit.times(AT_HOME) }),
                    None,
                    None,
                ];
            }
            // Nothing else of a client depends on it, and the right one passes anyway.
            Tried::Code(_) if at_home => {
                return [Some(Budget { table: &limits.used.pairs, key: own, limit }), None, None];
            }
            Tried::Secret(_) | Tried::Code(_) | Tried::RefreshToken(_) | Tried::HostKey => {}
        }
        let near = limits.hash(network(*address));
        let wide = wide_network(*address).map(|wide| limits.hash(wide));
        let of_all = |key, factor| Budget { table: &limits.used.addresses, key, limit: limit.times(factor) };
        [
            Some(Budget { table: &limits.used.pairs, key: own, limit }),
            Some(of_all(near, OF_AN_ADDRESS)),
            wide.map(|wide| of_all(wide, OF_A_WIDE_NETWORK)),
        ]
    }
}

/// A budget, and where it is counted.
struct Budget<'a> {
    table: &'a super::Table,
    key: u64,
    limit: Limit,
}

impl Budget<'_> {
    fn wait(&self, now: Timestamp) -> i64 {
        self.table.wait(self.key, self.limit, now)
    }

    fn spend(&self, now: Timestamp) -> Result<bool, i64> {
        self.table.spend(self.key, self.limit, now)
    }
}

/// Another key from one that is spread well already.
fn mixed(key: u64, number: u64) -> u64 {
    let mixed = key.wrapping_add(number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed ^ (mixed >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;

    const NOW: Timestamp = Timestamp(1_800_000_000_000);
    const SECRET: Tried<'static> = Tried::Secret("board");

    fn limits() -> Limits {
        Limits::new(config::Limits::default())
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    /// How many wrong ones are looked at before somebody has to wait.
    fn looked_at(limits: &Limits, tried: Tried<'_>, address: &str) -> usize {
        (0..100_000).take_while(|_| limits.guess(tried, ip(address)).was_wrong(NOW).is_ok()).count()
    }

    #[test]
    fn a_client_at_an_address_has_a_budget() {
        let limits = limits();
        assert_eq!(looked_at(&limits, SECRET, "203.0.113.7"), 30);
        assert_eq!(limits.guess(SECRET, ip("203.0.113.7")).wait(NOW), 30_000);
        assert_eq!(limits.guess(SECRET, ip("203.0.113.7")).wait(Timestamp(NOW.0 + 30_000)), 0);
        assert_eq!(limits.guess(Tried::Secret("%62oard"), ip("203.0.113.7")).wait(NOW), 30_000, "one name");
        assert_eq!(limits.guess(SECRET, ip("203.0.113.8")).wait(NOW), 0, "another address");
        for other in
            [Tried::Secret("other"), Tried::Code("board"), Tried::RefreshToken("board"), Tried::HostKey]
        {
            assert_eq!(limits.guess(other, ip("203.0.113.7")).wait(NOW), 0, "{other:?}");
        }
    }

    #[test]
    fn an_address_has_one_for_all_clients_and_a_wide_network_a_larger_one() {
        let limits = limits();
        let names: Vec<String> = (0..100).map(|number| format!("client {number}")).collect();
        let of_all = |address: &str| -> usize {
            names.iter().map(|name| looked_at(&limits, Tried::Secret(name), address)).sum()
        };
        assert_eq!(of_all("203.0.113.7"), 300);
        assert_eq!(of_all("2001:db8:1:2::1"), 300);
        assert_eq!(of_all("2001:db8:1:2::2"), 0, "a /64 is one address");
        let rest: usize = (3..60).map(|net| of_all(&format!("2001:db8:1:{net:x}::1"))).sum();
        assert_eq!(rest, 600, "and a /48 has three times as many");
        assert_eq!(looked_at(&limits, SECRET, "2001:db8:2:1::1"), 30);
    }

    #[test]
    fn at_home_a_neighbours_mistakes_at_others_do_not_count() {
        let limits = limits();
        limits.guess(SECRET, ip("203.0.113.7")).was_right(NOW);
        for number in 0..100 {
            looked_at(&limits, Tried::Secret(&format!("client {number}")), "203.0.113.7");
        }
        assert_eq!(limits.guess(SECRET, ip("203.0.113.7")).wait(NOW), 0);
        assert!(limits.guess(Tried::Secret("stranger"), ip("203.0.113.7")).wait(NOW) > 0);
        assert_eq!(looked_at(&limits, SECRET, "203.0.113.7"), 1500);
        assert_eq!(looked_at(&limits, Tried::Code("board"), "203.0.113.7"), 30);
        assert_eq!(looked_at(&limits, Tried::RefreshToken("board"), "203.0.113.7"), 1500);
        // A home is one for as long as it is used.
        let later = Timestamp(NOW.0 + HOME_FOR - 1);
        limits.guess(SECRET, ip("203.0.113.7")).was_right(later);
        assert!(
            limits
                .used
                .homes
                .until(limits.guess(SECRET, ip("203.0.113.7")).pair, Timestamp(later.0 + 2))
                .is_some()
        );
    }
    /// Whether an address is a client's home, as its budget tells.
    fn is_home(limits: &Limits, client: &str, address: &str, now: Timestamp) -> bool {
        limits.used.homes.until(limits.guess(Tried::Secret(client), ip(address)).pair, now).is_some()
    }

    #[test]
    fn nobody_with_many_addresses_makes_the_homes_of_others_forgotten() {
        let limits = limits();
        let neighbours: Vec<String> = (0..200).map(|number| format!("neighbour {number}")).collect();
        let clients = || neighbours.iter().map(String::as_str).chain(["board"]);
        for client in clients() {
            limits.guess(Tried::Secret(client), ip("203.0.113.7")).was_right(NOW);
        }
        let later = Timestamp(NOW.0 + 60_000);
        // One client that is right in each /64 of a /48; many that are; one that is in as many IPv4 addresses and /48s.
        for net in 0..60_000_u32 {
            let (high, low) = (net >> 8, net & 0xff);
            let here = format!("2001:db8:1:{net:x}::1");
            limits.guess(Tried::Secret("mallory"), ip(&here)).was_right(later);
            limits.guess(Tried::Secret(&format!("mallory {net}")), ip(&here)).was_right(later);
            limits.guess(Tried::Secret("board"), ip(&format!("10.1.{high}.{low}"))).was_right(later);
            limits.guess(Tried::Secret("wide"), ip(&format!("2001:db9:{net:x}::1"))).was_right(later);
        }
        for client in clients() {
            assert!(is_home(&limits, client, "203.0.113.7", later), "{client}");
        }
        // Whoever moves now and then is at home where they are.
        for day in 1..60 {
            let (day, there) = (Timestamp(NOW.0 + day * 86_400_000), format!("198.51.100.{day}"));
            limits.guess(Tried::Secret("nomad"), ip(&there)).was_right(day);
            assert!(is_home(&limits, "nomad", &there, day), "{there}");
        }
    }

    #[test]
    fn a_client_has_as_many_new_homes_as_its_budget_and_keeps_those_it_has() {
        let limits = limits();
        let there = |number: i64| format!("10.0.{}.{}", number / 256, number % 256);
        for number in 0..300 {
            limits.guess(SECRET, ip(&there(number))).was_right(NOW);
        }
        let homes = |now| (0..300).filter(|number| is_home(&limits, "board", &there(*number), now)).count();
        assert_eq!(homes(NOW), 256);
        let later = Timestamp(NOW.0 + HOME_FOR - 1);
        for number in 0..256 {
            limits.guess(SECRET, ip(&there(number))).was_right(later);
        }
        assert_eq!(homes(Timestamp(later.0 + 2)), 256, "kept up");
    }
}
