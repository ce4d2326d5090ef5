//! What was set by hand wins until the file's own line changes, and the report says so.

use symbolon_oauth::credential::Secret;
use symbolon_platform::tenant::{Standing, Tenant};
use symbolon_platform::user::User;
use symbolon_store::change::{
    AppChange, ClientSecretChange, HostKeyChange, MembershipChange, TenantChange, UserChange,
};
use symbolon_store::client_secrets::StoredSecret;
use symbolon_store::declarations::{Declaration, FORGOTTEN};
use symbolon_store::resources::HostKey;

use super::*;

/// The world, where the file says of everybody that they are in force.
fn firm() -> String {
    let active = |text: String, line: &str| text.replace(line, &format!("{line}\nstatus = \"active\""));
    ["name = \"Clinic North\"", "name = \"Jane\"", "role = \"practitioner\""]
        .into_iter()
        .fold(WORLD.to_owned(), active)
        + "[[role]]\nkey = \"viewer\"\ntitle = \"Viewer\"\n"
}

/// The minute after the first application, when something is set by hand.
const BY_HAND: &str = "2023-11-14T22:14:20Z";

impl World {
    /// What somebody does by hand, as a command does it.
    async fn by_hand(&self, change: impl Into<Change>, detail: &str) {
        super::super::change(self.around(), vec![(change.into(), detail.to_owned())]).await.unwrap();
    }

    async fn jane(&self) -> User {
        self.store.load_account_by_external_id("u-jane").await.unwrap().unwrap().user
    }

    async fn north(&self) -> Tenant {
        self.store.load_tenant_by_external_id("north").await.unwrap().unwrap()
    }

    async fn report(&self, text: &str) -> Report {
        self.apply_with(text, Options::default()).await.unwrap()
    }

    /// After what was done by hand, a file that says the same as before changes nothing, however often, and says what it
    /// keeps; once a line changes, that one wins. Answers how much is kept then.
    async fn keeps(&self, kept: &str, (line, other): (&str, &str), wins: &str) -> usize {
        let audit = self.store.list_audit(100).await.unwrap().len();
        for _ in 0..3 {
            self.clock.advance(60_000);
            let report = self.report(&firm()).await;
            assert_eq!(lines(&report), [""; 0], "{kept}");
            assert_eq!(report.kept.iter().map(ToString::to_string).collect::<Vec<_>>(), [kept]);
            assert!(report.made.is_empty());
        }
        assert_eq!(self.store.list_audit(100).await.unwrap().len(), audit, "nothing was done");
        let changed = firm().replacen(line, other, 1);
        assert_ne!(changed, firm(), "{line}");
        let report = self.report(&changed).await;
        assert_eq!(lines(&report), [wins]);
        let still_kept = report.kept.len();
        assert_eq!(self.apply(&changed).await, [""; 0]);
        still_kept
    }
}

/// The firm world, applied, a minute ago.
async fn world(database: &Database) -> World {
    let world = World::new(database).await;
    world.apply(&firm()).await;
    world.clock.advance(60_000);
    world
}

fn set(what: &str, now: &str, said: &str) -> String {
    format!("= {what} {now} kept: set by hand on {BY_HAND}; the file says {said}")
}

const LIVE: &str = "status = \"live\"";

