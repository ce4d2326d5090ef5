//! Statements that the server forgets at once, for poolers of transactions: what one server has prepared, the next has not.

use std::pin::pin;

use futures_util::TryStreamExt;
use tokio_postgres::Client;

use super::StoreError;
use super::Value;
use super::binding::type_of;
use super::fault::Fault;
use super::session::{Outcome, row};

/// Parses, binds and executes in one piece, with the types that the values have.
pub(super) async fn execute(client: &Client, sql: &str, parameters: &[Value]) -> Result<Outcome, Fault> {
    if count(sql) != parameters.len() {
        return Err(Fault::Refused(StoreError::unavailable("a statement has another number of parameters")));
    }
    let fault = |error: tokio_postgres::Error| Fault::of(&error);
    let typed = parameters.iter().map(|value| (value, type_of(value)));
    let mut answer = pin!(client.query_typed_raw(sql, typed).await.map_err(fault)?);
    let mut rows = Vec::new();
    while let Some(found) = answer.try_next().await.map_err(fault)? {
        rows.push(row(&found)?);
    }
    // Of a statement that answers rows, those count, as the number of what it touched.
    let touched =
        if rows.is_empty() { answer.rows_affected().unwrap_or_default() } else { rows.len() as u64 };
    Ok(Outcome { rows, touched })
}

/// How many parameters a statement has: the server would not mind too many.
fn count(sql: &str) -> usize {
    let number = |text: &str| {
        let digits = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
        text[..digits].parse().unwrap_or_default()
    };
    sql.split('$').skip(1).map(number).max().unwrap_or_default()
}
