//! Settings of the server that every connection here needs, and those that the address asks for.
//!
//! They are set by a statement, not by the startup parameter `options`: a pooler refuses that one, and where it pools
//! transactions a setting may outlive none.

use super::ANSWER;

/// Names and values, ours last, so that they win.
pub(super) struct Settings(Vec<(String, String)>);

impl Settings {
    /// Splits the `options` of an address into what is a setting, and what only the start of a session can say.
    pub(super) fn read(options: &str) -> (String, Settings) {
        let (mut rest, mut settings) = (Vec::new(), Vec::new());
        let mut words = words(options).into_iter();
        while let Some(word) = words.next() {
            let assignment = match (word.strip_prefix("--"), word.strip_prefix("-c")) {
                (Some(long), _) => Some(long.to_owned()),
                (None, Some("")) => words.next(),
                (None, Some(short)) => Some(short.to_owned()),
                (None, None) => None,
            };
            match assignment.as_deref().and_then(|assignment| assignment.split_once('=')) {
                Some((name, value)) => settings.push((name.replace('-', "_"), value.to_owned())),
                None => rest.push(word),
            }
        }
        settings.extend(own().map(|(name, value)| (name.to_owned(), value)));
        (rest.join(" "), Settings(settings))
    }

    /// Sets them for as long as the connection lives.
    pub(super) fn for_the_session(&self) -> String {
        self.statement("false")
    }

    /// Begins a transaction that has them.
    pub(super) fn for_a_transaction(&self) -> String {
        format!("BEGIN; {}", self.statement("true"))
    }

    fn statement(&self, local: &str) -> String {
        let literal = |text: &str| format!("'{}'", text.replace('\'', "''"));
        let set = |(name, value): &(String, String)| {
            format!("set_config({}, {}, {local})", literal(name), literal(value))
        };
        format!("SELECT {}", self.0.iter().map(set).collect::<Vec<_>>().join(", "))
    }
}

/// Every statement here finds few rows by an index. While a table is young the planner would rather read it whole, and a plan
/// is kept until statistics are taken anew, however large the table has become by then; so nothing is planned that reads
/// whole tables where there is another way. Where there is none, the estimate is enormous, and must not call for compiling.
fn own() -> [(&'static str, String); 6] {
    let limit = ANSWER.as_millis().to_string();
    let off = || "off".to_owned();
    [
        ("statement_timeout", limit.clone()),
        ("idle_in_transaction_session_timeout", limit),
        ("enable_seqscan", off()),
        ("enable_hashjoin", off()),
        ("enable_mergejoin", off()),
        ("jit", off()),
    ]
}

/// Words between blanks; a backslash keeps the next character, as the server does it.
fn words(text: &str) -> Vec<String> {
    let (mut words, mut word) = (Vec::new(), String::new());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => word.extend(characters.next()),
            blank if blank.is_whitespace() => words.push(std::mem::take(&mut word)),
            other => word.push(other),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}
