//! Presets: what an app of a certain kind usually is, as data (`presets.toml`), so that whoever registers one need not know
//! what the words of the protocol mean before they have tried it.

use std::sync::LazyLock;

use serde::Deserialize;
use symbolon_oauth::client::ClientType;

use super::registration::Registration;

/// A kind of apps.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Preset {
    /// What it is called in forms and addresses.
    pub key: String,
    /// The platform whose form is filled in, by its own name.
    pub platform: Option<String>,
    #[serde(rename = "type", default)]
    kind: Kind,
    #[serde(default)]
    native: bool,
    #[serde(default)]
    pkce: Pkce,
    /// Where such apps are answered, if that is always the same.
    pub redirect_uris: Vec<String>,
    /// Where the platform shows a redirect URI that is one app's only.
    pub redirect_label: Option<String>,
    /// The fields of the platform's form, in its order.
    #[serde(default)]
    pub fields: Vec<Labelled>,
}

/// A field of a platform's form.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Labelled {
    /// What the platform calls it.
    pub label: String,
    /// Which value of the app belongs there.
    pub value: Option<Value>,
    /// What stands there as it is.
    pub text: Option<String>,
}

/// A value of an app that platforms ask for.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each says what it is")]
pub enum Value {
    AuthorizeUrl,
    TokenUrl,
    RevokeUrl,
    WhoAmIUrl,
    Scopes,
    ClientId,
    ClientSecret,
    RedirectUri,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Kind {
    #[default]
    Confidential,
    Public,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Pkce {
    #[default]
    Required,
    Optional,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Presets {
    preset: Vec<Preset>,
}

static ALL: LazyLock<Vec<Preset>> = LazyLock::new(|| {
    // A test reads it.
    toml::from_str(include_str!("../../presets.toml")).map(|own: Presets| own.preset).unwrap_or_default()
});

/// Every preset, the commonest first.
#[must_use]
pub fn all() -> &'static [Preset] {
    &ALL
}

impl Preset {
    /// The preset of this key.
    #[must_use]
    pub fn find(key: &str) -> Option<&'static Preset> {
        all().iter().find(|preset| preset.key == key)
    }

    /// Whether such an app keeps a secret.
    #[must_use]
    pub fn client_type(&self) -> ClientType {
        match self.kind {
            Kind::Confidential => ClientType::Confidential,
            Kind::Public => ClientType::Public,
        }
    }

    /// Whether its platform cannot do PKCE.
    #[must_use]
    pub fn is_excused_from_pkce(&self) -> bool {
        self.pkce == Pkce::Optional
    }

    /// Makes a registration one of such an app.
    pub fn shape(&self, registration: &mut Registration) {
        registration.client_type = self.client_type();
        registration.native = self.native;
        registration.pkce_excused = self.is_excused_from_pkce();
        registration.redirect_uris.clone_from(&self.redirect_uris);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashSet};

    use symbolon_oauth::id::Id;
    use symbolon_oauth::scope::ScopeSet;
    use symbolon_oauth::time::Timestamp;

    use super::*;
    use crate::app::AppStatus;
    use crate::app::registration::{Acceptance, DIALECT, Offer, Spoken};

    #[test]
    fn the_file_is_read() {
        let read: Presets = toml::from_str(include_str!("../../presets.toml")).unwrap();
        let keys: Vec<_> = read.preset.iter().map(|preset| preset.key.as_str()).collect();
        assert_eq!(
            keys,
            ["web", "single-page", "native", "command-line", "agent", "zapier", "make", "n8n", "postman"]
        );
        assert!(Preset::find("make").is_some_and(Preset::is_excused_from_pkce));
        assert_eq!(Preset::find("Web"), None);
    }

    #[test]
    fn each_makes_an_app_that_can_be_registered() {
        let none = ScopeSet::new();
        let dialects = BTreeMap::from([(DIALECT, Spoken { public_clients: true, default_scopes: &none })]);
        let offer = Offer { dialects, scopes: HashSet::new() };
        for preset in all() {
            let mut registration = Registration::new("a", "A");
            preset.shape(&mut registration);
            let acceptance = Acceptance {
                id: Id::new([1; 16]),
                held: &[],
                generations: symbolon_oauth::client::Generations::default(),
                owner: None,
                status: AppStatus::Development,
                created_at: Timestamp(0),
                icon: None,
            };
            assert!(registration.decide(&offer, acceptance).is_ok(), "{}", preset.key);
            for field in &preset.fields {
                assert!(field.value.is_some() != field.text.is_some(), "{} of {}", field.label, preset.key);
                let asks_for_a_secret = field.value == Some(Value::ClientSecret);
                assert!(!asks_for_a_secret || preset.client_type() == ClientType::Confidential);
            }
            assert_eq!(preset.platform.is_some(), !preset.fields.is_empty(), "{}", preset.key);
        }
    }
}
