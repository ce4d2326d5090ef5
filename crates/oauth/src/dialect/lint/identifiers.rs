//! Names by which clients tell people and accounts apart. Under one of them stands what the host says or somebody has proven,
//! as it is: never a text that anybody may choose, and nothing that stands in for it.

use super::super::member::{JsonType, Literal, Member, Source};
use super::words;

/// What clients take a name for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// An e-mail address that they may believe.
    Email,
    /// Whether they may believe it.
    EmailVerified,
    /// Whom a token is about.
    Subject,
    /// The name somebody signs in with.
    Username,
    /// Some other identifier.
    Other,
}

fn kind(segment: &str) -> Option<Kind> {
    Some(match words::folded(segment).as_str() {
        "email" | "emailaddress" | "mail" | "primaryemail" | "useremail" => Kind::Email,
        "emailverified" | "isemailverified" | "verifiedemail" => Kind::EmailVerified,
        "sub" | "subject" | "uid" | "userid" => Kind::Subject,
        "login" | "preferredusername" | "username" => Kind::Username,
        "id" | "guid" | "uuid" | "openid" | "unionid" => Kind::Other,
        _ if is_id(segment) => Kind::Other,
        _ => return None,
    })
}

/// Whether a name ends with the word `id`: `account_id`, `accountId`, `accountID`.
fn is_id(segment: &str) -> bool {
    let before = segment.get(..segment.len().saturating_sub(2)).and_then(|before| before.bytes().last());
    let ends = |word| segment.ends_with(word);
    match before {
        Some(before) if before.is_ascii_alphanumeric() => ends("Id") || ends("ID"),
        Some(_) => ends("id") || ends("Id") || ends("ID"),
        None => false,
    }
}

/// Whether clients expect a text under this name, and no object.
pub(super) fn is_text(segment: &str) -> bool {
    kind(segment).is_some_and(|kind| kind != Kind::Other)
}

/// The dangers of a member by what clients take its name for.
pub(super) fn of(member: &Member, wrong: &mut impl FnMut(&str)) {
    let sources = [member.source, member.fallback];
    let mut segments = member.name.split('.');
    if segments.clone().any(|own| kind(own).is_some()) && sources.into_iter().flatten().any(Source::is_chosen)
    {
        wrong(
            "clients tell people and accounts apart by this name, and a text that somebody chose is no identifier; let its \
             source be user_id, owner_id, tenant_id, username or owner_username, or call it name",
        );
    }
    if member.source.is_some_and(Source::tells_apart) {
        as_it_is(member, wrong);
    }
    let last = segments.next_back().unwrap_or_default();
    if segments.any(is_text) {
        wrong("clients read a text here and would find an object; write a name without this dot");
    }
    match kind(last) {
        Some(Kind::Email) => shows(member, &[Source::Email], wrong),
        Some(Kind::EmailVerified) => verified(member, wrong),
        Some(Kind::Subject) => {
            shows(member, &[Source::UserId, Source::OwnerId, Source::TenantId], wrong);
        }
        Some(Kind::Username) => {
            let all = [
                Source::Username,
                Source::OwnerUsername,
                Source::UserId,
                Source::OwnerId,
                Source::TenantId,
                Source::Email,
            ];
            shows(member, &all, wrong);
        }
        Some(Kind::Other) | None => {}
    }
}

/// What tells people apart is written as it is, and nothing but its like stands in for it.
fn as_it_is(member: &Member, wrong: &mut impl FnMut(&str)) {
    let otherwise = member.otherwise.as_deref().is_some_and(|own| !own.is_empty());
    if otherwise || !member.map.is_empty() {
        wrong("an identifier is written as it is, or not at all; leave `map` and `otherwise` out");
    }
    if member.fallback.is_some_and(|own| !own.tells_apart()) {
        wrong(
            "nothing stands in for an identifier but another of the host's; let its fallback be user_id, owner_id, \
             tenant_id, username or owner_username, or leave it out",
        );
    }
}

/// One of these sources, which clients expect as a text.
fn shows(member: &Member, right: &[Source], wrong: &mut impl FnMut(&str)) {
    let is_right = |source: Option<Source>| source.is_none_or(|own| right.contains(&own));
    let says_none = matches!(&member.literal, Some(Literal::Text(text)) if text.is_empty());
    if member.literal.is_some() && !says_none || !is_right(member.source) || !is_right(member.fallback) {
        wrong(
            "clients take what has this name for an identifier or a proven address; let its source be email under email, \
             user_id, owner_id or tenant_id under user_id and sub, one of these or username under username, or rename it",
        );
    }
    if member.form == Some(JsonType::List) {
        wrong("clients read a text here and would find a list; leave the form out");
    }
}

fn verified(member: &Member, wrong: &mut impl FnMut(&str)) {
    let says_no = matches!(member.literal, Some(Literal::Boolean(false)));
    let shows = member.source == Some(Source::EmailVerified)
        && member.fallback.is_none()
        && member.otherwise.is_none();
    if !says_no && !shows {
        wrong(
            "clients believe an address by this name; let its source be email_verified and nothing else, or rename it",
        );
    }
}
