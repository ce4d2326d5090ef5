//! Code that connects an app, with its own values.

use symbolon_oauth::dialect::Serves;

use crate::failure::Failure;
use crate::pages::portal::addresses;
use crate::pages::portal::brand::code as button;
use crate::pages::portal::own::Own;
use crate::views::portal::snippets::{self, Snippet, Values};

/// Code that connects an app, once it can be: it is answered somewhere, and its dialect takes a code in a form.
pub(super) fn snippets(own: &Own<'_>, secret: Option<&str>) -> Result<Vec<Snippet>, Failure> {
    let (state, app) = (own.visitor.state, &own.app);
    let Some(mounted) = addresses::spoken(state, app) else { return Ok(Vec::new()) };
    let authorize = addresses::address(mounted, Serves::Authorize);
    let token = addresses::address(mounted, Serves::Token);
    let (Some(authorize), Some(token)) = (authorize, token) else { return Ok(Vec::new()) };
    // Where it is not answered yet, the code says an address that is of no one.
    let redirect_uri =
        app.client.redirect_uris.first().map_or("https://app.example.com/callback", String::as_str);
    let values = Values {
        client_id: &app.client.client_id,
        confidential: !app.client.is_public(),
        secret,
        redirect_uri,
        scopes: &app.client.scopes.to_string(),
        authorize_url: &authorize,
        token_url: &token,
        me_url: &addresses::me(state),
    };
    let mut all = snippets::all(&values)?;
    all.push(Snippet { id: "button", name: "HTML", code: button(state, own.visitor.site(), Some(app))? });
    Ok(all)
}
