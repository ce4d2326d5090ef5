//! Versions of apps: making one, and releasing it in the place of the live one.
//!
//! A version is made beside the live one and released by a step of its own, so that a release is the same whoever approved
//! it. Whoever changes versions of an app has written its row in `apps` before, in the same commit: that makes such
//! changes wait for each other, and each then meets the live version that the one before left.

use symbolon_oauth::client::AuthenticationMethod;
use symbolon_oauth::id::AppId;
use symbolon_platform::app::version::{Reviewed, ReviewedClient, Shown, VersionState};

use crate::engine::{Commit, Expect, Value};
use crate::parameters;

/// Retired versions that are kept of an app are those with a number this close to the newest.
const KEPT: i64 = 20;

/// The columns of [`shown`], in its order.
macro_rules! shown_columns {
    () => {
        "name, icon, publisher, publisher_verified, homepage"
    };
}

/// The columns of [`client`], in its order.
macro_rules! client_columns {
    () => {
        "client_type, level, dialect, redirect_uris, scopes, optional_scopes, grant_types, authentication_method, \
         pkce_excused, native"
    };
}

/// The number of the next version.
macro_rules! next {
    () => {
        "(SELECT coalesce(max(number), 0) + 1 FROM app_versions WHERE app_id = $1)"
    };
}

/// Adds a version: the app, its state, what people are shown, what the protocol is told.
const INSERT: &str = concat!(
    "INSERT INTO app_versions (app_id, number, state, ",
    shown_columns!(),
    ", ",
    client_columns!(),
    ") VALUES ($1, ",
    next!(),
    ", $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)"
);

fn shown(shown: &Shown<'_>) -> [Value; 5] {
    parameters![
        shown.name,
        shown.icon.map(|key| key.0.to_vec()),
        shown.publisher.map(|publisher| publisher.name.as_str()),
        shown.publisher.is_some_and(|publisher| publisher.verified),
        shown.homepage
    ]
}

fn client(client: &ReviewedClient<'_>) -> [Value; 10] {
    let grant_types: Vec<&str> = client.grant_types.iter().map(|grant_type| grant_type.as_str()).collect();
    parameters![
        client.client_type.as_str(),
        client.level.as_str(),
        client.dialect,
        serde_json::Value::from(client.redirect_uris).to_string(),
        client.scopes,
        client.optional_scopes,
        grant_types.join(" "),
        client.authentication_method.map(AuthenticationMethod::as_str),
        client.pkce_excused,
        client.native
    ]
}

fn columns(reviewed: &Reviewed<'_>) -> impl Iterator<Item = Value> {
    shown(&reviewed.shown).into_iter().chain(client(&reviewed.client))
}

/// Adds a version in this state.
fn make(commit: Commit, app: AppId, state: VersionState, reviewed: &Reviewed<'_>) -> Commit {
    let row: Vec<_> = parameters![app, state.as_str()].into_iter().chain(columns(reviewed)).collect();
    commit.step(INSERT, row, Expect::One)
}

/// The first version of a new app, live at once.
pub(crate) fn create(commit: Commit, app: AppId, reviewed: &Reviewed<'_>) -> Commit {
    make(commit, app, VersionState::Live, reviewed)
}

/// Makes and releases a version that is `new`, as long as the live one still is `old`. When nothing is to change, it
/// must still be `old`.
pub(crate) fn replace(commit: Commit, app: AppId, old: &Reviewed<'_>, new: &Reviewed<'_>) -> Commit {
    const STILL: &str = concat!(
        "SELECT number FROM app_versions WHERE app_id = $1 AND state = 'live' AND (",
        shown_columns!(),
        ", ",
        client_columns!(),
        ") IS NOT DISTINCT FROM ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
    );
    let was: Vec<_> = std::iter::once(app.into()).chain(columns(old)).collect();
    let commit = commit.step(STILL, was, Expect::One);
    if old == new {
        return commit;
    }
    release(make(commit, app, VersionState::Approved, new), app)
}

/// The same for what people are shown; what the protocol is told stays as it is by now.
pub(crate) fn restyle(commit: Commit, app: AppId, old: &Shown<'_>, new: &Shown<'_>) -> Commit {
    const STILL: &str = concat!(
        "SELECT number FROM app_versions WHERE app_id = $1 AND state = 'live' AND (",
        shown_columns!(),
        ") IS NOT DISTINCT FROM ($2, $3, $4, $5, $6)"
    );
    const COPY: &str = concat!(
        "INSERT INTO app_versions (app_id, number, state, ",
        shown_columns!(),
        ", ",
        client_columns!(),
        ") SELECT app_id, ",
        next!(),
        ", $2, $3, $4, $5, $6, $7, ",
        client_columns!(),
        " FROM app_versions WHERE app_id = $1 AND state = 'live'"
    );
    let was: Vec<_> = std::iter::once(app.into()).chain(shown(old)).collect();
    let commit = commit.step(STILL, was, Expect::One);
    if old == new {
        return commit;
    }
    let approved = VersionState::Approved.as_str();
    let row: Vec<_> = parameters![app, approved].into_iter().chain(shown(new)).collect();
    release(commit.step(COPY, row, Expect::One), app)
}

/// Releases the newest version, and retires the one that was live. A retired one lets go of its icon, so that a picture
/// which no app shows is gone; of many retired ones the oldest go.
fn release(commit: Commit, app: AppId) -> Commit {
    const RETIRE: &str =
        "UPDATE app_versions SET state = $2, icon = NULL WHERE app_id = $1 AND state = 'live'";
    const RELEASE: &str = "UPDATE app_versions SET state = $2 WHERE app_id = $1 AND state = $3 \
        AND number = (SELECT max(number) FROM app_versions WHERE app_id = $1)";
    const FORGET: &str = "DELETE FROM app_versions WHERE app_id = $1 AND state = $2 \
        AND number < (SELECT max(number) FROM app_versions WHERE app_id = $1) - $3";
    let [approved, live, retired] =
        [VersionState::Approved, VersionState::Live, VersionState::Retired].map(VersionState::as_str);
    commit
        .step(RETIRE, parameters![app, retired], Expect::One)
        .step(RELEASE, parameters![app, live, approved], Expect::One)
        .step(FORGET, parameters![app, retired, KEPT], Expect::Any)
}
