//! The buttons by which apps offer to connect: drawn in the colours of the brand, for light and for dark surroundings, in three
//! sizes and in every language of the pages.
//!
//! A file of ours that other sites show. It runs nothing and asks for nothing, its name says what it does, and its text is
//! stretched to the room that was reckoned for it, so that no font makes it run out of the button.

use askama::Template;

use crate::language::Language;
use crate::views::brand::Filled;
use crate::views::site::{Site, Theme};

/// Where the buttons are served.
pub const FOLDER: &str = "/assets/connect/";

/// How large a button is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is said by its name")]
pub enum Size {
    Small,
    Medium,
    Large,
}

impl Size {
    /// Every size.
    pub const ALL: [Size; 3] = [Size::Small, Size::Medium, Size::Large];

    /// Its name in addresses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Size::Small => "small",
            Size::Medium => "medium",
            Size::Large => "large",
        }
    }

    /// Pixels.
    #[must_use]
    pub fn height(self) -> u32 {
        match self {
            Size::Small => 32,
            Size::Medium => 40,
            Size::Large => 48,
        }
    }

    fn font(self) -> u32 {
        match self {
            Size::Small => 13,
            Size::Medium => 15,
            Size::Large => 18,
        }
    }
}

/// A button.
#[derive(Clone, Copy)]
pub struct ConnectButton {
    /// Where it stands: on something light, or on something dark.
    pub theme: Theme,
    /// How large it is.
    pub size: Size,
    /// What language it speaks.
    pub language: Language,
}

#[derive(Template)]
#[template(path = "connect/linked.html")]
struct Linked<'a> {
    to: &'a str,
    light: &'a str,
    dark: &'a str,
    text: &'a str,
    width: u32,
    height: u32,
}

#[derive(Template)]
#[template(path = "connect/button.svg", escape = "html")]
struct Drawn<'a> {
    text: &'a str,
    lang: &'a str,
    width: u32,
    height: u32,
    round: u32,
    gap: u32,
    mark: u32,
    text_at: u32,
    text_width: u32,
    base: u32,
    font: u32,
    fill: String,
    ink: String,
    logo: Option<&'a str>,
}

impl ConnectButton {
    /// Every button there is.
    pub fn all() -> impl Iterator<Item = ConnectButton> {
        let sized =
            |language, theme| Size::ALL.into_iter().map(move |size| ConnectButton { theme, size, language });
        Language::all()
            .flat_map(move |language| Theme::ALL.into_iter().flat_map(move |theme| sized(language, theme)))
    }

    /// Where it is served.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{FOLDER}{}-{}-{}.svg", self.theme.as_str(), self.size.as_str(), self.language.tag())
    }

    /// The one that is served there.
    #[must_use]
    pub fn at(path: &str) -> Option<ConnectButton> {
        ConnectButton::all().find(|own| own.path() == path)
    }

    /// What it says.
    #[must_use]
    pub fn text(&self, site: &Site) -> String {
        self.language.say("connect-button").text("brand", &site.name).plain()
    }

    /// Its width in pixels.
    #[must_use]
    pub fn width(&self, site: &Site) -> u32 {
        self.text_at() + self.text_width(&self.text(site)) + self.size.height() / 2
    }

    /// It, as a file: `logo` is that of the brand, as an address that holds it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn draw(&self, site: &Site, logo: Option<&str>) -> Result<String, askama::Error> {
        let [light, dark] = site.buttons;
        let Filled { fill, ink } = match self.theme {
            Theme::Light => light,
            Theme::Dark => dark,
        };
        let (text, height) = (self.text(site), self.size.height());
        let drawn = Drawn {
            lang: self.language.tag(),
            width: self.width(site),
            height,
            round: height / 4,
            gap: self.gap(),
            mark: height - 2 * self.gap(),
            text_at: self.text_at(),
            text_width: self.text_width(&text),
            base: (height + self.size.font() * 7 / 10) / 2,
            font: self.size.font(),
            fill: fill.to_string(),
            ink: ink.to_string(),
            logo,
            text: &text,
        };
        drawn.render()
    }

    /// HTML that shows it, in both looks, as a link. `origin` is this server's, `to` where it leads.
    ///
    /// # Errors
    /// What the template refuses.
    pub fn html(&self, site: &Site, origin: &str, to: &str) -> Result<String, askama::Error> {
        let address = |theme| format!("{origin}{}", ConnectButton { theme, ..*self }.path());
        let linked = Linked {
            to,
            light: &address(Theme::Light),
            dark: &address(Theme::Dark),
            text: &self.text(site),
            width: self.width(site),
            height: self.size.height(),
        };
        linked.render()
    }

    fn gap(&self) -> u32 {
        self.size.height() / 5
    }

    fn text_at(&self) -> u32 {
        self.size.height() + self.gap() / 2
    }

    /// How wide a text is about, in the fonts that systems have.
    fn text_width(&self, text: &str) -> u32 {
        let thousandths: u32 = text.chars().map(thousandths_of_an_em).sum();
        (thousandths * self.size.font()).div_ceil(1000)
    }
}