on_both_engines! {
    async fn a_suspended_app_stays_suspended(database) {
        let world = world(&database).await;
        let app = world.app("demo-app").await.client.id;
        let suspend = AppChange::SetStatus { app, status: AppStatus::Suspended };
        world.by_hand(suspend, "app demo-app: live → suspended").await;
        let kept = set("app demo-app: status", "\"suspended\"", "\"live\"");
        let wins = "~ app demo-app: status \"suspended\" → \"development\"";
        assert_eq!(world.keeps(&kept, (LIVE, "status = \"development\""), wins).await, 0);
    }

    async fn a_line_that_was_taken_out_and_put_in_again_wins(database) {
        let world = world(&database).await;
        world.suspend("demo-app").await;
        assert_eq!(world.apply(&firm().replace(LIVE, "")).await, [""; 0]);
        assert_eq!(world.app("demo-app").await.status, AppStatus::Suspended);
        assert_eq!(world.apply(&firm()).await, ["~ app demo-app: status \"suspended\" → \"live\""]);
    }

    async fn a_disabled_person_stays_disabled(database) {
        let world = world(&database).await;
        let old = world.jane().await;
        let new = User { standing: Standing::Disabled, ..old.clone() };
        world.by_hand(UserChange::Update { old, new }, "user u-jane: active → disabled").await;
        let kept = set("user u-jane: status", "\"disabled\"", "\"active\"");
        assert_eq!(world.keeps(&kept, ("\"Jane\"", "\"Jo\""), "~ user u-jane: name \"Jane\" → \"Jo\"").await, 1);
        assert_eq!(world.jane().await.standing, Standing::Disabled, "another line of the same entry is not this one");
    }

    async fn a_disabled_tenant_stays_disabled(database) {
        let world = world(&database).await;
        let old = world.north().await;
        let new = Tenant { standing: Standing::Disabled, ..old.clone() };
        world.by_hand(TenantChange::Update { old, new }, "tenant north: active → disabled").await;
        let kept = set("tenant north: status", "\"disabled\"", "\"active\"");
        let wins = "~ tenant north: name \"Clinic North\" → \"Clinic\"";
        assert_eq!(world.keeps(&kept, ("Clinic North", "Clinic"), wins).await, 1);
        assert_eq!(world.north().await.standing, Standing::Disabled);
    }

    async fn another_role_stays(database) {
        let world = world(&database).await;
        let (jane, north) = (world.jane().await.id, world.north().await.id);
        let viewer = entry("viewer");
        apply(world.around(), &Declared::from_table("the command", viewer).unwrap(), Options::default()).await.unwrap();
        let kept = set("membership u-jane in north: role", "\"viewer\"", "\"practitioner\"");
        // A command's detail is the line of its diff, so the audit cannot tell it from a file's.
        let kept = kept.replace(&format!("on {BY_HAND}"), "after 2023-11-14T22:13:20Z");
        let line = "role = \"practitioner\"\nstatus = \"active\"";
        let wins = "~ membership u-jane in north: status \"active\" → \"disabled\"";
        assert_eq!(world.keeps(&kept, (line, "role = \"practitioner\"\nstatus = \"disabled\""), wins).await, 1);
        let stored = world.store.load_memberships(jane).await.unwrap();
        assert_eq!((stored[0].role.as_str(), stored[0].tenant.id), ("viewer", north));
    }

    async fn a_removed_member_stays_away(database) {
        let world = world(&database).await;
        let (user, tenant) = (world.jane().await.id, world.north().await.id);
        world.by_hand(MembershipChange::Remove { tenant, user }, "u-jane in north").await;
        let kept = format!(
            "= membership u-jane in north: kept away: deleted by hand on {BY_HAND}; the file declares it"
        );
        let line = "role = \"practitioner\"\nstatus = \"active\"";
        assert_eq!(world.keeps(&kept, (line, "role = \"viewer\"\nstatus = \"active\""), "+ membership u-jane in north").await, 0);
    }

    async fn a_member_who_was_removed_and_added_again_is_what_was_said_last(database) {
        let world = world(&database).await;
        let (user, tenant) = (world.jane().await.id, world.north().await.id);
        world.by_hand(MembershipChange::Remove { tenant, user }, "u-jane in north").await;
        let viewer = Declared::from_table("the command", entry("viewer")).unwrap();
        let made = apply(world.around(), &viewer, Options::default()).await.unwrap();
        assert_eq!(lines(&made), ["+ membership u-jane in north"], "by hand it can be made again");
        assert_eq!(world.apply(&firm()).await, [""; 0]);
        assert_eq!(world.store.load_memberships(user).await.unwrap()[0].role, "viewer");
    }

    async fn a_deleted_person_stays_away_and_so_does_what_hung_from_them(database) {
        let world = world(&database).await;
        world.by_hand(UserChange::Delete(world.jane().await.id), "user u-jane").await;
        for _ in 0..2 {
            let report = world.report(&firm()).await;
            let away = format!("= user u-jane: kept away: deleted by hand on {BY_HAND}; the file declares it");
            assert_eq!(report.kept.iter().map(ToString::to_string).collect::<Vec<_>>(), [away]);
            assert_eq!(lines(&report), [""; 0]);
        }
        assert_eq!(world.app("demo-app").await.owner, None);
        let known = world.store.list_declarations().await.unwrap();
        let forgotten = |one: &Declaration| one.password_hash.as_deref().is_none_or(|hash| hash == FORGOTTEN);
        assert!(known.iter().all(forgotten), "no password of theirs is left");
        let report = world.report(&firm().replace("\"Jane\"", "\"Jane Doe\"")).await;
        let changed = lines(&report);
        assert_eq!(changed[..2], ["+ user u-jane", "+ membership u-jane in north"]);
        assert_eq!(world.app("demo-app").await.owner, Some(world.jane().await.id), "and what is theirs with them");
    }

    async fn who_was_removed_before_their_person_went_stays_away(database) {
        let world = world(&database).await;
        let gone = UserChange::Delete(world.jane().await.id);
        removed_before(&world, gone.into(), ("\"Jane\"", "\"Jane Doe\""), "+ user u-jane").await;
    }

    async fn who_was_removed_before_their_tenant_went_stays_away(database) {
        let world = world(&database).await;
        let gone = TenantChange::Delete(world.north().await.id);
        removed_before(&world, gone.into(), ("Clinic North", "Clinic"), "+ tenant north").await;
    }

    async fn who_was_renamed_stays_away_under_the_old_name_and_as_they_are_under_the_new_one(database) {
        let world = world(&database).await;
        let (old, north) = (world.jane().await, world.north().await.id);
        world.by_hand(MembershipChange::Remove { tenant: north, user: old.id }, "u-jane in north").await;
        let hash = world.passwords.hash("set in the incident").await.unwrap();
        world.by_hand(UserChange::SetPassword { user: old.id, hash, at: world.clock.now() }, "user u-jane").await;
        let new = User { external_id: "u-jane-2".into(), standing: Standing::Disabled, ..old.clone() };
        world.by_hand(UserChange::Update { old, new }, "user u-jane: id u-jane → u-jane-2").await;
        for _ in 0..2 {
            let report = world.report(&firm()).await;
            let told = format!("= user u-jane: kept away: renamed to u-jane-2 by hand on {BY_HAND}; the file declares it");
            let kept = report.kept.iter().filter(|kept| kept.kind != "app");
            assert_eq!(kept.map(ToString::to_string).collect::<Vec<_>>(), [told]);
            assert_eq!(lines(&report), [""; 0]);
        }
        // A file that follows calls the same person so, and undoes nothing.
        for _ in 0..2 {
            let report = world.report(&firm().replace("u-jane", "u-jane-2")).await;
            assert_eq!(lines(&report), [""; 0]);
            let kept = report.kept.iter().filter(|kept| kept.kind != "app");
            let kept: Vec<_> = kept.map(|kept| (kept.kind, kept.field.as_ref().map(|own| own.name))).collect();
            assert_eq!(kept, [("user", Some("status")), ("user", Some("password")), ("membership", None)]);
        }
        let known = world.store.list_declarations().await.unwrap();
        let left = known.iter().find(|one| one.key == "u-jane").unwrap();
        assert!(left.password_hash.as_deref().is_none_or(|hash| hash == FORGOTTEN), "it went with the person");
    }

    async fn a_tenant_that_was_renamed_is_told_so(database) {
        let world = world(&database).await;
        let old = world.north().await;
        let new = Tenant { external_id: "south".into(), ..old.clone() };
        world.by_hand(TenantChange::Update { old, new }, "tenant north: id north → south").await;
        let report = world.report(&firm()).await;
        let told = format!("= tenant north: kept away: renamed to south by hand on {BY_HAND}; the file declares it");
        assert_eq!(report.kept.iter().map(ToString::to_string).collect::<Vec<_>>(), [told]);
        assert_eq!(lines(&report), [""; 0]);
        let followed = world.report(&firm().replace("\"north\"", "\"south\"")).await;
        assert_eq!((lines(&followed), followed.kept.len()), (vec![], 0));
    }

    async fn a_deleted_app_stays_away(database) {
        let world = world(&database).await;
        world.by_hand(AppChange::Delete(world.app("demo-app").await.client.id), "app demo-app").await;
        let kept = format!("= app demo-app: kept away: deleted by hand on {BY_HAND}; the file declares it");
        assert_eq!(world.keeps(&kept, ("demo-secret", "another-secret"), "+ app demo-app").await, 0);
    }

    async fn a_deleted_app_stays_away_whatever_becomes_of_its_owner(database) {
        let world = world(&database).await;
        world.by_hand(AppChange::Delete(world.app("demo-app").await.client.id), "app demo-app").await;
        world.by_hand(UserChange::Delete(world.jane().await.id), "user u-jane").await;
        for _ in 0..2 {
            assert_eq!(lines(&world.report(&firm()).await), [""; 0], "its secret may be why it was deleted");
        }
        let back = lines(&world.report(&firm().replace("\"Jane\"", "\"Jane Doe\"")).await);
        assert_eq!(back, ["+ user u-jane", "+ membership u-jane in north"], "nor does it come back with its owner");
        let changed = firm().replace("demo-secret", "another-secret");
        let back = lines(&world.report(&changed.replace("\"Jane\"", "\"Jane Doe\"")).await);
        assert_eq!(back, ["+ app demo-app"], "its own line wins");
    }

    async fn an_app_keeps_its_owner_under_another_name(database) {
        let world = world(&database).await;
        let (old, owner) = (world.jane().await, world.app("demo-app").await.owner);
        let new = User { external_id: "u-jane-2".into(), ..old.clone() };
        world.by_hand(UserChange::Update { old, new }, "user u-jane").await;
        assert_eq!(lines(&world.report(&firm()).await), [""; 0]);
        assert_eq!(world.app("demo-app").await.owner, owner);
    }

    async fn whoever_is_made_again_by_hand_keeps_their_password(database) {
        let world = world(&database).await;
        let old = world.jane().await;
        world.by_hand(UserChange::Delete(old.id), "user u-jane").await;
        assert_eq!(lines(&world.report(&firm()).await), [""; 0], "applied while nobody is there, it forgets nothing");
        let hash = world.passwords.hash("set in the incident").await.unwrap();
        let again = UserChange::Create { user: old, password_hash: Some(hash.clone()), at: world.clock.now() };
        world.by_hand(again, "user u-jane").await;
        for _ in 0..2 {
            world.report(&firm()).await;
            let account = world.store.load_account_by_external_id("u-jane").await.unwrap().unwrap();
            assert_eq!(account.password_hash.as_deref(), Some(hash.as_str()), "that of the file is the one that leaked");
        }
    }

    async fn a_secret_that_was_rotated_out_stays_out(database) {
        let world = world(&database).await;
        let app = world.app("demo-app").await.client.id;
        let new = Secret::given("made-in-the-incident");
        let secret = StoredSecret::of(&new, &[], world.entropy.new_id(world.clock.now()).unwrap(), world.clock.now());
        let rotate = ClientSecretChange::Rotate { app, secret, old_until: world.clock.now() };
        world.by_hand(rotate, "new client secret …dent of app demo-app").await;
        let kept = set("app demo-app: client_secret", "(another)", "(its own)");
        let wins = "~ app demo-app: client_secret (old) → (new)";
        assert_eq!(world.keeps(&kept, ("demo-secret", "chosen-since"), wins).await, 0);
        let live = world.app("demo-app").await.client.secrets.into_iter().filter(|secret| secret.expires_at.is_none());
        assert_eq!(live.map(|secret| secret.hash).collect::<Vec<_>>(), [Secret::given("chosen-since").hash()]);
    }

    async fn a_secret_that_was_revoked_is_not_made_good_by_another(database) {
        let world = world(&database).await;
        let app = world.app("demo-app").await.client;
        let revoke = ClientSecretChange::Revoke { app: app.id, secret: app.secrets[0].id };
        world.by_hand(revoke, "client secret …cret of app demo-app").await;
        let without = firm().replace("client_secret = \"demo-secret\"\n", "");
        for text in [firm(), without] {
            let report = world.report(&text).await;
            assert!(lines(&report).is_empty() && report.made.is_empty(), "{report:?}");
            assert!(world.app("demo-app").await.client.secrets.is_empty());
        }
    }

    async fn a_host_key_that_was_replaced_stays_out(database) {
        let world = world(&database).await;
        let api = world.store.load_resource("https://api.example.com").await.unwrap().unwrap().id;
        let old = world.store.list_host_keys(api).await.unwrap()[0].id;
        let (at, new) = (world.clock.now(), Secret::given("made-in-the-incident"));
        let key = HostKey::of(&new, api, world.entropy.new_id(at).unwrap(), at);
        world.by_hand(HostKeyChange::Revoke { key: old, at }, "host key of resource https://api.example.com").await;
        world.by_hand(HostKeyChange::Add { key, foreign: true }, "host key of resource https://api.example.com").await;
        let kept = set("resource https://api.example.com: key", "(another)", "(its own)");
        let wins = "~ resource https://api.example.com: key (old) → (new)";
        assert_eq!(world.keeps(&kept, ("host-secret", "chosen-since"), wins).await, 0);
    }

    async fn a_password_that_was_changed_stays_changed(database) {
        let world = world(&database).await;
        let (user, at) = (world.jane().await.id, world.clock.now());
        let hash = world.passwords.hash("set in the incident").await.unwrap();
        world.by_hand(UserChange::SetPassword { user, hash, at }, "user u-jane").await;
        let kept = set("user u-jane: password", "(another)", "(its own)");
        let wins = "~ user u-jane: password (old) → (new)";
        assert_eq!(world.keeps(&kept, ("battery staple", "battery"), wins).await, 0);
        let account = world.store.load_account(user).await.unwrap().unwrap();
        assert_eq!(world.passwords.verify("correct horse battery", account.password_hash.as_deref()).await, Ok(true));
    }

    async fn what_was_taken_from_an_app_stays_taken(database) {
        let world = world(&database).await;
        let text = firm().replace(
            "scopes = [\"forms:read\"]\nstatus",
            "scopes = [\"forms:read\", \"forms:write\"]\noptional_scopes = [\"forms:write\"]\nstatus",
        );
        world.apply(&text).await;
        world.clock.advance(60_000);
        let old = world.app("demo-app").await;
        let mut new = old.clone();
        new.client.scopes = ["forms:read"].into_iter().collect();
        new.client.optional_scopes = symbolon_oauth::scope::ScopeSet::new();
        new.client.redirect_uris.clear();
        world.by_hand(AppChange::Update { old: Box::new(old), new: Box::new(new.clone()) }, "app demo-app").await;
        let report = world.report(&text).await;
        assert_eq!(lines(&report), [""; 0]);
        let kept: Vec<_> = report.kept.iter().filter_map(|kept| Some(kept.field.as_ref()?.name)).collect();
        assert_eq!(kept, ["redirect_uris", "scopes", "optional_scopes"]);
        // Scopes that may be left unticked are among those that there are, whoever took which away.
        let more = text.replace("optional_scopes = [\"forms:write\"]", "optional_scopes = [\"forms:write\", \"forms:read\"]");
        world.report(&more).await;
        let app = world.app("demo-app").await.client;
        assert_eq!((app.scopes.as_str(), app.optional_scopes.as_str()), ("forms:read", "forms:read"));
        assert_eq!(app.redirect_uris, new.client.redirect_uris);
        let back = more.replace("8081/callback", "8082/callback");
        world.report(&back).await;
        let app = world.app("demo-app").await.client;
        assert_eq!((app.redirect_uris.len(), app.scopes.as_str()), (1, "forms:read"));
    }

    async fn how_an_app_was_made_to_look_stays(database) {
        let world = world(&database).await;
        let said = firm().replace("name = \"Demo App\"", "name = \"Demo App\"\npublisher = \"Demo Ltd\"");
        world.apply(&said).await;
        let change = Edit { publisher: Some("Other Ltd".to_owned()), ..Edit::default() };
        edit(world.around(), &world.app("demo-app").await, &change).await.unwrap();
        assert_eq!(world.apply(&said).await, [""; 0]);
        // A file makes sure of the publisher that it names, and of no other.
        let sure = said.replace("\"Demo Ltd\"", "\"Demo Ltd\"\npublisher_verified = true");
        assert_eq!(world.apply(&sure).await, [""; 0]);
        let publisher = world.app("demo-app").await.listing.publisher.unwrap();
        assert_eq!((publisher.name.as_str(), publisher.verified), ("Other Ltd", false));
    }

    async fn what_was_set_by_hand_as_the_file_says_it_now_is_no_news(database) {
        let world = world(&database).await;
        world.suspend("demo-app").await;
        let suspended = firm().replace(LIVE, "status = \"suspended\"");
        let report = world.report(&suspended).await;
        assert!(report.lines.is_empty() && report.kept.is_empty());
        assert_eq!(world.apply(&firm()).await, ["~ app demo-app: status \"suspended\" → \"live\""]);
    }

    /// The file that an older version applied, on its database: one app was suspended since, one of a command is there, and
    /// nobody knows what came from which.
    async fn an_old_file_resumes_nobody_and_prunes_nothing_of_an_old_database(database) {
        database.grow_old().await;
        let mut world = World::new(&database).await;
        world.clock.advance(200_000_000_000);
        for name in ["strict", "fullscript", "fillout", "calcom", "make"] {
            let dialect = Dialect::preset(name).unwrap_or_else(|_| Dialect::preset("rfc").unwrap());
            world.dialects.push(Dialect { name: name.into(), ..dialect });
        }
        let text = include_str!("../../../../store/tests/old/state.toml");
        let declared = Declared::parse([("state.toml", text)], &|_| symbolon_demo::picture(Path::new("icons/daybook.png")));
        let prune = Options { dry_run: false, prune: true, allow_weak_secrets: true };
        let report = apply(world.around(), &declared.unwrap(), prune).await.unwrap();
        assert_eq!(report.removals(), None);
        let changed: Vec<_> = report.lines.iter().map(|line| (line.key.as_str(), line.fields[0].name)).collect();
        assert_eq!(changed, [("daybook", "icon"), ("ward", "icon")], "the picture is another one here");
        let kept: Vec<_> = report.kept.iter().map(|kept| (kept.key.as_str(), kept.field.as_ref().map(|field| field.name))).collect();
        assert_eq!(kept, [("calendar", Some("client_secret")), ("paused", Some("status"))]);
        assert!(report.kept.iter().all(|kept| kept.at.is_some()), "the audit knows when");
        let left: Vec<_> = report.undeclared.iter().map(ToString::to_string).collect();
        assert_eq!(left, ["1 app"]);
        assert_eq!(world.app("paused").await.status, AppStatus::Suspended);
    }

    async fn a_dry_run_says_the_same_and_remembers_nothing(database) {
        let world = world(&database).await;
        world.suspend("demo-app").await;
        let dry = Options { dry_run: true, prune: false, allow_weak_secrets: true };
        let other = firm().replace(LIVE, "status = \"development\"");
        for _ in 0..2 {
            let report = world.apply_with(&other, dry).await.unwrap();
            assert_eq!(lines(&report), ["~ app demo-app: status \"suspended\" → \"development\""]);
        }
        let report = world.apply_with(&firm(), dry).await.unwrap();
        assert_eq!((report.lines.len(), report.kept.len()), (0, 1));
    }
}

