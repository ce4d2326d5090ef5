//! What a consent page showed, and whether an answer to it can still be taken.
//!
//! While a page stands open the app, the catalogue and the person's role go on changing. The page therefore carries what it
//! showed, sealed, and the answer is judged by that: what has narrowed since is given narrower, and what has widened or looks
//! otherwise is shown again. Nothing is given that was not seen.
//!
//! Of a version, what people see and what may widen stand here one by one; the rest of what is reviewed is one mark. Its
//! redirect URIs are in neither, for the one in use was shown by where it leads and is proven again with the request.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use symbolon_oauth::authorize::AuthorizationRequest;
use symbolon_oauth::client::Level;
use symbolon_oauth::id::UserId;
use symbolon_oauth::redirect_uri;
use symbolon_oauth::scope::ScopeSet;

use super::Candidate;
use crate::app::version::{Reviewed, ReviewedClient};
use crate::app::{App, AppStatus};
use crate::catalogue::{Catalogue, Scope};
use crate::tenant::TenantKind;

/// What a page showed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// To whom.
    person: String,
    name: String,
    /// Icon, publisher, links, and whether it was reviewed.
    look: Mark,
    /// What is reviewed and stands nowhere else here.
    version: Mark,
    resource: Option<String>,
    /// Where the answer goes.
    destination: String,
    scopes: BTreeMap<String, ShownScope>,
    tenants: BTreeMap<String, ShownTenant>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct ShownScope {
    /// Title and description in every language, and sensitivity.
    words: Mark,
    optional: bool,
    includes: Vec<String>,
}

/// A tenant that could be chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct ShownTenant {
    name: String,
    personal: bool,
    /// Whether the app would act for all of it.
    whole: bool,
    /// What the person's role could give there.
    gives: Vec<String>,
}

/// What stands for texts of any length: the same for the same, in half of a SHA-256.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Mark(String);

impl Mark {
    fn of<'a>(texts: impl IntoIterator<Item = Option<&'a str>>) -> Mark {
        let mut hash = Sha256::new();
        for text in texts {
            let length = text.map_or(u64::MAX, |text| text.len() as u64);
            hash.update(length.to_be_bytes());
            hash.update(text.unwrap_or_default().as_bytes());
        }
        Mark(hash.finalize()[..16].iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

/// Something that is not as it was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It was shown to somebody else.
    Person,
    /// The app has another name.
    Name {
        /// The one that was shown.
        was: String,
    },
    /// Its icon, publisher or links are others, or it is reviewed otherwise.
    Look,
    /// It is another version in what people do not see.
    Version,
    /// Its tokens are for another API.
    Resource,
    /// The answer goes elsewhere.
    Destination {
        /// Where it went.
        was: String,
    },
    /// The tenant has another name or kind, or could not be chosen.
    Tenant,
    /// The app acts for somebody else there: the whole tenant, or the person alone.
    Level,
    /// A scope.
    Scope(String, ScopeChange),
}

impl Change {
    /// Its name in the log.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Change::Person => "person",
            Change::Name { .. } => "name",
            Change::Look => "look",
            Change::Version => "version",
            Change::Resource => "resource",
            Change::Destination { .. } => "destination",
            Change::Tenant => "tenant",
            Change::Level => "level",
            Change::Scope(_, ScopeChange::New) => "scope_new",
            Change::Scope(_, ScopeChange::Words) => "scope_words",
            Change::Scope(_, ScopeChange::Required) => "scope_required",
            Change::Scope(_, ScopeChange::Includes) => "scope_includes",
        }
    }
}

/// How a scope is not as it was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeChange {
    /// It was not asked, or could not be given there.
    New,
    /// It is described in other words.
    Words,
    /// It was optional and left out, and is not optional any more.
    Required,
    /// It includes more.
    Includes,
}

/// What an answer gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// What is given.
    pub given: ScopeSet,
    /// What was optional and left out.
    pub refused: ScopeSet,
    /// What was optional, left out or not.
    pub offered: ScopeSet,
}

