//! The vendors whose clients Daybook also is, read from `vendors.toml`: a vendor is a table of the requests its client
//! makes, not code.
//!
//! The pages (`app::vendor_desk`) and the headless walk (`once::vendor_walk`) send the same [`Call`]s. What a call needs
//! to know stands in [`Knowledge`]: the app's own registration from the beginning, what answers bring as it goes. Invariant:
//! a request is written from its table alone, so nothing is sent that the table does not show.

use std::collections::BTreeMap;
use std::str::FromStr;

use anyhow::Context;
use http::{HeaderName, Method};
use serde::Deserialize;
use serde_json::{Map, Value};
use symbolon_wire::egress::{Answer, Request};
use url::Url;

use super::world::World;

const DECLARED: &str = include_str!("vendors.toml");

/// The call that trades the code for tokens.
pub const EXCHANGE: &str = "exchange";

/// Names and templates, in the order they are sent.
type Fields = Vec<(String, String)>;

/// A vendor, as a developer who connects to it knows it.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vendor {
    /// The name of its dialect, of its prefix and of its page.
    pub key: String,
    /// What people call it.
    pub name: String,
    /// What is peculiar about it.
    pub about: String,
    /// The app that the world declares for it.
    pub client_id: String,
    /// Who connects.
    pub person: String,
    /// And for which tenant.
    pub tenant: String,
    /// The member of an answer that holds the tokens; empty when they stand at the top.
    tokens: String,
    authorize: Authorize,
    /// What its client sends, each by its name.
    #[serde(rename = "call")]
    pub calls: Vec<Call>,
    /// The same as a story, with what must come back.
    pub walk: Vec<Step>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Authorize {
    path: String,
    fields: Fields,
}

/// A request that the vendor's client makes.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// Unique within the vendor.
    pub name: String,
    /// What it is for.
    pub title: String,
    /// What its button says; none when there is no button for it.
    pub button: Option<String>,
    /// Whether the connection is over when it succeeds.
    #[serde(default)]
    pub ends: bool,
    method: String,
    url: String,
    #[serde(default)]
    headers: Fields,
    json: Option<Fields>,
    form: Option<Fields>,
}

/// A step of the walk: a call, and what is expected of its answer.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The call's name.
    pub call: String,
    /// What this one is for, when it is not what the call says.
    pub title: Option<String>,
    /// The status that must come back.
    pub status: u16,
    /// The members of the answer: these and no others, sorted.
    pub members: Option<Vec<String>>,
    /// Words that the answer must hold.
    pub says: Option<String>,
    /// What must have become of the refresh token.
    pub refresh_token: Option<Turn>,
}

/// What becomes of a refresh token that is used.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Turn {
    /// It comes back.
    Same,
    /// Another one takes its place.
    New,
}

/// What a client knows by now, by the names that templates use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Knowledge(BTreeMap<&'static str, String>);

/// Reads the vendors.
///
/// # Errors
/// When the embedded table cannot be read.
pub fn all() -> anyhow::Result<Vec<Vendor>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Declared {
        vendor: Vec<Vendor>,
    }
    let declared: Declared =
        toml::from_str(DECLARED).context("the demo's own vendors.toml cannot be read")?;
    Ok(declared.vendor)
}

impl Vendor {
    /// The path below which its dialect stands.
    #[must_use]
    pub fn prefix(&self) -> String {
        format!("/{}", self.key)
    }

    /// Its page in the sample app.
    #[must_use]
    pub fn page(&self) -> String {
        format!("/with/{}", self.key)
    }

    /// The call of this name.
    ///
    /// # Errors
    /// A sentence, when the table has none.
    pub fn call(&self, name: &str) -> Result<&Call, String> {
        let found = self.calls.iter().find(|call| call.name == name);
        found.ok_or_else(|| format!("vendors.toml has no call `{name}` for {}", self.name))
    }

