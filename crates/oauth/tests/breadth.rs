//! How much of the world the schema can say, counted from the files.
//!
//! `cases/<provider>/dialect.toml` describes a well-known provider's shape. Each oddity that providers are known for is
//! used by at least two of them, and the table in `cases/README.md` says who uses what: it is compared with the files
//! here, so it cannot grow old.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should stop")]

use std::path::{Path, PathBuf};

use symbolon_oauth::dialect::member::{Literal, Member, Source};
use symbolon_oauth::dialect::rules::{Encoding, ErrorRules};
use symbolon_oauth::dialect::{Dialect, Endpoint, Serves, TokenPlace};
use toml::Table;

/// A provider's shape and its cases.
struct Provider {
    folder: String,
    dialect: Dialect,
    cases: Vec<Table>,
}

/// What a provider may be known for: the head of its column, and whether a provider uses it.
type Oddity = (&'static str, fn(&Provider) -> bool);

/// What providers are known for, in the order of the table.
const ODDITIES: [Oddity; 10] = [
    ("renamed parameters", renames_parameters),
    ("Basic", authenticates_by_basic),
    ("JSON body", posts_json),
    ("nested token", nests_the_token),
    ("extra members", has_extra_members),
    ("form answer", answers_in_form_text),
    ("absolute expiry", says_when_it_ends),
    ("comma scopes", separates_scopes_by_commas),
    ("custom header", uses_a_header_of_its_own),
    ("own errors", has_errors_of_its_own),
];

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")
}

/// Every folder with a dialect of its own, without the worked example: nobody ships that one.
fn providers() -> Vec<Provider> {
    let folders = entries(&root()).into_iter().filter(|folder| folder.join("dialect.toml").exists());
    folders.map(|folder| Provider::read(&folder)).filter(|provider| provider.folder != "home-grown").collect()
}

impl Provider {
    fn read(folder: &Path) -> Provider {
        let (own, cases): (Vec<_>, Vec<_>) =
            entries(folder).into_iter().partition(|path| path.ends_with("dialect.toml"));
        let text = |path: &PathBuf| std::fs::read_to_string(path).unwrap();
        let dialect =
            Dialect::parse(&text(&own[0])).unwrap_or_else(|wrong| panic!("{}: {wrong}", folder.display()));
        let table = |path: &PathBuf| text(path).parse().unwrap();
        Provider {
            folder: folder.file_name().unwrap().to_str().unwrap().to_owned(),
            dialect,
            cases: cases.iter().map(table).collect(),
        }
    }

    fn any(&self, claim: impl Fn(&Endpoint) -> bool) -> bool {
        self.dialect.endpoints.iter().any(claim)
    }

    fn any_answer(&self, claim: impl Fn(&Endpoint, &Member) -> bool) -> bool {
        let tokens = |endpoint: &Endpoint| endpoint.serves == Serves::Token;
        self.any(|own| tokens(own) && own.rules.answer.members.iter().any(|member| claim(own, member)))
    }

    /// Whether a request of a case has this in its `[request]`.
    fn any_request(&self, claim: impl Fn(&Table) -> bool) -> bool {
        self.cases.iter().filter_map(|case| case.get("request")?.as_table()).any(claim)
    }
}

fn renames_parameters(provider: &Provider) -> bool {
    provider.any(|own| own.rules.parameters.iter().any(|(canonical, wire)| canonical != wire))
}

fn authenticates_by_basic(provider: &Provider) -> bool {
    provider.any_request(|request| {
        let header = request.get("headers").and_then(|headers| headers.get("authorization")?.as_str());
        header.is_some_and(|header| header.starts_with("Basic "))
    })
}

fn posts_json(provider: &Provider) -> bool {
    let is_json = |kind: &str| kind.starts_with("application/json");
    provider
        .any_request(|request| request.get("content_type").and_then(toml::Value::as_str).is_some_and(is_json))
}

