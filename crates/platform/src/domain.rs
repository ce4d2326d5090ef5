//! Whether a domain is a developer's: what may be proven, where the proof is put, and what counts as one.

/// A domain that can be proven: a name with two labels or more, in its ASCII spelling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Domain(String);

/// Why a text is no domain that can be proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DomainError {
    /// More than a name.
    #[error("write the domain alone, such as example.com, without https:// and without a path")]
    NotAName,
    /// One label, or an address.
    #[error("write a domain with its ending, such as example.com")]
    NoEnding,
    /// Letters beyond ASCII.
    #[error("write the domain as the DNS has it, in ASCII (xn--…)")]
    NotAscii,
}

impl Domain {
    /// Reads one as it is typed; a final dot and capital letters are as good.
    ///
    /// # Errors
    /// What to write instead.
    pub fn parse(text: &str) -> Result<Domain, DomainError> {
        let name = text.strip_suffix('.').unwrap_or(text);
        if !name.is_ascii() {
            return Err(DomainError::NotAscii);
        }
        let name = name.to_ascii_lowercase();
        let plain = |label: &str| {
            let inner = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            inner && (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
        };
        // The name of its proof must be a name, too.
        if name.len() > 253 - TXT_LABEL.len() - 1 || !name.split('.').all(plain) {
            return Err(DomainError::NotAName);
        }
        let ending = name.rsplit_once('.').map(|(_, ending)| ending);
        // An ending that begins with a digit makes the whole an address (`1.2.3.4`, `1.0x7f`).
        match ending {
            Some(ending) if ending.starts_with(|first: char| first.is_ascii_alphabetic()) => Ok(Domain(name)),
            Some(_) | None => Err(DomainError::NoEnding),
        }
    }

    /// As it is compared.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name whose TXT record proves it.
    #[must_use]
    pub fn txt_name(&self) -> String {
        format!("{TXT_LABEL}.{}", self.0)
    }

    /// The file that proves it.
    #[must_use]
    pub fn file_url(&self) -> String {
        format!("https://{}/.well-known/symbolon-challenge.txt", self.0)
    }
}

const TXT_LABEL: &str = "_symbolon-challenge";

/// What a developer puts into the record or the file. It proves this domain to be of one organisation and no other, so it is made
/// of what only that organisation was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge(String);

impl Challenge {
    /// Of the random value that was made for one organisation and one domain.
    #[must_use]
    pub fn of(value: &str) -> Challenge {
        Challenge(format!("symbolon-domain={value}"))
    }

    /// The whole text to be put there.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What was found at one of the places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// These texts; none when there is nothing.
    Texts(Vec<String>),
    /// Nobody answered, so nothing is known.
    Unknown,
}

/// Whether a domain is proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The challenge is at one of the places.
    Proven,
    /// Nothing is at any of them.
    Absent,
    /// Challenges are there, and none is this one.
    Other,
    /// It is not where an answer came from, and from elsewhere none came: to be asked again.
    Unknown,
}

/// Decides by what was found at each place. One place is enough.
#[must_use]
pub fn decide(challenge: &Challenge, places: &[&Found]) -> Verdict {
    let texts = || {
        places.iter().flat_map(|found| match found {
            Found::Texts(texts) => texts.as_slice(),
            Found::Unknown => &[],
        })
    };
    if texts().any(|text| text.trim() == challenge.0) {
        Verdict::Proven
    } else if places.contains(&&Found::Unknown) {
        Verdict::Unknown
    } else if texts().any(|text| text.trim_start().starts_with("symbolon-domain=")) {
        Verdict::Other
    } else {
        Verdict::Absent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_names_with_an_ending_and_nothing_else() {
        for (typed, expected) in [
            ("example.com", Ok("example.com")),
            ("Sub.EXAMPLE.com.", Ok("sub.example.com")),
            ("xn--bcher-kva.example", Ok("xn--bcher-kva.example")),
            ("1.example.com", Ok("1.example.com")),
            ("com", Err(DomainError::NoEnding)),
            ("localhost", Err(DomainError::NoEnding)),
            ("127.0.0.1", Err(DomainError::NoEnding)),
            ("1.0x7f", Err(DomainError::NoEnding)),
            ("", Err(DomainError::NotAName)),
            (".", Err(DomainError::NotAName)),
            ("example..com", Err(DomainError::NotAName)),
            ("https://example.com", Err(DomainError::NotAName)),
            ("example.com/path", Err(DomainError::NotAName)),
            ("example.com:443", Err(DomainError::NotAName)),
            ("user@example.com", Err(DomainError::NotAName)),
            ("-example.com", Err(DomainError::NotAName)),
            ("_dmarc.example.com", Err(DomainError::NotAName)),
            ("exam ple.com", Err(DomainError::NotAName)),
            ("bücher.example", Err(DomainError::NotAscii)),
        ] {
            let read = Domain::parse(typed);
            assert_eq!(read.as_ref().map(Domain::as_str).map_err(|wrong| *wrong), expected, "{typed}");
        }
        let long = format!("{}.com", vec!["a".repeat(60); 4].join("."));
        assert_eq!(Domain::parse(&long), Err(DomainError::NotAName));
        let domain = Domain::parse("example.com").expect("a domain");
        assert_eq!(domain.txt_name(), "_symbolon-challenge.example.com");
        assert_eq!(domain.file_url(), "https://example.com/.well-known/symbolon-challenge.txt");
    }

    #[test]
    fn one_place_proves_and_silence_refutes_nothing() {
        let challenge = Challenge::of("abc");
        let texts = |texts: &[&str]| Found::Texts(texts.iter().map(|text| (*text).to_owned()).collect());
        let (own, other, none) = (
            texts(&["v=spf1", " symbolon-domain=abc \n"]),
            texts(&["symbolon-domain=abd"]),
            texts(&["v=spf1"]),
        );
        for (places, expected) in [
            (vec![&own], Verdict::Proven),
            (vec![&none, &own], Verdict::Proven),
            (vec![&Found::Unknown, &own], Verdict::Proven),
            (vec![&none, &none], Verdict::Absent),
            (vec![&other, &none], Verdict::Other),
            (vec![&none, &Found::Unknown], Verdict::Unknown),
            (vec![&other, &Found::Unknown], Verdict::Unknown),
        ] {
            assert_eq!(decide(&challenge, &places), expected, "{places:?}");
        }
        for near in
            ["symbolon-domain=abcd", "xsymbolon-domain=abc", "symbolon-domain=ABC", "abc", "symbolon-domain="]
        {
            assert_ne!(decide(&challenge, &[&texts(&[near])]), Verdict::Proven, "{near}");
        }
    }
}
