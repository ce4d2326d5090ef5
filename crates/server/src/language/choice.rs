//! Which language a request gets: the first of what its client asks for its person (`ui_locales`, OpenID Connect Core
//! §3.1.2.1), of what the browser says (`Accept-Language`, RFC 9110 §12.5.4) and of the fallback that is one of ours.
//!
//! A range is looked up as RFC 4647 §3.4 says: from its end part by part, until it is one of ours.

use symbolon_oauth::authorize::HINT_AT_MOST;

use crate::language::Language;

/// The language that a client asks for: tags, the most wanted first.
#[must_use]
pub fn by_ui_locales(tags: &str) -> Option<Language> {
    let tags = Some(tags).filter(|tags| tags.len() <= HINT_AT_MOST)?;
    tags.split(' ').find_map(lookup)
}

/// The language that a browser asks for, by the values of its header.
pub fn by_accept_language<'h>(values: impl Iterator<Item = &'h str>) -> Option<Language> {
    let mut ranges: Vec<(&str, u16)> =
        values.flat_map(|value| value.split(',')).filter_map(weighed).collect();
    // Those of one weight stay in their order.
    ranges.sort_by_key(|(_, weight)| std::cmp::Reverse(*weight));
    let unwanted = |own: Language| {
        ranges.iter().any(|(range, weight)| *weight == 0 && range.eq_ignore_ascii_case(own.tag()))
    };
    let named = |own: Language| ranges.iter().any(|(range, _)| lookup(range) == Some(own));
    let wanted = ranges.iter().filter(|(_, weight)| *weight > 0);
    wanted
        .filter_map(|(range, _)| match *range {
            "*" => Language::all().find(|own| !named(*own)),
            range => lookup(range),
        })
        .find(|own| !unwanted(*own))
}

/// A range and its weight in thousandths; [`None`] where it is none.
fn weighed(item: &str) -> Option<(&str, u16)> {
    let mut parts = item.split(';').map(str::trim);
    let range = parts.next().filter(|range| !range.is_empty())?;
    match parts.next() {
        None => Some((range, 1000)),
        Some(weight) => {
            let weight = weight.strip_prefix(['q', 'Q'])?.trim_start().strip_prefix('=')?.trim_start();
            let (whole, thousandths) = weight.split_once('.').unwrap_or((weight, ""));
            let digits = thousandths.len() <= 3 && thousandths.bytes().all(|digit| digit.is_ascii_digit());
            let thousandths: u16 = format!("{thousandths:0<3}").parse().ok().filter(|_| digits)?;
            match (whole, thousandths) {
                ("0", weight) => Some((range, weight)),
                ("1", 0) => Some((range, 1000)),
                _ => None,
            }
        }
    }
}

/// The language of ours that a range means.
fn lookup(range: &str) -> Option<Language> {
    let ends = range.match_indices('-').map(|(at, _)| at).chain([range.len()]);
    ends.collect::<Vec<_>>().into_iter().rev().find_map(|end| Language::named(&range[..end]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_asks_for_its_person() {
        let cases = [
            ("de", Some("de")),
            ("de-CH-1996", Some("de")),
            ("DE-ch", Some("de")),
            ("fr-CA fr de en", Some("de")),
            ("en de", Some("en")),
            ("fr", None),
            ("", None),
            ("  de", Some("de")),
            ("d", None),
            ("deu", None),
            ("../de", None),
            ("<script>", None),
        ];
        for (tags, language) in cases {
            assert_eq!(by_ui_locales(tags).map(Language::tag), language, "{tags}");
        }
        assert_eq!(by_ui_locales(&format!("de {}", "x ".repeat(400))), None, "too long to be read");
    }

    #[test]
    fn a_browser_weighs() {
        let cases = [
            ("de", Some("de")),
            ("de-AT,de;q=0.9,en;q=0.8", Some("de")),
            ("en;q=0.5, de;q=0.8", Some("de")),
            ("fr-FR, fr;q=0.9, de ; q=0.301, en;q=0.3", Some("de")),
            ("en, de", Some("en")),
            ("de;q=0, en;q=0.1", Some("en")),
            ("de-CH, de;q=0", None),
            ("*", Some("en")),
            ("en;q=0.2, *;q=0.5", Some("de")),
            ("en;q=0, *", Some("de")),
            ("fr", None),
            ("", None),
            (",;q=1,,", None),
            ("de;q=2, en;q=0.1", Some("en")),
            ("de;q=0.1234, en;q=0.1", Some("en")),
            ("de;level=1, en;q=0.1", Some("en")),
        ];
        for (header, language) in cases {
            assert_eq!(by_accept_language([header].into_iter()).map(Language::tag), language, "{header}");
        }
        let lines = ["fr, en;q=0.1", "de;q=0.2"];
        assert_eq!(
            by_accept_language(lines.into_iter()).map(Language::tag),
            Some("de"),
            "two lines are one list"
        );
    }
}
