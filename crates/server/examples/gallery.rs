//! Renders every page in every state into a folder, for looking at and for automatic checks in a browser.
//!
//! `cargo run -p symbolon --example gallery -- target/gallery`, then open `target/gallery/index.html`. The pages are
//! those the server sends, but for the addresses of the style sheets, which become relative.

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

use symbolon_server::assets;
use symbolon_server::views as view;
use symbolon_server::{language, routes, served};

#[path = "gallery/states.rs"]
mod states;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(env::args().nth(1).ok_or("name the folder to write into")?);
    fs::create_dir_all(folder.join("assets"))?;
    for asset in assets::ASSETS {
        fs::write(folder.join(asset.path.trim_start_matches('/')), asset.body)?;
    }
    let mut index = String::from("<!doctype html><title>Gallery</title><ul>");
    let languages = language::Language::all().chain([language::mirrored::language()]);
    let states = languages.flat_map(|language| {
        let named = move |state: states::State| {
            let name = format!("{}-{}", language.tag(), state.name);
            states::State { name, ..state }
        };
        states::every(language).into_iter().map(named)
    });
    for state in states {
        let brand = format!("assets/brand-{}.css", state.name);
        fs::write(folder.join(&brand), &state.brand_css)?;
        let page = state
            .html
            .replace("/assets/brand.css?", &format!("{brand}?"))
            .replace("=\"/assets/", "=\"assets/");
        fs::write(folder.join(format!("{}.html", state.name)), page)?;
        index.push_str(&format!("<li><a href=\"{0}.html\">{0}</a>", state.name));
    }
    fs::write(folder.join("index.html"), index)?;
    Ok(())
}
