//! What is wrong with an authorization link that somebody's app made: judged by the checks that the endpoint makes, without
//! anybody being sent anywhere.

use symbolon_oauth::authorize::{self, ClientFacts, parameter};
use symbolon_oauth::dialect::Serves;
use symbolon_oauth::dialect::read::{self, Headers, Message};
use symbolon_oauth::error::{PageRefusal, Refusal};
use symbolon_oauth::reason::Reason;
use symbolon_platform::consent::askable;
use url::Url;

use crate::failure::Failure;
use crate::language::Key;
use crate::pages::portal::addresses;
use crate::pages::portal::own::Own;
use crate::views::portal::connect::{Checked, Difference};
use crate::views::portal::mend;

/// A link has no headers.
struct Bare;

impl Headers for Bare {
    fn header(&self, _: &str) -> Option<&str> {
        None
    }
}

/// Judges a link.
pub(super) async fn checked(own: &Own<'_>, link: &str) -> Result<Checked, Failure> {
    let (state, client) = (own.visitor.state, &own.app.client);
    let Some(mounted) = addresses::spoken(state, &own.app) else { return Ok(only(Key("connect-link-none"))) };
    let expected = addresses::address(mounted, Serves::Authorize).unwrap_or_default();
    let Ok(url) = Url::parse(link) else { return Ok(only(Key("connect-link-none"))) };
    let (origin, prefix) = (&mounted.origin, mounted.place.prefix());
    let bare = link.split(['?', '#']).next().unwrap_or_default();
    let mut endpoints = mounted.dialect.endpoints.iter().zip(&mounted.policies);
    let endpoint = endpoints.find(|(endpoint, _)| {
        let is_here = |path: &String| bare == format!("{origin}{prefix}{path}");
        endpoint.serves == Serves::Authorize && endpoint.paths.iter().any(is_here)
    });
    let Some((endpoint, policy)) = endpoint else {
        let difference = Some(difference(bare, &[expected]));
        return Ok(Checked { difference, ..only(Key("connect-link-elsewhere")) });
    };
    let message = Message { query: url.query(), headers: &Bare, body: b"" };
    let parameters = match read::authorization_request(endpoint, message) {
        Ok(parameters) => parameters,
        Err(refusal) => return Ok(refused(&refusal)),
    };
    let client_id = parameters.get(parameter::CLIENT_ID).unwrap_or_default();
    if client_id != client.client_id {
        let difference = Some(difference(client_id, std::slice::from_ref(&client.client_id)));
        return Ok(Checked { difference, ..only(Key("connect-link-client")) });
    }
    let addressed = match authorize::address(&parameters, client, policy, &mounted.issuer) {
        Ok(addressed) => addressed,
        Err(PageRefusal(refusal)) if refusal.reason == Reason::RedirectUriMismatch => {
            let sent = parameters.get(parameter::REDIRECT_URI).unwrap_or_default();
            let difference =
                Some(difference(sent, &client.redirect_uris)).filter(|_| !client.redirect_uris.is_empty());
            return Ok(Checked { difference, ..refused(&refusal) });
        }
        Err(PageRefusal(refusal)) => return Ok(refused(&refusal)),
    };
    let catalogue = state.store.catalogue(own.visitor.now).await?;
    let askable = askable(&own.app, &catalogue);
    let known_resource = parameters.get(parameter::RESOURCE).and_then(|asked| catalogue.resource(asked));
    let known_resource = known_resource.map(|resource| resource.identifier.as_str());
    let facts = ClientFacts { client, askable: &askable, shown: None, known_resource };
    Ok(match authorize::check(&addressed, &parameters, facts, policy) {
        Ok(_) => Checked { well: true, ..only(Key("connect-link-fine")) },
        Err(refusal) => refused(&refusal),
    })
}

fn only(means: Key) -> Checked {
    Checked { well: false, means, description: None, difference: None }
}

fn refused(refusal: &Refusal) -> Checked {
    Checked { description: Some(refusal.description.to_string()), ..only(mend::mend(refusal.reason)) }
}

/// Where a text first differs from the one among these that is most like it.
fn difference(sent: &str, known: &[String]) -> Difference {
    let same = |own: &&String| sent.chars().zip(own.chars()).take_while(|(a, b)| a == b).count();
    let nearest = known.iter().max_by_key(same).map_or("", String::as_str);
    let count = sent.chars().zip(nearest.chars()).take_while(|(a, b)| a == b).count();
    let split = |text: &str| {
        let at = text.char_indices().nth(count).map_or(text.len(), |(at, _)| at);
        let (same, rest) = text.split_at(at);
        (same.to_owned(), rest.chars().take(500).collect())
    };
    Difference { place: count + 1, sent: split(sent), known: split(nearest) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_character_that_differs_is_named_beside_the_nearest() {
        let known = ["https://a.example/cb".to_owned(), "https://b.example/callback".to_owned()];
        let found = difference("https://b.example/Callback", &known);
        assert_eq!(found.place, 19);
        assert_eq!(found.sent, ("https://b.example/".to_owned(), "Callback".to_owned()));
        assert_eq!(found.known.1, "callback");
        let longer = difference("https://a.example/cb/", &known);
        assert_eq!((longer.place, longer.sent.1.as_str(), longer.known.1.as_str()), (21, "/", ""));
        assert_eq!(difference("ä", &["äb".to_owned()]).place, 2);
        assert_eq!(difference("x", &[]).known, (String::new(), String::new()));
    }
}
