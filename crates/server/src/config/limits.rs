//! `[limits]`: the budgets against guessing, and how many codes one person draws.

use symbolon_oauth::quoted::Excerpt;
use symbolon_oauth::time::Lifetime;
use symbolon_store::attempts::Limit;

use super::ConfigError;
use super::raw::RawLimits;

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Budgets. What succeeds costs nothing, but for new accounts and codes, whose number is what is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Wrong passwords of strangers for one account from one address; from the /48 of an IPv6 address twice as many.
    pub account_at_address: Limit,
    /// Wrong passwords of all strangers together for one account.
    pub account: Limit,
    /// Wrong passwords of strangers from one address, whatever the account; from the /48 of an IPv6 address three times as
    /// many.
    pub address: Limit,
    /// Wrong passwords in one browser that signed in to the account before.
    pub known_browser: Limit,
    /// New accounts from one address; from the /48 of an IPv6 address three times as many.
    pub sign_ups: Limit,
    /// Wrong client secrets, host keys, codes and refresh tokens of one client from one address.
    pub credentials: Limit,
    /// Authorization codes for one person.
    pub codes: Limit,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            account_at_address: Limit { tries: 5, window: HOUR },
            account: Limit { tries: 200, window: HOUR },
            address: Limit { tries: 100, window: 15 * MINUTE },
            known_browser: Limit { tries: 10, window: 15 * MINUTE },
            sign_ups: Limit { tries: 20, window: HOUR },
            credentials: Limit { tries: 30, window: 15 * MINUTE },
            codes: Limit { tries: 120, window: MINUTE },
        }
    }
}

/// Fills in and checks.
pub(super) fn limits(raw: RawLimits) -> Result<Limits, ConfigError> {
    let usual = Limits::default();
    let read = |key: &str, given: Option<String>, usual: Limit| {
        match given {
        Some(text) => limit(&text).ok_or_else(|| {
            ConfigError::new(format!(
                "`limits.{key}` is {}: write how many, at least 1 and at most one a millisecond, and in which \
                 time they come back, from \"1s\" to \"1d\", such as \"5 per 1h\"",
                Excerpt(&text)
            ))
        }),
        None => Ok(usual),
    }
    };
    Ok(Limits {
        account_at_address: read("account_at_address", raw.account_at_address, usual.account_at_address)?,
        account: read("account", raw.account, usual.account)?,
        address: read("address", raw.address, usual.address)?,
        known_browser: read("known_browser", raw.known_browser, usual.known_browser)?,
        sign_ups: read("sign_ups", raw.sign_ups, usual.sign_ups)?,
        credentials: read("credentials", raw.credentials, usual.credentials)?,
        codes: read("codes", raw.codes, usual.codes)?,
    })
}

/// `"5 per 1h"`.
fn limit(text: &str) -> Option<Limit> {
    let (tries, window) = text.split_once(" per ")?;
    let tries = tries.trim().parse::<u32>().ok().filter(|tries| *tries > 0)?;
    let window = Lifetime::parse(window.trim()).ok()?.milliseconds()?;
    let limit = Limit { tries: tries.into(), window };
    ((SECOND..=DAY).contains(&window) && limit.tries <= window).then_some(limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_so_many_in_a_time() {
        assert_eq!(limit("5 per 1h"), Some(Limit { tries: 5, window: HOUR }));
        assert_eq!(limit("1 per 1s"), Some(Limit { tries: 1, window: SECOND }));
        for wrong in [
            "",
            "5",
            "5/1h",
            "0 per 1h",
            "-1 per 1h",
            "5 per never",
            "5 per 2d",
            "5 per 10ms",
            "1001 per 1s",
            "per 1h",
            "5 per",
        ] {
            assert_eq!(limit(wrong), None, "{wrong}");
        }
    }

    /// Thirteen networks, each with all it has, leave something of an account's budget for everybody else, at once and for
    /// good: nobody keeps a person's new browser out with so few.
    #[test]
    fn few_networks_cannot_use_up_an_account() {
        let Limits { account_at_address, account, .. } = Limits::default();
        let of_a_network = account_at_address.times(2);
        assert!(13 * of_a_network.tries < account.tries);
        assert!(13 * account.step() < of_a_network.step());
    }
}
