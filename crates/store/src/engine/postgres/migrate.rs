//! Migrations on PostgreSQL: the same texts, with `BYTEA` for `BLOB`, in one transaction under an advisory lock.

use tokio_postgres::{Client, Config};

use super::super::migrate::{APPLIED, Migration, RECORD, TABLE, missing, spell_for_postgres};
use super::fault::Fault;
use super::{StoreError, wire};

/// Any number will do as long as every version uses the same: "symbolon" in ASCII.
const LOCK: &str = "SELECT pg_advisory_xact_lock(8320802056087301998)";

/// Applies the missing migrations, on a connection of its own without a limit of time. Whoever comes second waits, and
/// finds nothing left to do.
pub(super) async fn migrate(config: &Config) -> Result<Vec<String>, StoreError> {
    let (client, connection) = wire::connect(config).await?;
    let driver = tokio::spawn(connection);
    let names = apply(&client).await;
    // Without a COMMIT the end of the connection undoes everything.
    drop(client);
    let _ = driver.await;
    names
}

async fn apply(client: &Client) -> Result<Vec<String>, StoreError> {
    client.batch_execute("BEGIN").await.map_err(unavailable)?;
    client.batch_execute(LOCK).await.map_err(unavailable)?;
    client.batch_execute(TABLE).await.map_err(unavailable)?;
    let rows = client.query(APPLIED, &[]).await.map_err(unavailable)?;
    let applied: Vec<(String, String)> =
        rows.iter().map(|row| (row.get("name"), row.get("checksum"))).collect();
    let mut names = Vec::new();
    for migration in missing(&applied)? {
        run(client, migration).await.map_err(|error| migration.failed(&unavailable(error)))?;
        names.push(migration.name.to_owned());
    }
    client.batch_execute("COMMIT").await.map_err(unavailable)?;
    Ok(names)
}

async fn run(client: &Client, migration: &Migration) -> Result<(), tokio_postgres::Error> {
    client.batch_execute(&spell_for_postgres(migration.sql)).await?;
    client.execute(RECORD, &[&migration.name, &migration.checksum()]).await?;
    Ok(())
}

fn unavailable(error: tokio_postgres::Error) -> StoreError {
    Fault::of(&error).into_error()
}
