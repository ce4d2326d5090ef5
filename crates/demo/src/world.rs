//! The declared state of the demo, with the addresses this run really has, and the parts of it that the sample
//! host API, the sample app and the headless walk need to know about themselves.
//!
//! `world.toml` is the one place where people, apps and secrets of the demo are written; everything here is read
//! from it, so the guide on the screen cannot differ from what the server was told.

use std::io;
use std::path::Path;

use anyhow::Context;
use serde::Deserialize;

use super::developers::Developers;
use super::vendor::{self, Vendor};

const DECLARED: &str = include_str!("world.toml");
/// The pictures that `world.toml` names.
const PICTURES: [(&str, &[u8]); 5] = [
    ("icons/daybook.png", include_bytes!("icons/daybook.png")),
    ("icons/fillout.png", include_bytes!("icons/fillout.png")),
    ("icons/fullscript.png", include_bytes!("icons/fullscript.png")),
    ("icons/calcom.png", include_bytes!("icons/calcom.png")),
    ("icons/make.png", include_bytes!("icons/make.png")),
];
/// The addresses written in `world.toml`.
const HOST_API: &str = "http://127.0.0.1:8081";
const APP: &str = "http://127.0.0.1:8082";

/// Where the three parts of the demo listen: origins, without a slash at the end.
#[derive(Clone, Debug)]
pub struct Addresses {
    /// The Symbolon server.
    pub issuer: String,
    /// The sample host API.
    pub host_api: String,
    /// The sample third-party app.
    pub app: String,
}

/// The demo's declared state.
#[derive(Clone)]
pub struct World {
    /// Where its parts listen.
    pub addresses: Addresses,
    /// The state to apply, as text.
    pub declared: String,
    /// The same, read.
    pub cast: Cast,
    /// The vendors whose dialects are spoken.
    pub vendors: Vec<Vendor>,
    /// Who develops apps, and with whom.
    pub developers: Developers,
}

/// Who plays in the demo.
#[derive(Clone, Deserialize)]
pub struct Cast {
    role: Vec<Role>,
    tenant: Vec<Tenant>,
    /// Everyone who can sign in.
    pub user: Vec<Persona>,
    membership: Vec<Membership>,
    app: Vec<App>,
    resource: Vec<Resource>,
}

#[derive(Clone, Deserialize)]
struct Role {
    key: String,
    title: String,
}

#[derive(Clone, Deserialize)]
struct Tenant {
    id: String,
    name: String,
}

#[derive(Clone, Deserialize)]
struct Membership {
    tenant: String,
    user: String,
    role: String,
}

/// Someone who can sign in.
#[derive(Clone, Deserialize)]
pub struct Persona {
    /// The host's identifier.
    pub id: String,
    /// What they sign in with.
    pub email: String,
    /// Their name.
    pub name: String,
    /// Their password: public, for the demo only.
    pub password: String,
    /// Whether they are staff of the server.
    #[serde(default)]
    pub staff: bool,
}

/// An app as its developer knows it.
#[derive(Clone, Deserialize)]
pub struct App {
    /// Its public identifier.
    pub client_id: String,
    /// What people call it.
    pub name: String,
    /// Its secret; none for a public app.
    pub client_secret: Option<String>,
    /// Where people are sent back to.
    pub redirect_uris: Vec<String>,
    /// What it asks for.
    pub scopes: Vec<String>,
}

/// The host API as its operator knows it.
#[derive(Clone, Deserialize)]
pub struct Resource {
    /// Its canonical URI.
    pub identifier: String,
    /// The key with which it asks about credentials.
    pub key: String,
}

/// A picture that the declared state names, from the executable.
///
/// # Errors
/// When there is none of that name.
pub fn picture(path: &Path) -> io::Result<Vec<u8>> {
    let found = PICTURES.iter().find(|(name, _)| Path::new(name) == path);
    found.map(|(_, bytes)| bytes.to_vec()).ok_or_else(|| io::ErrorKind::NotFound.into())
}

impl World {
    /// The world at these addresses.
    ///
    /// # Errors
    /// When the embedded declaration cannot be read.
    pub fn at(addresses: Addresses) -> anyhow::Result<World> {
        let declared = DECLARED.replace(HOST_API, &addresses.host_api).replace(APP, &addresses.app);
        let cast = toml::from_str(&declared).context("the demo's own world.toml cannot be read")?;
        Ok(World { addresses, declared, cast, vendors: vendor::all()?, developers: Developers::read()? })
    }

