//! Why an app cannot be like this, as a developer reads it beside the field.

use symbolon_oauth::redirect_uri::RedirectUriError;
use symbolon_platform::app::Unfit;
use symbolon_platform::app::unfit::Key as Member;
use symbolon_platform::listing::UnfitLink;
use symbolon_platform::name::UnfitName;

use crate::language::Key;
use crate::language::said::Said;
use crate::views::face::Complaint;
use crate::views::site::Site;

/// The field in which a member is entered: its id on the page.
#[must_use]
pub fn field(member: Member) -> &'static str {
    match member {
        Member::ClientId | Member::ClientSecret => "form",
        Member::Name => "name",
        Member::Publisher | Member::PublisherVerified => "publisher",
        Member::Homepage => "homepage",
        Member::PrivacyUrl => "privacy_url",
        Member::TermsUrl => "terms_url",
        Member::RedirectUris => "redirect_uri-1",
        Member::Scopes | Member::OptionalScopes => "scope",
        Member::Type | Member::TokenEndpointAuthMethod => "type",
        Member::Dialect => "dialect",
        Member::GrantTypes => "type",
        Member::Pkce => "pkce",
    }
}

/// What is wrong with a registration, beside its field.
#[must_use]
pub fn complaint<'a>(site: &'a Site, unfit: &'a Unfit) -> Complaint<'a> {
    Complaint::field(field(unfit.key()), sentence(site, unfit))
}

/// The sentence.
#[must_use]
pub fn sentence<'a>(site: &'a Site, unfit: &'a Unfit) -> Said<'a> {
    match unfit {
        Unfit::ClientId(_) => site.say(Key("unfit-client-id")),
        Unfit::Scope(name) | Unfit::UnknownScope { name, .. } => {
            site.say(Key("unfit-scope")).name("scope", name)
        }
        Unfit::OptionalScope(name) => site.say(Key("unfit-optional-scope")).name("scope", name),
        Unfit::RedirectUri { why, .. } => site.say(redirect(why)),
        Unfit::Name { why, .. } => name(site, why),
        Unfit::Link { why, .. } => site.say(link(why)),
        Unfit::NobodyNamed => site.say(Key("unfit-nobody-named")),
        Unfit::ConfidentialWithoutProof => site.say(Key("unfit-confidential-without-proof")),
        Unfit::PublicWithSecret | Unfit::PublicWithProof => site.say(Key("unfit-public-with-proof")),
        Unfit::PublicWithoutPkce => site.say(Key("unfit-public-without-pkce")),
        Unfit::NativeWithoutPkce => site.say(Key("unfit-native-without-pkce")),
        Unfit::PublicAsItself => site.say(Key("unfit-public-as-itself")),
        Unfit::RefreshTokenAlone => site.say(Key("unfit-refresh-alone")),
        Unfit::UnknownDialect { name, .. } => site.say(Key("unfit-dialect")).name("dialect", name),
        Unfit::PublicInDialect(name) => site.say(Key("unfit-public-in-dialect")).name("dialect", name),
    }
}

/// Why a text cannot stand as a name.
#[must_use]
pub fn name<'a>(site: &'a Site, why: &UnfitName) -> Said<'a> {
    match why {
        UnfitName::Empty => site.say(Key("unfit-name-empty")),
        UnfitName::Hidden(_) => site.say(Key("unfit-name-hidden")),
        UnfitName::Long(most) => site.say(Key("unfit-name-long")).count("most", *most),
        UnfitName::Stacked => site.say(Key("unfit-name-stacked")),
    }
}

/// Why a text cannot be a link.
#[must_use]
pub fn link(why: &UnfitLink) -> Key {
    match why {
        UnfitLink::NotAnAddress => Key("unfit-link-address"),
        UnfitLink::Scheme => Key("unfit-link-scheme"),
        UnfitLink::UserInformation => Key("unfit-link-user"),
        UnfitLink::Long => Key("unfit-link-long"),
    }
}

/// Why a redirect URI cannot be registered.
#[must_use]
pub fn redirect(why: &RedirectUriError) -> Key {
    match why {
        RedirectUriError::NotAbsolute => Key("unfit-redirect-absolute"),
        RedirectUriError::Character => Key("unfit-redirect-character"),
        RedirectUriError::TooLong => Key("unfit-redirect-long"),
        RedirectUriError::Fragment => Key("unfit-redirect-fragment"),
        RedirectUriError::UserInformation => Key("unfit-redirect-user"),
        RedirectUriError::Wildcard => Key("unfit-redirect-wildcard"),
        RedirectUriError::DotSegment => Key("unfit-redirect-dots"),
        RedirectUriError::PlainHttp => Key("unfit-redirect-http"),
        RedirectUriError::NoHost => Key("unfit-redirect-host"),
        RedirectUriError::HostSpelling => Key("unfit-redirect-spelling"),
        RedirectUriError::DangerousScheme => Key("unfit-redirect-scheme"),
        RedirectUriError::SchemeWithoutDot => Key("unfit-redirect-dotless"),
        RedirectUriError::OutOfBand => Key("unfit-redirect-copied"),
        RedirectUriError::ReservedQueryName => Key("unfit-redirect-query"),
    }
}
