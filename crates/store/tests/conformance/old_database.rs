//! Migration of a database that an older version left: nothing that it holds is lost or means something else.
//!
//! The rows are `tests/old/0007.sql`; what is expected of them stands in `tests/old/state.toml` and in the story of
//! `tests/old/make.py`.

use symbolon_oauth::client::{AuthenticationMethod, Client, ClientType, Generations, GrantType, Level};
use symbolon_oauth::credential::{Presented, SecretHash};
use symbolon_oauth::grant_type::refresh_token::FamilyFacts;
use symbolon_oauth::id::{AccessTokenId, CodeId, FamilyId};
use symbolon_oauth::time::Timestamp;
use symbolon_platform::app::{About, App, AppStatus};
use symbolon_platform::authority::effective;
use symbolon_platform::grant::GrantStatus;
use symbolon_platform::listing::{Listing, Publisher};
use symbolon_platform::organisation::{Organisation, Role};
use symbolon_platform::tenant::Standing;
use symbolon_store::declarations::ANY;
use symbolon_store::testers::TesterFace;
use symbolon_store::testing::{Database, OLD_PLAIN};
use symbolon_store::weak_credentials::WeakCredential;
use symbolon_store::{Store, on_both_engines};

use crate::world::scopes;

/// The old database, brought to this version.
async fn migrated(database: &Database) -> Store {
    database.grow_old().await;
    let store = Store::open(database.url(), Database::options()).await.unwrap();
    store.migrate().await.unwrap();
    assert!(store.pending().await.unwrap().is_empty());
    store
}

/// A value that was left beside the rows.
fn plain(name: &str) -> &'static str {
    let line = OLD_PLAIN.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(" = "));
    line.unwrap_or_else(|| panic!("{name} is not in the file")).trim_matches('"')
}

/// The moment at which the rows were left.
fn then() -> Timestamp {
    Timestamp(plain("kept_at").parse().unwrap())
}

fn presented(name: &str) -> Presented {
    Presented::parse(plain(name)).unwrap()
}

async fn app(store: &Store, client_id: &str) -> App {
    store.load_app_by_client_id(client_id).await.unwrap().unwrap_or_else(|| panic!("no {client_id}"))
}

/// The family of a refresh token, which is still the one that its row knows.
async fn family(store: &Store, name: &str) -> FamilyFacts {
    store.family(FamilyId::new(presented(name).id)).await.unwrap().unwrap()
}

fn callback() -> Vec<String> {
    vec!["http://127.0.0.1:8081/callback".to_owned()]
}

