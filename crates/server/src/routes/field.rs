//! Form fields: every name that a form or an address of ours may carry, with its limit.
//!
//! Only here can one be made, and forms are read by them, so no handler reads a field that stands in no list. The limits are
//! the constants that the rules enforce.

use symbolon_platform::app::manifest;
use symbolon_platform::{account, name};

/// A field of a form or a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    name: &'static str,
    limit: Limit,
}

impl Field {
    /// Its name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// How long it may be.
    #[must_use]
    pub const fn limit(self) -> Limit {
        self.limit
    }
}

/// How long a field may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// As long as all of the form or address that it comes in.
    Whole,
    /// Bytes at most.
    Bytes(usize),
    /// Characters at least, bytes at most.
    Between(usize, usize),
    /// Characters at most.
    Characters(usize),
    /// One of these words.
    OneOf(&'static [&'static str]),
}

const fn field(name: &'static str, limit: Limit) -> Field {
    Field { name, limit }
}

/// Bytes of a picture that is looked at.
pub const ICON_AT_MOST: usize = 1 << 20;

/// The mark that a form is ours and was shown to this browser (CSRF token).
pub const CSRF: Field = field("csrf", Limit::Whole);
/// The sealed request for authorization that a person is on the way with.
pub const INTERACTION: Field = field("interaction", Limit::Whole);
/// The link of the invitation that a person is on the way to while they sign in.
pub const INVITATION: Field = field("invitation", Limit::Bytes(64));
/// What a person signs in with.
pub const EMAIL: Field = field("email", Limit::Bytes(account::EMAIL_AT_MOST));
/// What a form wants that does not ask for what its page is for: the page alone.
pub const SHOW: Field = field("show", Limit::OneOf(&["page"]));
/// A password that is compared.
pub const PASSWORD: Field = field("password", Limit::Bytes(account::PASSWORD_AT_MOST));
/// A password that is chosen for a new account.
pub const NEW_PASSWORD: Field =
    field("password", Limit::Between(account::PASSWORD_AT_LEAST, account::CHOSEN_PASSWORD_AT_MOST));
/// The password that a person chooses in the place of the one they have.
pub const CHOSEN_PASSWORD: Field =
    field("chosen_password", Limit::Between(account::PASSWORD_AT_LEAST, account::CHOSEN_PASSWORD_AT_MOST));
/// The secret of a link that was mailed.
pub const LINK: Field = field("token", Limit::Bytes(64));
/// The mark of what a page showed that asks before it does something.
pub const SHOWN: Field = field("shown", Limit::Whole);
/// How a person is addressed.
pub const NAME: Field = field("name", Limit::Characters(name::AT_MOST));
/// The connection that was just ended, for the news.
pub const DISCONNECTED: Field = field("disconnected", Limit::Whole);
/// What was just changed, for the news.
pub const CHANGED: Field = field("changed", Limit::OneOf(&["password"]));
/// Which browsers were just signed out, for the news.
pub const SIGNED_OUT: Field = field("signed_out", Limit::OneOf(&["one", "others"]));
/// What was just done in an organisation, for the news.
pub const HAPPENED: Field = field(
    "happened",
    Limit::OneOf(&[
        "made", "renamed", "invited", "member", "removed", "left", "revoked", "taken", "declined", "deleted",
        "accepted",
    ]),
);
/// That a request was just sent, for the news.
pub const SENT: Field = field("sent", Limit::OneOf(&["yes"]));
/// What somebody is in an organisation, or is to be no more.
pub const ROLE: Field = field("role", Limit::OneOf(&["owner", "developer", "viewer", "none"]));
/// What a person says to an invitation or an offer.
pub const ANSWER: Field = field("answer", Limit::OneOf(&["accept", "decline"]));
/// Where its picture is.
pub const LOGO_URL: Field = field("logo_url", Limit::Characters(2000));
/// The credential that a host's API was given.
pub const TOKEN: Field = field("token", Limit::Whole);
/// The scopes that its request needs.
pub const SCOPES: Field = field("scopes", Limit::Whole);
/// The resource that it is.
pub const RESOURCE: Field = field("resource", Limit::Whole);
/// What a person decides about an app.
pub const DECISION: Field = field("decision", Limit::OneOf(&["allow", "deny", "switch", "find", "again"]));
/// What the person looks for among many tenants.
pub const FIND: Field = field("find", Limit::Characters(100));
/// Where the app may work.
pub const TENANT: Field = field("tenant", Limit::Whole);
/// A scope that the person may leave out and did not; repeats.
pub const SCOPE: Field = field("scope", Limit::Whole);
/// What is done next in the trial of an app.
pub const STEP: Field =
    field("step", Limit::OneOf(&["exchange", "who", "refresh", "revoke", "end", "check"]));
