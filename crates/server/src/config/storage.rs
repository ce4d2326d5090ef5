//! Where data live, and how it is reached.

use std::fmt;
use std::path::Path;

use symbolon_store::{Engine, Options, Pooling};

use super::given::{Checked, wrong};

/// How many connections a server may be told to open.
const CONNECTIONS: std::ops::RangeInclusive<u16> = 2..=100;

/// Where data live. Prints without the password.
#[derive(Clone, PartialEq, Eq)]
pub struct Storage {
    url: String,
    connections: usize,
    pooling: Pooling,
}

impl Storage {
    /// From what was written; `folder` is where relative paths begin.
    pub(super) fn new(
        url: String,
        connections: Option<u16>,
        pooling: Pooling,
        folder: &Path,
    ) -> Checked<Storage> {
        let connections = match connections {
            None => Options::SERVING,
            Some(given) if CONNECTIONS.contains(&given) => given.into(),
            Some(given) => {
                let (least, most) = (CONNECTIONS.start(), CONNECTIONS.end());
                return wrong(format!("`storage.connections` is {given}: it must be from {least} to {most}"));
            }
        };
        Ok(Storage { url: address(url, folder)?, connections, pooling })
    }

    /// The URL with its password, for the engine only.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The database file, on SQLite.
    #[must_use]
    pub fn sqlite_file(&self) -> Option<&Path> {
        self.url.strip_prefix("sqlite:").map(Path::new)
    }

    /// How a server opens it.
    #[must_use]
    pub fn served(&self) -> Options {
        Options { exclusive: true, connections: self.connections, pooling: self.pooling }
    }

    /// How a command opens it, beside a server: by one connection.
    #[must_use]
    pub fn beside(&self) -> Options {
        Options { pooling: self.pooling, ..Options::default() }
    }
}

fn address(url: String, folder: &Path) -> Checked<String> {
    if let Some(path) = url.strip_prefix("sqlite:") {
        let path = path.strip_prefix("//").unwrap_or(path);
        if path.is_empty() {
            return wrong("`storage.url` names no file: write for example \"sqlite:symbolon.db\"");
        }
        if path.contains('?') {
            return wrong("`storage.url` has a query: SQLite needs no settings here, write the file alone");
        }
        return Ok(format!("sqlite:{}", folder.join(path).display()));
    }
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return match Engine::check(&url) {
            Ok(()) => Ok(url),
            Err(why) => wrong(format!("`storage.url` {why}")),
        };
    }
    wrong("`storage.url` must begin with \"sqlite:\" or \"postgres://\"")
}

/// Whether an address holds a secret.
pub fn has_password(url: &str) -> bool {
    without_password(url) != url
}

/// An address as it may be shown.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (credentials, rest) =
        rest.rsplit_once('@').map_or((None, rest), |(before, rest)| (Some(before), rest));
    let credentials =
        match credentials.map(|credentials| credentials.split_once(':').unwrap_or((credentials, ""))) {
            None => String::new(),
            Some((user, "")) => format!("{user}@"),
            Some((user, _)) => format!("{user}:***@"),
        };
    let (place, query) = rest.split_once('?').map_or((rest, None), |(place, query)| (place, Some(query)));
    let shown = |option: &str| match option.split_once('=') {
        // A name may be encoded, too, and then is shown as little.
        Some((key, _)) if key.contains("password") || key.contains('%') => format!("{key}=***"),
        _ => option.to_owned(),
    };
    let query = query.map(|query| format!("?{}", query.split('&').map(shown).collect::<Vec<_>>().join("&")));
    format!("{scheme}://{credentials}{place}{}", query.unwrap_or_default())
}

impl fmt::Display for Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&without_password(&self.url))
    }
}

impl fmt::Debug for Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_is_shown_wherever_it_stands() {
        for (url, shown) in [
            ("sqlite:/a/b.db", "sqlite:/a/b.db"),
            ("postgres://me@db/app", "postgres://me@db/app"),
            (
                "postgres://me:hunter2@db:5433/app?sslmode=require",
                "postgres://me:***@db:5433/app?sslmode=require",
            ),
            (
                "postgres:///app?host=/run&password=hunter2&user=me",
                "postgres:///app?host=/run&password=***&user=me",
            ),
            ("postgres:///app?host=/run&p%61ssword=hunter2", "postgres:///app?host=/run&p%61ssword=***"),
            ("postgres://me:x@hunter2@a:1,b:2/app", "postgres://me:***@a:1,b:2/app"),
            // What a driver may read as a password, however it is written.
            ("postgres://u:12/hunter2@db/s", "postgres://u:***@db/s"),
            ("postgres://u:12#hunter2@db/s", "postgres://u:***@db/s"),
            ("postgres://u:12?hunter2@db/s", "postgres://u:***@db/s"),
            ("postgres://u:a:hunter2@db/s", "postgres://u:***@db/s"),
            ("postgres://:hunter2@db/s", "postgres://:***@db/s"),
        ] {
            assert_eq!(without_password(url), shown);
            assert_eq!(has_password(url), url.contains("hunter2"), "{url}");
        }
    }
}
