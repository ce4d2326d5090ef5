//! Loader of a dialect's file. The text is read twice: strictly, so that every mistake is named with its line, and as
//! plain tables, so that what an endpoint says can be laid over what the dialect says for all, key by key. Before either,
//! its size is looked at, so that no file is much work.

use serde::Deserialize;
use toml::{Table, Value};

use super::danger::{Found, Places};
use super::member::{Member, Shape};
use super::rules::{
    AnswerRules, AuthorizeRules, DescriptionRules, ErrorRules, Lifetimes, RevokeRules, Rules, TokenRules,
    scopes,
};
use super::{Danger, Dialect, DialectError, Endpoint, Method, NotFound, Serves, bounds, lint};
use crate::scope::ScopeSet;

/// The keys of a dialect that are not rules.
const OWN_KEYS: [&str; 8] = [
    "name",
    "title",
    "public_clients",
    "token_prefix",
    "default_scopes",
    "secret_on_demand",
    "not_found",
    "endpoint",
];
/// The keys of an endpoint that are not rules.
const ENDPOINT_KEYS: [&str; 4] = ["serves", "paths", "methods", "cross_origin"];

/// The file as it may be written. Its rules are read here for their mistakes only.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    title: String,
    #[serde(default = "yes")]
    public_clients: bool,
    token_prefix: Option<String>,
    #[serde(default, deserialize_with = "scopes")]
    default_scopes: ScopeSet,
    #[serde(default)]
    secret_on_demand: bool,
    not_found: Option<NotFound>,
    endpoint: Vec<WrittenEndpoint>,
    #[serde(rename = "parameters")]
    _parameters: Option<Table>,
    #[serde(rename = "parameter_headers")]
    _parameter_headers: Option<Table>,
    #[serde(rename = "authorize")]
    _authorize: Option<AuthorizeRules>,
    #[serde(rename = "token")]
    _token: Option<TokenRules>,
    #[serde(rename = "answer")]
    _answer: Option<AnswerRules>,
    #[serde(rename = "revoke")]
    _revoke: Option<RevokeRules>,
    #[serde(rename = "identity")]
    _identity: Option<DescriptionRules>,
    #[serde(rename = "client")]
    _client: Option<DescriptionRules>,
    #[serde(rename = "errors")]
    _errors: Option<ErrorRules>,
    #[serde(rename = "lifetimes")]
    _lifetimes: Option<Lifetimes>,
}

/// One endpoint as it may be written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenEndpoint {
    serves: Serves,
    paths: Vec<String>,
    methods: Vec<Method>,
    #[serde(default = "yes")]
    cross_origin: bool,
    #[serde(rename = "parameters")]
    _parameters: Option<Table>,
    #[serde(rename = "parameter_headers")]
    _parameter_headers: Option<Table>,
    #[serde(rename = "authorize")]
    _authorize: Option<AuthorizeRules>,
    #[serde(rename = "token")]
    _token: Option<TokenRules>,
    #[serde(rename = "answer")]
    _answer: Option<AnswerRules>,
    #[serde(rename = "revoke")]
    _revoke: Option<RevokeRules>,
    #[serde(rename = "identity")]
    _identity: Option<DescriptionRules>,
    #[serde(rename = "client")]
    _client: Option<DescriptionRules>,
    #[serde(rename = "errors")]
    _errors: Option<ErrorRules>,
    #[serde(rename = "lifetimes")]
    _lifetimes: Option<Lifetimes>,
}

fn yes() -> bool {
    true
}

/// Reads a dialect. `lifetimes` are the operator's own, laid over the dialect's.
///
/// # Errors
/// What is wrong with the text, or every danger in it.
pub(super) fn load(text: &str, lifetimes: Option<&Lifetimes>) -> Result<Dialect, DialectError> {
    judged(text, lifetimes).0
}

