//! What is stored goes back into files: nothing is lost but secrets, and nothing changes by it.

use std::collections::HashMap;
use std::io;

use symbolon_oauth::client::GrantType;
use symbolon_platform::tenant::{Standing, Tenant, TenantKind};
use symbolon_platform::user::{Login, User};

use super::documented::documented;
use super::*;

/// Every key that is documented, but for those of secrets.
const FULL: &str = r##"
[[scope]]
name = "forms:read"
title = "Read your \"forms\""
[[scope]]
name = "forms:write"
title = "Change your forms"
description = "Make forms of this workspace, change and delete them"
sensitivity = "restricted"
includes = ["forms:read"]
[scope.text.de]
title = "Ihre Formulare ändern"
description = "Anlegen, ändern, löschen"
[[role]]
key = "admin"
title = "Administrator"
scopes = ["*"]
can_install = true
can_approve = true
[role.text.de]
title = "Verwaltung"
[[tenant]]
id = "north"
name = "Clinic North"
base_url = "https://north.api.example.com"
region = "eu"
status = "disabled"
[[tenant]]
id = "own"
name = "Omar"
kind = "personal"
[[user]]
id = "u-jane"
email = "jane@example.com"
username = "jane"
name = "Jane Doe"
password = "correct horse battery staple"
staff = true
status = "disabled"
[[user]]
id = "u-omar"
email = "omar@example.com"
[[membership]]
tenant = "north"
user = "u-jane"
role = "admin"
status = "disabled"
[[membership]]
tenant = "own"
user = "u-omar"
role = "admin"
[[app]]
client_id = "board"
client_secret = "a-secret-of-some-length"
name = "Board"
icon = "fillout.png"
publisher = "Board Ltd"
publisher_verified = true
homepage = "https://board.example"
privacy_url = "https://board.example/privacy"
terms_url = "https://board.example/terms"
redirect_uris = ["https://board.example/callback", "https://board.example/other"]
scopes = ["forms:read", "forms:write"]
optional_scopes = ["forms:write"]
level = "tenant"
dialect = "elder"
status = "development"
owner = "u-jane"
grant_types = ["authorization_code"]
token_endpoint_auth_method = "client_secret_post"
pkce = "optional"
unknown_scopes = "refuse"
[[app]]
client_id = "editor"
name = "Editor"
type = "public"
native = true
redirect_uris = ["editor://cb"]
scopes = ["forms:read"]
[[resource]]
identifier = "https://api.example.com"
title = "The forms API"
scopes = ["forms:read", "forms:write"]
key = "a-host-key-of-some-length"
"##;

/// The text of a file, and its pictures.
#[derive(Default)]
struct Files {
    text: String,
    pictures: HashMap<String, Vec<u8>>,
}

impl Sink for Files {
    fn entry(&mut self, entry: &Entry) -> io::Result<()> {
        self.text.push_str(&entry.to_string());
        Ok(())
    }

    fn picture(&mut self, name: &str, png: &[u8]) -> io::Result<Option<String>> {
        self.pictures.insert(name.to_owned(), png.to_vec());
        Ok(Some(name.to_owned()))
    }
}

impl World {
    async fn exported(&self) -> (Files, LeftOut) {
        let mut files = Files::default();
        let left_out = export(&self.store, &mut files).await.unwrap();
        (files, left_out)
    }

    async fn takes(&self, files: &Files) -> Report {
        let read = |path: &Path| {
            let found = files.pictures.get(path.to_str().unwrap()).cloned();
            found.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
        };
        let declared = Declared::parse([("world.toml", files.text.as_str())], &read).unwrap();
        apply(self.around(), &declared, Options::default()).await.unwrap()
    }

    /// Applied where it came from it changes nothing, and elsewhere it comes to the same.
    async fn round_trip(&self) -> Files {
        let (files, left_out) = self.exported().await;
        assert!(left_out.is_empty(), "{left_out:?}");
        let own = self.takes(&files).await;
        assert!(own.lines.is_empty() && own.kept.is_empty() && own.made.is_empty(), "{:?}", own.lines);
        let database = Database::sqlite().await;
        let other = World { dialects: self.dialects.clone(), ..World::new(&database).await };
        let there = other.takes(&files).await;
        assert!(there.made.iter().all(|made| made.name != "password"));
        let (again, _) = other.exported().await;
        assert_eq!(again.text, files.text);
        assert_eq!(again.pictures, files.pictures);
        files
    }
}

on_both_engines! {
    async fn every_key_that_is_no_secret_makes_the_round_trip(database) {
        let world = World::new(&database).await;
        world.apply(FULL).await;
        let files = world.round_trip().await;
        let said: toml::Table = files.text.parse().unwrap();
        for (section, keys, _) in documented() {
            let entries = said[&section].as_array().unwrap();
            for key in keys {
                let is_said = entries.iter().any(|entry| entry.get(&key).is_some());
                let is_secret =
                    ["password", "password_hash", "client_secret", "secret_hash", "key"].contains(&key.as_str());
                let is_secret = is_secret && section != "role";
                assert_ne!(is_said, is_secret, "`{key}` of [[{section}]]");
            }
        }
        for secret in ["correct horse", "a-secret-of", "a-host-key", "$argon2", "$2b$"] {
            assert!(!files.text.contains(secret), "{secret}");
        }
    }

    async fn the_world_of_the_demo_makes_the_round_trip(database) {
        let dialects = ["rfc", "fillout", "fullscript", "calcom", "make"];
        let dialects = dialects.iter().map(|name| Dialect::preset(name).unwrap()).collect();
        let world = World { dialects, ..World::new(&database).await };
        let declared = Declared::parse(
            [("world.toml", include_str!("../../../../demo/src/world.toml"))],
            &symbolon_demo::picture,
        )
        .unwrap();
        apply(world.around(), &declared, ALLOWED).await.unwrap();
        let files = world.round_trip().await;
        assert!(files.pictures.len() > 3);
    }

    async fn what_was_set_by_hand_is_exported_as_it_stands(database) {
        let world = World::new(&database).await;
        world.apply(WORLD).await;
        world.suspend("demo-app").await;
        let files = world.round_trip().await;
        assert!(files.text.contains("status = \"suspended\""), "{}", files.text);
        assert_eq!(world.app("demo-app").await.client.grant_types, GrantType::DEFAULT);
    }

    async fn who_signed_up_is_in_no_file(database) {
        let world = World::new(&database).await;
        world.apply(WORLD).await;
        let now = world.clock.now();
        let user = User {
            id: world.entropy.new_id(now).unwrap(),
            external_id: "u-new".to_owned(),
            login: Login::Unproven("new@example.com".to_owned()),
            username: None,
            name: "New".to_owned(),
            staff: false,
            standing: Standing::Active,
        };
        let tenant = Tenant {
            id: world.entropy.new_id(now).unwrap(),
            external_id: "t-new".to_owned(),
            name: "New".to_owned(),
            kind: TenantKind::Personal,
            base_url: None,
            region: None,
            standing: Standing::Active,
        };
        let deed = world.around().deed(Deed::UserSignedUp, now).unwrap();
        world.store.sign_up(&user, "hash", &tenant, deed).await.unwrap();
        let (files, left_out) = world.exported().await;
        assert!(!files.text.contains("new@example.com") && !files.text.contains("t-new"), "{}", files.text);
        assert_eq!(left_out.values().collect::<Vec<_>>(), [&1, &1]);
        let report = world.takes(&files).await;
        assert!(report.lines.is_empty(), "{:?}", report.lines);
        assert!(world.store.load_account(user.id).await.unwrap().is_some(), "and stays");
    }
}