on_both_engines! {
    /// Whoever connected an app is not asked again for that.
    async fn who_gave_a_grant_knows_where_its_answers_go(database) {
        let store = migrated(&database).await;
        let daybook = app(&store, "daybook").await.client.id;
        let jane = store.load_account_by_external_id("u-jane").await.unwrap().unwrap().user.id;
        let facts = store.consent_facts(jane, daybook).await.unwrap();
        assert!(!facts.grants.is_empty());
        for grant in facts.grants.iter().filter(|grant| grant.user == jane) {
            let seen = facts.seen.iter().find(|seen| seen.grant == grant.id).unwrap();
            assert_eq!(seen.destinations, ["localhost", "https://daybook.example.net"]);
            assert!(seen.refused.is_empty() && seen.tenant == grant.tenant);
            assert_eq!((seen.known.name.as_str(), seen.known.publisher.as_str()), ("Daybook", "Studio & Söhne"));
            assert!(seen.known.scopes.contains_all(&grant.scopes), "{seen:?}");
            assert!(seen.known.resources.contains("https://api.example.com"), "{seen:?}");
        }
    }

    async fn an_app_is_what_it_was(database) {
        let store = migrated(&database).await;
        let kim = store.load_account_by_external_id("u-kim").await.unwrap().unwrap().user;
        let daybook = app(&store, "daybook").await;
        let icon = daybook.listing.icon.unwrap();
        assert!(store.load_icon(icon).await.unwrap().unwrap().starts_with(b"\x89PNG"));
        assert_eq!(daybook.listing, Listing {
            icon: Some(icon),
            publisher: Some(Publisher { name: "Studio & Söhne".to_owned(), verified: true }),
            homepage: Some("https://daybook.example.net".to_owned()),
            privacy_url: Some("https://daybook.example.net/privacy".to_owned()),
            terms_url: Some("https://daybook.example.net/terms".to_owned()),
        });
        assert_eq!((daybook.name.as_str(), daybook.status, daybook.owner), ("Daybook", AppStatus::Live, Some(kim.id)));
        assert!(daybook.created_at < then() && daybook.created_at.0 > then().0 - 600_000);
        assert_eq!(daybook.client, Client {
            id: daybook.client.id,
            client_id: "daybook".to_owned(),
            client_type: ClientType::Confidential,
            dialect: "rfc".to_owned(),
            secrets: daybook.client.secrets.clone(),
            authentication_method: None,
            redirect_uris: [callback(), vec!["https://daybook.example.net/callback?from=symbolon".to_owned()]].concat(),
            scopes: scopes("forms:read forms:write bookings:read"),
            optional_scopes: scopes("bookings:read"),
            grant_types: GrantType::ALL.to_vec(),
            pkce_excused: false,
            native: false,
            unknown_scopes: None,
            level: Level::User,
            generations: Generations::default(),
        });
        assert_eq!(store.client("daybook", then()).await.unwrap().unwrap().client, daybook.client);
    }

    async fn every_kind_of_app_is_what_it_was(database) {
        let store = migrated(&database).await;
        let pocket = app(&store, "pocket").await;
        assert_eq!((pocket.client.client_type, pocket.status), (ClientType::Public, AppStatus::Development));
        assert!(pocket.client.secrets.is_empty() && !pocket.listing.publisher.unwrap().verified);
        let ward = app(&store, "ward").await;
        assert_eq!((ward.client.level, ward.client.dialect.as_str()), (Level::Tenant, "fullscript"));
        assert_eq!(ward.listing.icon, app(&store, "daybook").await.listing.icon);
        let calendar = app(&store, "calendar").await;
        assert!(calendar.client.pkce_excused && calendar.client.dialect == "calcom" && calendar.owner.is_some());
        let scenario = app(&store, "scenario").await;
        assert_eq!(scenario.client.authentication_method, Some(AuthenticationMethod::ClientSecretPost));
        assert_eq!(scenario.listing, Listing::default());
        assert_eq!(app(&store, "filler").await.client.dialect, "fillout");
        assert_eq!(app(&store, "paused").await.status, AppStatus::Suspended);
        assert_eq!(app(&store, "workshop").await.client.redirect_uris, callback());
        let names: Vec<_> =
            store.list_apps("", 100).await.unwrap().into_iter().map(|app| app.client.client_id).collect();
        assert_eq!(
            names,
            ["calendar", "daybook", "filler", "paused", "pocket", "scenario", "strict", "ward", "workshop"]
        );
    }

    /// Apps with an owner went into the organisation that is the owner's alone; the others are the operator's.
    async fn an_app_is_in_the_organisation_of_its_owner(database) {
        let store = migrated(&database).await;
        let user = async |id: &str| store.load_account_by_external_id(id).await.unwrap().unwrap().user;
        let kim = user("u-kim").await;
        for client_id in ["calendar", "daybook", "filler", "paused", "pocket", "scenario", "strict", "ward", "workshop"] {
            let owner = app(&store, client_id).await.owner;
            let stands = store.standpoint(client_id, kim.id).await.unwrap().unwrap();
            assert_eq!(stands.organisation, owner.map(Organisation::own), "{client_id}");
            assert_eq!(stands.role, (owner == Some(kim.id)).then_some(Role::Owner), "{client_id}");
        }
        let own = store.organisations_of(kim.id).await.unwrap();
        assert_eq!(own.len(), 1);
        assert_eq!((own[0].organisation.name.as_str(), own[0].organisation.person), (kim.name.as_str(), Some(kim.id)));
        assert!(store.apps_of(kim.id, None, 9).await.unwrap().len() > 1);
        let ward = app(&store, "ward").await.client.id;
        assert_eq!(store.about_app(ward).await.unwrap(), Some(About::default()));
    }

    /// Whoever used an app in development goes on using it; somebody new has to be invited.
    async fn who_connected_an_app_in_development_is_a_tester_of_it(database) {
        let store = migrated(&database).await;
        let pocket = app(&store, "pocket").await;
        let mut names: Vec<_> = store.testers(pocket.client.id).await.unwrap().into_iter().map(|tester| match tester.who {
            TesterFace::Person(user) => user.external_id,
            TesterFace::Tenant(tenant) => tenant.external_id,
        }).collect();
        names.sort();
        assert_eq!(names, ["u-jane", "u-sam"]);
        let catalogue = store.load_catalogue().await.unwrap();
        let jane = store.load_account_by_external_id("u-jane").await.unwrap().unwrap().user;
        let mut uses = 0;
        for facts in store.connections(jane.id).await.unwrap() {
            if facts.grant.app == pocket.client.id {
                uses += 1;
                assert!(effective(&pocket, &facts, &catalogue, then()).is_ok());
            }
        }
        assert_eq!(uses, 1);
        assert_eq!(store.count_testers(app(&store, "daybook").await.client.id).await.unwrap(), 0);
    }

    async fn secrets_and_host_keys_still_open(database) {
        let store = migrated(&database).await;
        for client_id in ["daybook", "ward", "scenario", "filler", "strict", "paused"] {
            let secrets = app(&store, client_id).await.client.secrets;
            assert_eq!(secrets.len(), 1, "{client_id}");
            assert_eq!(secrets[0].hash, SecretHash::of(&format!("{client_id}-secret")), "{client_id}");
            assert_eq!(secrets[0].expires_at, None, "{client_id}");
        }
        // Replaced: the old one works a while longer.
        let calendar = app(&store, "calendar").await.client;
        let (old, new) = (SecretHash::of("calendar-secret"), presented("calendar_secret"));
        let secret = |hash| calendar.secrets.iter().find(|secret| secret.hash == hash).unwrap();
        assert!(secret(old).expires_at.is_some_and(|end| end > then()));
        assert_eq!((secret(new.hash).id.bytes(), secret(new.hash).expires_at), (&new.id, None));
        assert_eq!(store.list_client_secrets(calendar.id).await.unwrap().len(), 2);
        let workshop = app(&store, "workshop").await.client;
        assert_eq!(workshop.secrets[0].hash, presented("workshop_secret").hash);

        let key = store.load_host_key("host-key-of-the-acme-api").await.unwrap().unwrap();
        let api = store.load_resource("https://api.example.com").await.unwrap().unwrap();
        assert_eq!(store.list_host_keys(api.id).await.unwrap(), [key]);
        let other = store.load_resource("https://other.example.com").await.unwrap().unwrap();
        assert_eq!(store.list_host_keys(other.id).await.unwrap().len(), 1);
    }

    async fn people_and_where_they_belong_are_what_they_were(database) {
        let store = migrated(&database).await;
        let user = async |id: &str| store.load_account_by_external_id(id).await.unwrap().unwrap().user;
        let (jane, sam) = (user("u-jane").await, user("u-sam").await);
        assert_eq!((jane.email(), jane.username.as_deref()), (Some("jane@example.com"), Some("jane")));
        assert_eq!((user("u-kim").await.standing, user("u-robin").await.staff), (Standing::Disabled, true));
        let mut places: Vec<_> = store.load_memberships(sam.id).await.unwrap().into_iter()
            .map(|membership| (membership.tenant.external_id, membership.role)).collect();
        places.sort();
        let expected = [("north", "practitioner"), ("sam", "practitioner"), ("south", "viewer")];
        assert_eq!(places, expected.map(|(tenant, role)| (tenant.to_owned(), role.to_owned())));
        let catalogue = store.load_catalogue().await.unwrap();
        assert_eq!((catalogue.scopes.len(), catalogue.roles["practitioner"].can_install), (5, true));
        assert!(catalogue.scopes["forms:write"].includes.contains("forms:read"));
    }

    async fn an_address_is_proven_unless_somebody_signed_up_with_it(database) {
        database.grow_old().await;
        database.run(
            "INSERT INTO audit (id, at, action, actor_kind, user_id) \
             SELECT id, 0, 'user.signed_up', 'user', id FROM users WHERE external_id = 'u-sam';"
        ).await;
        let store = Store::open(database.url(), Database::options()).await.unwrap();
        store.migrate().await.unwrap();
        assert!(store.load_account_by_email("sam@example.com").await.unwrap().is_none());
        let sam = store.load_account_by_login("sam@example.com").await.unwrap().unwrap().user;
        assert_eq!((sam.external_id.as_str(), sam.email()), ("u-sam", None));
        let jane = store.load_account_by_email("jane@example.com").await.unwrap().unwrap().user;
        assert_eq!(jane.email(), Some("jane@example.com"));
    }

    async fn an_empty_credential_is_gone_and_a_short_one_is_told(database) {
        database.grow_old().await;
        let nothing = SecretHash::of("").0.iter().fold(String::new(), |text, byte| format!("{text}{byte:02X}"));
        let hash = if database.is_postgres() { format!("'\\x{nothing}'") } else { format!("X'{nothing}'") };
        database.run(&format!(
            "INSERT INTO host_keys (id, resource_id, hash, hint, created_at) \
             SELECT id, id, {hash}, '', 0 FROM resources WHERE identifier = 'https://api.example.com'; \
             INSERT INTO foreign_credentials (hash, kind, id) \
             SELECT {hash}, 'hk', id FROM resources WHERE identifier = 'https://api.example.com'; \
             UPDATE client_secrets SET hint = '1' WHERE app_id IN (SELECT id FROM apps WHERE client_id = 'ward'); \
             UPDATE client_secrets SET hint = '' WHERE app_id IN (SELECT id FROM apps WHERE client_id = 'strict');"
        )).await;
        let store = Store::open(database.url(), Database::options()).await.unwrap();
        store.migrate().await.unwrap();
        assert!(store.load_host_key("").await.unwrap().is_none());
        assert!(store.load_host_key("host-key-of-the-acme-api").await.unwrap().is_some());
        assert!(app(&store, "strict").await.client.secrets.is_empty());
        let weak = store.list_weak_credentials(then(), 9).await.unwrap();
        assert_eq!(weak, [WeakCredential::ClientSecret { app: "ward".to_owned() }]);
    }

    async fn the_connections_of_a_person_are_what_they_were(database) {
        let store = migrated(&database).await;
        let connected = async |person: &str| {
            let user = store.load_account_by_external_id(person).await.unwrap().unwrap().user;
            let mut shown = Vec::new();
            for facts in store.connections(user.id).await.unwrap() {
                let app = store.app(facts.grant.app, then()).await.unwrap().unwrap();
                let scopes = facts.grant.scopes.to_string();
                shown.push(format!("{} {} {scopes}", app.client.client_id, facts.tenant.external_id));
            }
            shown.sort();
            shown
        };
        let ward = "ward north forms:read bookings:read";
        assert_eq!(connected("u-jane").await, [
            "calendar north BOOKING_READ",
            "daybook north forms:read forms:write",
            "filler north forms:read",
            "paused north forms:read",
            "pocket north forms:read",
            "strict north forms:read",
            ward,
        ]);
        assert_eq!(connected("u-sam").await, [
            "calendar north BOOKING_READ",
            "daybook north forms:read",
            "daybook sam forms:read",
            "filler north forms:read",
            "pocket north forms:read",
            "scenario north connect",
            ward,
        ]);
        let jane = store.load_account_by_external_id("u-jane").await.unwrap().unwrap().user;
        let strict = app(&store, "strict").await.client.id;
        let reused = store.reuses(jane.id, Timestamp(then().0 - 600_000)).await.unwrap();
        let facts = store.connections(jane.id).await.unwrap();
        let grants: Vec<_> = facts.iter().filter(|facts| facts.grant.app == strict).map(|facts| facts.grant.id).collect();
        assert_eq!(reused.iter().map(|reuse| reuse.0).collect::<Vec<_>>(), grants);
    }

    async fn families_and_tokens_are_what_they_were(database) {
        let store = migrated(&database).await;
        for name in ["daybook", "pocket", "ward", "calendar", "scenario", "paused", "halved", "found"] {
            let (facts, refresh) = (family(&store, &format!("{name}_refresh")).await, format!("{name}_refresh"));
            assert_eq!((facts.refresh_hash, facts.ended), (Some(presented(&refresh).hash), false), "{name}");
            let grant = store.grant_facts(facts.grant, then()).await.unwrap().unwrap();
            assert_eq!(grant.grant.status, GrantStatus::Active, "{name}");
        }
        for name in ["signed_off", "reused"] {
            assert!(family(&store, &format!("{name}_refresh")).await.ended, "{name}");
        }
        let gone = family(&store, "disconnected_refresh").await.grant;
        assert_eq!(store.grant_facts(gone, then()).await.unwrap().unwrap().grant.status, GrantStatus::Revoked);
        // The answer that was lost waits for whoever asks again.
        let turned = family(&store, "lost_refresh").await;
        assert!(turned.predecessor.is_some_and(|before| before.hash == presented("lost_refresh").hash));

        for (name, revoked, ended) in
            [("daybook", false, false), ("filler", false, false), ("itself", false, false), ("halved", true, false),
             ("reused", false, true), ("signed_off", false, true)]
        {
            let of = presented(&format!("{name}_access"));
            let token = store.access_token(AccessTokenId::new(of.id), then()).await.unwrap().unwrap();
            assert_eq!((token.hash, token.revoked, token.family_ended), (of.hash, revoked, ended), "{name}");
            assert_eq!(token.hangs_from.is_none(), name == "itself");
        }
        let code = presented("code");
        let facts = store.code(CodeId::new(code.id)).await.unwrap().unwrap();
        assert_eq!((facts.hash, facts.app), (code.hash, app(&store, "daybook").await.client.id));
    }

    /// Under the public names of deeds, which were given later.
    async fn the_audit_is_what_it_was(database) {
        let store = migrated(&database).await;
        let rows = store.list_audit(1000).await.unwrap();
        let count = |action: &str| rows.iter().filter(|row| row.action.as_str() == action).count();
        assert_eq!(rows.len(), 69);
        for (action, times) in [
            ("app.created", 9),
            ("app.suspended", 1),
            ("authorization_code.replayed", 1),
            ("browser_session.created", 5),
            ("browser_session.ended", 1),
            ("client_secret.rotated", 9),
            ("grant.created", 13),
            ("grant.updated", 2),
            ("grant.revoked", 1),
            ("host_key.created", 2),
            ("icon.stored", 2),
            ("membership.created", 4),
            ("refresh_token.reused", 1),
            ("resource.created", 2),
            ("role.created", 2),
            ("scope.created", 5),
            ("tenant.created", 3),
            ("token_family.revoked", 1),
            ("user.created", 4),
            ("user.updated", 1),
        ] {
            assert_eq!(count(action), times, "{action}");
        }
    }

    /// The audit does not tell commands from files, so nothing was declared as far as anybody knows; what stops or proves
    /// somebody is held, and who signed up has nothing to do with files.
    async fn nothing_counts_as_declared_and_what_was_stopped_is_held(database) {
        database.grow_old().await;
        let jane = "(SELECT id FROM users WHERE external_id = 'u-jane')";
        for (id, action, user, detail) in [
            (1, "user.signed_up", jane, "NULL"),
            (2, "membership.removed", "NULL", "'u-gone in north'"),
            (3, "membership.removed", "NULL", "'- membership u-pruned in north'"),
            (4, "membership.removed", "NULL", "'u-sam in north'"),
            (5, "user.deleted", "NULL", "'user u-gone'"),
            (6, "app.deleted", "NULL", "'app gone'"),
            (7, "app.deleted", "NULL", "'- app pruned'"),
        ] {
            let row = format!("(X'{id:032x}', 1, '{action}', 'operator', {user}, {detail})");
            database
                .run(&format!("INSERT INTO audit (id, at, action, actor_kind, user_id, detail) VALUES {row};"))
                .await;
        }
        let store = Store::open(database.url(), Database::options()).await.unwrap();
        store.migrate().await.unwrap();
        let known = store.list_declarations().await.unwrap();
        assert!(known.iter().all(|one| !one.declared && one.applied_at.0 == 0 && one.password_hash.is_none()));
        let fields = |kind: &str, key: &str| {
            let one = known.iter().find(|one| one.kind == kind && one.key == key)?;
            assert!(one.fields.values().all(|digest| digest == ANY), "{key}");
            Some(one.fields.keys().map(String::as_str).collect::<Vec<_>>().join(" "))
        };
        for (kind, key, held) in [
            ("app", "paused", Some("client_secret status")),
            ("app", "daybook", Some("client_secret")),
            ("app", "gone", Some("")),
            ("app", "pruned", None),
            ("user", "u-kim", Some("password status")),
            ("user", "u-sam", Some("password")),
            ("user", "u-jane", None),
            ("user", "u-gone", Some("")),
            ("tenant", "north", Some("")),
            ("membership", "u-sam in north", Some("")),
            ("membership", "u-gone in north", Some("")),
            ("membership", "u-pruned in north", None),
            ("resource", "https://api.example.com", Some("key")),
            ("scope", "forms:read", None),
        ] {
            assert_eq!(fields(kind, key).as_deref(), held, "{kind} {key}");
        }
    }
}
