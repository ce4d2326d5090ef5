use symbolon_oauth::time::Timestamp;
use symbolon_platform::app::{App, AppStatus};
use symbolon_platform::deed::Deed;
use symbolon_store::change::AppChange;
use symbolon_store::on_both_engines;
use symbolon_store::testing::Database;

use super::*;

mod arrivals;
mod by_hand;
mod documented;
mod exported;
mod names;
mod prune;

const WORLD: &str = r#"
[[scope]]
name = "forms:read"
title = "Read your forms"
[[scope]]
name = "forms:write"
title = "Change your forms"
sensitivity = "sensitive"
includes = ["forms:read"]
[[role]]
key = "practitioner"
title = "Practitioner"
scopes = ["*"]
can_install = true
[[tenant]]
id = "north"
name = "Clinic North"
base_url = "https://api.example.com"
[[user]]
id = "u-jane"
email = "Jane@Example.com"
name = "Jane"
password = "correct horse battery staple"
[[membership]]
tenant = "north"
user = "u-jane"
role = "practitioner"
[[app]]
client_id = "demo-app"
client_secret = "demo-secret"
name = "Demo App"
redirect_uris = ["http://127.0.0.1:8081/callback"]
scopes = ["forms:read"]
status = "live"
owner = "u-jane"
[[resource]]
identifier = "https://api.example.com"
title = "The Acme API"
scopes = ["forms:read"]
key = "host-secret"
"#;

const ALLOWED: Options = Options { dry_run: false, prune: false, allow_weak_secrets: true };

/// A dialect with scopes of its own for apps that name none, and without public apps.
fn elder() -> Dialect {
    let named = "name = \"elder\"\npublic_clients = false\ndefault_scopes = [\"forms:read\"]";
    Dialect::parse(&Dialect::preset_text("rfc").unwrap().replace("name = \"rfc\"", named)).unwrap()
}

struct World {
    store: Store,
    clock: Clock,
    entropy: Entropy,
    passwords: Passwords,
    dialects: Vec<Dialect>,
}

impl World {
    async fn new(database: &Database) -> World {
        let store = database.store().await;
        let entropy = Entropy::seeded(1);
        World {
            store,
            clock: Clock::fixed(Timestamp(1_700_000_000_000)),
            passwords: Passwords::new(entropy.clone()),
            entropy,
            dialects: vec![Dialect::preset("rfc").unwrap(), elder()],
        }
    }

    async fn apply_with(&self, text: &str, options: Options) -> Result<Report, DeclaredError> {
        let declared = Declared::parse([("world.toml", text)], &|path| {
            symbolon_demo::picture(&Path::new("icons").join(path))
        })?;
        // Short ones read well.
        apply(self.around(), &declared, Options { allow_weak_secrets: true, ..options }).await
    }

    fn around(&self) -> Surroundings<'_> {
        Surroundings {
            store: &self.store,
            clock: &self.clock,
            entropy: &self.entropy,
            passwords: &self.passwords,
            token_prefix: "acme",
            dialects: &self.dialects,
            actor: Actor::Operator,
            progress: None,
            lines: None,
        }
    }

    /// This text, compared with what is stored and not applied yet.
    async fn compared(&self, text: &str) -> Plan<'_> {
        let declared = Declared::parse([("world.toml", text)], &icon::read).unwrap();
        compare(self.around(), &declared, ALLOWED).await.unwrap()
    }

    async fn app(&self, client_id: &str) -> App {
        self.store.load_app_by_client_id(client_id).await.unwrap().unwrap()
    }

    async fn suspend(&self, client_id: &str) {
        let app = self.app(client_id).await.client.id;
        let suspend = AppChange::SetStatus { app, status: AppStatus::Suspended }.into();
        self.store.change(&[suspend], &[]).await.unwrap();
    }

    async fn apply(&self, text: &str) -> Vec<String> {
        lines(&self.apply_with(text, Options::default()).await.unwrap())
    }

    async fn refused(&self, text: &str) -> String {
        self.apply_with(text, Options::default()).await.unwrap_err().to_string()
    }
}

fn lines(report: &Report) -> Vec<String> {
    report.lines.iter().map(Line::to_string).collect()
}

