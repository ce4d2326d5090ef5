//! What commands print: lines for people, or one JSON value for programs.

use std::borrow::Cow;
use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicI64, Ordering};

use anyhow::{Context, bail};
use serde::Serialize;
use symbolon_oauth::credential::Secret;
use symbolon_platform::name;

use crate::clock::Clock;
pub(super) use crate::clock::iso;
use crate::declared::{Line, Report, Stage};

/// Where answers go.
#[derive(Clone, Copy)]
pub(super) struct Output {
    json: bool,
}

impl Output {
    pub(super) fn new(json: bool) -> Output {
        Output { json }
    }

    /// The answer: `value` as JSON, or the lines of `text`.
    pub(super) fn answer(self, value: &impl Serialize, text: impl FnOnce() -> String) -> anyhow::Result<()> {
        let text = if self.json { plain_json(&serde_json::to_string_pretty(value)?) } else { plain(&text()) };
        match say(&text) {
            // Whoever read it has heard enough, as `head` has. What was to be done is done.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            written => written.context("cannot write the answer"),
        }
    }

    /// Whether people read it.
    pub(super) fn is_text(self) -> bool {
        !self.json
    }

    /// Lines of a diff that come before the rest of its report.
    pub(super) fn lines(self, lines: &[Line]) {
        let text: Vec<String> = lines.iter().map(|line| plain(&line.to_string())).collect();
        // It goes on all the same where nobody reads; whatever else is wrong, the end of the report meets as well.
        let _ = say(&text.join("\n"));
    }

    /// One line on standard error, whatever happened below.
    pub(super) fn complain(wrong: &anyhow::Error) {
        let line = format!("{wrong:#}").lines().collect::<Vec<_>>().join("; ");
        // Nobody is left to tell when even this cannot be written.
        let _ = writeln!(io::stderr(), "symbolon: {}", plain(&line));
    }

    /// What an application of declared state did, with the secrets to show once.
    pub(super) fn report(self, report: &Report, dry_run: bool) -> anyhow::Result<()> {
        if self.json {
            let value = serde_json::json!({
                "dry_run": dry_run,
                "changes": report.lines,
                "kept": report.kept,
                "undeclared": report.undeclared,
                "secrets": report.made.iter().map(|made| serde_json::json!({
                    "name": made.name, "of": made.of, "value": made.value.expose(),
                })).collect::<Vec<_>>(),
            });
            return self.answer(&value, String::new);
        }
        self.answer(&(), || {
            let mut text: Vec<String> = report.lines.iter().map(ToString::to_string).collect();
            if report.is_empty() {
                text.push("nothing to change".to_owned());
            }
            text.extend(report.kept.iter().map(ToString::to_string));
            if !report.undeclared.is_empty() {
                let left: Vec<_> = report.undeclared.iter().map(ToString::to_string).collect();
                text.push(format!("left alone, as no file ever declared them: {}", left.join(", ")));
            }
            if dry_run && !report.is_empty() {
                text.push("dry run: nothing was changed".to_owned());
            }
            text.extend(report.made.iter().map(|made| {
                format!("{} of {} (shown this once): {}", made.name, made.of, made.value.expose())
            }));
            text.join("\n")
        })
    }
}

/// How far something is that takes long, on standard error: every second on a terminal, every ten seconds elsewhere, and
/// never of what is done by then.
pub(super) struct Progress<'a> {
    clock: &'a Clock,
    every: i64,
    told: AtomicI64,
}

