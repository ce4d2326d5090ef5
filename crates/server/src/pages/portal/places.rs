//! Where somebody may make apps.

use symbolon_oauth::id::OrganisationId;
use symbolon_platform::developers::may_make_app;
use symbolon_platform::organisation::Organisation;
use symbolon_store::organisations::Own;

use crate::failure::Failure;
use crate::visitor::Visitor;

/// The organisations in which a visitor may make apps: their own, which is made with the first app, and those of teams.
pub(super) async fn places(visitor: &Visitor<'_>) -> Result<Vec<(OrganisationId, String)>, Failure> {
    let (user, developers) = (&visitor.session.user, visitor.state.developers);
    let own = Organisation::own(user.id);
    let theirs = visitor.state.store.organisations_of(user.id).await?;
    let role = theirs.iter().find(|place| place.organisation.id == own).map(|place| place.role);
    let alone = may_make_app(developers, user, role).is_ok();
    let in_team =
        |team: &Own| team.organisation.id != own && may_make_app(developers, user, Some(team.role)).is_ok();
    let teams = theirs.into_iter().filter(in_team).map(|team| (team.organisation.id, team.organisation.name));
    Ok(alone.then(|| (own, user.name.clone())).into_iter().chain(teams).collect())
}
