//! Static files: the style sheets, the pictures of brand and pages, and the icons of apps.

use http::Response;
use symbolon_platform::listing::IconKey;

use crate::assets;
use crate::failure::Failure;
use crate::language::Language;
use crate::reply::{self, Body};
use crate::state::State;
use crate::views::error_page::Trouble;
use crate::views::site::{BRAND_CSS_PATH, LOGO_PATH};

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
    if path == LOGO_PATH
        && let Some((bytes, content_type)) = &state.logo
    {
        return Ok(reply::asset(content_type, bytes.clone(), A_DAY));
    }
    let asset = assets::find(path).ok_or_else(|| Failure::from(Trouble::NotFound))?;
    Ok(reply::asset(asset.content_type, bytes::Bytes::from_static(asset.body), assets::CACHE_CONTROL))
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
