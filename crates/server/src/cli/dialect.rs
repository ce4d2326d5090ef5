//! `symbolon dialect`: what the endpoints can speak, where it is spoken, and whether a dialect of one's own is right.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Subcommand;
use serde_json::{Value, json};
use symbolon_oauth::dialect::advice::{self, Advice};
use symbolon_oauth::dialect::{Dialect, DialectError, PRESETS};

use super::Common;
use super::output::{Output, table};
use crate::config::{Config, DialectDefinition, DialectSource};
use crate::mount::{self, MountError};
use crate::routes;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// The dialects there are, and where the configuration mounts them
    #[command(after_help = "Example: symbolon dialect list")]
    List,
    /// The file of a dialect, to read or to begin one's own with
    #[command(after_help = "Example: symbolon dialect show rfc > dialects/mine.toml")]
    Show {
        /// Its name
        name: String,
    },
    /// Whether a dialect of one's own is understood, safe and wise
    #[command(after_help = "Example: symbolon dialect check dialects/mine.toml")]
    Check {
        /// The file
        file: PathBuf,
    },
}

pub(super) fn run(command: &Command, common: &Common, out: Output) -> anyhow::Result<ExitCode> {
    match command {
        Command::List => list(common, out)?,
        Command::Show { name } => show(name, common, out)?,
        Command::Check { file } => return check(file, out),
    }
    Ok(ExitCode::SUCCESS)
}

/// The configuration, if there is one: presets can be read without.
fn configuration(common: &Common) -> anyhow::Result<Option<Config>> {
    match Config::load(common.config.as_deref()) {
        Ok(config) => Ok(Some(config)),
        Err(_) if Config::file(common.config.as_deref()).is_none() => Ok(None),
        Err(wrong) => Err(wrong.into()),
    }
}

/// A dialect in the list: what it is, and where it stands, if anywhere.
struct Row {
    dialect: Dialect,
    origin: Value,
    mounted: Option<(String, Vec<String>)>,
}

fn list(common: &Common, out: Output) -> anyhow::Result<()> {
    let mut rows = Vec::new();
    if let Some(config) = configuration(common)? {
        rows = mounted(&config)?;
    }
    for (name, _) in PRESETS {
        if rows.iter().all(|row| row.dialect.name != name) {
            let dialect = Dialect::preset(name)?;
            // The standard endpoints need no mounting.
            let mounted = (name == PRESETS[0].0).then(|| (String::new(), Vec::new()));
            rows.push(Row { dialect, origin: json!({ "preset": name }), mounted });
        }
    }
    out.answer(&rows.iter().map(as_json).collect::<Vec<_>>(), || {
        let head = ["NAME", "TITLE", "ENDPOINTS", "MOUNTED"].map(str::to_owned).to_vec();
        table(&std::iter::once(head).chain(rows.iter().map(as_cells)).collect::<Vec<_>>())
    })
}

fn mounted(config: &Config) -> Result<Vec<Row>, MountError> {
    let origin = |source: &DialectSource| match &source.definition {
        DialectDefinition::Preset(name) => json!({ "preset": name }),
        DialectDefinition::File(path) => json!({ "file": path }),
    };
    let mut origins = vec![(json!({ "preset": PRESETS[0].0 }), (String::new(), Vec::new()))];
    origins.extend(config.dialects.iter().map(|own| (origin(own), (own.prefix.clone(), own.hosts.clone()))));
    let dialects = mount::dialects(config)?.into_iter().zip(origins);
    Ok(dialects.map(|(dialect, (origin, place))| Row { dialect, origin, mounted: Some(place) }).collect())
}

fn as_json(row: &Row) -> Value {
    let endpoints = row.dialect.endpoints.iter().map(|endpoint| {
        let methods: Vec<_> = endpoint.methods.iter().map(|method| method.as_str()).collect();
        json!({ "serves": routes::name(endpoint.serves), "paths": endpoint.paths, "methods": methods })
    });
    json!({
        "name": row.dialect.name,
        "title": row.dialect.title,
        "from": row.origin,
        "endpoints": endpoints.collect::<Vec<_>>(),
        "mounted": row.mounted.as_ref().map(|(prefix, hosts)| json!({ "prefix": prefix, "hosts": hosts })),
    })
}

