//! Whose pages these are: the `[brand]` table of the configuration, and its colours as a style sheet.
//!
//! Inline styles are forbidden by the pages' policy, so colours travel in one tiny generated sheet. Invariant: what
//! [`brand_css`] writes is made of parsed numbers only, and every text colour in it reaches 4.5:1 whatever accent the
//! operator chose.

use std::fmt::{self, Write as _};

use symbolon_oauth::quoted::Bare;

use crate::config;

/// The operator's name, colours and links, as pages need them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Brand {
    /// Shown on every page.
    pub name: String,
    /// The file of the logo; the server reads it at start and serves it itself.
    pub logo: Option<String>,
    /// The colour of buttons and links on light pages.
    pub accent: Option<Colour>,
    /// The same on dark pages; made from `accent` when absent.
    pub accent_dark: Option<Colour>,
    /// Where people get help: a page or a `mailto:` address.
    pub support_url: Option<String>,
    /// The privacy policy.
    pub privacy_url: Option<String>,
    /// The terms of use.
    pub terms_url: Option<String>,
}

impl From<&config::Brand> for Brand {
    /// The checked configuration. A colour that is none (the check refuses it) counts as absent.
    fn from(brand: &config::Brand) -> Brand {
        let colour = |text: &Option<String>| text.as_deref().and_then(|text| Colour::parse(text).ok());
        Brand {
            name: brand.name.clone(),
            logo: brand.logo.as_ref().map(|path| path.display().to_string()),
            accent: colour(&brand.accent),
            accent_dark: colour(&brand.accent_dark),
            support_url: brand.support_url.clone(),
            privacy_url: brand.privacy_url.clone(),
            terms_url: brand.terms_url.clone(),
        }
    }
}

/// A colour, read from exactly `#rrggbb`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour {
    red: u8,
    green: u8,
    blue: u8,
}

impl Colour {
    const BLACK: Colour = Colour::rgb(0, 0, 0);
    const WHITE: Colour = Colour::rgb(255, 255, 255);

    const fn rgb(red: u8, green: u8, blue: u8) -> Colour {
        Colour { red, green, blue }
    }

    /// Reads `#rrggbb`.
    ///
    /// # Errors
    /// A sentence that says what is accepted.
    pub fn parse(text: &str) -> Result<Colour, String> {
        let wrong =
            || format!("'{}' is not a colour: write six hex digits, for example \"#0b6a5b\"", Bare(text));
        let digits = text.strip_prefix('#').ok_or_else(wrong)?;
        if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        let value = u32::from_str_radix(digits, 16).map_err(|_| wrong())?;
        let [_, red, green, blue] = value.to_be_bytes();
        Ok(Colour::rgb(red, green, blue))
    }

    /// Contrast with `other` as WCAG 2 defines it, from 1 to 21.
    #[must_use]
    pub fn contrast(self, other: Colour) -> f64 {
        let (a, b) = (self.luminance() + 0.05, other.luminance() + 0.05);
        if a > b { a / b } else { b / a }
    }

    /// White where it can be read on this colour, else black; one of them always can.
    #[must_use]
    pub fn text_on(self) -> Colour {
        if self.contrast(Colour::WHITE) >= READABLE { Colour::WHITE } else { Colour::BLACK }
    }

    /// This colour moved towards `pole` in small steps until it has `ratio` against `ground`.
    fn until(self, ratio: f64, ground: Colour, pole: Colour) -> Colour {
        (0..=20)
            .map(|step| self.mix(pole, f64::from(step) / 20.0))
            .find(|colour| colour.contrast(ground) >= ratio)
            .unwrap_or(pole)
    }

    fn mix(self, other: Colour, share: f64) -> Colour {
        let channel = |from: u8, to: u8| {
            let mixed = f64::from(from) + (f64::from(to) - f64::from(from)) * share;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "between two bytes lies a byte"
            )]
            let byte = mixed.round() as u8;
            byte
        };
        Colour::rgb(
            channel(self.red, other.red),
            channel(self.green, other.green),
            channel(self.blue, other.blue),
        )
    }

    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

