//! Embeds everything in `assets/` under names that change with the content.
//!
//! `app.css` becomes `/assets/app.<hash>.css`, so it can be cached for ever and never goes stale. The hash is FNV-1a:
//! it names a version, it protects nothing. Style sheets lose their comments and indentation on the way.

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=assets");
    #[expect(clippy::disallowed_methods, reason = "cargo tells a build script its folder this way only")]
    let out = env::var("OUT_DIR")?;
    let mut files: Vec<_> = fs::read_dir("assets")?.collect::<Result<_, _>>()?;
    files.sort_by_key(fs::DirEntry::file_name);

    let mut bodies = Vec::new();
    for file in files {
        let name = file.file_name().to_string_lossy().into_owned();
        if !name.ends_with(".css") {
            bodies.push((name, fs::read(file.path())?));
            continue;
        }
        let sheet = bare_style_sheet(&fs::read_to_string(file.path())?);
        if name == "app.css" {
            for (theme, media) in [("light", "@media not all"), ("dark", "@media all")] {
                bodies.push((format!("app-{theme}.css"), themed(&sheet, theme, media)?.into_bytes()));
            }
        }
        bodies.push((name, sheet.into_bytes()));
    }
    let (mut names, mut rows) = (String::new(), String::new());
    for (name, body) in bodies {
        let (stem, extension) = name.rsplit_once('.').ok_or(format!("assets/{name} has no extension"))?;
        let hash = fnv1a(&body);
        let versioned = format!("{stem}.{hash:016x}.{extension}");
        fs::write(Path::new(&out).join(&versioned), &body)?;

        let constant = name.to_uppercase().replace(['.', '-'], "_");
        writeln!(
            names,
            "/// Where `{name}` is served.\npub const {constant}: &str = \"/assets/{versioned}\";"
        )?;
        writeln!(
            rows,
            "Asset {{ path: {constant}, content_type: \"{}\", etag: \"\\\"{hash:016x}\\\"\", \
             body: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{versioned}\")) }},",
            content_type(extension).ok_or(format!("assets/{name}: give its content type in build.rs"))?
        )?;
    }
    fs::write(
        Path::new(&out).join("assets.rs"),
        format!("{names}\n/// Everything that is embedded.\npub static ASSETS: &[Asset] = &[\n{rows}];\n"),
    )?;
    Ok(())
}

fn content_type(extension: &str) -> Option<&'static str> {
    match extension {
        "css" => Some("text/css; charset=utf-8"),
        "js" => Some("text/javascript; charset=utf-8"),
        "svg" => Some("image/svg+xml"),
        _ => None,
    }
}

fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// The style sheet in the colours of one theme, whatever the browser prefers.
fn themed(sheet: &str, theme: &str, media: &str) -> Result<String, Box<dyn Error>> {
    const ASKS: [&str; 2] = ["@media (prefers-color-scheme: dark)", "color-scheme: light dark;"];
    if ASKS.iter().any(|asks| !sheet.contains(asks)) {
        return Err(format!("assets/app.css: build.rs looks for {ASKS:?} in it").into());
    }
    Ok(sheet.replace(ASKS[0], media).replace(ASKS[1], &format!("color-scheme: {theme};")))
}

/// The style sheet without comments and indentation. No string in it may hold `/*`.
fn bare_style_sheet(text: &str) -> String {
    let mut bare = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("/*") {
        bare.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    bare.push_str(rest);
    bare.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}