fn thousandths_of_an_em(letter: char) -> u32 {
    match letter {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | '\'' | '|' | '!' | ':' | ';' => 280,
        ' ' | 'f' | 't' | 'r' | '(' | ')' | '-' => 370,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 890,
        'A'..='Z' | '&' => 690,
        ' '..='~' => 575,
        '\u{300}'..='\u{36f}' => 0,
        '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{d7ff}' | '\u{f900}'..='\u{ffef}' | '\u{1f000}'.. => 1000,
        _ => 620,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::views::brand::{Brand, Colour};

    fn site(name: &str) -> Site {
        let brand =
            Brand { name: name.to_owned(), accent: Colour::parse("#123456").ok(), ..Brand::default() };
        Site::new(&brand, Language::fallback())
    }

    #[test]
    fn every_button_has_its_own_place_and_is_found_there() {
        let paths: std::collections::BTreeSet<String> = ConnectButton::all().map(|own| own.path()).collect();
        assert_eq!(paths.len(), 2 * 3 * Language::all().count());
        for path in &paths {
            assert!(ConnectButton::at(path).is_some_and(|own| own.path() == *path), "{path}");
        }
        for none in ["/assets/connect/", "/assets/connect/light-small-xx.svg", "/assets/connect/../app.css"] {
            assert!(ConnectButton::at(none).is_none(), "{none}");
        }
    }

    #[test]
    fn a_button_says_what_it_does_in_the_colours_of_the_brand() {
        for button in ConnectButton::all() {
            let site = site("A\"><script>&\u{202e}");
            let svg = button.draw(&site, None).expect("it is drawn");
            assert!(
                !svg.contains("<script") && !svg.contains("http:") || svg.matches("http").count() == 1,
                "{svg}"
            );
            assert!(svg.contains("role=\"img\"") && svg.contains("<title>"), "{svg}");
            let text = button.text(&site);
            assert!(text.contains("A\"><script>&") && text.len() > site.name.len(), "{text}");
            let fill = if button.theme == Theme::Light { "#123456" } else { "#" };
            assert!(svg.contains(&format!("fill=\"{fill}")), "{svg}");
        }
        let html = ConnectButton::all().next().expect("one").html(
            &site("A&B"),
            "https://a.example",
            "https://b.example/?a=1&b=\"2",
        );
        let html = html.expect("it is drawn");
        assert!(
            html.contains("href=\"https://b.example/?a=1&#38;b=&#34;2\"")
                && html.contains("alt=\"Connect with A&#38;B\""),
            "{html}"
        );
    }

    #[test]
    fn a_long_name_makes_a_long_button() {
        let button = ConnectButton::all().next().expect("one");
        let widths =
            ["A", "Acme", "Clinic North of Somewhere", "北部診療所北部診療所北部診療所北部診療所北部診療所"];
        let widths = widths.map(|name| button.width(&site(name)));
        assert!(widths.is_sorted() && widths[0] > 100, "{widths:?}");
    }
}
