//! One step after the other: send a request, check the answer, print a line, count.

use std::io::Write;

use anyhow::Context;
use http::StatusCode;
use serde_json::{Value, json};
use symbolon_wire::egress::{Answer, Egress, Request};

use super::Tally;
use crate::WalkFormat;
use crate::world::World;

/// What a check says: a value for the story, or a sentence about what was expected.
pub type Checked<T> = Result<T, String>;

/// Why a story ends early.
#[derive(Debug)]
pub enum Stop {
    /// A surprise; it has been printed and counted.
    Told,
    /// The walk itself cannot go on.
    Broken(anyhow::Error),
}

impl From<anyhow::Error> for Stop {
    fn from(reason: anyhow::Error) -> Stop {
        Stop::Broken(reason)
    }
}

/// A walk under way.
pub struct Walk<'a> {
    /// The world that is walked through.
    pub world: &'a World,
    /// What was counted so far.
    pub tally: Tally,
    /// What the steps belong to.
    story: String,
    egress: Egress,
    out: &'a mut dyn Write,
    format: WalkFormat,
}

impl<'a> Walk<'a> {
    /// Sets out.
    pub fn new(world: &'a World, egress: Egress, (out, format): (&'a mut dyn Write, WalkFormat)) -> Walk<'a> {
        Walk { world, tally: Tally { steps: 0, failed: 0 }, story: String::new(), egress, out, format }
    }

    /// Begins the next story.
    pub fn begin(&mut self, title: String) -> anyhow::Result<()> {
        self.story = title;
        match self.format {
            WalkFormat::InWords => self.say(&format!("\n{}", self.story)),
            WalkFormat::AsJson => Ok(()),
        }
    }

    /// Says how it went.
    pub fn end(mut self) -> anyhow::Result<Tally> {
        let Tally { steps, failed } = self.tally;
        self.say(&match self.format {
            WalkFormat::InWords => format!("\n{steps} steps, {failed} failed"),
            WalkFormat::AsJson => json!({ "steps": steps, "failed": failed }).to_string(),
        })?;
        Ok(self.tally)
    }

    fn say(&mut self, line: &str) -> anyhow::Result<()> {
        writeln!(self.out, "{line}").context("the output cannot be written to")
    }

    /// One step: sends the request and has the answer checked.
    pub async fn step<T>(
        &mut self,
        title: &str,
        request: Request,
        check: impl FnOnce(&Answer) -> Checked<T>,
    ) -> Result<T, Stop> {
        let mut address = request.url().clone();
        address.set_query(None);
        let line = format!("{} {address}", request.method());
        match self.egress.send(request).await {
            Ok(answer) => {
                let checked = check(&answer).map_err(|expected| {
                    format!("{expected}\n            the answer was {}", excerpt(&answer))
                });
                self.tell(title, (answer.status().as_str(), &line), checked)
            }
            Err(reason) => self.tell(title, ("---", &line), Err(format!("expected an answer: {reason}"))),
        }
    }

    /// A step that needs no request of its own, such as looking at what a redirect brought.
    pub fn look<T>(&mut self, title: &str, at: &str, checked: Checked<T>) -> Result<T, Stop> {
        self.tell(title, ("   ", at), checked)
    }

    fn tell<T>(&mut self, title: &str, met: (&str, &str), checked: Checked<T>) -> Result<T, Stop> {
        self.tally.steps += 1;
        self.say(&match self.format {
            WalkFormat::InWords => in_words(self.tally.steps, title, met, checked.as_ref().err()),
            WalkFormat::AsJson => json!({
                "step": self.tally.steps,
                "story": self.story,
                "title": title,
                "at": met.1,
                "status": met.0.parse::<u16>().ok(),
                "ok": checked.is_ok(),
                "expected": checked.as_ref().err(),
            })
            .to_string(),
        })?;
        checked.map_err(|_| {
            self.tally.failed += 1;
            Stop::Told
        })
    }
}

fn in_words(number: usize, title: &str, (status, line): (&str, &str), expected: Option<&String>) -> String {
    let verdict = if expected.is_none() { "ok  " } else { "FAIL" };
    let expected = expected.map(|expected| format!("\n            {expected}")).unwrap_or_default();
    format!("{number:>4}  {verdict}  {title:<44} {status}  {line}{expected}")
}

/// The status is the expected one.
pub fn status(answer: &Answer, expected: StatusCode) -> Checked<()> {
    match answer.status() == expected {
        true => Ok(()),
        false => Err(format!("expected {expected}, got {}", answer.status())),
    }
}

/// The status is the expected one and the body is JSON.
pub fn json(answer: &Answer, expected: StatusCode) -> Checked<Value> {
    status(answer, expected)?;
    answer.json().map_err(|wrong| format!("expected JSON: {wrong}"))
}

/// A member has the expected value.
pub fn member(body: &Value, name: &str, expected: impl Into<Value>) -> Checked<()> {
    let expected = expected.into();
    match body.get(name) {
        Some(value) if *value == expected => Ok(()),
        Some(value) => Err(format!("expected `{name}` to be {expected}, got {value}")),
        None => Err(format!("expected a member `{name}`")),
    }
}

/// A member is there, and is a text.
pub fn text(body: &Value, name: &str) -> Checked<String> {
    let value = body.get(name).and_then(Value::as_str);
    value.map(str::to_owned).ok_or_else(|| format!("expected a text `{name}`"))
}

fn excerpt(answer: &Answer) -> String {
    let text = answer.text();
    let short: String = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(400).collect();
    format!("{}: {short}", answer.status())
}