    /// The call that ends a connection, and what its button says.
    #[must_use]
    pub fn end(&self) -> Option<(&Call, &str)> {
        let mut ends = self.calls.iter().filter(|call| call.ends);
        ends.find_map(|call| Some((call, call.button.as_deref()?)))
    }

    /// Whether the connection is over after this step of the walk.
    #[must_use]
    pub fn is_ended_by(&self, step: &Step) -> bool {
        let ends = self.call(&step.call).is_ok_and(|call| call.ends);
        ends && (200..300).contains(&step.status)
    }

    /// What its client knows before anything is said: where the vendor is, and who it is itself.
    ///
    /// # Errors
    /// When the world does not declare its app.
    pub fn registration(&self, world: &World) -> anyhow::Result<Knowledge> {
        let app = world.app(&self.client_id)?;
        let mut known = Knowledge::default();
        known.learn("dialect", format!("{}{}", world.addresses.issuer, self.prefix()));
        known.learn("client_id", app.client_id.clone());
        known.learn("client_secret", app.client_secret.clone().unwrap_or_default());
        known.learn("redirect_uri", app.redirect_uris.first().cloned().unwrap_or_default());
        Ok(known)
    }

    /// Where the browser is sent to sign in and consent.
    ///
    /// # Errors
    /// A sentence, when the table asks for what is not known.
    pub fn authorization(&self, known: &Knowledge) -> Result<Url, String> {
        let mut url = known.address(&format!("{{dialect}}{}", self.authorize.path))?;
        url.query_pairs_mut().extend_pairs(known.fill_all(&self.authorize.fields)?);
        Ok(url)
    }

    /// Keeps what an answer brings: tokens, and where the account's API is.
    pub fn learn(&self, known: &mut Knowledge, answer: &Answer) {
        let Ok(body) = answer.json::<Value>() else { return };
        let tokens = if self.tokens.is_empty() { Some(&body) } else { body.get(&self.tokens) };
        for name in ["access_token", "refresh_token", "base_url"] {
            if let Some(value) = tokens.and_then(|tokens| tokens.get(name)).and_then(Value::as_str) {
                known.learn(name, value.to_owned());
            }
        }
    }
}

impl Call {
    /// The request, written with what is known.
    ///
    /// # Errors
    /// A sentence, when the table asks for what is not known or says what cannot be sent.
    pub fn request(&self, known: &Knowledge) -> Result<Request, String> {
        let method =
            Method::from_str(&self.method).map_err(|_| format!("{} is not a method", self.method))?;
        let mut request = Request::new(method, known.address(&self.url)?);
        for (name, value) in known.fill_all(&self.headers)? {
            let name = HeaderName::from_str(&name).map_err(|_| format!("{name} is not a header"))?;
            request = request.header(name, value);
        }
        if let Some(fields) = &self.form {
            return Ok(request.form(&known.fill_all(fields)?));
        }
        if let Some(members) = &self.json {
            let members = known.fill_all(members)?.into_iter();
            let body: Map<String, Value> = members.map(|(name, value)| (name, value.into())).collect();
            return Ok(request.json(&body.into()));
        }
        Ok(request)
    }
}

impl Knowledge {
    /// Keeps one.
    pub fn learn(&mut self, name: &'static str, value: String) {
        self.0.insert(name, value);
    }

    /// One of them.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    fn fill_all(&self, fields: &Fields) -> Result<Fields, String> {
        fields.iter().map(|(name, template)| Ok((name.clone(), self.fill(template)?))).collect()
    }

    fn address(&self, template: &str) -> Result<Url, String> {
        let address = self.fill(template)?;
        Url::parse(&address).map_err(|wrong| format!("{address} is not an address: {wrong}"))
    }

    fn fill(&self, template: &str) -> Result<String, String> {
        let mut filled = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').ok_or_else(|| format!("`{template}` has no `}}`"))?;
            let value = self.get(name).ok_or_else(|| format!("the client does not know its {name} yet"))?;
            filled.extend([before, value]);
            rest = after;
        }
        filled.push_str(rest);
        Ok(filled)
    }
}

#[cfg(test)]
mod tests;