on_both_engines! {
    async fn applies_once_and_then_changes_nothing(database) {
        let world = World::new(&database).await;
        assert_eq!(
            world.apply(WORLD).await,
            [
                "+ scope forms:read",
                "+ scope forms:write",
                "+ role practitioner",
                "+ tenant north",
                "+ user u-jane",
                "+ membership u-jane in north",
                "+ app demo-app",
                "+ resource https://api.example.com",
            ]
        );
        let audit = world.store.list_audit(100).await.unwrap();
        world.clock.advance(60_000);
        assert_eq!(world.apply(WORLD).await, Vec::<String>::new());
        assert_eq!(world.store.list_audit(100).await.unwrap().len(), audit.len());
        assert!(audit.iter().any(|row| row.action == Deed::ClientSecretRotated && row.actor == Actor::Operator));

        let app = world.store.load_app_by_client_id("demo-app").await.unwrap().unwrap();
        assert_eq!(app.client.secrets.len(), 1);
        assert_eq!(app.client.redirect_uris, ["http://127.0.0.1:8081/callback"]);
        let account = world.store.load_account_by_email("jane@example.com").await.unwrap().unwrap();
        assert_eq!(app.owner, Some(account.user.id));
        let hash = account.password_hash.as_deref();
        assert_eq!(world.passwords.verify("correct horse battery staple", hash).await, Ok(true));
        let memberships = world.store.load_memberships(account.user.id).await.unwrap();
        assert_eq!(
            (memberships[0].tenant.external_id.as_str(), memberships[0].role.as_str()),
            ("north", "practitioner")
        );
        assert!(world.store.load_host_key("host-secret").await.unwrap().is_some());
        assert!(world.store.load_host_key("host-secreu").await.unwrap().is_none());
    }

    async fn says_what_differs_and_makes_it_true(database) {
        let world = World::new(&database).await;
        world.apply(WORLD).await;
        world.clock.advance(1000);
        let changed = WORLD
            .replace("name = \"Jane\"", "name = \"Jane Doe\"\nstatus = \"disabled\"")
            .replace("battery staple", "battery")
            .replace("demo-secret", "new-secret")
            .replace("host-secret", "new-host-secret")
            .replace(
                "scopes = [\"forms:read\"]\nstatus = \"live\"",
                "scopes = [\"forms:read\", \"forms:write\"]",
            );
        let expected = [
            "~ user u-jane: name \"Jane\" → \"Jane Doe\", status \"active\" → \"disabled\"",
            "~ user u-jane: password (old) → (new)",
            "~ app demo-app: scopes \"forms:read\" → \"forms:read forms:write\"",
            "~ app demo-app: client_secret (old) → (new)",
            "~ resource https://api.example.com: key (old) → (new)",
        ];
        let dry = Options { dry_run: true, ..Options::default() };
        assert_eq!(lines(&world.apply_with(&changed, dry).await.unwrap()), expected);
        assert_eq!(lines(&world.apply_with(&changed, dry).await.unwrap()), expected);
        assert_eq!(world.apply(&changed).await, expected);
        assert_eq!(world.apply(&changed).await, Vec::<String>::new());

        let app = world.store.load_app_by_client_id("demo-app").await.unwrap().unwrap();
        let live: Vec<_> = app.client.secrets.iter().filter(|secret| secret.expires_at.is_none()).collect();
        assert_eq!((live.len(), app.client.secrets.len()), (1, 2));
        assert!(world.store.load_host_key("host-secret").await.unwrap().is_none());
        assert!(world.store.load_host_key("new-host-secret").await.unwrap().is_some());
    }

    async fn applying_undoes_nothing_that_happened_meanwhile(database) {
        let world = World::new(&database).await;
        world.apply(WORLD).await;
        let renamed = WORLD.replace("name = \"Demo App\"", "name = \"Renamed\"");
        for text in [renamed.replace("status = \"live\"\n", ""), renamed] {
            let late = world.compared(&text).await;
            world.suspend("demo-app").await;
            let refused = late.finish().await.unwrap_err().to_string();
            assert_eq!(refused, "what is stored changed meanwhile; nothing was applied, so run it again");
            let app = world.app("demo-app").await;
            assert_eq!((app.status, app.name.as_str()), (AppStatus::Suspended, "Demo App"));

            let again = world.compared(&text).await.finish().await.unwrap();
            assert_eq!(again.lines[0].fields[0].name, "name");
            assert_eq!(world.app("demo-app").await.status, AppStatus::Suspended);
            world.apply(WORLD).await;
        }
    }

    async fn of_two_who_compared_the_same_row_only_one_writes_it(database) {
        let world = World::new(&database).await;
        let text = format!("{WORLD}[[role]]\nkey = \"viewer\"\ntitle = \"Viewer\"\nscopes = [\"*\"]\n");
        world.apply(&text).await;
        let disabled = |line: &str| text.replace(line, &format!("{line}\nstatus = \"disabled\""));
        for (first, second) in [
            (disabled("name = \"Jane\""), text.replace("\"Jane\"", "\"Jane Doe\"")),
            (disabled("name = \"Clinic North\""), text.replace("Clinic North", "Clinic South")),
            (disabled("role = \"practitioner\""), text.replace("role = \"practitioner\"", "role = \"viewer\"")),
            (text.replace("\"sensitive\"", "\"restricted\""), text.replace("Change your forms", "Change")),
            (text.replace("can_install = true", ""), text.replace("\"Practitioner\"", "\"Doctor\"")),
            (text.replace("scopes = [\"forms:read\"]\nkey", "scopes = []\nkey"), text.replace("Acme API", "API")),
        ] {
            let late = world.compared(&second).await;
            assert_eq!(world.apply(&first).await.len(), 1);
            assert!(matches!(late.finish().await, Err(DeclaredError::Conflict)), "{second}");
            assert_eq!(world.apply(&first).await, [""; 0], "it is as the first wrote it");
            world.apply(&second).await;
            world.apply(&text).await;
        }
    }

    async fn a_file_that_says_nothing_of_it_brings_nobody_back(database) {
        let world = World::new(&database).await;
        for line in ["name = \"Jane\"", "name = \"Clinic North\"", "role = \"practitioner\""] {
            let disabled = WORLD.replace(line, &format!("{line}\nstatus = \"disabled\""));
            let active = WORLD.replace(line, &format!("{line}\nstatus = \"active\""));
            world.apply(WORLD).await;
            assert_eq!(world.apply(&disabled).await.len(), 1, "{line}");
            assert_eq!(world.apply(WORLD).await, [""; 0], "{line}");
            assert_eq!(world.apply(&active).await.len(), 1, "{line}");
        }
    }

    async fn an_edit_touches_only_how_an_app_looks(database) {
        let world = World::new(&database).await;
        world.apply(WORLD).await;
        let seen = world.app("demo-app").await;
        world.suspend("demo-app").await;
        let name = Edit { name: Some("Renamed".to_owned()), ..Edit::default() };
        edit(world.around(), &seen, &name).await.unwrap();
        let app = world.app("demo-app").await;
        assert_eq!((app.status, app.name.as_str()), (AppStatus::Suspended, "Renamed"));

        let publisher = Edit { publisher: Some("Demo Ltd".to_owned()), ..Edit::default() };
        let late = edit(world.around(), &seen, &publisher).await;
        assert!(matches!(late, Err(DeclaredError::Conflict)), "it looks otherwise by now: {late:?}");
        edit(world.around(), &app, &publisher).await.unwrap();
        let app = world.app("demo-app").await;
        assert_eq!((app.name.as_str(), app.listing.publisher.unwrap().name.as_str()), ("Renamed", "Demo Ltd"));
    }

    async fn makes_absent_secrets_and_shows_them_once(database) {
        let world = World::new(&database).await;
        let text = WORLD
            .replace("client_secret = \"demo-secret\"\n", "")
            .replace("password = \"correct horse battery staple\"\n", "")
            .replace("key = \"host-secret\"\n", "");
        let dry = world.apply_with(&text, Options { dry_run: true, ..Options::default() }).await.unwrap();
        assert!(dry.made.is_empty() && !dry.is_empty());
        let made = world.apply_with(&text, Options::default()).await.unwrap().made;
        let names: Vec<_> = made.iter().map(|made| format!("{} of {}", made.name, made.of)).collect();
        assert_eq!(
            names,
            [
                "client_secret of app demo-app",
                "key of resource https://api.example.com"
            ]
        );
        assert!(made[0].value.expose().starts_with("acme_cs_live_"));
        assert!(!format!("{made:?}").contains(made[0].value.expose()));
        assert!(world.store.load_host_key(made[1].value.expose()).await.unwrap().is_some());
        let again = world.apply_with(&text, Options::default()).await.unwrap();
        assert!(again.is_empty() && again.made.is_empty());
    }

    async fn refuses_with_the_place_and_the_mend(database) {
        let world = World::new(&database).await;
        for (text, sentence) in [
            ("[[scop]]\nname = \"x\"", "unknown key `scop` in world.toml line 1; did you mean `scope`?"),
            (
                "[[app]]\nclient_id = \"a\"\nname = \"A\"\nredirct_uris = []",
                "world.toml line 4; did you mean `redirect_uris`?",
            ),
            ("[[app]]\nclient_id = \"a\"", "missing field `name` in world.toml line 1"),
            ("[[app]]\nclient_id = \"a\"\nname = \"A\"\nredirect_uris = [\"http://evil.example\"]", "plain http"),
            (
                "[[app]]\nclient_id = \"a\"\nname = \"A\"\ntype = \"secret\"",
                "\"secret\" is not one of confidential, public in world.toml line 4",
            ),
            ("[[app]]\nclient_id = \"a\"\nname = \"A\"\nscopes = [\"x y\"]", "cannot name a scope"),
            (
                "[[app]]\nclient_id = \"a\"\nname = \"A\"\ntype = \"public\"\nclient_secret = \"x\"",
                "app \"a\": a public app cannot keep a secret",
            ),
            (
                "[[app]]\nclient_id = \"a\"\nname = \"A\"\ntype = \"public\"\npkce = \"optional\"",
                "always uses PKCE",
            ),
            (
                "[[app]]\nclient_id = \"a\"\nname = \"A\"\ntype = \"public\"\ngrant_types = [\"client_credentials\"]",
                "cannot use client_credentials",
            ),
            ("[[app]]\nclient_id = \"a\"\nname = \"A\"\noptional_scopes = [\"x\"]", "which `scopes` lacks"),
            (
                "[[app]]\nclient_id = \"a\"\nname = \"A\"\ndialect = \"rcf\"",
                "names the dialect \"rcf\", which is not there; did you mean \"rfc\"?",
            ),
            (
                "[[app]]\nclient_id = \"a\"\nname = \"A\"\ndialect = \"elder\"\ntype = \"public\"",
                "the dialect \"elder\" is for apps that keep a secret",
            ),
            (
                "[[app]]\nclient_id = \"a\"\nname = \"A\"\ndialect = \"elder\"",
                "app \"a\": the `default_scopes` of its dialect names the scope \"forms:read\"",
            ),
            (
                "[[app]]\nclient_id = \"a\"\nname = \"A\"\nscopes = [\"x\"]",
                "app \"a\": `scopes` names the scope \"x\"",
            ),
            (
                "[[app]]\nclient_id = \"a\"\nname = \"A\"\nowner = \"u\"",
                "names the owner \"u\", which is neither declared nor stored",
            ),
            (
                "[[scope]]\nname = \"x\"\ntitle = \"X\"\n[[scope]]\nname = \"x\"\ntitle = \"X\"",
                "scope \"x\" is declared twice",
            ),
            ("[[user]]\nid = \"u\"\nemail = \"nobody\"", "is not an e-mail address in world.toml line 3"),
            ("[[user]]\nid = \"u\"\nemail = \"a@b\"\n[[user]]\nid = \"v\"\nemail = \"A@b\"", "declared twice"),
            ("[[membership]]\ntenant = \"t\"\nuser = \"u\"\nrole = \"r\"", "names the role \"r\""),
            ("[[resource]]\nidentifier = \"api\"\ntitle = \"x\"", "RFC 8707"),
            ("[[api_key]]\nkind = \"pat\"\nname = \"ci\"", "API keys are not built yet"),
            ("[[user]]\nid = \"u\"\nemail = \"a@b\"\npassword = \"\"", "empty secret opens to everybody"),
        ] {
            let refused = world.refused(text).await;
            assert!(refused.contains(sentence), "{text}\n→ {refused}");
        }
        assert!(world.store.list_audit(10).await.unwrap().is_empty());
    }

    async fn an_app_that_names_no_scopes_has_those_of_its_dialect(database) {
        let world = World::new(&database).await;
        world.apply(WORLD).await;
        let app = "[[app]]\nclient_id = \"old\"\nname = \"Old\"\ndialect = \"elder\"\n";
        assert_eq!(world.apply(app).await, ["+ app old"]);
        let stored = async || world.store.load_app_by_client_id("old").await.unwrap().unwrap().client.scopes;
        assert_eq!(stored().await.as_str(), "forms:read");
        assert!(world.apply(app).await.is_empty(), "it has them already");
        world.apply(&format!("{app}scopes = [\"forms:write\"]")).await;
        assert_eq!(stored().await.as_str(), "forms:write");
    }

    async fn an_address_belongs_to_one_person(database) {
        let world = World::new(&database).await;
        world.apply(WORLD).await;
        let refused = world.refused("[[user]]\nid = \"u-other\"\nemail = \"jane@example.com\"").await;
        assert!(refused.contains("belongs to user \"u-jane\" already"), "{refused}");
    }

    async fn the_world_of_the_black_box_tests_is_declared_well(database) {
        let mut world = World::new(&database).await;
        for name in ["strict", "brief"] {
            world.dialects.push(Dialect { name: name.into(), ..Dialect::preset("rfc").unwrap() });
        }
        let text = include_str!("../../../../tests/world/state.toml");
        assert!(!world.apply(text).await.is_empty());
    }
}
