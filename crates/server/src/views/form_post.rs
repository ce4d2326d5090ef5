//! The answer of `response_mode=form_post` (OAuth 2.0 Form Post Response Mode): parameters that the browser posts to
//! the app.
//!
//! The page works by its one button. With `script` it also links the embedded script that presses it; only then does
//! the policy of the answer need `script-src 'self'`. There is no `csrf` field: the form goes to the app, not to us.

use askama::Template;
use symbolon_oauth::dialect::write::Pair;

use crate::views::destination::Destination;
use crate::views::site::Site;

/// The page that carries an authorization answer to the app.
#[derive(Debug, Template)]
#[template(path = "form_post.html")]
pub struct FormPost<'a> {
    /// The frame.
    pub site: &'a Site,
    /// The app's redirect URI.
    pub action: &'a str,
    /// Where that is, in words.
    pub destination: Destination,
    /// The parameters of the answer.
    pub fields: Vec<Pair<'a>>,
    /// Whether to link the script that sends the form at once.
    pub script: bool,
}

impl FormPost<'_> {
    fn script_path(&self) -> &'static str {
        crate::assets::FORM_POST_JS
    }
}
