//! Pruning deletes what files once declared and nothing else.

use symbolon_platform::tenant::Tenant;
use symbolon_platform::user::User;
use symbolon_store::change::{MembershipChange, TenantChange, UserChange};

use super::*;

const PRUNE: Options = Options { dry_run: false, prune: true, allow_weak_secrets: true };

impl World {
    async fn prune(&self, text: &str) -> Report {
        self.apply_with(text, PRUNE).await.unwrap()
    }

    /// What a command declares.
    async fn command(&self, text: &str) {
        let declared = Declared::from_table("the command", toml::from_str(text).unwrap()).unwrap();
        apply(self.around(), &declared, ALLOWED).await.unwrap();
    }

    async fn is_there(&self, user: &str) -> bool {
        self.store.load_account_by_external_id(user).await.unwrap().is_some()
    }
}

/// The world without Jane, whom nothing refers to any more.
fn without_jane() -> String {
    let start = WORLD.find("[[membership]]").unwrap();
    let end = WORLD.find("[[app]]").unwrap();
    let others = "[[user]]\nid = \"u-kim\"\nemail = \"kim@example.com\"\n\
        [[membership]]\ntenant = \"north\"\nuser = \"u-kim\"\nrole = \"practitioner\"\n";
    let text = format!("{}{others}{}", &WORLD[..start], &WORLD[end..]);
    let (user, tail) = (text.find("[[user]]").unwrap(), text.find(others).unwrap());
    format!("{}{}", &text[..user], &text[tail..]).replace("owner = \"u-jane\"\n", "")
}

