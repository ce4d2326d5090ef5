//! What every page shows: the brand, the style sheets, the links of the footer, and its language. Made once at start, for
//! each language.

use crate::assets;
use crate::language::said::Said;
use crate::language::{Key, Language};
use crate::views::brand::{Brand, Filled, brand_css, filled};

/// Where the operator's logo is served.
pub const LOGO_PATH: &str = "/assets/logo";
/// Where the operator's colours are served.
pub const BRAND_CSS_PATH: &str = "/assets/brand.css";

/// The colours of a page, where it is not the browser that chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is said by its name")]
pub enum Theme {
    Light,
    Dark,
}

impl Theme {
    /// Both.
    pub const ALL: [Theme; 2] = [Theme::Light, Theme::Dark];

    /// Its name in addresses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    /// The one of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Theme> {
        Theme::ALL.into_iter().find(|own| own.as_str() == name)
    }

    /// What it is called.
    #[must_use]
    pub fn title(self) -> Key {
        match self {
            Theme::Light => Key("theme-light"),
            Theme::Dark => Key("theme-dark"),
        }
    }

    /// Where the operator's colours of this theme are served.
    #[must_use]
    pub fn brand_css_path(self) -> &'static str {
        match self {
            Theme::Light => "/assets/brand-light.css",
            Theme::Dark => "/assets/brand-dark.css",
        }
    }

    fn stylesheet(self) -> &'static str {
        match self {
            Theme::Light => assets::APP_LIGHT_CSS,
            Theme::Dark => assets::APP_DARK_CSS,
        }
    }

    /// What a style sheet asks the browser, answered.
    fn chosen(self, css: &str) -> String {
        let media = match self {
            Theme::Light => "@media not all",
            Theme::Dark => "@media all",
        };
        css.replace("@media (prefers-color-scheme:dark)", media)
    }
}

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
    /// What language it speaks.
    pub language: Language,
    /// The colours of the buttons by which apps offer to connect, in light and in dark surroundings.
    pub buttons: [Filled; 2],
    brand_css: String,
}

impl Site {
    /// The frame for `brand` in a language.
    #[must_use]
    pub fn new(brand: &Brand, language: Language) -> Site {
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
            language,
            buttons: filled(brand),
            brand_css,
        }
    }

    /// A message in the language of the page. Each may name the brand.
    #[must_use]
    pub fn say<'a>(&'a self, key: impl Into<Key>) -> Said<'a> {
        self.language.say(key).text("brand", &self.name)
    }

    /// The same in these colours, whatever the browser prefers.
    #[must_use]
    pub fn themed(&self, theme: Theme) -> Site {
        let brand_stylesheet = self.brand_stylesheet.as_ref();
        Site {
            stylesheet: theme.stylesheet(),
            brand_stylesheet: brand_stylesheet
                .map(|own| own.replacen(BRAND_CSS_PATH, theme.brand_css_path(), 1)),
            ..self.clone()
        }
    }

    /// The bytes to serve at [`Theme::brand_css_path`].
    #[must_use]
    pub fn themed_brand_css(&self, theme: Theme) -> String {
        theme.chosen(&self.brand_css)
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

/// The frame in every language.
#[derive(Clone, Debug)]
pub struct Sites(Vec<Site>);

impl Sites {
    /// The frames for `brand`.
    #[must_use]
    pub fn new(brand: &Brand) -> Sites {
        Sites(Language::all().map(|language| Site::new(brand, language)).collect())
    }

    /// The brand's name, which is the same in all of them.
    #[must_use]
    pub fn brand(&self) -> &str {
        &self.0[0].name
    }

    /// The frame of a language: the first one's, should there be none.
    #[must_use]
    pub fn speaking(&self, language: Language) -> &Site {
        self.0.iter().find(|site| site.language == language).unwrap_or(&self.0[0])
    }
}

/// A number that changes with the text, so that browsers may keep the sheet (FNV-1a).
fn version(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
