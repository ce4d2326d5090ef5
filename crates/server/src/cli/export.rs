//! `symbolon export`: what is stored, back in a file that `symbolon apply` reads.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use serde_json::{Map, Value, json};

use super::Common;
use super::backup::Draft;
use super::output::Output;
use super::world::World;
use crate::declared::{Entry, LeftOut, Sink, export};

#[derive(Debug, Args)]
#[command(after_help = "Example: symbolon export world.toml")]
pub(super) struct Arguments {
    /// The file to write, a new one, with the apps' pictures in a folder beside it; without it the entries are printed, and
    /// pictures left out
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

/// What a file begins with.
const HEAD: &str = "\
# What is stored, as `symbolon apply` reads it. No secret is in it: applied where it came from it changes nothing; elsewhere each
# confidential app gets a client secret and each resource a key, which are shown once, and people sign in by no password until
# one is set.
";

pub(super) async fn run(arguments: &Arguments, common: &Common, out: Output) -> anyhow::Result<()> {
    let world = World::open(common).await?;
    let Some(file) = &arguments.file else { return print(&world, out).await };
    if file.symlink_metadata().is_ok() {
        bail!("{} is there already: choose another name, nothing is written over", file.display());
    }
    let draft = Draft::beside(file, &world.entropy)?;
    let mut written = Written::new(file, &draft.0)?;
    let left_out = export(&world.store, &mut written).await?;
    let (entries, pictures) = (written.entries, written.pictures);
    written.end(&left_out).with_context(|| format!("cannot write {}", file.display()))?;
    draft.becomes(file)?;
    let value = json!({ "file": file.display().to_string(), "entries": entries, "pictures": pictures, "left_out": left_out });
    out.answer(&value, || {
        let mut text = vec![format!(
            "wrote {} with {entries} entries and {pictures} pictures; no secret is in it",
            file.display()
        )];
        text.extend(told(&left_out));
        text.join("\n")
    })
}

fn told(left_out: &LeftOut) -> impl Iterator<Item = String> {
    left_out.iter().map(|(what, count)| format!("left out, as no file can say it: {what}: {count}"))
}

/// A file on its way.
struct Written {
    file: BufWriter<File>,
    /// The folder of the pictures, and how the file calls it.
    folder: (PathBuf, String),
    entries: usize,
    pictures: usize,
}

impl Written {
    fn new(file: &Path, draft: &Path) -> anyhow::Result<Written> {
        let cannot = || format!("cannot write {}", file.display());
        // Who reads it learns everybody's address.
        let opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(draft);
        let mut opened = BufWriter::new(opened.with_context(cannot)?);
        opened.write_all(HEAD.as_bytes()).with_context(cannot)?;
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        let name = format!("{name}-icons");
        Ok(Written { file: opened, folder: (file.with_file_name(&name), name), entries: 0, pictures: 0 })
    }

    fn end(mut self, left_out: &LeftOut) -> io::Result<()> {
        for line in told(left_out) {
            writeln!(self.file, "\n# {line}")?;
        }
        self.file.into_inner().map_err(|error| error.into_error())?.sync_all()
    }
}

impl Sink for Written {
    fn entry(&mut self, entry: &Entry) -> io::Result<()> {
        self.entries += 1;
        write!(self.file, "{entry}")
    }

    fn picture(&mut self, name: &str, png: &[u8]) -> io::Result<Option<String>> {
        let (folder, called) = &self.folder;
        fs::create_dir_all(folder)?;
        // It is called by what it holds.
        fs::write(folder.join(name), png)?;
        self.pictures += 1;
        Ok(Some(format!("{called}/{name}")))
    }
}

/// What is printed.
#[derive(Default)]
struct Printed {
    text: String,
    json: BTreeMap<&'static str, Vec<Value>>,
    pictures: usize,
}

impl Sink for Printed {
    fn entry(&mut self, entry: &Entry) -> io::Result<()> {
        self.text.push_str(&entry.to_string());
        let values: Map<String, Value> = entry
            .values()
            .map(|(key, value)| Ok((key.to_owned(), serde_json::to_value(value)?)))
            .collect::<Result<_, serde_json::Error>>()?;
        self.json.entry(entry.section).or_default().push(Value::Object(values));
        Ok(())
    }

    fn picture(&mut self, _: &str, _: &[u8]) -> io::Result<Option<String>> {
        self.pictures += 1;
        Ok(None)
    }
}

async fn print(world: &World, out: Output) -> anyhow::Result<()> {
    let mut printed = Printed { text: HEAD.to_owned(), ..Printed::default() };
    let mut left_out = export(&world.store, &mut printed).await?;
    if printed.pictures > 0 {
        left_out.insert("pictures, which `symbolon export FILE` writes", printed.pictures);
    }
    for line in told(&left_out) {
        printed.text.push_str(&format!("\n# {line}\n"));
    }
    out.answer(&printed.json, || printed.text.clone())
}
