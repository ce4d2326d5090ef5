//! What every page shows: the brand, the style sheets, the links of the footer. Made once at start.

use crate::assets;
use crate::views::brand::{Brand, brand_css};

/// Where the operator's logo is served.
pub const LOGO_PATH: &str = "/assets/logo";
/// Where the operator's colours are served.
pub const BRAND_CSS_PATH: &str = "/assets/brand.css";

/// The frame around every page.
#[derive(Clone, Debug)]
pub struct Site {
    /// The brand's name.
    pub name: String,
    /// The path of the logo, if there is one; else the page draws Symbolon's mark.
    pub logo: Option<&'static str>,
    /// Where people get help.
    pub support_url: Option<String>,
    /// The operator's privacy policy.
    pub privacy_url: Option<String>,
    /// The operator's terms of use.
    pub terms_url: Option<String>,
    /// The path of the style sheet.
    pub stylesheet: &'static str,
    /// The path of the brand's colours, with a version, when it has any.
    pub brand_stylesheet: Option<String>,
    /// The path of the icon.
    pub favicon: &'static str,
    brand_css: String,
}

impl Site {
    /// The frame for `brand`.
    #[must_use]
    pub fn new(brand: &Brand) -> Site {
        let brand_css = brand_css(brand);
        Site {
            name: brand.name.clone(),
            logo: brand.logo.as_ref().map(|_| LOGO_PATH),
            support_url: brand.support_url.clone(),
            privacy_url: brand.privacy_url.clone(),
            terms_url: brand.terms_url.clone(),
            stylesheet: assets::APP_CSS,
            brand_stylesheet: (!brand_css.is_empty())
                .then(|| format!("{BRAND_CSS_PATH}?v={:08x}", version(&brand_css))),
            favicon: assets::FAVICON_SVG,
            brand_css,
        }
    }

    /// Whether the footer has anything to link.
    #[must_use]
    pub fn has_links(&self) -> bool {
        self.support_url.is_some() || self.privacy_url.is_some() || self.terms_url.is_some()
    }

    /// The bytes to serve at [`BRAND_CSS_PATH`].
    #[must_use]
    pub fn brand_css(&self) -> &str {
        &self.brand_css
    }
}

/// A number that changes with the text, so that browsers may keep the sheet (FNV-1a).
fn version(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