impl<'a> Progress<'a> {
    pub(super) fn new(clock: &'a Clock) -> Progress<'a> {
        let every = if io::stderr().is_terminal() { 1000 } else { 10_000 };
        Progress { clock, every, told: AtomicI64::new(clock.now().0) }
    }

    pub(super) fn tell(&self, stage: Stage, done: usize, of: usize) {
        let now = self.clock.now().0;
        if done >= of || now - self.told.load(Ordering::Relaxed) < self.every {
            return;
        }
        self.told.store(now, Ordering::Relaxed);
        let word = match stage {
            Stage::Compared => "compared",
            Stage::Written => "written",
        };
        // It goes on all the same where nobody can be told.
        let _ = writeln!(io::stderr(), "symbolon: {done} of {of} {word}");
    }
}

/// Writes lines to standard output.
fn say(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if !text.is_empty() {
        writeln!(out, "{}", text.trim_end_matches('\n'))?;
    }
    out.flush()
}

/// Asks before something that cannot be taken back, with everything that it is done to.
pub(super) fn confirm_each(of: &[String], question: &str, yes: bool) -> anyhow::Result<()> {
    if !yes && io::stdin().is_terminal() {
        for line in of {
            writeln!(io::stderr(), "{}", plain(line))?;
        }
    }
    confirm(question, yes)
}

/// Asks before something that cannot be taken back.
pub(super) fn confirm(question: &str, yes: bool) -> anyhow::Result<()> {
    if yes {
        return Ok(());
    }
    if !io::stdin().is_terminal() {
        bail!("{} Nobody is there to answer: add --yes", plain(question));
    }
    write!(io::stderr(), "{} [y/N] ", plain(question))?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    if matches!(answer.trim(), "y" | "Y" | "yes") { Ok(()) } else { bail!("nothing was changed") }
}

/// A secret from a terminal without echo, or the first line of standard input.
pub(super) fn read_secret(prompt: &str) -> anyhow::Result<Secret> {
    let text = if io::stdin().is_terminal() {
        rpassword::prompt_password(prompt)?
    } else {
        let mut line = String::new();
        io::stdin().read_line(&mut line)?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    };
    if text.is_empty() {
        bail!("nothing was given on standard input");
    }
    Ok(Secret::given(text))
}

/// A text for a terminal: what was stored before names were judged, or by another version, moves no cursor and turns no line
/// around. Line ends and tabs are ours.
fn plain(text: &str) -> String {
    let line = |line: &str| line.split('\t').map(name::escaped).collect::<Vec<_>>().join("\t");
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

/// The same of JSON, in its own escapes: what is hidden stands in strings only.
fn plain_json(json: &str) -> String {
    let mut plain = String::with_capacity(json.len());
    for c in json.chars() {
        if c == '\n' || !name::is_hidden(c) {
            plain.push(c);
        } else {
            let units =
                c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect::<String>();
            plain.push_str(&units);
        }
    }
    plain
}

/// Columns of equal width; the last one is not padded.
pub(super) fn table(rows: &[Vec<String>]) -> String {
    let rows: Vec<Vec<_>> =
        rows.iter().map(|row| row.iter().map(|cell| name::escaped(cell)).collect()).collect();
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or_default()
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<Cow<'_, str>>| {
        let cells: Vec<String> =
            row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        cells.join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use symbolon_oauth::time::Timestamp;

    use super::*;

    #[test]
    fn aligns_columns() {
        let row = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
        assert_eq!(table(&[row(["a", "one"]), row(["bbb", ""])]), "a    one\nbbb");
        assert_eq!(table(&[]), "");
    }

    /// Of a row that is older than the rule for names.
    #[test]
    fn nothing_stored_moves_the_cursor_or_turns_a_line_around() {
        let hostile = "a\u{1b}[2J\u{9b}31m\u{202e}b\n\u{e0041}";
        let row = |cell: &str| vec![cell.to_owned(), "x".to_owned()];
        let escaped = r"a\u{1b}[2J\u{9b}31m\u{202e}b\u{a}\u{e0041}";
        let width = escaped.len();
        assert_eq!(table(&[row(hostile), row("b")]), format!("{escaped}  x\n{:<width$}  x", "b"));
        assert_eq!(plain(hostile), "a\\u{1b}[2J\\u{9b}31m\\u{202e}b\n\\u{e0041}");
        let value = serde_json::json!({ "name": hostile });
        let json = plain_json(&serde_json::to_string_pretty(&value).unwrap());
        assert!(!json.contains(|c| c != '\n' && name::is_hidden(c)), "{json}");
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&json).unwrap(),
            value,
            "and it is the same value"
        );
    }

    #[test]
    fn writes_times_in_utc() {
        assert_eq!(iso(Timestamp(1_700_000_000_999)), "2023-11-14T22:13:20Z");
    }
}