on_both_engines! {
    async fn prunes_the_kinds_that_are_declared_and_no_other(database) {
        let world = World::new(&database).await;
        world.apply(WORLD).await;
        let less = "[[scope]]\nname = \"forms:read\"\ntitle = \"Read your forms\"\n\
            [[app]]\nclient_id = \"other\"\nname = \"Other\"\ntype = \"public\"\n";
        let pruned = world.prune(less).await;
        assert_eq!(lines(&pruned), ["+ app other", "- app demo-app", "- scope forms:write"]);
        assert_eq!(pruned.removals().as_deref(), Some("1 app, 1 scope"));
        assert!(world.is_there("u-jane").await);
        let rest = WORLD.replace("u-jane", "u-new").replace("north", "south").replace("Jane@", "new@");
        let gone: Vec<_> = lines(&world.prune(&rest).await).into_iter().filter(|line| line.starts_with('-')).collect();
        assert_eq!(gone, ["- app other", "- membership u-jane in north", "- user u-jane", "- tenant north"]);
    }

    async fn nobody_goes_whom_no_file_declared(database) {
        let world = World::new(&database).await;
        world.apply(WORLD).await;
        let wanted = symbolon_platform::account::Wanted::typed("New", "new@example.org");
        let (id, space) = (world.entropy.new_id(world.clock.now()).unwrap(), world.entropy.new_id(world.clock.now()).unwrap());
        let (user, tenant) = wanted.account(id, space);
        let audit = symbolon_store::Audit::new(world.entropy.new_id(world.clock.now()).unwrap(), world.clock.now(), Deed::UserSignedUp, Actor::User(id));
        world.store.sign_up(&user, "hash", &tenant, audit).await.unwrap();
        world.command("[[user]]\nid = \"u-made\"\nemail = \"made@example.com\"").await;
        world.command("[[app]]\nclient_id = \"made\"\nname = \"Made\"\ntype = \"public\"").await;
        world.command("[[tenant]]\nid = \"made\"\nname = \"Made\"").await;
        world.command("[[membership]]\ntenant = \"north\"\nuser = \"u-made\"\nrole = \"practitioner\"").await;

        let pruned = world.prune(WORLD).await;
        assert_eq!((lines(&pruned), pruned.removals()), (vec![], None));
        let left: Vec<_> = pruned.undeclared.iter().map(ToString::to_string).collect();
        assert_eq!(left, ["1 app", "2 memberships", "2 users", "2 tenants"]);
        assert!(world.is_there(&user.external_id).await && world.is_there("u-made").await);

        let pruned = world.prune(&without_jane()).await;
        let gone: Vec<_> = lines(&pruned).into_iter().filter(|line| line.starts_with('-')).collect();
        assert_eq!(gone, ["- membership u-jane in north", "- user u-jane"], "who was declared goes");
        assert!(world.is_there("u-made").await && !world.is_there("u-jane").await);
    }

    async fn what_a_file_names_it_declares_from_then_on(database) {
        let world = World::new(&database).await;
        world.command("[[user]]\nid = \"u-made\"\nemail = \"made@example.com\"").await;
        let named = "[[user]]\nid = \"u-made\"\nemail = \"made@example.com\"\n";
        let other = "[[user]]\nid = \"u-other\"\nemail = \"other@example.com\"\n";
        assert_eq!(lines(&world.prune(other).await), ["+ user u-other"]);
        world.apply(named).await;
        assert_eq!(lines(&world.prune(other).await), ["- user u-made"]);
    }

    async fn what_was_made_anew_by_hand_is_not_what_was_declared(database) {
        let world = World::new(&database).await;
        world.apply(WORLD).await;
        let jane = world.store.load_account_by_external_id("u-jane").await.unwrap().unwrap().user.id;
        world.store.change(&[UserChange::Delete(jane).into()], &[]).await.unwrap();
        world.command("[[user]]\nid = \"u-jane\"\nemail = \"another@example.com\"").await;
        let pruned = world.prune(&without_jane()).await;
        assert_eq!(pruned.removals(), None, "{:?}", lines(&pruned));
        assert!(world.is_there("u-jane").await);
    }

    async fn who_is_called_by_hand_as_somebody_was_declared_does_not_go(database) {
        let world = World::new(&database).await;
        world.apply(WORLD).await;
        let jane = world.store.load_account_by_external_id("u-jane").await.unwrap().unwrap().user.id;
        let north = world.store.load_tenant_by_external_id("north").await.unwrap().unwrap().id;
        world.store.change(&[UserChange::Delete(jane).into(), TenantChange::Delete(north).into()], &[]).await.unwrap();
        world.command("[[user]]\nid = \"u-made\"\nemail = \"made@example.com\"\n[[tenant]]\nid = \"made\"\nname = \"Made\"").await;
        world.command("[[membership]]\ntenant = \"made\"\nuser = \"u-made\"\nrole = \"practitioner\"").await;
        let old = world.store.load_account_by_external_id("u-made").await.unwrap().unwrap().user;
        let new = User { external_id: "u-jane".to_owned(), ..old.clone() };
        let place = world.store.load_tenant_by_external_id("made").await.unwrap().unwrap();
        let renamed = Tenant { external_id: "north".to_owned(), ..place.clone() };
        let renames = [UserChange::Update { old, new }.into(), TenantChange::Update { old: place, new: renamed }.into()];
        world.store.change(&renames, &[]).await.unwrap();
        let others = "[[tenant]]\nid = \"south\"\nname = \"Clinic South\"\n\
            [[user]]\nid = \"u-kim\"\nemail = \"kim@example.com\"\n\
            [[membership]]\ntenant = \"south\"\nuser = \"u-kim\"\nrole = \"practitioner\"\n";
        let pruned = world.prune(others).await;
        assert_eq!(pruned.removals(), None, "{:?}", lines(&pruned));
        // Who was declared and is called otherwise does not go either, and the twin goes: whom a file names it declares.
        world.apply(&format!("{others}[[user]]\nid = \"u-jane\"\nemail = \"made@example.com\"\n")).await;
        assert_eq!(lines(&world.prune(others).await), ["- user u-jane"]);
        let old = world.store.load_account_by_external_id("u-kim").await.unwrap().unwrap().user;
        let new = User { external_id: "u-lee".to_owned(), ..old.clone() };
        world.store.change(&[UserChange::Update { old, new }.into()], &[]).await.unwrap();
        assert_eq!(lines(&world.prune(others).await), [""; 0]);
        assert!(world.is_there("u-lee").await);
    }

    async fn a_role_that_members_hold_says_how_many_lose_it(database) {
        let world = World::new(&database).await;
        let more = "[[role]]\nkey = \"viewer\"\ntitle = \"Viewer\"\n[[role]]\nkey = \"idle\"\ntitle = \"Idle\"\n\
            [[user]]\nid = \"u-kim\"\nemail = \"kim@example.com\"\n";
        world.apply(&format!("{WORLD}{more}")).await;
        world.command("[[membership]]\ntenant = \"north\"\nuser = \"u-kim\"\nrole = \"viewer\"").await;
        let dry = Options { dry_run: true, ..PRUNE };
        let told = world.apply_with(WORLD, dry).await.unwrap();
        let roles: Vec<_> = lines(&told).into_iter().filter(|line| line.starts_with("- role")).collect();
        // Whoever goes with it loses nothing by it.
        assert_eq!(roles, ["- role idle", "- role viewer"]);
        let told = world.apply_with(&WORLD.replace("u-jane", "u-kim").replace("Jane@", "kim@"), dry).await.unwrap();
        let roles: Vec<_> = lines(&told).into_iter().filter(|line| line.starts_with("- role")).collect();
        assert_eq!(roles, ["- role idle", "- role viewer"], "who has another role by then does not hold it");
        let roles_only = "[[role]]\nkey = \"practitioner\"\ntitle = \"Practitioner\"\nscopes = [\"*\"]\ncan_install = true\n";
        let told = world.prune(roles_only).await;
        assert_eq!(lines(&told), ["- role idle", "- role viewer: members 1 → nothing they may do"]);
    }

    async fn what_was_pruned_can_be_declared_again(database) {
        let world = World::new(&database).await;
        world.apply(WORLD).await;
        world.prune(&without_jane()).await;
        let back = lines(&world.apply_with(WORLD, Options::default()).await.unwrap());
        assert!(back.contains(&"+ user u-jane".to_owned()), "{back:?}");
        assert!(back.contains(&"+ membership u-jane in north".to_owned()), "{back:?}");
    }

    async fn what_was_deleted_by_hand_and_left_out_can_be_declared_again(database) {
        let world = World::new(&database).await;
        let two = format!("{WORLD}[[user]]\nid = \"u-kim\"\nemail = \"kim@example.com\"\n\
            [[membership]]\ntenant = \"north\"\nuser = \"u-kim\"\nrole = \"practitioner\"\n");
        world.apply(&two).await;
        let kim = world.store.load_account_by_external_id("u-kim").await.unwrap().unwrap().user.id;
        let north = world.store.load_tenant_by_external_id("north").await.unwrap().unwrap().id;
        let remove = MembershipChange::Remove { tenant: north, user: kim }.into();
        world.store.change(&[remove], &[]).await.unwrap();
        assert_eq!(world.apply(&two).await, [""; 0]);
        let one = two.replace("[[membership]]\ntenant = \"north\"\nuser = \"u-kim\"\nrole = \"practitioner\"\n", "");
        assert_eq!(lines(&world.prune(&one).await), [""; 0]);
        assert_eq!(world.apply(&two).await, ["+ membership u-kim in north"]);
    }
}