impl Shown {
    /// What a page shows of this request to a person.
    #[must_use]
    pub fn of(
        (person, app): (UserId, &App),
        asked: &AuthorizationRequest,
        candidates: &[Candidate<'_>],
        catalogue: &Catalogue,
    ) -> Shown {
        let known = asked.scopes.iter().filter_map(|name| catalogue.scopes.get(name));
        let scopes = known.map(|scope| (scope.name.clone(), ShownScope::of(scope, app, catalogue)));
        let open = candidates.iter().filter(|candidate| candidate.is_open());
        let tenants = open.map(|own| (own.membership.tenant.external_id.clone(), ShownTenant::of(own)));
        let resource = asked.resource.as_deref().map(|identifier| {
            let title = catalogue.resource(identifier).map_or("", |resource| resource.title.as_str());
            format!("{identifier} {title}")
        });
        Shown {
            person: person.to_string(),
            name: app.name.clone(),
            look: look(app),
            version: version(app),
            resource,
            destination: redirect_uri::destination(asked.addressed.redirect_uri()),
            scopes: scopes.collect(),
            tenants: tenants.collect(),
        }
    }

    /// Whether it was shown to this person: nobody else answers it.
    #[must_use]
    pub fn is_for(&self, person: UserId) -> bool {
        self.person == person.to_string()
    }

    /// The scopes on it.
    #[must_use]
    pub fn scopes(&self) -> ScopeSet {
        self.scopes.keys().map(String::as_str).collect()
    }

    /// Whether the person could leave this scope out.
    #[must_use]
    pub fn offers(&self, scope: &str) -> bool {
        self.scopes.get(scope).is_some_and(|shown| shown.optional)
    }

    /// What the answer of a person who saw this page gives at `tenant`, by what is true `now`: `ticked` are the optional
    /// scopes they left ticked.
    ///
    /// # Errors
    /// What they did not see: the page has to be shown again.
    pub fn settle(&self, now: &Shown, tenant: &str, ticked: &ScopeSet) -> Result<Settled, Vec<Change>> {
        let mut changes = self.app_changes(now);
        let Some(there) = now.tenants.get(tenant) else {
            changes.push(Change::Tenant);
            return Err(changes);
        };
        let was_there = self.tenants.get(tenant);
        changes.extend(was_there.map_or(Some(Change::Tenant), |was| was.change(there)));
        let offered = self.scopes().filter(|scope| self.offers(scope));
        let mut settled = Settled { given: ScopeSet::new(), refused: ScopeSet::new(), offered };
        for name in &there.gives {
            let Some(scope) = now.scopes.get(name) else { continue };
            let was_given = was_there.is_some_and(|was| was.gives.contains(name));
            let was = self.scopes.get(name);
            let left_out = was.is_some_and(|was| was.optional) && !ticked.contains(name);
            let change = match was {
                Some(_) if left_out && scope.optional => {
                    settled.refused.insert(name);
                    continue;
                }
                // What may be left out and was never offered is left out.
                None if scope.optional => continue,
                Some(_) if left_out => Some(ScopeChange::Required),
                Some(was) if was_given => was.change(scope),
                Some(_) | None => Some(ScopeChange::New),
            };
            match change {
                None => settled.given.insert(name),
                Some(change) => changes.push(Change::Scope(name.clone(), change)),
            }
        }
        if changes.is_empty() { Ok(settled) } else { Err(changes) }
    }

    fn app_changes(&self, now: &Shown) -> Vec<Change> {
        let mut changes = Vec::new();
        if self.person != now.person {
            changes.push(Change::Person);
        }
        if self.name != now.name {
            changes.push(Change::Name { was: self.name.clone() });
        }
        if self.look != now.look {
            changes.push(Change::Look);
        }
        if self.version != now.version {
            changes.push(Change::Version);
        }
        if self.resource != now.resource {
            changes.push(Change::Resource);
        }
        if self.destination != now.destination {
            changes.push(Change::Destination { was: self.destination.clone() });
        }
        changes
    }
}

impl ShownScope {
    fn of(scope: &Scope, app: &App, catalogue: &Catalogue) -> ShownScope {
        let words = [scope.title.as_str(), &scope.description, scope.sensitivity.as_str()];
        // In every language: which one the page spoke is not known here.
        let texts = scope.texts.iter().flat_map(|(language, text)| {
            [Some(language.as_str()), text.title.as_deref(), text.description.as_deref()]
        });
        ShownScope {
            words: Mark::of(words.map(Some).into_iter().chain(texts)),
            optional: app.client.optional_scopes.contains(&scope.name),
            includes: catalogue.included(&scope.name).iter().map(str::to_owned).collect(),
        }
    }

    fn change(&self, now: &ShownScope) -> Option<ScopeChange> {
        if self.words != now.words {
            return Some(ScopeChange::Words);
        }
        let more = now.includes.iter().any(|scope| !self.includes.contains(scope));
        more.then_some(ScopeChange::Includes)
    }
}

impl ShownTenant {
    fn of(candidate: &Candidate<'_>) -> ShownTenant {
        let tenant = &candidate.membership.tenant;
        ShownTenant {
            name: tenant.name.clone(),
            personal: tenant.kind == TenantKind::Personal,
            whole: candidate.level == Level::Tenant,
            gives: candidate.givable.iter().map(str::to_owned).collect(),
        }
    }

    fn change(&self, now: &ShownTenant) -> Option<Change> {
        if (&self.name, self.personal) != (&now.name, now.personal) {
            return Some(Change::Tenant);
        }
        (self.whole != now.whole).then_some(Change::Level)
    }
}

fn look(app: &App) -> Mark {
    let listing = &app.listing;
    let icon = listing.icon.map(|icon| icon.to_string());
    let publisher = listing.publisher.as_ref();
    Mark::of([
        icon.as_deref(),
        publisher.map(|publisher| publisher.name.as_str()),
        publisher.filter(|publisher| publisher.verified).map(|_| "verified"),
        listing.homepage.as_deref(),
        listing.privacy_url.as_deref(),
        listing.terms_url.as_deref(),
        (app.status == AppStatus::Development).then_some("development"),
    ])
}

// Each member is named, so that a new one does not compile until it is decided where it is compared.
fn version(app: &App) -> Mark {
    let Reviewed { shown: _, client } = Reviewed::of(app);
    let ReviewedClient {
        client_type,
        level: _,
        dialect,
        redirect_uris: _,
        scopes: _,
        optional_scopes: _,
        grant_types,
        authentication_method,
        pkce_excused,
        native,
    } = client;
    let method = authentication_method.map(|method| method.as_str());
    let excused = pkce_excused.then_some("without PKCE");
    let native = native.then_some("native");
    let fixed = [Some(client_type.as_str()), Some(dialect), method, excused, native];
    Mark::of(fixed.into_iter().chain(grant_types.iter().map(|grant_type| Some(grant_type.as_str()))))
}

#[cfg(test)]
mod tests;