/// The trial that a page goes on with, sealed.
pub const TRIAL: Field = field("trial", Limit::Whole);
/// An authorization link that is to be judged.
pub const LINK_TO_CHECK: Field = field("link", Limit::Whole);
/// A code that arrives (RFC 6749 §4.1.2).
pub const CODE: Field = field("code", Limit::Whole);
/// What it was asked for with.
pub const STATE: Field = field("state", Limit::Whole);
/// An error that arrives instead (RFC 6749 §4.1.2.1).
pub const ERROR: Field = field("error", Limit::Whole);
/// A day in UTC: `2026-11-30`.
pub const DAY: Field = field("day", Limit::Bytes(10));
/// Which page of a list: the row before it.
pub const AFTER: Field = field("after", Limit::Whole);
/// What was just done, for the news.
pub const DONE: Field = field(
    "done",
    Limit::OneOf(&[
        "saved", "ended", "invited", "removed", "taken", "revoked", "offered", "kept", "applied", "deleted",
    ]),
);
/// The row that something new is to be.
pub const ID: Field = field("id", Limit::Whole);
/// The app whose values are shown.
pub const APP: Field = field("app", Limit::Whole);
/// The kind of a new app.
pub const PRESET: Field = field("preset", Limit::Characters(20));
/// The organisation that develops it.
pub const ORGANISATION: Field = field("organisation", Limit::Whole);
/// The whole definition of an app.
pub const MANIFEST: Field = field("manifest", Limit::Bytes(manifest::AT_MOST));
/// The same as a file.
pub const MANIFEST_FILE: Field = field("manifest_file", Limit::Bytes(manifest::AT_MOST));
/// A picture, as a file.
pub const ICON: Field = field("icon", Limit::Bytes(ICON_AT_MOST));
/// Where the square of a picture begins that becomes its icon, in pixels from the left.
pub const CROP_X: Field = field("crop_x", Limit::Characters(5));
/// The same from above.
pub const CROP_Y: Field = field("crop_y", Limit::Characters(5));
/// How wide and high it is.
pub const CROP_SIZE: Field = field("crop_size", Limit::Characters(5));
/// The icon that a preview showed, in base64.
pub const DRAWN: Field = field("drawn", Limit::Whole);
/// How it is written.
pub const FORMAT: Field = field("format", Limit::OneOf(&["toml", "json"]));
/// Who publishes an app.
pub const PUBLISHER: Field = field("publisher", Limit::Characters(name::AT_MOST));
/// Its home page.
pub const HOMEPAGE: Field = field("homepage", Limit::Characters(2000));
/// What it does.
pub const DESCRIPTION: Field = field("description", Limit::Characters(500));
/// What it is for.
pub const CATEGORIES: Field = field("categories", Limit::Characters(160));
/// Where its people help.
pub const SUPPORT_URL: Field = field("support_url", Limit::Characters(2000));
/// Its privacy policy.
pub const PRIVACY_URL: Field = field("privacy_url", Limit::Characters(2000));
/// Its terms of use.
pub const TERMS_URL: Field = field("terms_url", Limit::Characters(2000));
/// Where it may be answered; repeats.
pub const REDIRECT_URI: Field = field("redirect_uri", Limit::Bytes(2000));
/// A scope that people may leave out; repeats.
pub const OPTIONAL: Field = field("optional", Limit::Whole);
/// A scope that a reason is given for; repeats.
pub const REASONED: Field = field("reasoned", Limit::Whole);
/// The reason, in the same order; repeats.
pub const REASON: Field = field("reason", Limit::Characters(500));
/// Whether a page is to be shown as it would be, and nothing saved.
pub const PREVIEW: Field = field("preview", Limit::OneOf(&["yes"]));
/// The language in which it is to be shown.
pub const LANGUAGE: Field = field("language", Limit::Characters(20));
/// The same in an address, as a request for authorization says it.
pub const UI_LOCALES: Field = field("ui_locales", Limit::Whole);
/// The colours in which a page is shown, whatever the browser prefers.
pub const THEME: Field = field("theme", Limit::OneOf(&["light", "dark"]));
/// The secret that another takes the place of.
pub const REPLACES: Field = field("replaces", Limit::Whole);
/// How many hours that one goes on working: 0 to 168.
pub const OVERLAP: Field = field("overlap", Limit::Characters(3));
/// How long the new one works.
pub const LIFE: Field = field("life", Limit::OneOf(&["never", "30d", "90d", "365d"]));
/// The dialect that an app speaks.
pub const DIALECT: Field = field("dialect", Limit::Characters(name::AT_MOST));
/// Whether it keeps a secret.
pub const TYPE: Field = field("type", Limit::OneOf(&["confidential", "public"]));
/// For whom it acts.
pub const LEVEL: Field = field("level", Limit::OneOf(&["user", "tenant"]));
/// Whether it is installed on people's own devices.
pub const NATIVE: Field = field("native", Limit::OneOf(&["yes"]));
/// Whether it is excused from PKCE.
pub const PKCE: Field = field("pkce", Limit::OneOf(&["optional"]));
/// What is taken away: a tester, a redirect URI, a permission, the icon.
pub const REMOVE: Field = field("remove", Limit::Whole);
/// An invitation that is taken back.
pub const REVOKE: Field = field("revoke", Limit::Whole);
/// What is typed before something is deleted, or `yes` before something is taken away.
pub const CONFIRM: Field = field("confirm", Limit::Characters(name::AT_MOST));
