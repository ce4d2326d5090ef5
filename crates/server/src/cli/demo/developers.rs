//! The demo's developers, brought about as their own deeds would: a team with its people, an app with a second secret, testers.
//! What is there already, because the demo was started before in the same folder, stays as it is.

use anyhow::Context;
use symbolon_demo::developers::{Developers, SecondSecret, Team, Tester};
use symbolon_oauth::credential::Secret;
use symbolon_oauth::id::OrganisationId;
use symbolon_oauth::time::Timestamp;
use symbolon_platform::app::App;
use symbolon_platform::organisation::{Organisation, Role};
use symbolon_platform::user::User;
use symbolon_store::change::{
    AppChange, Change, ClientSecretChange, MemberChange, OrganisationChange, TesterChange,
};
use symbolon_store::client_secrets::{Author, Replaced, StoredSecret};
use symbolon_store::testers::{TesterFace, TesterId};

use crate::declared::{self, Surroundings};

const A_DAY: i64 = 86_400_000;

/// Brings them about.
///
/// # Errors
/// When the demo's own files contradict each other, or the store does not answer.
pub(super) async fn settle(around: Surroundings<'_>, developers: &Developers) -> anyhow::Result<()> {
    for team in &developers.organisation {
        gather(around, team).await?;
    }
    for secret in &developers.secret {
        rotate(around, secret).await?;
    }
    for tester in &developers.tester {
        invite(around, tester).await?;
    }
    Ok(())
}

async fn gather(around: Surroundings<'_>, team: &Team) -> anyhow::Result<()> {
    let owner = person(around, &team.owner).await?;
    let there = around.store.organisations_of(owner.id).await?;
    if there.iter().any(|own| own.organisation.name == team.name) {
        return Ok(());
    }
    let now = around.clock.now();
    let id: OrganisationId = around.entropy.new_id(now)?;
    let organisation = Organisation { id, name: team.name.clone(), person: None, created_at: now };
    let made = format!("organisation {id}");
    let mut changes: Vec<(Change, String)> =
        vec![(OrganisationChange::Create { organisation, owner: owner.id }.into(), made.clone())];
    for member in &team.member {
        let user = person(around, &member.user).await?.id;
        let role = Role::parse(&member.role).with_context(|| format!("{} is no role", member.role))?;
        changes.push((MemberChange::Add { organisation: id, user, role, at: now }.into(), made.clone()));
    }
    for client_id in &team.apps {
        let app = app(around, client_id).await?.client.id;
        let old = around.store.organisation_of(app).await?;
        changes.push((AppChange::Transfer { app, old, new: Some(id) }.into(), format!("app {client_id}")));
    }
    Ok(declared::change(around, changes).await?)
}

async fn rotate(around: Surroundings<'_>, new: &SecondSecret) -> anyhow::Result<()> {
    let app = app(around, &new.app).await?;
    let secrets = around.store.list_client_secrets(app.client.id).await?;
    let [old] = secrets.as_slice() else { return Ok(()) };
    if old.name == new.name {
        return Ok(());
    }
    let (now, by) = (around.clock.now(), person(around, &new.by).await?);
    let until = Timestamp(now.0 + new.old_ends_after_days * A_DAY);
    let made = StoredSecret::of(
        &Secret::given(new.secret.as_str()),
        &[&app.client.client_id, &app.name],
        around.entropy.new_id(now)?,
        now,
    );
    let author = Some(Author { id: by.id, name: by.name });
    let secret = StoredSecret { name: new.name.clone(), author, ..made };
    let replaced = Some(Replaced { secret: old.id, until });
    let change = ClientSecretChange::Add { app: app.client.id, secret, replaced };
    Ok(declared::change(around, vec![(change.into(), format!("app {}", new.app))]).await?)
}

async fn invite(around: Surroundings<'_>, new: &Tester) -> anyhow::Result<()> {
    let (app, user) = (app(around, &new.app).await?.client.id, person(around, &new.user).await?.id);
    let there = around.store.testers(app).await?;
    if there.iter().any(|own| matches!(&own.who, TesterFace::Person(person) if person.id == user)) {
        return Ok(());
    }
    let tester = TesterId::Person(user);
    let (invited_by, at) = (Some(person(around, &new.by).await?.id), around.clock.now());
    let change = TesterChange::Add { app, tester, invited_by, at };
    Ok(declared::change(around, vec![(change.into(), format!("app {}", new.app))]).await?)
}

async fn person(around: Surroundings<'_>, id: &str) -> anyhow::Result<User> {
    let found = around.store.load_account_by_external_id(id).await?;
    Ok(found.with_context(|| format!("world.toml declares no user `{id}`"))?.user)
}

async fn app(around: Surroundings<'_>, client_id: &str) -> anyhow::Result<App> {
    let found = around.store.load_app_by_client_id(client_id).await?;
    found.with_context(|| format!("world.toml declares no app `{client_id}`"))
}