/// The same, and how many bytes were written and read to judge it.
pub(super) fn judged(text: &str, lifetimes: Option<&Lifetimes>) -> (Result<Dialect, DialectError>, usize) {
    if text.len() > bounds::FILE_AT_MOST {
        let what = format!("the file: it has over {0} bytes; write {0} at most", bounds::FILE_AT_MOST);
        return (Err(DialectError::Dangerous(vec![Danger { line: None, what }])), 0);
    }
    let places = match Places::read(text) {
        Ok(places) => places,
        Err(wrong) => return (Err(wrong.into()), 0),
    };
    let mut found = Found::new(&places);
    bounds::judge(&places, &mut found);
    if !found.is_empty() {
        return (Err(DialectError::Dangerous(found.into_dangers())), 0);
    }
    let dialect = match understood(text, lifetimes) {
        Ok(dialect) => dialect,
        Err(wrong) => return (Err(wrong), 0),
    };
    lint::judge(&dialect, &mut found);
    let work = found.work();
    if found.is_empty() {
        (Ok(dialect), work)
    } else {
        (Err(DialectError::Dangerous(found.into_dangers())), work)
    }
}

/// What the file says, whether or not it is safe.
fn understood(text: &str, lifetimes: Option<&Lifetimes>) -> Result<Dialect, DialectError> {
    let written: Written = toml::from_str(text)?;
    let file: Table = toml::from_str(text)?;
    let common = without(&file, &OWN_KEYS);
    let tables = file.get("endpoint").and_then(Value::as_array).into_iter().flatten();
    let own: Vec<Table> =
        tables.filter_map(Value::as_table).map(|table| without(table, &ENDPOINT_KEYS)).collect();
    let mut endpoints = Vec::with_capacity(own.len());
    for (written, own) in written.endpoint.into_iter().zip(own) {
        let mut laid = common.clone();
        lay(&mut laid, own);
        let mut rules: Rules = Value::Table(laid).try_into()?;
        if let Some(lifetimes) = lifetimes {
            rules.lifetimes.lay(lifetimes);
        }
        rules.shape();
        let WrittenEndpoint { serves, paths, methods, cross_origin, .. } = written;
        endpoints.push(Endpoint { serves, paths, methods, cross_origin, rules });
    }
    ask_for_the_person(&mut endpoints);
    Ok(Dialect {
        name: written.name,
        title: written.title,
        public_clients: written.public_clients,
        token_prefix: written.token_prefix,
        default_scopes: written.default_scopes,
        secret_on_demand: written.secret_on_demand,
        not_found: written.not_found,
        endpoints,
    })
}

/// Works out where a scope says that an app may know the person.
fn ask_for_the_person(endpoints: &mut [Endpoint]) {
    let asked = endpoints.iter().filter(|endpoint| endpoint.serves == Serves::Authorize);
    let of_every_app: ScopeSet =
        asked.flat_map(|endpoint| endpoint.rules.authorize.required_scopes.iter()).collect();
    for endpoint in endpoints {
        let rules = &mut endpoint.rules.identity;
        rules.asks_for_the_person = rules.are_asked_for(&of_every_app);
    }
}

fn without(table: &Table, keys: &[&str]) -> Table {
    let others = table.iter().filter(|(key, _)| !keys.contains(&key.as_str()));
    others.map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// Lays `over` on `under`: tables key by key, everything else whole.
fn lay(under: &mut Table, over: Table) {
    for (key, value) in over {
        match (under.get_mut(&key), value) {
            (Some(Value::Table(under)), Value::Table(over)) => lay(under, over),
            (_, value) => {
                under.insert(key, value);
            }
        }
    }
}

impl Lifetimes {
    /// Lays `over` on these.
    fn lay(&mut self, over: &Lifetimes) {
        let Lifetimes { code, access, refresh, refresh_slides, refresh_max, grace } = *over;
        self.code = code.or(self.code);
        self.access = access.or(self.access);
        self.refresh = refresh.or(self.refresh);
        self.refresh_slides = refresh_slides.or(self.refresh_slides);
        self.refresh_max = refresh_max.or(self.refresh_max);
        self.grace = grace.or(self.grace);
    }
}

impl Rules {
    /// Works out how the members of answers nest.
    pub(super) fn shape(&mut self) {
        let named = |members: &[Member]| -> Vec<(String, Member)> {
            members.iter().map(|member| (member.name.clone(), member.clone())).collect()
        };
        self.answer.shape = Shape::new(&self.answer.envelope, named(&self.answer.members));
        self.identity.shape = Shape::new(&self.identity.envelope, named(&self.identity.members));
        self.client.shape = Shape::new(&self.client.envelope, named(&self.client.members));
        let members = self.errors.members.iter().map(|member| (member.name.clone(), member.clone()));
        self.errors.shape = Shape::new(&[], members);
    }
}
