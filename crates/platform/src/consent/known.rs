//! What a person knows of an app that they let in: remembered consent covers that, and nothing that came since.
//!
//! It grows with each answer. What decides is what the app could turn out to be or to get: who it is, for which API its tokens
//! are, and what the scopes include that it was given. Its picture and links, and the words of a scope, may change as they
//! like; whoever is shown a page sees them as they are.

use std::collections::BTreeSet;

use symbolon_oauth::scope::ScopeSet;

use super::shown::{Change, ScopeChange};
use crate::app::App;
use crate::catalogue::Catalogue;

/// What a person was shown, beside the grant that they gave or found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// What the app was called.
    pub name: String,
    /// Who published it; empty where nobody was named.
    pub publisher: String,
    /// For which APIs its tokens were; empty stands for a request that named none.
    pub resources: BTreeSet<String>,
    /// What it was given, with all that this included.
    pub scopes: ScopeSet,
}

/// What a request comes to, as far as a person may know it.
#[derive(Clone, Copy, Debug)]
pub struct Coming<'a> {
    /// Who asks.
    pub app: &'a App,
    /// For which API, if the request named one.
    pub resource: Option<&'a str>,
    /// Where the answer goes.
    pub destination: &'a str,
    /// What scopes include.
    pub catalogue: &'a Catalogue,
}

impl Coming<'_> {
    fn publisher(&self) -> &str {
        self.app.listing.publisher.as_ref().map_or("", |publisher| &publisher.name)
    }

    fn resource(&self) -> &str {
        self.resource.unwrap_or_default()
    }
}

impl Known {
    /// What of a request for these scopes the person does not know.
    #[must_use]
    pub fn news(&self, coming: &Coming<'_>, asked: &ScopeSet) -> Vec<Change> {
        let mut news = Vec::new();
        if self.name != coming.app.name {
            news.push(Change::Name { was: self.name.clone() });
        }
        if self.publisher != coming.publisher() {
            news.push(Change::Look);
        }
        if !self.resources.contains(coming.resource()) {
            news.push(Change::Resource);
        }
        let grown = |scope: &&str| !self.scopes.contains_all(&coming.catalogue.included(scope));
        let grown = asked.iter().filter(grown);
        news.extend(grown.map(|scope| Change::Scope(scope.to_owned(), ScopeChange::Includes)));
        news
    }

    /// What the person knows after an answer that gave these scopes.
    #[must_use]
    pub fn after(&self, coming: &Coming<'_>, given: &ScopeSet) -> Known {
        let there = |own: &&String| own.is_empty() || coming.catalogue.resource(own).is_some();
        let mut resources: BTreeSet<String> = self.resources.iter().filter(there).cloned().collect();
        resources.insert(coming.resource().to_owned());
        let included = given.iter().map(|scope| coming.catalogue.included(scope));
        let scopes = included.fold(self.scopes.union(given), |all, more| all.union(&more));
        Known { name: coming.app.name.clone(), publisher: coming.publisher().to_owned(), resources, scopes }
    }
}

#[cfg(test)]
mod tests {
    use symbolon_oauth::client::Level;

    use super::*;
    use crate::listing::Publisher;
    use crate::tests::{HOME, app, roles, set};

    fn news(known: &Known, app: &App, resource: Option<&str>, catalogue: &Catalogue) -> Vec<Change> {
        known.news(&Coming { app, resource, destination: HOME, catalogue }, &set("a"))
    }

    #[test]
    fn what_came_since_the_answer_is_news_until_it_is_answered() {
        let (mut app, mut catalogue) = (app("a b c", "", Level::User), roles("*", false));
        let mut known = Known::default();
        let mut is_news = |change: Vec<Change>, app: &App, resource, catalogue: &Catalogue| {
            assert_eq!(news(&known, app, resource, catalogue), change);
            let coming = Coming { app, resource, destination: HOME, catalogue };
            known = known.after(&coming, &set("a"));
            assert_eq!(news(&known, app, resource, catalogue), [], "it is known by now");
        };
        let was = |name: &str| Change::Name { was: name.to_owned() };
        is_news(vec![was(""), Change::Resource], &app, None, &catalogue);
        "Other".clone_into(&mut app.name);
        is_news(vec![was("App")], &app, None, &catalogue);
        app.listing.publisher = Some(Publisher { name: "P".to_owned(), verified: false });
        is_news(vec![Change::Look], &app, None, &catalogue);
        app.listing.publisher = Some(Publisher { name: "P".to_owned(), verified: true });
        app.listing.homepage = Some("https://x.example".to_owned());
        is_news(Vec::new(), &app, None, &catalogue);
        is_news(vec![Change::Resource], &app, Some("https://api.example"), &catalogue);
        for (name, includes) in [("a", "b"), ("b", "c")] {
            if let Some(scope) = catalogue.scopes.get_mut(name) {
                scope.includes = set(includes);
            }
            let change = Change::Scope("a".to_owned(), ScopeChange::Includes);
            is_news(vec![change], &app, Some("https://api.example"), &catalogue);
        }
        if let Some(scope) = catalogue.scopes.get_mut("a") {
            scope.title.push('x');
            scope.includes = set("c");
        }
        is_news(Vec::new(), &app, Some("https://api.example"), &catalogue);
    }
}
