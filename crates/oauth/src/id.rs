//! Identifiers: sixteen time-ordered bytes (UUIDv7 layout), typed by what they name.
//!
//! The bytes are made by the server from its clock and entropy; here is only their shape. Time order keeps the
//! primary keys of hot tables growing at one end.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

/// A sixteen-byte identifier of a `K`.
pub struct Id<K>([u8; 16], PhantomData<fn() -> K>);

impl<K> Id<K> {
    /// Wraps sixteen bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 16]) -> Self {
        Id(bytes, PhantomData)
    }

    /// Wraps a slice of exactly sixteen bytes.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Id::new)
    }

    /// Builds a time-ordered identifier from `milliseconds` since the epoch and ten random bytes.
    #[must_use]
    pub fn time_ordered(milliseconds: i64, random: [u8; 10]) -> Self {
        let time = milliseconds.to_be_bytes();
        let mut bytes = [0; 16];
        bytes[..6].copy_from_slice(&time[2..]);
        bytes[6..].copy_from_slice(&random);
        bytes[6] = 0x70 | (bytes[6] & 0x0f);
        bytes[8] = 0x80 | (bytes[8] & 0x3f);
        Id::new(bytes)
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The same bytes, naming something else. For a credential whose identifier is also its owner's.
    #[must_use]
    pub fn cast<L>(self) -> Id<L> {
        Id::new(self.0)
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<K> Eq for Id<K> {}
impl<K> Hash for Id<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}

/// Lower-case hexadecimal, 32 characters.
impl<K> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
impl<K> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<K> std::str::FromStr for Id<K> {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "an identifier is 32 hexadecimal characters";
        if text.len() != 32 || !text.is_ascii() {
            return Err(WRONG);
        }
        let mut bytes = [0; 16];
        for (i, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * i..2 * i + 2], 16).map_err(|_| WRONG)?;
        }
        Ok(Id::new(bytes))
    }
}

/// What an identifier can name. Uninhabited: these exist in types only.
pub mod kind {
    /// An app, which is also the protocol's client.
    pub enum App {}
    /// An authorization code.
    pub enum Code {}
    /// An access token.
    pub enum AccessToken {}
    /// A token family (and, in secret, its refresh token).
    pub enum Family {}
    /// A grant.
    pub enum Grant {}
    /// A person's account.
    pub enum User {}
    /// A tenant.
    pub enum Tenant {}
    /// A developer organisation.
    pub enum Organisation {}
    /// A client secret.
    pub enum ClientSecret {}
    /// A protected resource.
    pub enum Resource {}
    /// A host key.
    pub enum HostKey {}
    /// A signed-in browser.
    pub enum BrowserSession {}
    /// One authorization request while its person signs in and consents.
    pub enum Interaction {}
}

/// See [`kind::App`].
pub type AppId = Id<kind::App>;
/// See [`kind::Code`].
pub type CodeId = Id<kind::Code>;
/// See [`kind::AccessToken`].
pub type AccessTokenId = Id<kind::AccessToken>;
/// See [`kind::Family`].
pub type FamilyId = Id<kind::Family>;
/// See [`kind::Grant`].
pub type GrantId = Id<kind::Grant>;
/// See [`kind::User`].
pub type UserId = Id<kind::User>;
/// See [`kind::Tenant`].
pub type TenantId = Id<kind::Tenant>;
/// See [`kind::Organisation`].
pub type OrganisationId = Id<kind::Organisation>;
/// See [`kind::ClientSecret`].
pub type ClientSecretId = Id<kind::ClientSecret>;
/// See [`kind::Resource`].
pub type ResourceId = Id<kind::Resource>;
/// See [`kind::HostKey`].
pub type HostKeyId = Id<kind::HostKey>;
/// See [`kind::BrowserSession`].
pub type BrowserSessionId = Id<kind::BrowserSession>;
/// See [`kind::Interaction`].
pub type InteractionId = Id<kind::Interaction>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_identifiers_sort_later() {
        let early: AppId = Id::time_ordered(1, [0xff; 10]);
        let late: AppId = Id::time_ordered(2, [0; 10]);
        assert!(early < late);
    }

    #[test]
    fn reads_back_what_it_prints() {
        let id: AppId = Id::time_ordered(1_700_000_000_000, [7; 10]);
        assert_eq!(id.to_string().parse::<AppId>(), Ok(id));
        assert!("zz".repeat(16).parse::<AppId>().is_err());
    }
}
