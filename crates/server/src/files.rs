//! Static files: the style sheets, the pictures of brand and pages, and the icons of apps.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Response;
use symbolon_platform::listing::IconKey;

use crate::assets;
use crate::failure::Failure;
use crate::language::Language;
use crate::reply::{self, Body};
use crate::state::State;
use crate::views::connect_button::ConnectButton;
use crate::views::error_page::Trouble;
use crate::views::site::{BRAND_CSS_PATH, LOGO_PATH, Theme};

/// A file of ours, or of the operator's brand.
///
/// # Errors
/// A page when there is none.
pub fn asset(state: &State, path: &str) -> Result<Response<Body>, Failure> {
    const A_DAY: &str = "public, max-age=86400";
    if path == BRAND_CSS_PATH {
        let css = state.site(Language::fallback()).brand_css().to_owned();
        return Ok(reply::asset("text/css; charset=utf-8", css.into(), assets::CACHE_CONTROL));
    }
    if let Some(theme) = Theme::ALL.into_iter().find(|theme| theme.brand_css_path() == path) {
        let css = state.site(Language::fallback()).themed_brand_css(theme);
        return Ok(reply::asset("text/css; charset=utf-8", css.into(), assets::CACHE_CONTROL));
    }
    if let Some(button) = ConnectButton::at(path) {
        let drawn = button.draw(state.site(Language::fallback()), embedded(state).as_deref())?;
        return Ok(reply::asset("image/svg+xml", drawn.into(), A_DAY));
    }
    if path == LOGO_PATH
        && let Some((bytes, content_type)) = &state.logo
    {
        return Ok(reply::asset(content_type, bytes.clone(), A_DAY));
    }
    let asset = assets::find(path).ok_or_else(|| Failure::from(Trouble::NotFound))?;
    Ok(reply::asset(asset.content_type, bytes::Bytes::from_static(asset.body), assets::CACHE_CONTROL))
}

/// The logo as an address that holds it, where it is small enough to be in every button.
fn embedded(state: &State) -> Option<String> {
    const AT_MOST: usize = 32 * 1024;
    let (bytes, content_type) = state.logo.as_ref().filter(|(bytes, _)| bytes.len() <= AT_MOST)?;
    Some(format!("data:{content_type};base64,{}", STANDARD.encode(bytes)))
}

/// An icon, under the hash of its bytes: what is there never changes.
///
/// # Errors
/// A page when there is none, [`Failure::Store`].
pub async fn icon(state: &State, key: &str) -> Result<Response<Body>, Failure> {
    let key = IconKey::parse(key).ok_or_else(|| Failure::from(Trouble::NotFound))?;
    let png = state.store.load_icon(key).await?.ok_or_else(|| Failure::from(Trouble::NotFound))?;
    Ok(reply::asset("image/png", png.into(), assets::CACHE_CONTROL))
}
