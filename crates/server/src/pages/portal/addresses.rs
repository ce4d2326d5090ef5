//! The addresses that an app uses: those of the dialect it speaks, as they are mounted here.

use std::sync::Arc;

use symbolon_oauth::dialect::Serves;
use symbolon_platform::app::App;

use crate::language::Key;
use crate::routes::Address;
use crate::served::Mounted;
use crate::state::State;
use crate::views::docs::words;

/// The dialect of an app, where it is spoken here.
pub(super) fn spoken<'s>(state: &'s State, app: &App) -> Option<&'s Arc<Mounted>> {
    state.dialects.iter().find(|own| own.dialect.name == app.client.dialect)
}

/// The address of an endpoint.
pub(super) fn address(mounted: &Mounted, serves: Serves) -> Option<String> {
    let endpoint = mounted.dialect.endpoint(serves)?;
    Some(format!("{}{}{}", mounted.origin, mounted.place.prefix(), endpoint.paths.first()?))
}

/// Where it is asked whose a token is.
pub(super) fn me(state: &State) -> String {
    format!("{}{}", state.issuer, Address::Me.link())
}

/// All of them, each with what it is, in the order in which an app needs them.
pub(super) fn all(state: &State, app: &App) -> Vec<(Key, String)> {
    let Some(mounted) = spoken(state, app) else { return Vec::new() };
    const ORDER: [Serves; 9] = [
        Serves::Authorize,
        Serves::Token,
        Serves::Revoke,
        Serves::Introspect,
        Serves::Userinfo,
        Serves::Identity,
        Serves::Client,
        Serves::Metadata,
        Serves::ResourceMetadata,
    ];
    let own =
        ORDER.into_iter().filter_map(|serves| Some((words::endpoint(serves), address(mounted, serves)?)));
    own.chain([(Key("portal-address-me"), me(state))]).collect()
}
