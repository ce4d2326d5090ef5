//! Addresses as hosters hand them out, and what is refused by name.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::time::Duration;

use tokio_postgres::config::{ChannelBinding, Host, TargetSessionAttrs};

use super::address::Address;
use super::tls::{Check, Mode, Root, Way};
use super::{CONNECT, Options};
use crate::Pooling;

fn read(url: &str) -> Result<Address, String> {
    Address::read(url, &Options::default())
}

fn refusal(url: &str) -> String {
    read(url).map(drop).unwrap_err()
}

#[test]
fn addresses_as_hosters_hand_them_out_are_understood() {
    let cases: &[(&str, Mode, Check, bool)] = &[
        ("postgres://me@db.example/app", Mode::Prefer, Check::Nothing, false),
        ("postgresql://me:p%40ss%2Fw%23@db.example:5433/app", Mode::Prefer, Check::Nothing, false),
        (
            "postgres://me@db/app?sslmode=disable&application_name=eu&connect_timeout=10",
            Mode::Disable,
            Check::Nothing,
            false,
        ),
        ("postgres://me@db/app?sslmode=allow", Mode::Allow, Check::Nothing, false),
        (
            "postgres://me@db/app?sslmode=require&channel_binding=require",
            Mode::Require,
            Check::Nothing,
            false,
        ),
        ("postgres://me@db/app?ssl=true", Mode::Require, Check::Nothing, false),
        ("postgres://me@db/app?sslmode=require&sslrootcert=/ca.pem", Mode::Require, Check::Authority, false),
        (
            "postgres://me@db/app?sslmode=verify-ca&sslrootcert=/ca.pem",
            Mode::VerifyCa,
            Check::Authority,
            false,
        ),
        (
            "postgres://me@db/app?sslmode=verify-full&sslrootcert=/ca.pem",
            Mode::VerifyFull,
            Check::AuthorityAndName,
            false,
        ),
        ("postgres://me@db/app?sslrootcert=system", Mode::VerifyFull, Check::AuthorityAndName, false),
        ("postgres://me@db/app?sslmode=require&sslnegotiation=direct", Mode::Require, Check::Nothing, false),
        (
            "postgres://me@db/app?gssencmode=disable&sslsni=1&client_encoding=UTF8",
            Mode::Prefer,
            Check::Nothing,
            false,
        ),
        (
            "postgres://me@db/app?keepalives_idle=30&keepalives_count=3&tcp_user_timeout=5",
            Mode::Prefer,
            Check::Nothing,
            false,
        ),
        ("postgres://me@%2Fvar%2Frun%2Fpostgresql/app", Mode::Prefer, Check::Nothing, true),
        ("postgres:///app?host=/var/run/postgresql&port=5433&user=me", Mode::Prefer, Check::Nothing, true),
        ("postgres://me@localhost/app", Mode::Prefer, Check::Nothing, true),
        ("postgres://me@[::1]:5433/app", Mode::Prefer, Check::Nothing, true),
        ("postgres://me@127.0.0.1/app", Mode::Prefer, Check::Nothing, true),
        ("postgres://me@db/app?hostaddr=127.0.0.1", Mode::Prefer, Check::Nothing, true),
    ];
    for (url, mode, check, local) in cases {
        let address = read(url).unwrap_or_else(|wrong| panic!("{url} {wrong}"));
        assert_eq!((address.trust.mode, address.trust.check()), (*mode, *check), "{url}");
        assert_eq!(address.endpoints[0].local, *local, "{url}");
    }
}

