//! Pruning deletes what files once declared and nothing else.

use symbolon_store::change::{MembershipChange, UserChange};

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
