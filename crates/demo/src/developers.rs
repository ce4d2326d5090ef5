//! Who develops apps in the demo, and with whom: what `developers.toml` says beside the declared state.

use anyhow::Context;
use serde::Deserialize;

const TEXT: &str = include_str!("developers.toml");

/// All of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Developers {
    /// The teams.
    pub organisation: Vec<Team>,
    /// Secrets that apps have beside their declared ones.
    pub secret: Vec<SecondSecret>,
    /// Who may connect an app in development.
    pub tester: Vec<Tester>,
}

/// An organisation of several people.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Team {
    /// As its people call it.
    pub name: String,
    /// Who made it.
    pub owner: String,
    /// Its apps.
    pub apps: Vec<String>,
    /// Who else is in.
    pub member: Vec<Member>,
}

/// Somebody in a team.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Who, by the host's identifier.
    pub user: String,
    /// As what: `owner`, `developer` or `viewer`.
    pub role: String,
}

/// A new secret, and how long the one before it lives.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecondSecret {
    /// Whose.
    pub app: String,
    /// The secret: public, for the demo only.
    pub secret: String,
    /// What its developers call it.
    pub name: String,
    /// Who made it.
    pub by: String,
    /// Days that are left of the one before it.
    pub old_ends_after_days: i64,
}

/// Somebody who tries an app.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tester {
    /// Which app.
    pub app: String,
    /// Who.
    pub user: String,
    /// Who invited them.
    pub by: String,
}

impl Developers {
    /// Those of the demo.
    ///
    /// # Errors
    /// When the embedded text cannot be read.
    pub fn read() -> anyhow::Result<Developers> {
        toml::from_str(TEXT).context("the demo's own developers.toml cannot be read")
    }

    /// What a person is in each team.
    pub(crate) fn parts_of<'a>(&'a self, user: &'a str) -> impl Iterator<Item = String> + 'a {
        self.organisation.iter().filter_map(move |team| {
            let member = team.member.iter().find(|member| member.user == user).map(|own| own.role.as_str());
            let role = if team.owner == user { Some("owner") } else { member };
            role.map(|role| format!("{role} of the apps of {}", team.name))
        })
    }
}