/// What `symbolon tenant add-member north u-jane --role …` declares.
fn entry(role: &str) -> toml::Table {
    let text = format!("[[membership]]\ntenant = \"north\"\nuser = \"u-jane\"\nrole = \"{role}\"\n");
    toml::from_str(&text).unwrap()
}

/// A member is removed, then person or tenant goes, and comes back with a changed line: the membership does not.
async fn removed_before(world: &World, gone: Change, (line, other): (&str, &str), back: &str) {
    let (user, tenant) = (world.jane().await.id, world.north().await.id);
    world.by_hand(MembershipChange::Remove { tenant, user }, "u-jane in north").await;
    world.by_hand(gone, "one of the two").await;
    let changed = firm().replacen(line, other, 1);
    for expected in [vec![back], vec![]] {
        let report = world.report(&changed).await;
        let changed: Vec<_> =
            lines(&report).into_iter().filter(|line| !line.contains("app demo-app")).collect();
        assert_eq!(changed, expected);
        let kept: Vec<_> = report.kept.iter().map(ToString::to_string).collect();
        assert!(
            kept.iter().any(|kept| kept.starts_with("= membership u-jane in north: kept away")),
            "{kept:?}"
        );
    }
    let role = "role = \"practitioner\"\nstatus = \"active\"";
    let own = changed.replacen(role, "role = \"viewer\"\nstatus = \"active\"", 1);
    assert_eq!(lines(&world.report(&own).await), ["+ membership u-jane in north"], "its own line wins");
}
