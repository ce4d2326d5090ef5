//! The shape of the configuration file, before defaults and checks: every key optional, unknown ones refused.
//!
//! `config.example.toml` documents each key; a test proves that none is missing there.

use std::path::PathBuf;

use serde::Deserialize;
use symbolon_oauth::dialect::Lifetimes;
use symbolon_oauth::time::Lifetime;

use super::given::SecretText;
use super::master_key::WrittenKeys;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Raw {
    pub issuer: Option<String>,
    pub listen: Option<String>,
    pub proxy_protocol: Option<String>,
    pub trusted_proxies: Option<Vec<String>>,
    pub client_address: Option<String>,
    pub internal_hosts: Option<Vec<String>>,
    pub secrets_file: Option<PathBuf>,
    pub master_key: Option<WrittenKeys>,
    pub pkce: Option<String>,
    pub shutdown_grace: Option<Lifetime>,
    pub pid_file: Option<PathBuf>,
    pub storage: RawStorage,
    pub brand: RawBrand,
    pub tokens: RawTokens,
    pub login: RawLogin,
    pub mail: RawMail,
    pub limits: RawLimits,
    pub registration: RawRegistration,
    pub apply: RawApply,
    pub egress: RawEgress,
    pub dialect: Vec<RawDialect>,
    pub metrics: RawMetrics,
    pub tls: RawTls,
    pub log: RawLog,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawStorage {
    pub url: Option<SecretText>,
    pub connections: Option<u16>,
    pub pooling: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawBrand {
    pub name: Option<String>,
    pub token_prefix: Option<String>,
    pub logo: Option<PathBuf>,
    pub accent: Option<String>,
    pub accent_dark: Option<String>,
    pub support_url: Option<String>,
    pub privacy_url: Option<String>,
    pub terms_url: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawTokens {
    pub code_ttl: Option<Lifetime>,
    pub access_ttl: Option<Lifetime>,
    pub refresh_ttl: Option<Lifetime>,
    pub refresh_max_ttl: Option<Lifetime>,
    pub refresh_reuse_grace: Option<Lifetime>,
    pub access_format: Option<String>,
    pub unknown_scopes: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawLogin {
    pub doors: Option<Vec<String>>,
    pub sign_up: Option<String>,
}

#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawMail {
    pub from: Option<String>,
    pub host: Option<String>,
    pub port: Option<u16>,
    pub tls: Option<String>,
    pub username: Option<String>,
    pub password: Option<SecretText>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawLimits {
    pub account_at_address: Option<String>,
    pub account: Option<String>,
    pub address: Option<String>,
    pub known_browser: Option<String>,
    pub sign_ups: Option<String>,
    pub credentials: Option<String>,
    pub codes: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawRegistration {
    pub developers: Option<String>,
    pub review: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawApply {
    pub allow_weak_secrets: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawEgress {
    pub allow: Option<Vec<String>>,
    pub ports: Option<Vec<u16>>,
    pub resolver: Option<String>,
    pub proxy: Option<SecretText>,
    pub ca: Option<PathBuf>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawDialect {
    pub preset: Option<String>,
    pub file: Option<PathBuf>,
    pub name: Option<String>,
    pub prefix: Option<String>,
    pub hosts: Option<Vec<String>>,
    pub lifetimes: Lifetimes,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawMetrics {
    pub listen: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawTls {
    pub cert: Option<PathBuf>,
    pub key: Option<PathBuf>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawLog {
    pub format: Option<String>,
    pub level: Option<String>,
}
