//! The style sheet, the icon and the one optional script, embedded in the executable.
//!
//! Names carry a hash of the content (see `build.rs`), so every answer may be cached for ever. The operator's colours
//! are not here: they are generated at start by [`crate::views::brand::brand_css`].

/// What `Cache-Control` says of every asset: the name changes with the content.
pub const CACHE_CONTROL: &str = "public, max-age=31536000, immutable";

/// One embedded file.
#[derive(Debug)]
pub struct Asset {
    /// The whole path of its URL.
    pub path: &'static str,
    /// The value of `Content-Type`.
    pub content_type: &'static str,
    /// The value of `ETag`, with its quotes.
    pub etag: &'static str,
    /// The bytes.
    pub body: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The asset served at `path` (`/assets/app.….css`).
#[must_use]
pub fn find(path: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.path == path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serves_what_the_pages_link() {
        for path in [APP_CSS, FAVICON_SVG, FORM_POST_JS] {
            assert!(find(path).is_some_and(|asset| !asset.body.is_empty()), "{path}");
        }
        assert!(find("/assets/app.css").is_none());
        assert!(find("/assets/../Cargo.toml").is_none());
    }

    #[test]
    fn nothing_embedded_reaches_outside() {
        for asset in ASSETS {
            let text = String::from_utf8_lossy(asset.body).replace("http://www.w3.org/2000/svg", "");
            assert!(!text.contains("http:") && !text.contains("https:"), "{}", asset.path);
            assert!(!text.contains("@import"), "{}", asset.path);
        }
    }
}
