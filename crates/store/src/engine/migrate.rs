//! Schema migrations: which exist, and which of them a database still needs.
//!
//! A migration never changes once it has landed: databases keep its checksum beside its name, and a test here pins it. A
//! database that holds a migration this version does not know belongs to a newer version and is left alone.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::StoreError;

/// A numbered text of SQL.
pub(super) struct Migration {
    pub(super) name: &'static str,
    pub(super) sql: &'static str,
}

/// Every migration, in order. A new file is one new line here.
pub(super) const MIGRATIONS: &[Migration] = &[
    Migration { name: "0001_core", sql: include_str!("../../migrations/0001_core.sql") },
    Migration { name: "0002_dialects", sql: include_str!("../../migrations/0002_dialects.sql") },
    Migration { name: "0003_listings", sql: include_str!("../../migrations/0003_listings.sql") },
    Migration { name: "0004_owners", sql: include_str!("../../migrations/0004_owners.sql") },
    Migration { name: "0005_reuses", sql: include_str!("../../migrations/0005_reuses.sql") },
    Migration { name: "0006_renewals", sql: include_str!("../../migrations/0006_renewals.sql") },
    Migration { name: "0007_audit", sql: include_str!("../../migrations/0007_audit.sql") },
    Migration { name: "0008_deeds", sql: include_str!("../../migrations/0008_deeds.sql") },
    Migration { name: "0009_versions", sql: include_str!("../../migrations/0009_versions.sql") },
    Migration { name: "0010_logins", sql: include_str!("../../migrations/0010_logins.sql") },
    Migration { name: "0011_declarations", sql: include_str!("../../migrations/0011_declarations.sql") },
    Migration { name: "0012_host_keys", sql: include_str!("../../migrations/0012_host_keys.sql") },
    Migration { name: "0013_consents", sql: include_str!("../../migrations/0013_consents.sql") },
    Migration { name: "0014_weak_secrets", sql: include_str!("../../migrations/0014_weak_secrets.sql") },
    Migration { name: "0015_successors", sql: include_str!("../../migrations/0015_successors.sql") },
    Migration { name: "0016_generations", sql: include_str!("../../migrations/0016_generations.sql") },
    Migration { name: "0017_texts", sql: include_str!("../../migrations/0017_texts.sql") },
    Migration { name: "0018_known", sql: include_str!("../../migrations/0018_known.sql") },
    Migration { name: "0019_unknown_scopes", sql: include_str!("../../migrations/0019_unknown_scopes.sql") },
    Migration { name: "0020_arrivals", sql: include_str!("../../migrations/0020_arrivals.sql") },
    Migration { name: "0021_places", sql: include_str!("../../migrations/0021_places.sql") },
    Migration { name: "0022_jobs", sql: include_str!("../../migrations/0022_jobs.sql") },
    Migration { name: "0023_proofs", sql: include_str!("../../migrations/0023_proofs.sql") },
    Migration { name: "0024_organisations", sql: include_str!("../../migrations/0024_organisations.sql") },
    Migration { name: "0025_invitations", sql: include_str!("../../migrations/0025_invitations.sql") },
    Migration { name: "0026_backups", sql: include_str!("../../migrations/0026_backups.sql") },
    Migration { name: "0027_portal", sql: include_str!("../../migrations/0027_portal.sql") },
    Migration { name: "0028_activity", sql: include_str!("../../migrations/0028_activity.sql") },
    Migration { name: "0030_redirect_uses", sql: include_str!("../../migrations/0030_redirect_uses.sql") },
    Migration { name: "0031_secret_notices", sql: include_str!("../../migrations/0031_secret_notices.sql") },
];

/// Where the applied ones are kept.
pub(super) const TABLE: &str =
    "CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, checksum TEXT NOT NULL)";
/// The applied ones, as name and checksum.
pub(super) const APPLIED: &str = "SELECT name, checksum FROM migrations ORDER BY name";
/// Adds one: name, checksum.
pub(super) const RECORD: &str = "INSERT INTO migrations (name, checksum) VALUES ($1, $2)";