/// WCAG 2.2 AA for text.
const READABLE: f64 = 4.5;
/// WCAG 2.2 AA for the edges of controls.
const VISIBLE: f64 = 3.0;
/// The darkest ground that accent-coloured text stands on in the light theme (`--sunken` in `app.css`).
const LIGHT_GROUND: Colour = Colour::rgb(0xf2, 0xef, 0xe8);
/// The lightest one in the dark theme.
const DARK_GROUND: Colour = Colour::rgb(0x26, 0x29, 0x2d);

/// What is filled with the accent: its colour, and that of the text on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Filled {
    /// The fill.
    pub fill: Colour,
    /// The text.
    pub ink: Colour,
}

/// The accents of the style sheet, where the brand has none.
const ACCENTS: [Colour; 2] = [Colour::rgb(0x0b, 0x6a, 0x5b), Colour::rgb(0x68, 0xcf, 0xba)];

/// What is filled with the accent in light and in dark surroundings.
#[must_use]
pub fn filled(brand: &Brand) -> [Filled; 2] {
    let [light, dark] = ACCENTS;
    let fills = [brand.accent.unwrap_or(light), dark_accent(brand).unwrap_or(dark)];
    fills.map(|fill| Filled { fill, ink: fill.text_on() })
}

/// The accent in dark surroundings, if the brand has one.
fn dark_accent(brand: &Brand) -> Option<Colour> {
    brand.accent_dark.or(brand.accent.map(|accent| accent.until(READABLE, DARK_GROUND, Colour::WHITE)))
}

/// The style sheet of the brand's colours; empty when the brand has none.
#[must_use]
pub fn brand_css(brand: &Brand) -> String {
    let light = brand.accent.map(|accent| theme(accent, LIGHT_GROUND, Colour::BLACK));
    let dark = dark_accent(brand).map(|accent| theme(accent, DARK_GROUND, Colour::WHITE));
    let mut css = String::new();
    if let Some(light) = light {
        let _ = writeln!(css, ":root{{{light}}}");
    }
    if let Some(dark) = dark {
        let _ = writeln!(css, "@media (prefers-color-scheme:dark){{:root{{{dark}}}}}");
    }
    css
}

/// The four properties of one theme: the fill as chosen, and three colours made to be seen.
fn theme(accent: Colour, ground: Colour, pole: Colour) -> String {
    format!(
        "--accent:{accent};--accent-ink:{};--accent-edge:{};--accent-text:{}",
        accent.text_on(),
        accent.until(VISIBLE, ground, pole),
        accent.until(READABLE, ground, pole),
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_six_hex_digits_and_nothing_else() {
        assert_eq!(Colour::parse("#0B6a5b").map(|c| c.to_string()), Ok("#0b6a5b".to_owned()));
        for wrong in ["", "#", "#fff", "0b6a5b", "#0b6a5g", "#0b6a5b;", "red", "#+12345", "url(//x)", "#éé"]
        {
            assert!(Colour::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_brand_without_colours_has_no_sheet() {
        assert_eq!(brand_css(&Brand::default()), "");
    }

    #[test]
    fn the_grounds_are_those_of_the_style_sheet() {
        let css = include_str!("../../assets/app.css");
        assert!(css.contains(&format!("--sunken: {LIGHT_GROUND};")));
        assert!(css.contains(&format!("--sunken: {DARK_GROUND};")));
        for accent in ACCENTS {
            assert!(css.contains(&format!("--accent: {accent};")), "{accent}");
        }
    }

    proptest! {
        #[test]
        fn any_accent_can_be_read(red: u8, green: u8, blue: u8) {
            let accent = Colour::rgb(red, green, blue);
            prop_assert!(accent.contrast(accent.text_on()) >= READABLE);
            prop_assert!(accent.until(READABLE, LIGHT_GROUND, Colour::BLACK).contrast(LIGHT_GROUND) >= READABLE);
            prop_assert!(accent.until(READABLE, DARK_GROUND, Colour::WHITE).contrast(DARK_GROUND) >= READABLE);
        }

        #[test]
        fn a_colour_round_trips(red: u8, green: u8, blue: u8) {
            let colour = Colour::rgb(red, green, blue);
            prop_assert_eq!(Colour::parse(&colour.to_string()), Ok(colour));
        }
    }
}
