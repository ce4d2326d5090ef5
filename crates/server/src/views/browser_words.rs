//! A browser's name in words, from what it says of itself.
//!
//! For people to recognize their own devices by, nothing more: user agents may say anything, so no rule rests on it.

use crate::language::Language;

/// Programs by the word that gives them away, the most telling first: most name others, too.
const PROGRAMS: [(&str, &str); 8] = [
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Vivaldi/", "Vivaldi"),
    ("Firefox/", "Firefox"),
    ("HeadlessChrome/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
];

const SYSTEMS: [(&str, &str); 7] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
];

/// "Firefox on Linux", "Safari on iPhone", or the first word of what it says.
#[must_use]
pub fn words(language: Language, agent: &str) -> String {
    let find = |list: &[(&str, &'static str)]| {
        list.iter().find(|(sign, _)| agent.contains(sign)).map(|(_, name)| *name)
    };
    match (find(&PROGRAMS), find(&SYSTEMS)) {
        (Some(program), Some(system)) => {
            language.say("browser-on-system").text("browser", program).text("system", system).plain()
        }
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => {
            let word = agent.split(['/', ' ']).next().filter(|word| !word.is_empty());
            word.map_or_else(|| language.say("browser-unknown").plain(), str::to_owned)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_people_know() {
        let cases = [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Safari/604.1",
                "Safari on iPhone",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36 Edg/156.0",
                "Edge on Windows",
            ),
            ("curl/8.5.0", "curl"),
            ("SomeRobot/1.0", "SomeRobot"),
            ("", "Unknown"),
        ];
        for (agent, expected) in cases {
            assert_eq!(words(Language::fallback(), agent), expected, "{agent}");
        }
    }
}
