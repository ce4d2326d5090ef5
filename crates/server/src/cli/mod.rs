//! The command line: one file per command.
//!
//! Exits 0 when it is done, 2 when the command was written wrongly, 1 with one line on standard error when it could
//! not be done: what is wrong, where, and how to mend it. Secrets are read from standard input or a terminal, never
//! from arguments, which other people on the machine can see.

mod app;
mod apply;
mod audit;
mod backup;
mod connection;
mod demo;
mod dialect;
mod doctor;
mod export;
mod init;
mod jobs;
mod keys;
mod mail;
mod migrate;
mod organisation;
mod output;
mod reload;
mod resource;
mod restore;
mod serve;
mod tenant;
mod token;
mod user;
mod world;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, CommandFactory, Parser, Subcommand};
use symbolon_oauth::quoted::Bare;

use output::Output;

/// Symbolon: lets apps connect to your users' accounts, by OAuth 2.
#[derive(Debug, Parser)]
#[command(name = "symbolon", version, max_term_width = 110, after_help = "Try it: symbolon demo")]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Args)]
struct Common {
    /// The configuration file
    #[arg(long, global = true, value_name = "FILE", help_heading = "Everywhere")]
    #[arg(
        long_help = "The configuration file (otherwise the one that SYMBOLON_CONFIG names, or symbolon.toml when there is one; SYMBOLON_… variables win over what it says)"
    )]
    config: Option<PathBuf>,
    /// Answer as JSON
    #[arg(long, global = true, help_heading = "Everywhere")]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a complete world on this machine: server, sample API, sample app
    Demo(symbolon_demo::Options),
    /// Run the server
    Serve(serve::Arguments),
    /// Have the running server read its configuration again
    Reload(reload::Arguments),
    /// Write a configuration and a secrets file to begin with
    Init(init::Arguments),
    /// Bring scopes, roles, tenants, people and apps to the state that files declare
    Apply(apply::Arguments),
    /// Write what is stored into a file that apply reads, without secrets
    Export(export::Arguments),
    /// Bring the schema of the storage up to this version
    Migrate(migrate::Arguments),
    /// Copy the database while the server runs
    Backup(backup::Arguments),
    /// Put a backup in the place of the database; what was revoked since stays revoked
    Restore(restore::Arguments),
    /// Apps and their secrets
    #[command(
        subcommand,
        after_help = "Example: symbolon app create \"Demo App\" --redirect-uri https://app.example.net/cb --scope forms:read"
    )]
    App(app::Command),
    /// People's accounts
    #[command(subcommand, after_help = "Example: symbolon user create jane@example.com --name \"Jane Doe\"")]
    User(user::Command),
    /// Tenants and who belongs to them
    #[command(subcommand, after_help = "Example: symbolon tenant create north --name \"Clinic North\"")]
    Tenant(tenant::Command),
    /// Developer organisations: who develops which apps together
    #[command(subcommand, after_help = "Example: symbolon organisation list")]
    Organisation(organisation::Command),
    /// Your APIs and their host keys
    #[command(
        subcommand,
        after_help = "Example: symbolon resource rotate-key https://api.example.com --grace 24h"
    )]
    Resource(resource::Command),
    /// Look at a token, or end it
    #[command(subcommand, after_help = "Example: symbolon token inspect < token.txt")]
    Token(token::Command),
    /// Which apps are connected for whom, and the end of it
    #[command(subcommand, after_help = "Example: symbolon connection list --app board")]
    Connection(connection::Command),
    /// Who did what, newest first
    Audit(audit::Arguments),
    /// What the server still has to do, and what it gave up
    #[command(subcommand, after_help = "Example: symbolon jobs list --dead")]
    Jobs(jobs::Command),
    /// Master keys, and what they seal
    #[command(subcommand, after_help = "Example: symbolon keys reseal")]
    Keys(keys::Command),
    /// Whether mail leaves
    #[command(subcommand, after_help = "Example: symbolon mail test you@example.com")]
    Mail(mail::Command),
    /// The dialects the endpoints can speak
    #[command(subcommand, after_help = "Example: symbolon dialect check dialects/mine.toml")]
    Dialect(dialect::Command),
    /// Check the configuration, the storage, and what a deployment forgets
    Doctor(doctor::Arguments),
}

/// Runs the command that the arguments of this process name.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse().and_then(usable) {
        Ok(cli) => cli,
        Err(help_or_wrong) => {
            let help_or_wrong = quoted(help_or_wrong);
            let code = if help_or_wrong.use_stderr() { 2 } else { 0 };
            // Nobody is left to tell when even this cannot be written.
            let _ = help_or_wrong.print();
            return ExitCode::from(code);
        }
    };
    match run(cli) {
        Ok(code) => code,
        Err(wrong) => {
            Output::complain(&wrong);
            ExitCode::FAILURE
        }
    }
}