    /// What an operator would write to have the vendors' dialects spoken: each below its prefix, and at the root of a
    /// host of its own.
    #[must_use]
    pub fn dialects(&self) -> String {
        let mount = |vendor: &Vendor| {
            let (preset, prefix, host) = (&vendor.key, vendor.prefix(), self.host(vendor));
            format!("[[dialect]]\npreset = \"{preset}\"\nprefix = \"{prefix}\"\nhosts = [\"{host}\"]\n")
        };
        self.vendors.iter().map(mount).collect::<Vec<_>>().join("\n")
    }

    /// The host at whose root a vendor's dialect stands. Names below `localhost` lead to this machine (RFC 6761 §6.3).
    #[must_use]
    pub fn host(&self, vendor: &Vendor) -> String {
        let port = self.addresses.issuer.rsplit_once(':').map_or("80", |(_, port)| port);
        format!("{}.localhost:{port}", vendor.key)
    }

    /// The app with this client id.
    ///
    /// # Errors
    /// When the world has none.
    pub fn app(&self, client_id: &str) -> anyhow::Result<&App> {
        let found = self.cast.app.iter().find(|app| app.client_id == client_id);
        found.with_context(|| format!("world.toml declares no app `{client_id}`"))
    }

    /// The person with this identifier.
    ///
    /// # Errors
    /// When the world has none.
    pub fn person(&self, id: &str) -> anyhow::Result<&Persona> {
        let found = self.cast.user.iter().find(|person| person.id == id);
        found.with_context(|| format!("world.toml declares no user `{id}`"))
    }

    /// Whether a person belongs to a tenant.
    #[cfg(test)]
    pub fn belongs(&self, user: &str, tenant: &str) -> bool {
        self.cast.membership.iter().any(|own| own.user == user && own.tenant == tenant)
    }

    /// The sample host API.
    ///
    /// # Errors
    /// When the world has none.
    pub fn resource(&self) -> anyhow::Result<&Resource> {
        self.cast.resource.first().context("world.toml declares no resource")
    }

    /// Everyone, each with a sentence about what they are and where.
    #[must_use]
    pub fn people(&self) -> Vec<(&Persona, String)> {
        self.cast.user.iter().map(|person| (person, self.describe(person))).collect()
    }

    fn describe(&self, person: &Persona) -> String {
        let mut places: Vec<String> = Vec::new();
        for membership in self.cast.membership.iter().filter(|own| own.user == person.id) {
            let role = self.cast.role.iter().find(|role| role.key == membership.role);
            let tenant = self.cast.tenant.iter().find(|tenant| tenant.id == membership.tenant);
            if let (Some(role), Some(tenant)) = (role, tenant) {
                places.push(format!("{}, {}", role.title, tenant.name));
            }
        }
        places.extend(self.developers.parts_of(&person.id));
        if person.staff {
            places.push("staff of this server".to_owned());
        }
        places.join("; ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn world() -> World {
        let addresses = Addresses {
            issuer: "http://127.0.0.1:9080".to_owned(),
            host_api: "http://127.0.0.1:9081".to_owned(),
            app: "http://127.0.0.1:9082".to_owned(),
        };
        World::at(addresses).expect("the world can be read")
    }

    #[test]
    fn puts_the_real_addresses_everywhere() {
        let world = world();
        assert!(!world.declared.contains("http://127.0.0.1:808"));
        assert_eq!(world.resource().expect("a resource").identifier, "http://127.0.0.1:9081");
        let daybook = world.app("daybook").expect("declared");
        assert_eq!(daybook.redirect_uris, ["http://127.0.0.1:9082/callback"]);
    }

    #[test]
    fn every_membership_names_someone_somewhere() {
        let cast = world().cast;
        for membership in &cast.membership {
            assert!(cast.user.iter().any(|user| user.id == membership.user), "{}", membership.user);
            assert!(cast.tenant.iter().any(|tenant| tenant.id == membership.tenant), "{}", membership.tenant);
            assert!(cast.role.iter().any(|role| role.key == membership.role), "{}", membership.role);
        }
    }

    #[test]
    fn tells_what_each_person_is() {
        let world = world();
        let told = |id: &str| {
            let people = world.people();
            people.into_iter().find(|(person, _)| person.id == id).map(|(_, told)| told)
        };
        let jane = "Practitioner, Clinic North; Practitioner, Clinic South";
        assert_eq!(told("u-jane").as_deref(), Some(jane));
        assert_eq!(told("u-robin").as_deref(), Some("staff of this server"));
        assert_eq!(told("u-dora").as_deref(), Some("owner of the apps of Harbour Studio"));
        let sam = "Office staff, Clinic South; viewer of the apps of Harbour Studio";
        assert_eq!(told("u-sam").as_deref(), Some(sam));
        assert!(world.person("u-nobody").is_err() && world.app("nothing").is_err());
    }
}
