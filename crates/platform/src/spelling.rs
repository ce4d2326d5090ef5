//! Edit distance: the known name that was probably meant by one that is not known.

use std::fmt;

/// How to mend a name that is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mend {
    /// It is nearly this one.
    Meant(String),
    /// It is like none of these, in order.
    Known(Vec<String>),
}

impl Mend {
    /// What to say of a name that is none of the known ones.
    #[must_use]
    pub fn of<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Mend {
        let mut known: Vec<_> = known.into_iter().collect();
        known.sort_unstable();
        match nearest(name, known.iter().copied()) {
            Some(meant) => Mend::Meant(meant.to_owned()),
            None => Mend::Known(known.into_iter().map(str::to_owned).collect()),
        }
    }
}

impl fmt::Display for Mend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Mend::Meant(name) => write!(f, "did you mean \"{name}\"?"),
            Mend::Known(names) if names.is_empty() => f.write_str("declare it or name one of: (none)"),
            Mend::Known(names) => write!(f, "declare it or name one of: {}", names.join(", ")),
        }
    }
}

/// The known name closest to `name`, if one is close enough to have been meant.
#[must_use]
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let most = (name.len() / 3).max(1) + 1;
    let close = known.into_iter().map(|candidate| (distance(name, candidate), candidate));
    close
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, meant)| meant)
}

/// How many single-character edits lead from `a` to `b`, two neighbours changing places counted as one.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                let change = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                let best = change.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
                if swapped { best.min(rows[i - 2][j - 2] + 1) } else { best }
            };
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_swap_is_one_slip() {
        assert_eq!(distance("sotrage", "storage"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(nearest("lisen", ["issuer", "listen"]), Some("listen"));
        assert_eq!(nearest("zzz", ["issuer", "listen"]), None);
    }

    #[test]
    fn says_what_was_meant_or_what_there_is() {
        for (name, known, mend) in [
            ("rcf", &["rfc", "partner"][..], "did you mean \"rfc\"?"),
            ("zzzzzz", &["rfc", "partner"], "declare it or name one of: partner, rfc"),
            ("x", &[], "declare it or name one of: (none)"),
        ] {
            assert_eq!(Mend::of(name, known.iter().copied()).to_string(), mend, "{name}");
        }
    }
}
