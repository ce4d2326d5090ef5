//! Where somebody may make apps.

use symbolon_oauth::id::OrganisationId;
use symbolon_platform::organisation::{Hand, Organisation, Power};
use symbolon_store::organisations::Own;

use crate::config::Developers;
use crate::failure::Failure;
use crate::pages::portal::own::Visitor;

/// The organisations in which a visitor may make apps: their own, which is made with the first app, and those of teams. Whose
/// address nobody has proven makes none, or anybody could fill this server with apps.
pub(super) async fn places(visitor: &Visitor<'_>) -> Result<Vec<(OrganisationId, String)>, Failure> {
    let user = &visitor.session.user;
    let (alone, in_teams) = match (visitor.state.developers, user.staff) {
        (_, true) => (true, true),
        (Developers::Staff, false) => (false, false),
        (Developers::Invited, false) => (false, user.login.is_proven()),
        (Developers::Open, false) => (user.login.is_proven(), user.login.is_proven()),
    };
    let own = Organisation::own(user.id);
    let teams = visitor.state.store.organisations_of(user.id).await?.into_iter();
    let teams = teams.filter(|team: &Own| {
        in_teams && Hand::Member(team.role).may(Power::Create) && team.organisation.id != own
    });
    let teams = teams.map(|team| (team.organisation.id, team.organisation.name));
    Ok(alone.then(|| (own, user.name.clone())).into_iter().chain(teams).collect())
}