fn as_cells(row: &Row) -> Vec<String> {
    let mut served: Vec<&str> = row.dialect.endpoints.iter().map(|own| routes::name(own.serves)).collect();
    served.dedup();
    let place = match &row.mounted {
        None => "-".to_owned(),
        Some((prefix, hosts)) if hosts.is_empty() => if prefix.is_empty() { "/" } else { prefix }.to_owned(),
        Some((prefix, hosts)) if prefix.is_empty() => hosts.join(" "),
        Some((prefix, hosts)) => format!("{prefix} {}", hosts.join(" ")),
    };
    vec![row.dialect.name.clone(), row.dialect.title.clone(), served.join(" "), place]
}

fn show(name: &str, common: &Common, out: Output) -> anyhow::Result<()> {
    let text = match (Dialect::preset_text(name), configuration(common)?) {
        (Ok(text), _) => text.to_owned(),
        (Err(unknown), None) => return Err(unknown.into()),
        (Err(unknown), Some(config)) => match written_as(name, &config)? {
            Some(text) => text,
            None => bail!("{unknown}, and the configuration mounts none of this name"),
        },
    };
    out.answer(&json!({ "name": name, "toml": text }), || text.clone())
}

/// The text of a dialect that is mounted under this name.
fn written_as(name: &str, config: &Config) -> Result<Option<String>, MountError> {
    let own = mount::dialects(config)?.into_iter().skip(1).position(|dialect| dialect.name == name);
    let source = own.and_then(|own| config.dialects.get(own));
    source.map(|source| source.text().map(|text| text.into_owned())).transpose()
}

fn check(file: &Path, out: Output) -> anyhow::Result<ExitCode> {
    let place = file.display().to_string();
    let text = mount::read(file).with_context(|| format!("cannot read {place}"))?;
    let judged = Dialect::parse(&text);
    let dangerous = matches!(judged, Err(DialectError::Dangerous(_)));
    let judged = judged.map_err(|error| MountError::of(error, &text, &place));
    let advice = judged.as_ref().map(advice::of).unwrap_or_default();
    out.answer(&findings(&place, &judged, &advice), || match &judged {
        Ok(dialect) => {
            let right = format!("{place} is right: {} ({})", dialect.name, dialect.title);
            let minded = advice.iter().map(|advice| format!("mind     {advice}"));
            std::iter::once(right).chain(minded).collect::<Vec<_>>().join("\n")
        }
        Err(wrong) if dangerous => {
            let dangers = wrong.sentences().iter().map(|danger| format!("danger   {danger}"));
            dangers.collect::<Vec<_>>().join("\n")
        }
        Err(_) => String::new(),
    })?;
    match judged {
        Ok(_) => Ok(ExitCode::SUCCESS),
        Err(wrong) if dangerous => {
            bail!("{place} is refused: mend {} dangerous", things(wrong.sentences().len()))
        }
        Err(wrong) => Err(wrong.into()),
    }
}

fn things(number: usize) -> String {
    if number == 1 { "what is".to_owned() } else { format!("the {number} things that are") }
}

fn findings(place: &str, judged: &Result<Dialect, MountError>, advice: &[Advice]) -> Value {
    let wrong = judged.as_ref().err().map(MountError::sentences).unwrap_or_default();
    let advice: Vec<_> =
        advice.iter().map(|advice| json!({ "what": advice.what, "mend": advice.mend })).collect();
    let (name, title) = match judged {
        Ok(dialect) => (Some(&dialect.name), Some(&dialect.title)),
        Err(_) => (None, None),
    };
    json!({
        "file": place,
        "right": judged.is_ok(),
        "name": name,
        "title": title,
        "wrong": wrong,
        "warnings": advice,
    })
}