/// The same refusal, which repeats of what was typed no more than every other does, and nothing that moves a cursor.
fn quoted(mut wrong: clap::Error) -> clap::Error {
    for kind in [ContextKind::InvalidArg, ContextKind::InvalidSubcommand, ContextKind::InvalidValue] {
        let Some(ContextValue::String(typed)) = wrong.get(kind) else { continue };
        let shown = Bare(typed).to_string();
        if shown != *typed {
            wrong.insert(kind, ContextValue::String(shown));
            // A hint repeats it, too.
            wrong.insert(ContextKind::Suggested, ContextValue::None);
        }
    }
    wrong
}

/// Refuses what is understood everywhere and would be without effect here.
fn usable(cli: Cli) -> Result<Cli, clap::Error> {
    let runs_on = match &cli.command {
        Command::Serve(_) => true,
        Command::Demo(options) => !options.once,
        _ => false,
    };
    let refused = |why| Err(Cli::command().error(ErrorKind::ArgumentConflict, why));
    if cli.common.json && runs_on {
        return refused(
            "--json is for commands that end with an answer, and a server runs until it is stopped",
        );
    }
    match (&cli.command, &cli.common.config) {
        (Command::Demo(_), Some(_)) => refused("the demo brings its own configuration: leave --config out"),
        (Command::Init(_), Some(_)) => {
            refused("init reads no configuration: name the folder to write one into with --dir")
        }
        _ => Ok(cli),
    }
}

fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let serves = matches!(cli.command, Command::Serve(_) | Command::Demo(_));
    let mut runtime = if serves {
        tokio::runtime::Builder::new_multi_thread()
    } else {
        tokio::runtime::Builder::new_current_thread()
    };
    let runtime = runtime.enable_all().build()?;
    let answer = runtime.block_on(dispatch(cli.command, &cli.common));
    runtime.shutdown_background();
    answer
}

async fn dispatch(command: Command, common: &Common) -> anyhow::Result<ExitCode> {
    let out = Output::new(common.json);
    match command {
        Command::Demo(options) => demo::run(&options, common.json).await?,
        Command::Serve(_) => serve::run(common).await?,
        Command::Reload(_) => reload::run(common, out)?,
        Command::Init(arguments) => init::run(&arguments, out)?,
        Command::Apply(arguments) => apply::run(&arguments, common, out).await?,
        Command::Export(arguments) => export::run(&arguments, common, out).await?,
        Command::Migrate(_) => migrate::run(common, out).await?,
        Command::Backup(arguments) => backup::run(&arguments, common, out).await?,
        Command::Restore(arguments) => restore::run(&arguments, common, out).await?,
        Command::App(command) => app::run(command, common, out).await?,
        Command::User(command) => user::run(command, common, out).await?,
        Command::Tenant(command) => tenant::run(command, common, out).await?,
        Command::Organisation(command) => organisation::run(command, common, out).await?,
        Command::Resource(command) => resource::run(command, common, out).await?,
        Command::Token(command) => token::run(command, common, out).await?,
        Command::Connection(command) => connection::run(command, common, out).await?,
        Command::Audit(arguments) => audit::run(arguments, common, out).await?,
        Command::Jobs(command) => jobs::run(command, common, out).await?,
        Command::Keys(command) => keys::run(command, common, out).await?,
        Command::Mail(command) => mail::run(command, common, out).await?,
        Command::Dialect(command) => return dialect::run(&command, common, out),
        Command::Doctor(arguments) => return doctor::run(&arguments, common, out).await,
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_do_not_contradict_each_other() {
        Cli::command().debug_assert();
    }

    #[test]
    fn what_was_typed_is_repeated_escaped_and_cut() {
        let (hostile, long) = ("a\u{1b}[2J\u{202e}'b", "x".repeat(5000));
        for given in [hostile, &long] {
            for arguments in [
                vec!["audit", "--since", given],
                vec!["audit", "--limit", given],
                vec!["app", "edit", "board", "--pkce", given],
                vec!["app", given],
                vec![given],
                vec!["audit", given],
                vec!["audit", &format!("--{given}")],
            ] {
                let typed = ["symbolon"].iter().chain(&arguments);
                let said = quoted(Cli::try_parse_from(typed).unwrap_err()).to_string();
                let shown: String = Bare(given).to_string().chars().take(50).collect();
                assert!(said.contains(&shown) && !said.contains(given), "{said:?}");
                assert!(said.len() < 1500 && !said.contains(['\u{1b}', '\u{202e}']), "{said:?}");
            }
        }
        let said =
            quoted(Cli::try_parse_from(["symbolon", "audit", "--since", "soon"]).unwrap_err()).to_string();
        assert!(
            said.starts_with("error: invalid value 'soon' for '--since <WHEN>': write how long ago"),
            "{said}"
        );
    }

    #[test]
    fn every_command_shows_an_example() {
        fn check(command: &clap::Command, path: &str) {
            let path = format!("{path} {}", command.get_name());
            let example = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(example.contains("symbolon "), "{path} has no example");
            command.get_subcommands().for_each(|inner| check(inner, &path));
        }
        check(&Cli::command(), "");
    }
}
