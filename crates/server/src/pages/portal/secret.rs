//! A secret, made for an app by one of its developers.

use symbolon_oauth::credential::{Environment, Kind, Secret};
use symbolon_oauth::id::ClientSecretId;
use symbolon_store::client_secrets::{Author, StoredSecret};

use crate::failure::Failure;
use crate::visitor::Visitor;

/// A secret of this row, and the row.
pub(super) fn minted(visitor: &Visitor<'_>, id: ClientSecretId) -> Result<(Secret, StoredSecret), Failure> {
    let state = visitor.state;
    let bytes = state.entropy.new_credential_bytes(id)?;
    let secret = Secret::mint(&state.prefix, Kind::ClientSecret, Environment::Live, bytes);
    let user = &visitor.session.user;
    let author = Some(Author { id: user.id, name: user.name.clone() });
    let row = StoredSecret { author, ..StoredSecret::of_row(&secret, &[], id, visitor.now) };
    Ok((secret, row))
}