fn nests_the_token(provider: &Provider) -> bool {
    provider.any_answer(|own, member| {
        let deep = !own.rules.answer.envelope.is_empty() || member.name.contains('.');
        member.source == Some(Source::AccessToken) && deep
    })
}

fn has_extra_members(provider: &Provider) -> bool {
    provider.any_answer(|_, member| match (&member.literal, member.source) {
        (Some(Literal::Text(text)), _) => !text.eq_ignore_ascii_case("bearer"),
        (Some(Literal::Number(_) | Literal::Boolean(_)), _) => true,
        (None, source) => source.is_some_and(|source| !source.is_of_tokens() && source != Source::Scope),
    })
}

fn answers_in_form_text(provider: &Provider) -> bool {
    provider.any(|own| own.serves == Serves::Token && own.rules.answer.format == Encoding::Form)
}

fn says_when_it_ends(provider: &Provider) -> bool {
    provider
        .any_answer(|_, member| matches!(member.source, Some(Source::ExpiresAt | Source::RefreshExpiresAt)))
}

fn separates_scopes_by_commas(provider: &Provider) -> bool {
    let answered = |member: &Member| member.separator.as_deref().is_some_and(|own| own.contains(','));
    provider.any(|own| own.rules.authorize.scope_separators.contains(','))
        || provider.any_answer(|_, member| answered(member))
}

fn uses_a_header_of_its_own(provider: &Provider) -> bool {
    provider.any(|own| {
        let places = own.token_places().iter();
        let odd = |place: &TokenPlace| !matches!(place, TokenPlace::Body) && *place != TokenPlace::bearer();
        places.into_iter().any(odd) || !own.rules.parameter_headers.is_empty()
    })
}

fn has_errors_of_its_own(provider: &Provider) -> bool {
    let shape = |errors: &ErrorRules| (errors.members.clone(), errors.codes.clone(), errors.format);
    provider.any(|own| shape(&own.rules.errors) != shape(&ErrorRules::default()))
}

fn table(providers: &[Provider]) -> String {
    let mut table = String::from("| provider |");
    ODDITIES.iter().for_each(|(name, _)| table.push_str(&format!(" {name} |")));
    table.push_str("\n|---|");
    table.push_str(&":-:|".repeat(ODDITIES.len()));
    for provider in providers {
        table.push_str(&format!("\n| [{0}]({0}/dialect.toml) |", provider.folder));
        for (_, uses) in ODDITIES {
            table.push_str(if uses(provider) { " x |" } else { " |" });
        }
    }
    table.push_str("\n| how many |");
    for (_, uses) in ODDITIES {
        table.push_str(&format!(" {} |", providers.iter().filter(|provider| uses(provider)).count()));
    }
    table
}

#[test]
fn at_least_twenty_four_providers_are_described_with_their_sources() {
    let providers = providers();
    assert!(providers.len() >= 24, "only {} providers are described", providers.len());
    for provider in &providers {
        let head = std::fs::read_to_string(root().join(&provider.folder).join("dialect.toml")).unwrap();
        let head: Vec<&str> = head.lines().take_while(|line| line.starts_with('#')).collect();
        let names_a_source =
            head.iter().any(|line| line.contains("https://") || line.contains("the repository "));
        assert!(names_a_source, "{}: its head names no public source", provider.folder);
        assert!(provider.cases.len() >= 2, "{}: write at least two golden cases", provider.folder);
    }
}

#[test]
fn each_oddity_is_used_by_two_at_least() {
    let providers = providers();
    for (name, uses) in ODDITIES {
        let number = providers.iter().filter(|provider| uses(provider)).count();
        assert!(number >= 2, "only {number} providers use: {name}");
    }
}

#[test]
fn the_table_of_the_cases_says_who_uses_what() {
    let page = std::fs::read_to_string(root().join("README.md")).unwrap();
    let table = table(&providers());
    assert!(page.contains(&table), "cases/README.md should hold this table:\n\n{table}\n");
}
