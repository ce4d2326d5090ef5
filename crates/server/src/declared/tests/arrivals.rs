//! People and apps that come from another server: by thousands, without passwords, or with hashes of that server.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use symbolon_oauth::client::ClientSecret;
use symbolon_oauth::credential::SecretHash;
use symbolon_platform::tenant::Standing;
use symbolon_platform::user::{Login, User};
use symbolon_store::change::UserChange;

use super::*;

const BCRYPT: &str = "$2b$05$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2";
const DJANGO: &str = "pbkdf2_sha256$2600$Qm7xW2$HhOp0UECK3ZEm6U9m87XHhWLbX7f7EOdN1WLKOdYOi4=";

/// People who all belong to one tenant.
fn people(number: usize) -> String {
    let one = |n: usize| {
        format!(
            "[[user]]\nid = \"m{n}\"\nemail = \"m{n}@example.com\"\n\
             [[membership]]\ntenant = \"north\"\nuser = \"m{n}\"\nrole = \"practitioner\"\n"
        )
    };
    WORLD.to_owned() + &(0..number).map(one).collect::<String>()
}

impl World {
    async fn hash_of(&self, user: &str) -> Option<String> {
        self.store.load_account_by_external_id(user).await.unwrap().unwrap().password_hash
    }

    async fn secrets_of(&self, client_id: &str) -> Vec<ClientSecret> {
        self.app(client_id).await.client.secrets
    }
}