impl Migration {
    /// SHA-256 of the text, in hexadecimal.
    pub(super) fn checksum(&self) -> String {
        Sha256::digest(self.sql.as_bytes()).iter().fold(String::with_capacity(64), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// The error of an engine while applying it.
    pub(super) fn failed(&self, error: &dyn std::fmt::Display) -> StoreError {
        StoreError::unavailable(format_args!("migration '{}' failed and was undone: {error}", self.name))
    }
}

/// The migrations that `applied` (name and checksum) lacks.
pub(super) fn missing(applied: &[(String, String)]) -> Result<Vec<&'static Migration>, StoreError> {
    for (name, checksum) in applied {
        let Some(known) = MIGRATIONS.iter().find(|migration| migration.name == name) else {
            return Err(StoreError::unavailable(format_args!(
                "the database belongs to a newer version of Symbolon: it holds the migration '{name}', which this \
                 version does not know; start the newer version, or restore a backup from before it"
            )));
        };
        if known.checksum() != *checksum {
            return Err(StoreError::unavailable(format_args!(
                "the migration '{name}' was applied to this database with another text than this version carries; \
                 start the version that applied it"
            )));
        }
    }
    let is_applied = |migration: &&Migration| applied.iter().any(|(name, _)| name == migration.name);
    Ok(MIGRATIONS.iter().filter(|migration| !is_applied(migration)).collect())
}

/// The text of a migration for PostgreSQL, whose name for `BLOB` is `BYTEA`.
pub(super) fn spell_for_postgres(sql: &str) -> String {
    let is_word = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let mut spelling = String::with_capacity(sql.len() + 64);
    let mut rest = sql;
    while !rest.is_empty() {
        let word = rest.find(|character| !is_word(character)).unwrap_or(rest.len());
        spelling.push_str(if &rest[..word] == "BLOB" { "BYTEA" } else { &rest[..word] });
        rest = &rest[word..];
        let gap = rest.find(is_word).unwrap_or(rest.len());
        spelling.push_str(&rest[..gap]);
        rest = &rest[gap..];
    }
    spelling
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postgres_gets_bytea_for_blob_and_nothing_else() {
        let spelling =
            spell_for_postgres("CREATE TABLE a (b BLOB NOT NULL, BLOBS TEXT, _BLOB TEXT, c BLOB);");
        assert_eq!(spelling, "CREATE TABLE a (b BYTEA NOT NULL, BLOBS TEXT, _BLOB TEXT, c BYTEA);");
    }

    #[test]
    fn refuses_a_database_of_a_newer_version_and_names_what_it_does_not_know() {
        let applied = [("9999_later".to_owned(), String::new())];
        assert!(missing(&applied).is_err_and(|error| error.to_string().contains("9999_later")));
    }

    #[test]
    fn refuses_a_migration_that_was_applied_with_another_text() {
        let applied = [(MIGRATIONS[0].name.to_owned(), "00".to_owned())];
        assert!(missing(&applied).is_err_and(|error| error.to_string().contains("another text")));
    }

    #[test]
    fn asks_only_for_what_is_missing() -> Result<(), StoreError> {
        let applied: Vec<_> =
            MIGRATIONS.iter().map(|known| (known.name.to_owned(), known.checksum())).collect();
        assert_eq!(missing(&[])?.len(), MIGRATIONS.len());
        assert!(missing(&applied)?.is_empty());
        Ok(())
    }

    /// SHA-256 of every migration, as databases out there hold it.
    const LANDED: &[(&str, &str)] = &[
        ("0001_core", "d4cb8f808dd8a6be56a9d15b94567731bcfb014e2d786776a5a8063688608a0f"),
        ("0002_dialects", "9b3ff30043af26f6a7f6e42e1618ee57ea2e771f489bf9f4918b2ad7433df703"),
        ("0003_listings", "c4a2cb4ae4ee322fa83c08578a5b9627f9a9de11a57344318528d43335dddddf"),
        ("0004_owners", "07574a313985cfd5ac65fe9fa2ef1617482b8175c339c93d4ce00a0cff06dc21"),
        ("0005_reuses", "3997d48f9a914173cc4c0c3692b5908a513518fc924f48539c1eb8677881fb7e"),
        ("0006_renewals", "e62f88749a7ea8508fcf1437f6577e1e7886382682045f40a88710e68c96b1d6"),
        ("0007_audit", "b1b97afef81d383d18388f92b87554af50219886ecc7e8f0de594acbf0793a81"),
        ("0008_deeds", "b362237a5ae9c6c891952aa1d686994321f5d7af85c1dfb782db0d6e1425515a"),
        ("0009_versions", "4d58c5e8281dccbbb8ba7365ae843025c16c9eb3ed6568f93ee26e13be16a13d"),
        ("0010_logins", "fe92b1f3cd2e3161b6f6f6a34aa8e8a43a731bb5aad8df32ff06a5a3f12fced7"),
        ("0011_declarations", "7f9165e9678cdaf4ce422a97b4ce0fec2e9048ed17a643a346b3d00a96bb5cf3"),
        ("0012_host_keys", "2066fbf7834032cefb66fe813878806a3b2bc474a2e77e049e67905f5d6eafed"),
        ("0013_consents", "4d4cc973e490307c231a03b1a53ba0f6c927cb7a26d20fa529e6c1e248a39f5f"),
        ("0014_weak_secrets", "5629cee724d8dfe0f24927dd85e2616b2a648d350fd803824784f62f44513fdc"),
        ("0015_successors", "5cda8c0ede96c8f811b421c1385db9776d3a8f4825153ee29864ae92af59e265"),
        ("0016_generations", "76330fef0e6ff65b83936a86bfb97ec0e4f74da5fef8dea7d61f0d14f07bc9bf"),
        ("0017_texts", "e6575b5b20a97f28e1b81733d2b356dabc483d3f6621dc4bd3aaee4e92fec8a8"),
        ("0018_known", "665250271ff46d8748608f5fc0c49207633de270d1c1bbe22edf1f13c41478e8"),
        ("0019_unknown_scopes", "375800edc68527f2f26bd9e4bba80a01c12369f8968a6e85248cfd0d381f1d08"),
        ("0020_arrivals", "b5afeaa6afb7175dde6cf5703ce10272d8e22878123db2e9f6f291cee3b10ff1"),
        ("0021_places", "5c46df96c0829e8b1006d823558ad6b541ad714c0261a4e15102476c13f94469"),
        ("0022_jobs", "8a98e4d040da8ea6e248df9d3ca450723ac0474fa17cf695100c8db8a6b8cc26"),
        ("0023_proofs", "0050550819a6490e3c8895b4de29d4b3ab091a7b78c2691f91cbeaf2eba71b25"),
        ("0024_organisations", "7cbd3dcbf8fc52edb946e311a9993a79f6e7d986ccf510fb45d1822f801865ca"),
        ("0025_invitations", "1b72a7248e87a70ff570e23a995eca0144ffbd79977a54a37433c9a7aee7e5d1"),
        ("0026_backups", "595460b112ebe3a3351c27ef35634211d39484f7137aa72639e1bf2df60f9115"),
        ("0027_portal", "a1428887f6ea05a9527892006099390a79d9e03744acc4a970c0130371a0e7d0"),
        ("0028_activity", "590414f294c6065a01c9f58941af3e9f48449978beb7cf6da8a1d976ceb56d6e"),
        ("0030_redirect_uses", "7c7848f75bea3825f4a7d6ddeda9f1b3f7240038842b367c2b78c52e548ac4bb"),
        ("0031_secret_notices", "05afc3ee42f19ab118b3f5e746adaf0203feb65cd96d4ebd2491d67a065f4574"),
    ];

    #[test]
    fn a_landed_migration_keeps_its_name_and_its_text() {
        for &(name, hash) in LANDED {
            let kept = MIGRATIONS.iter().any(|known| known.name == name && known.checksum() == hash);
            assert!(
                kept,
                "the migration '{name}' was edited, renamed or removed, and databases that hold it would be refused: \
                 put it back as it was and write a new migration"
            );
        }
        let is_new = |known: &&Migration| LANDED.iter().all(|(name, _)| *name != known.name);
        let new = MIGRATIONS.iter().filter(is_new).map(|new| (new.name, new.checksum()));
        assert_eq!(new.collect::<Vec<_>>(), [], "a new migration is pinned here, too");
    }

    #[test]
    fn migrations_stand_in_order() {
        assert!(MIGRATIONS.is_sorted_by_key(|migration| migration.name));
    }
}
