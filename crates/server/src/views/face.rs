//! How an app or a person looks on a page: a picture we serve, or a tile with one or two letters.
//!
//! The tile's colour is one of a fixed palette in the style sheet, picked by the name, so it is the same everywhere
//! and no page needs an inline style. Pictures are always icons of this server: a page never asks a third party.

use symbolon_platform::app::App;
use symbolon_platform::listing::IconKey;
use symbolon_platform::user::User;

use crate::language::said::Said;
use crate::routes::Address;
use crate::routes::link::Link;

/// The number of tile colours in the style sheet.
const HUES: u32 = 8;

/// A picture, or what stands in for it.
///
/// The letters are always there, below the picture: a picture that does not load leaves them to be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tile {
    /// The path of a picture on this server.
    pub image: Option<Link>,
    /// One or two letters.
    pub monogram: String,
    /// Which colour of the palette.
    pub hue: u32,
}

impl Tile {
    /// The tile for `name`, below its icon if there is one.
    #[must_use]
    pub fn new(name: &str, icon: Option<IconKey>) -> Tile {
        let image = icon.map(|key| Address::Icon.link_to(&[&key.to_string()]));
        let hash = name
            .bytes()
            .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        Tile { image, monogram: monogram(name), hue: (hash >> 16) % HUES + 1 }
    }
}

/// The first letters of the first two words that have one.
fn monogram(name: &str) -> String {
    let mut letters = name.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let monogram: String = letters.by_ref().take(2).flat_map(char::to_uppercase).take(2).collect();
    if monogram.is_empty() { "?".to_owned() } else { monogram }
}

/// An app as pages name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppFace<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its icon.
    pub tile: Tile,
}

impl<'a> AppFace<'a> {
    /// An app with its icon, if it has one.
    #[must_use]
    pub fn new(name: &'a str, icon: Option<IconKey>) -> AppFace<'a> {
        AppFace { name, tile: Tile::new(name, icon) }
    }

    /// An app as it is stored.
    #[must_use]
    pub fn of(app: &'a App) -> AppFace<'a> {
        AppFace::new(&app.name, app.listing.icon)
    }
}

/// A signed-in person as pages name them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonFace<'a> {
    /// Their name.
    pub name: &'a str,
    /// The address they sign in with, which is shown to nobody but them; empty where they have to choose another.
    pub email: &'a str,
    /// Their letters.
    pub tile: Tile,
}

impl<'a> PersonFace<'a> {
    /// An account as it is stored.
    #[must_use]
    pub fn of(user: &'a User) -> PersonFace<'a> {
        PersonFace::new(&user.name, if user.is_displaced() { "" } else { user.login.as_str() })
    }

    /// A person.
    #[must_use]
    pub fn new(name: &'a str, email: &'a str) -> PersonFace<'a> {
        PersonFace { name, email, tile: Tile::new(if name.is_empty() { email } else { name }, None) }
    }
}

/// A web address that an app gave for people to read. Only `https` and `http` can be made into one, so no link on a
/// page runs a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WebLink<'a>(&'a str);

impl<'a> WebLink<'a> {
    /// The link, if `address` is one of the web.
    #[must_use]
    pub fn new(address: &'a str) -> Option<WebLink<'a>> {
        let url = url::Url::parse(address).ok()?;
        matches!(url.scheme(), "https" | "http").then_some(WebLink(address))
    }
}

impl std::fmt::Display for WebLink<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

/// One thing that is wrong with what a person sent, for the list at the top of a form.
#[derive(Clone, Debug)]
pub struct Complaint<'a> {
    /// The id of the field it is about.
    pub field: Option<&'static str>,
    /// A sentence.
    pub text: Said<'a>,
}

impl<'a> Complaint<'a> {
    /// About the form as a whole.
    #[must_use]
    pub fn form(text: Said<'a>) -> Complaint<'a> {
        Complaint { field: None, text }
    }

    /// About one field.
    #[must_use]
    pub fn field(field: &'static str, text: Said<'a>) -> Complaint<'a> {
        Complaint { field: Some(field), text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_come_from_words() {
        let cases = [
            ("Demo App", "DA"),
            ("jane", "J"),
            ("Ärzte für Kinder", "ÄF"),
            ("  \"Quoted\" (x)", "QX"),
            ("🦊", "?"),
            ("", "?"),
            ("ß", "SS"),
        ];
        for (name, letters) in cases {
            assert_eq!(Tile::new(name, None).monogram, letters, "{name}");
        }
    }

    #[test]
    fn a_tile_keeps_its_colour_and_stays_here() {
        let key = IconKey([0xa5; 32]);
        let tile = Tile::new("Demo App", Some(key));
        let bare = Tile::new("Demo App", None);
        assert_eq!((tile.hue, &tile.monogram, &bare.image), (bare.hue, &bare.monogram, &None));
        assert!((1..=HUES).contains(&tile.hue));
        assert_eq!(tile.image.unwrap().as_str(), format!("/icons/{}.png", "a5".repeat(32)));
    }

    #[test]
    fn a_link_is_of_the_web() {
        assert!(WebLink::new("https://app.example/privacy").is_some());
        for wrong in ["javascript:alert(1)", "data:text/html,x", "/relative", ""] {
            assert!(WebLink::new(wrong).is_none(), "{wrong}");
        }
    }
}
