//! Audit event names: the closed list of everything that is audited. Whoever else tells what happened (an event stream,
//! webhooks) takes the names from here.
//!
//! Each deed has one public name, `noun.verb` in the past tense. It stands in stored rows and in what others filter by, so it
//! is fixed for ever: a deed that is no longer done keeps its name, and no name gets another meaning.

/// The enum, its list and its spelling, from one row for each deed.
macro_rules! deeds {
    ($($(#[doc = $doc:literal])+ $deed:ident = $name:literal,)+) => {
        /// Something that was done and is audited.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Deed {
            $($(#[doc = $doc])+ $deed,)+
        }

        impl Deed {
            /// Every deed, in the order of `docs/deeds.md`.
            pub const ALL: &[Deed] = &[$(Deed::$deed),+];

            /// The public name.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Deed::$deed => $name,)+
                }
            }

            /// Reads the public name.
            #[must_use]
            pub fn parse(text: &str) -> Option<Deed> {
                match text {
                    $($name => Some(Deed::$deed),)+
                    _ => None,
                }
            }
        }
    };
}

deeds! {
    /// A scope was declared for the first time.
    ScopeCreated = "scope.created",
    /// A scope was declared otherwise than before.
    ScopeUpdated = "scope.updated",
    /// A scope was taken out of the catalogue.
    ScopeDeleted = "scope.deleted",
    /// A role was declared for the first time.
    RoleCreated = "role.created",
    /// A role was declared otherwise than before.
    RoleUpdated = "role.updated",
    /// A role was taken out of the catalogue.
    RoleDeleted = "role.deleted",
    /// A resource was declared for the first time.
    ResourceCreated = "resource.created",
    /// A resource was declared otherwise than before.
    ResourceUpdated = "resource.updated",
    /// A resource was deleted, with its host keys.
    ResourceDeleted = "resource.deleted",
    /// A resource got a host key.
    HostKeyCreated = "host_key.created",
    /// A resource got a host key in the place of those before it, the newest of which lives on for a while.
    HostKeyRotated = "host_key.rotated",
    /// A host key was ended.
    HostKeyRevoked = "host_key.revoked",
    /// A tenant was created by the operator.
    TenantCreated = "tenant.created",
    /// A tenant was changed.
    TenantUpdated = "tenant.updated",
    /// A tenant was deleted, with its grants.
    TenantDeleted = "tenant.deleted",
    /// An account was created by the operator.
    UserCreated = "user.created",
    /// A person made an account, with a tenant of their own.
    UserSignedUp = "user.signed_up",
    /// An account was changed, disabled or enabled.
    UserUpdated = "user.updated",
    /// An account was deleted, with its grants.
    UserDeleted = "user.deleted",
    /// What an account signs in with was changed by its person.
    LoginChanged = "login.changed",
    /// What an account signed in with was proven to be somebody else's address.
    LoginDisplaced = "login.displaced",
    /// A person proved an address, by the link that was mailed to it.
    AddressConfirmed = "address.confirmed",
    /// The password of an account was set by the operator, or by its person.
    PasswordChanged = "password.changed",
    /// A password that was known as another server's hash was used, and is kept as ours from then on.
    PasswordAdopted = "password.adopted",
    /// A person became a member of a tenant.
    MembershipCreated = "membership.created",
    /// A membership got another role or standing.
    MembershipUpdated = "membership.updated",
    /// A person is no longer a member of a tenant.
    MembershipDeleted = "membership.deleted",
    /// A developer organisation was made.
    OrganisationCreated = "organisation.created",
    /// A developer organisation got another name.
    OrganisationUpdated = "organisation.updated",
    /// A developer organisation without apps was deleted.
    OrganisationDeleted = "organisation.deleted",
    /// A person came into a developer organisation.
    OrganisationMemberAdded = "organisation_member.added",
    /// A person got another role in a developer organisation.
    OrganisationMemberUpdated = "organisation_member.updated",
    /// A person left a developer organisation, or was taken out.
    OrganisationMemberRemoved = "organisation_member.removed",
    /// Somebody was invited to a developer organisation, or to test an app.
    InvitationCreated = "invitation.created",
    /// An invitation was accepted.
    InvitationAccepted = "invitation.accepted",
    /// An invitation was declined.
    InvitationDeclined = "invitation.declined",
    /// An invitation was taken back.
    InvitationRevoked = "invitation.revoked",
    /// A person who may make no apps asked for one.
    DeveloperRequestCreated = "developer_request.created",
    /// A request for an app was accepted.
    DeveloperRequestAccepted = "developer_request.accepted",
    /// A request for an app was declined.
    DeveloperRequestDeclined = "developer_request.declined",
    /// The icon of an app was stored.
    IconStored = "icon.stored",
    /// An app was created.
    AppCreated = "app.created",
    /// An app was changed: its registration, or what people are shown of it.
    AppUpdated = "app.updated",
    /// An app was stopped: no sign-in, no token, no check passes.
    AppSuspended = "app.suspended",
    /// An app was made live (again).
    AppResumed = "app.resumed",
    /// An app was put back into development.
    AppUnpublished = "app.unpublished",
    /// An app was deleted, with its grants.
    AppDeleted = "app.deleted",
    /// A developer ran an app as themselves, with a secret for that one time.
    AppTried = "app.tried",
    /// An app went to another developer organisation.
    AppTransferred = "app.transferred",
    /// An app was offered to another developer organisation.
    AppTransferOffered = "app_transfer.offered",
    /// An app that was offered was taken.
    AppTransferAccepted = "app_transfer.accepted",
    /// An app that was offered was not taken.
    AppTransferDeclined = "app_transfer.declined",
    /// The offer of an app was taken back.
    AppTransferRevoked = "app_transfer.revoked",
    /// Somebody may use an app that is in development.
    TesterAdded = "tester.added",
    /// Somebody who was invited to test an app came when it had as many testers as may be.
    TesterRefused = "tester.refused",
    /// Somebody may no longer use an app that is in development.
    TesterRemoved = "tester.removed",
    /// An app got a new client secret, its first one included.
    ClientSecretRotated = "client_secret.rotated",
    /// A client secret was ended.
    ClientSecretRevoked = "client_secret.revoked",
    /// A client secret that was known as another server's hash was used, and is kept as ours from then on.
    ClientSecretAdopted = "client_secret.adopted",
    /// A person signed in, or stayed signed in with a new password.
    BrowserSessionCreated = "browser_session.created",
    /// A person signed out, or ended one of their sessions from another browser.
    BrowserSessionEnded = "browser_session.ended",
    /// A person ended all their browser sessions but the present one.
    BrowserSessionOthersEnded = "browser_session.others_ended",
    /// A person allowed an app for the first time, for themselves or a tenant.
    GrantCreated = "grant.created",
    /// A person allowed an app again: the grant holds other scopes, or the same.
    GrantUpdated = "grant.updated",
    /// A grant was ended, with all its tokens.
    GrantRevoked = "grant.revoked",
    /// A person did not allow an app.
    ConsentDenied = "consent.denied",
    /// An authorization code was presented twice, and its token family ended.
    AuthorizationCodeReplayed = "authorization_code.replayed",
    /// A refresh token was presented after its successor was used, and its token family ended.
    RefreshTokenReused = "refresh_token.reused",
    /// A refresh token was revoked, with every token that came from its authorization.
    TokenFamilyRevoked = "token_family.revoked",
    /// One access token was revoked.
    AccessTokenRevoked = "access_token.revoked",
    /// A copy of the database was written.
    BackupCreated = "backup.created",
    /// The database is what a backup held.
    DatabaseRestored = "database.restored",
    /// A job that waited or was dead is tried again at once.
    JobRetried = "job.retried",
    /// A job was taken away, so that it is never done.
    JobDropped = "job.dropped",
    /// Everything that was sealed with older master keys was sealed with the newest.
    SecretsResealed = "secrets.resealed",
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names that were ever given.
    const FIXED: &[&str] = &[
        "scope.created",
        "scope.updated",
        "scope.deleted",
        "role.created",
        "role.updated",
        "role.deleted",
        "resource.created",
        "resource.updated",
        "resource.deleted",
        "host_key.created",
        "host_key.rotated",
        "host_key.revoked",
        "tenant.created",
        "tenant.updated",
        "tenant.deleted",
        "user.created",
        "user.signed_up",
        "user.updated",
        "user.deleted",
        "login.changed",
        "login.displaced",
        "address.confirmed",
        "password.changed",
        "password.adopted",
        "membership.created",
        "membership.updated",
        "membership.deleted",
        "organisation.created",
        "organisation.updated",
        "organisation.deleted",
        "organisation_member.added",
        "organisation_member.updated",
        "organisation_member.removed",
        "invitation.created",
        "invitation.accepted",
        "invitation.declined",
        "invitation.revoked",
        "developer_request.created",
        "developer_request.accepted",
        "developer_request.declined",
        "icon.stored",
        "app.created",
        "app.updated",
        "app.suspended",
        "app.resumed",
        "app.unpublished",
        "app.deleted",
        "app.transferred",
        "app.tried",
        "app_transfer.offered",
        "app_transfer.accepted",
        "app_transfer.declined",
        "app_transfer.revoked",
        "tester.added",
        "tester.refused",
        "tester.removed",
        "client_secret.rotated",
        "client_secret.revoked",
        "client_secret.adopted",
        "browser_session.created",
        "browser_session.ended",
        "browser_session.others_ended",
        "grant.created",
        "grant.updated",
        "grant.revoked",
        "consent.denied",
        "authorization_code.replayed",
        "refresh_token.reused",
        "token_family.revoked",
        "access_token.revoked",
        "backup.created",
        "database.restored",
        "job.retried",
        "job.dropped",
        "secrets.resealed",
    ];

    #[test]
    fn a_public_name_is_fixed_for_ever() {
        let names: Vec<_> = Deed::ALL.iter().map(|deed| deed.as_str()).collect();
        for name in FIXED {
            assert!(
                names.contains(name),
                "`{name}` is gone or renamed: stored rows hold it and others filter by it, so it stays; a new deed takes \
                 a new name"
            );
        }
        for name in names {
            assert!(FIXED.contains(&name), "`{name}` is new: once it is in this list it is fixed for ever");
        }
    }

    #[test]
    fn a_name_is_a_noun_and_a_verb_in_the_past_tense() {
        let is_word = |word: &str| word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        for deed in Deed::ALL {
            let (noun, verb) = deed.as_str().split_once('.').unwrap_or_default();
            assert!(is_word(noun) && is_word(verb) && !noun.is_empty(), "{deed:?}");
            assert!(verb.ends_with("ed") || verb == "signed_up", "`{verb}` of {deed:?} is no past tense");
        }
    }

    #[test]
    fn a_name_is_read_as_it_is_written() {
        assert!(Deed::ALL.iter().all(|deed| Deed::parse(deed.as_str()) == Some(*deed)));
        assert_eq!(Deed::parse("app.Suspended"), None);
        assert_eq!(Deed::parse(""), None);
    }

    #[test]
    fn the_table_of_the_documentation_has_a_row_for_each() {
        let page = include_str!("../../../docs/deeds.md");
        let table = page.split("\n## ").next().unwrap_or_default();
        let rows = table.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
        let names: Vec<_> = Deed::ALL.iter().map(|deed| deed.as_str()).collect();
        assert_eq!(
            rows.collect::<Vec<_>>(),
            names,
            "docs/deeds.md lists every deed in the order of the enum"
        );
    }
}