#[test]
fn what_an_address_says_reaches_the_driver() {
    let url =
        "postgres://me:p%40ss%2Fw%23%27%5C@db.example:5433/app?channel_binding=require&connect_timeout=10";
    let address = read(url).unwrap();
    let config = &address.endpoints[0].config;
    assert_eq!(config.get_user(), Some("me"));
    assert_eq!(config.get_password(), Some(&br"p@ss/w#'\"[..]));
    assert_eq!((config.get_dbname(), config.get_ports()), (Some("app"), &[5433][..]));
    assert_eq!(config.get_channel_binding(), ChannelBinding::Require);
    assert_eq!(config.get_application_name(), Some("symbolon"));
    assert_eq!(
        (address.patience, read("postgres://me@db/app").unwrap().patience),
        (Duration::from_secs(10), CONNECT)
    );
    // Without a host there is none to be checked: its address is one.
    let by_address = read("postgres:///app?hostaddr=10.0.0.7&user=me").unwrap();
    assert_eq!(by_address.endpoints[0].config.get_hosts(), [Host::Tcp("10.0.0.7".to_owned())]);
}

#[test]
fn of_several_servers_the_one_that_takes_writes_is_wanted() {
    let address = read("postgres://me@a:5433,b,[::1]:7/app").unwrap();
    let places: Vec<_> =
        address.endpoints.iter().map(|at| (&at.config.get_hosts()[0], at.config.get_ports())).collect();
    let host = |name: &str| Host::Tcp(name.to_owned());
    let wanted = [(&host("a"), &[5433][..]), (&host("b"), &[5432]), (&host("::1"), &[7])];
    assert_eq!(places[0], wanted[0]);
    assert_eq!((places[1].0, places[2]), (wanted[1].0, wanted[2]));
    let session = |url: &str| read(url).unwrap().endpoints[0].config.get_target_session_attrs();
    assert_eq!(session("postgres://me@a,b/app"), TargetSessionAttrs::ReadWrite);
    assert_eq!(session("postgres://me@a/app?target_session_attrs=primary"), TargetSessionAttrs::ReadWrite);
    assert_eq!(session("postgres://me@a,b/app?target_session_attrs=any"), TargetSessionAttrs::Any);
    assert_eq!(session("postgres://me@a/app"), TargetSessionAttrs::Any);
}

#[test]
fn what_cannot_be_is_refused_by_the_name_of_the_option_and_never_by_a_value() {
    let cases = [
        (
            "postgres://me:hunter2@db/app?unknownthing=1",
            "the option `unknownthing`, which is not known; known are application_name, ",
        ),
        ("postgres://me:hunter2@db/app?pgbouncer=true", "`pooling = \"transaction\"`"),
        ("postgres://me:hunter2@db/app?connection_limit=1", "`connections` in [storage]"),
        (
            "postgres://me:hunter2@db/app?sslmode=on",
            "it is disable, allow, prefer, require, verify-ca or verify-full",
        ),
        ("postgres://me:hunter2@db/app?sslmode=require&sslrootcert=system", "sslrootcert=system"),
        ("postgres://me:hunter2@db/app?sslrootcert=ca.pem", "`sslrootcert` that does not begin with a slash"),
        ("postgres://me:hunter2@db/app?sslcert=/c.pem", "one of `sslcert` and `sslkey`"),
        ("postgres://me:hunter2@db/app?sslnegotiation=direct", "sslnegotiation=direct"),
        ("postgres://me:hunter2@db/app?gssencmode=require", "`gssencmode` that cannot be had"),
        ("postgres://me:hunter2@db/app?channel_binding=hunter2", "option `channel_binding`"),
        ("postgres://me:hunter2@db:hunter2/app", "option `port`"),
        ("postgres://me:hunter2@[::1/app", "begins with ["),
        ("postgres://me:hunter2@a,b/app?port=1,2,3", "number of ports"),
        ("postgres://me:hunter2@/app", "names no host"),
        ("postgres://me:hunter2/x@db/app", "write %2F"),
        ("postgres://me:hunter2?x=1@db/app", "write %2F"),
        ("postgres://me:hunter2#x@db/app", "write %2F"),
        ("postgres://me:x@hunter2@db/app", "write %2F"),
        ("postgres://me:hunter2@db/app?user", "NAME=VALUE"),
    ];
    for (url, wanted) in cases {
        let said = refusal(url);
        assert!(said.contains(wanted) && !said.contains("hunter2"), "{url}: {said}");
    }
}

#[test]
fn a_way_is_tried_in_the_order_of_libpq() {
    let ways = |mode: &str| read(&format!("postgres://me@db/app?sslmode={mode}")).unwrap().trust.ways();
    assert_eq!(ways("disable"), [Way::Clear]);
    assert_eq!(ways("allow"), [Way::Clear, Way::Tls]);
    assert_eq!(ways("prefer"), [Way::Tls, Way::Clear]);
    for strict in ["require", "verify-ca", "verify-full"] {
        assert_eq!(ways(strict), [Way::Tls]);
    }
    assert_eq!(read("postgres://me@db/app").unwrap().trust.root, Root::Unnamed);
}

#[test]
fn settings_of_the_address_are_set_by_a_statement_and_ours_win() {
    let url = "postgres://me@db/app?options=-csearch_path%3Da,%20b%20-c%20statement_timeout%3D9%20--work-mem%3D8MB%20endpoint%3Dep-1";
    let address = read(&url.replace("a,%20b", "a,%5C%20b")).unwrap();
    assert_eq!(address.endpoints[0].config.get_options(), Some("endpoint=ep-1"));
    let greeting = &address.greeting;
    assert!(greeting.starts_with("SELECT set_config('search_path', 'a, b', false), "), "{greeting}");
    assert!(greeting.contains("set_config('work_mem', '8MB', false)"), "{greeting}");
    assert!(
        greeting.find("'statement_timeout', '9'") < greeting.find("'statement_timeout', '2000'"),
        "{greeting}"
    );
    assert_eq!(address.begin, "BEGIN");
    let pooled = Options { pooling: Pooling::Transaction, ..Options::default() };
    let address = Address::read("postgres://me@db/app?options=-csearch_path%3Do%27brien", &pooled).unwrap();
    assert_eq!((address.greeting.as_str(), address.endpoints[0].config.get_options()), ("SELECT 1", None));
    assert!(
        address.begin.starts_with("BEGIN; SELECT set_config('search_path', 'o''brien', true), "),
        "{}",
        address.begin
    );
}