on_both_engines! {
    async fn thousands_without_a_password_get_none(database) {
        let world = World::new(&database).await;
        let text = people(2500);
        let before = world.passwords.computed();
        let told = AtomicUsize::new(0);
        let count = |stage, done, of| {
            assert!(stage == Stage::Compared || of > 5000, "{done} of {of}");
            told.fetch_add(1, Ordering::Relaxed);
        };
        let around = Surroundings { progress: Some(&count), ..world.around() };
        let declared = Declared::parse([("world.toml", text.as_str())], &icon::read).unwrap();
        let report = apply(around, &declared, ALLOWED).await.unwrap();
        assert_eq!((report.lines.len(), report.made.len()), (8 + 5000, 0));
        assert_eq!(world.passwords.computed() - before, 1, "only Jane has a password");
        assert!(told.load(Ordering::Relaxed) > 10, "and it is told how far it is");
        assert_eq!(world.hash_of("m7").await, None);
        assert_eq!(world.passwords.verify("", None).await, Err(PasswordError::Length));
        let member = world.store.load_account_by_external_id("m2499").await.unwrap().unwrap();
        assert_eq!(world.store.load_memberships(member.user.id).await.unwrap()[0].role, "practitioner");
        let audit = world.store.list_audit(10_000).await.unwrap();
        let own = audit.iter().filter(|deed| deed.user == Some(member.user.id)).count();
        assert_eq!(own, 2, "each with its deeds");
        let again = world.apply_with(&text, Options::default()).await.unwrap();
        assert!(again.is_empty() && again.kept.is_empty(), "{:?}", again.lines.first());
    }

    async fn of_thousands_only_some_are_held(database) {
        let world = World::new(&database).await;
        let text = people(1300);
        let told = Mutex::new(Vec::new());
        let listen = |lines: &[Line]| told.lock().unwrap().push(lines.iter().map(Line::to_string).collect::<Vec<_>>());
        let around = Surroundings { lines: Some(&listen), ..world.around() };
        let declared = Declared::parse([("world.toml", text.as_str())], &icon::read).unwrap();
        let dry = apply(around, &declared, Options { dry_run: true, ..ALLOWED }).await.unwrap();
        let foretold = std::mem::take(&mut *told.lock().unwrap());
        assert!(world.store.load_account_by_external_id("m0").await.unwrap().is_none(), "a dry run writes nothing");
        let report = apply(around, &declared, ALLOWED).await.unwrap();
        assert_eq!((dry.told, report.told), (report.told, 4 + 2 * 1301));
        assert_eq!(lines(&report).len(), 2, "the app and the resource are left: {:?}", lines(&report));
        let told = std::mem::take(&mut *told.lock().unwrap());
        assert_eq!(foretold, told);
        // The catalogue and the tenant come with the first people.
        assert_eq!(told.iter().map(Vec::len).collect::<Vec<_>>(), [4 + 500, 500, 301, 500, 500, 301]);
        let again = apply(around, &declared, ALLOWED).await.unwrap();
        assert!(again.is_empty() && again.kept.is_empty());
    }

    async fn whatever_is_wrong_with_thousands_is_found_before_anything_is_written(database) {
        let world = World::new(&database).await;
        let text = people(1300);
        for (wrong, why) in [
            (text.replace("user = \"m1299\"", "user = \"m1300\""), "names the user \"m1300\""),
            (text.replace("owner = \"u-jane\"", "owner = \"u-john\""), "names the owner \"u-john\""),
        ] {
            let refused = world.refused(&wrong).await;
            assert!(refused.contains(why) && !refused.contains("were applied"), "{refused}");
            assert!(world.store.load_account_by_external_id("m0").await.unwrap().is_none(), "nothing was applied");
        }
    }

    async fn thousands_cut_short_say_what_is_there(database) {
        let world = World::new(&database).await;
        let text = people(1300);
        let declared = Declared::parse([("world.toml", text.as_str())], &icon::read).unwrap();
        // Somebody takes the address of one of the last while the first are written.
        let meddle = |stage, done, _| {
            if stage == Stage::Written && done == 500 {
                let take = database.run("UPDATE users SET login = 'm1200@example.com' WHERE external_id = 'm3';");
                tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(take));
            }
        };
        let around = Surroundings { progress: Some(&meddle), ..world.around() };
        let why = apply(around, &declared, ALLOWED).await.unwrap_err().to_string();
        assert!(why.contains("m1200@example.com belongs to user \"m3\" already"), "{why}");
        assert!(why.ends_with("; 1004 changes were applied before that and stay: run it again, and it goes on from there"), "{why}");
        assert!(world.store.load_account_by_external_id("m998").await.unwrap().is_some());
        assert!(world.store.load_account_by_external_id("m999").await.unwrap().is_none());
        database.run("UPDATE users SET login = 'm3@example.com' WHERE external_id = 'm3';").await;
        let rest = world.apply_with(&text, Options::default()).await.unwrap();
        assert_eq!((rest.lines.len(), rest.kept.len()), (2 * 1301 + 6 - 1004, 0));
        assert!(world.apply(&text).await.is_empty());
    }

    async fn what_was_set_by_hand_among_thousands_is_kept(database) {
        let world = World::new(&database).await;
        let text = people(600);
        world.apply(&text).await;
        database.run("UPDATE users SET name = 'By hand' WHERE external_id = 'm550';").await;
        let member = world.store.load_account_by_external_id("m7").await.unwrap().unwrap().user;
        world.store.change(&[UserChange::Delete(member.id).into()], &[]).await.unwrap();
        let again = world.apply_with(&text, Options::default()).await.unwrap();
        assert!(again.is_empty(), "{:?}", again.lines);
        let kept: Vec<_> = again.kept.iter().map(ToString::to_string).collect();
        assert_eq!(kept.len(), 2, "{kept:?}");
        assert!(kept[0].contains("user m7: kept away") && kept[1].contains("user m550: name \"By hand\" kept"), "{kept:?}");
        // The file's own line changes: whoever was deleted comes back, with what they were.
        let renamed = text.replace("email = \"m7@example.com\"", "email = \"m7@example.com\"\nname = \"Seven\"");
        assert_eq!(world.apply(&renamed).await, ["+ user m7", "+ membership m7 in north"]);
        assert!(world.apply_with(&renamed, Options { prune: true, ..ALLOWED }).await.unwrap().is_empty());
    }

    async fn what_was_cut_short_goes_on(database) {
        let world = World::new(&database).await;
        world.apply(&people(0)).await;
        // The first batch of a larger application: people without what files said of them.
        let one = |n: usize| {
            let email = format!("m{n}@example.com");
            let user = User {
                id: world.entropy.new_id(world.clock.now()).unwrap(),
                external_id: format!("m{n}"),
                login: Login::Email(email.clone()),
                username: None,
                name: email,
                staff: false,
                standing: Standing::Active,
            };
            (UserChange::Create { user, password_hash: None, at: world.clock.now() }.into(), String::new())
        };
        change(world.around(), (0..300).map(one).collect()).await.unwrap();
        let rest = world.apply(&people(600)).await;
        assert_eq!(rest.len(), 1200 - 300);
        assert!(world.apply(&people(600)).await.is_empty());
    }

    async fn addresses_are_freed_and_guarded_in_a_batch(database) {
        let world = World::new(&database).await;
        world.apply(WORLD).await;
        let taken = people(3).replace("m1@example.com", "JANE@example.com");
        let why = world.refused(&taken.replace("Jane@Example.com", "other@example.com")).await;
        assert!(why.contains("jane@example.com belongs to user \"u-jane\" already"), "{why}");
        assert!(world.store.load_account_by_external_id("m0").await.unwrap().is_none(), "nothing was applied");
    }

    async fn a_password_that_is_known_as_a_hash_is_kept_until_it_is_used(database) {
        let world = World::new(&database).await;
        let text = format!("[[user]]\nid = \"u-old\"\nemail = \"old@example.com\"\npassword_hash = \"{BCRYPT}\"\n");
        assert_eq!(world.apply(&text).await, ["+ user u-old"]);
        assert_eq!(world.hash_of("u-old").await.as_deref(), Some(BCRYPT));
        assert!(world.apply(&text).await.is_empty());
        let user = world.store.load_account_by_external_id("u-old").await.unwrap().unwrap().user.id;
        let own = world.passwords.hash("correct horse").await.unwrap();
        let adopt = UserChange::AdoptPassword { user, foreign: BCRYPT.to_owned(), own: own.clone() };
        world.store.change(&[adopt.clone().into()], &[]).await.unwrap();
        assert!(matches!(world.store.change(&[adopt.into()], &[]).await, Err(StoreError::Conflict)), "once");
        assert!(world.apply(&text).await.is_empty(), "the file says what it said");
        assert_eq!(world.hash_of("u-old").await, Some(own));
        let other = text.replace(BCRYPT, DJANGO);
        assert_eq!(world.apply(&other).await.len(), 1, "another line of the file is taken");
        assert_eq!(world.hash_of("u-old").await.as_deref(), Some(DJANGO));
    }

    async fn a_secret_that_is_known_as_a_hash_is_kept_until_it_is_used(database) {
        let world = World::new(&database).await;
        let text = WORLD.replace("client_secret = \"demo-secret\"", &format!("secret_hash = \"{BCRYPT}\""));
        let report = world.apply_with(&text, Options::default()).await.unwrap();
        assert!(report.made.is_empty(), "none is made beside it");
        let secrets = world.secrets_of("demo-app").await;
        assert_eq!(secrets[0].foreign.as_deref(), Some(BCRYPT));
        assert_ne!(secrets[0].hash, SecretHash::of(BCRYPT), "the hash itself is no secret that works");
        assert!(world.apply(&text).await.is_empty());
        // The SHA-256 of a text is what is kept here, too.
        let ours = SecretHash::of("correct horse");
        let hex: String = ours.0.iter().map(|byte| format!("{byte:02x}")).collect();
        let sha = WORLD.replace("client_secret = \"demo-secret\"", &format!("secret_hash = \"{hex}\""));
        assert_eq!(world.apply(&sha).await, ["~ app demo-app: client_secret (old) → (new)"]);
        let live: Vec<_> = world.secrets_of("demo-app").await;
        let live: Vec<_> = live.iter().filter(|own| own.is_live(world.clock.now())).collect();
        assert_eq!((live.len(), live[0].hash, live[0].foreign.as_deref()), (1, ours, None));
        assert!(world.apply(&sha).await.is_empty());
    }

    async fn hashes_that_say_nothing_or_two_things_are_refused(database) {
        let world = World::new(&database).await;
        let app = |line: &str| format!("[[app]]\nclient_id = \"a\"\nname = \"A\"\n{line}\n");
        let user = |line: &str| format!("[[user]]\nid = \"u\"\nemail = \"u@example.com\"\n{line}\n");
        for (text, why) in [
            (app("secret_hash = \"plain\""), "it is no hash that is understood here"),
            (app("secret_hash = \"$2b$05$abc\""), "begins like a hash of bcrypt"),
            (user("password_hash = \"$2b$20$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2\""), "would take seconds"),
            (user(&format!("password = \"x\"\npassword_hash = \"{BCRYPT}\"")), "keep one of them"),
            (app(&format!("client_secret = \"x\"\nsecret_hash = \"{BCRYPT}\"")), "keep one of them"),
            (app(&format!("type = \"public\"\nsecret_hash = \"{BCRYPT}\"")), "a public app cannot keep a secret"),
        ] {
            let refused = world.refused(&text).await;
            assert!(refused.contains(why), "{refused}");
            assert!(!refused.contains("abcdefghijklmnop"), "nothing of it is shown: {refused}");
        }
    }

    async fn native_apps_are_declared(database) {
        let world = World::new(&database).await;
        let app = |more: &str| format!(
            "[[app]]\nclient_id = \"cli\"\nname = \"CLI\"\ntype = \"public\"\nredirect_uris = [\"cursor://cb\"]\n{more}"
        );
        assert!(world.refused(&app("")).await.contains("native = true"));
        world.apply(&app("native = true\n")).await;
        assert!(world.app("cli").await.client.native);
        assert!(world.refused(&app("native = false\n")).await.contains("native = true"), "its address needs it");
        let excused = app("native = true\npkce = \"optional\"\n").replace("\"public\"", "\"confidential\"");
        assert!(world.refused(&excused).await.contains("always uses PKCE"));
        let oob = app("").replace("cursor://cb", "urn:ietf:wg:oauth:2.0:oob");
        assert!(world.refused(&oob).await.contains("out of band"));
    }
}
