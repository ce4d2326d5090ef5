//! Migrations on PostgreSQL: the same texts, with `BYTEA` for `BLOB`, in one transaction under an advisory lock.

use super::super::each;
use super::super::migrate::{APPLIED, Migration, RECORD, TABLE, missing, spell_for_postgres};
use super::fault::Fault;
use super::session::Session;
use super::{ANSWER, StoreError, Value};

/// Any number will do as long as every version uses the same: "symbolon" in ASCII. It ends with the transaction, so it holds
/// behind every pooler.
const LOCK: &str = "SELECT pg_advisory_xact_lock(8320802056087301998)";
/// Nor is it news that the table of migrations is there already.
const WITHOUT_LIMIT: &str = "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; \
                             SET LOCAL client_min_messages = warning";

/// Applies the missing migrations, without a limit of time. Whoever comes second waits, and finds nothing left to do.
pub(super) async fn migrate(session: &Session) -> Result<Vec<String>, StoreError> {
    // Without a COMMIT the end of the turn ends the connection, and that undoes everything.
    let turn = session.turn().await.map_err(Fault::into_error)?;
    let begin = format!("{}; {WITHOUT_LIMIT}", session.begin());
    session.within(ANSWER, session.command(&begin)).await.map_err(Fault::into_error)?;
    let names = apply(session).await?;
    turn.end();
    Ok(names)
}

async fn apply(session: &Session) -> Result<Vec<String>, StoreError> {
    command(session, LOCK).await?;
    command(session, TABLE).await?;
    let rows = session.perform(APPLIED, &[]).await.map_err(Fault::into_error)?.rows;
    let applied = each(rows, |row| Ok((row.text()?, row.text()?)))?;
    let mut names = Vec::new();
    for migration in missing(&applied)? {
        run(session, migration).await.map_err(|fault| migration.failed(&fault.into_error()))?;
        names.push(migration.name.to_owned());
    }
    command(session, "COMMIT").await?;
    Ok(names)
}

async fn run(session: &Session, migration: &Migration) -> Result<(), Fault> {
    session.command(&spell_for_postgres(migration.sql)).await?;
    session.perform(RECORD, &[Value::from(migration.name), Value::from(migration.checksum())]).await?;
    Ok(())
}

async fn command(session: &Session, sql: &str) -> Result<(), StoreError> {
    session.command(sql).await.map(drop).map_err(Fault::into_error)
}
