//! Where settings come from: a TOML file, and above it environment variables of the form `SYMBOLON_SECTION__KEY`.
//!
//! A variable is tried as plain text first, then as JSON (`["a", "b"]`, `{"file": "…"}`), then as a list separated by
//! commas; the first that fits the key's type counts. Each is checked alone, so that a wrong one is named. A variable
//! that is no key and resembles none is left alone: platforms make variables named after a service
//! (`SYMBOLON_SERVICE_HOST` on Kubernetes).

use std::io::ErrorKind;
use std::path::Path;

use serde::Deserialize;
use symbolon_platform::spelling::nearest;
use toml::{Table, Value};

use super::explain::{explain, explain_value, unknown_field};
use super::raw::Raw;
use super::{ConfigError, FILE_VARIABLE};

const PREFIX: &str = "SYMBOLON_";
/// Variables that are not settings: where the file is, and what only the tests read.
const NOT_SETTINGS: [&str; 3] = [FILE_VARIABLE, "SYMBOLON_TEST_", "SYMBOLON_BENCH_"];

/// Reads both; `file` is `None` when everything comes from the environment.
pub(super) fn read(file: Option<&Path>, environment: &[(String, String)]) -> Result<Raw, ConfigError> {
    let mut table = match file {
        Some(path) => read_file(path)?,
        None => Table::new(),
    };
    for (name, text) in environment {
        let ignored = NOT_SETTINGS.iter().any(|other| name.starts_with(other));
        if let Some(path) = name.strip_prefix(PREFIX).filter(|_| !ignored) {
            merge(&mut table, variable(name, path, text)?.unwrap_or_default());
        }
    }
    Raw::deserialize(table).map_err(|e| ConfigError::new(explain_value(e.message(), "the configuration")))
}

fn read_file(path: &Path) -> Result<Table, ConfigError> {
    let name = path.display().to_string();
    let source = std::fs::read_to_string(path).map_err(|e| {
        let mend = match e.kind() {
            ErrorKind::PermissionDenied => "let the user that runs this read it, and enter its folders",
            _ => "write one with `symbolon init`",
        };
        ConfigError::new(format!("cannot read {name}: {e}; {mend}"))
    })?;
    let wrong = |e: toml::de::Error| ConfigError::new(explain(&e, &source, &name));
    // Read as the typed shape first, because only this reading knows lines.
    toml::from_str::<Raw>(&source).map_err(wrong)?;
    toml::from_str::<Table>(&source).map_err(wrong)
}

/// The settings that one variable stands for, as a table of its own; `None` when it is somebody else's.
fn variable(name: &str, path: &str, text: &str) -> Result<Option<Table>, ConfigError> {
    let path = path.to_lowercase();
    let keys: Vec<&str> = path.split("__").collect();
    let mut first_wrong = None;
    for value in readings(text) {
        let table = nest(&keys, value);
        match Raw::deserialize(table.clone()) {
            Ok(_) => return Ok(Some(table)),
            Err(wrong) => first_wrong = first_wrong.or(Some(wrong)),
        }
    }
    let message = first_wrong.map(|wrong| wrong.message().to_owned()).unwrap_or_default();
    if let (Some((unknown, known)), Some(section)) = (unknown_field(&message), keys.first())
        && unknown == *section
        && nearest(unknown, known).is_none()
    {
        return Ok(None);
    }
    Err(ConfigError::new(explain_value(&message, &format!("the environment variable {name}"))))
}

fn readings(text: &str) -> Vec<Value> {
    let mut readings = vec![Value::String(text.to_owned())];
    if let Ok(json) = serde_json::from_str::<serde_json::Value>(text) {
        readings.extend(Value::try_from(json).ok());
    }
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    readings.push(Value::Array(parts.map(|part| Value::String(part.to_owned())).collect()));
    readings
}

fn nest(keys: &[&str], value: Value) -> Table {
    let mut table = Table::new();
    match keys {
        [] => {}
        [last] => {
            table.insert((*last).to_owned(), value);
        }
        [first, rest @ ..] => {
            table.insert((*first).to_owned(), Value::Table(nest(rest, value)));
        }
    }
    table
}

/// Lays `over` on top of `base`, table by table.
fn merge(base: &mut Table, over: Table) {
    for (key, value) in over {
        match (base.get_mut(&key), value) {
            (Some(Value::Table(below)), Value::Table(above)) => merge(below, above),
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
}
