//! One live connection: its prepared statements, and statements sent one after the other without waiting between.

use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::Poll;
use std::time::Duration;

use tokio::sync::Notify;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Statement};

use super::fault::Fault;
use super::pulse::{self, Pulse, Wait};
use super::{Row, StoreError, Value};

/// What a statement did.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) rows: Vec<Row>,
    pub(super) touched: u64,
}

/// A statement that is on its way, or already answered.
enum Sent<'a> {
    Answered(Result<Outcome, Fault>),
    Waiting(Pin<Box<dyn Future<Output = Result<Outcome, Fault>> + Send + 'a>>),
}

/// A connection that worked when it was last looked at.
pub(super) struct Session {
    client: Client,
    /// By address and length of the `'static` text.
    statements: Mutex<HashMap<(usize, usize), Statement>>,
    /// Tells whether the server still answers others, for whoever waits here.
    pulse: Option<Arc<Pulse>>,
    given_up: Notify,
    silence: OnceLock<StoreError>,
}

impl Session {
    pub(super) fn new(client: Client, pulse: Option<Arc<Pulse>>) -> Session {
        let (given_up, silence) = (Notify::new(), OnceLock::new());
        Session { client, statements: Mutex::default(), pulse, given_up, silence }
    }

    /// Waits until the connection is declared of no more use.
    pub(super) async fn until_given_up(&self) {
        self.given_up.notified().await;
    }

    /// Declares it of no more use because the server is silent.
    pub(super) fn give_up_on(&self, silence: StoreError) {
        let _ = self.silence.set(silence);
        self.given_up.notify_one();
    }

    /// The silence that it was given up on, if that was why.
    pub(super) fn silence(&self) -> Option<&StoreError> {
        self.silence.get()
    }

    /// Runs `work` for at most `limit`, and while the server answers at all. When it takes longer, or breaks the
    /// connection, the connection is given up and its line opens another.
    pub(super) async fn within<T>(
        &self,
        limit: Duration,
        work: impl Future<Output = Result<T, Fault>>,
    ) -> Result<T, Fault> {
        match pulse::wait(self.pulse.as_deref(), limit, work).await {
            Wait::Done(Err(fault @ Fault::Broken(_))) => {
                self.given_up.notify_one();
                Err(fault)
            }
            Wait::Done(outcome) => outcome,
            Wait::TooLong => {
                self.given_up.notify_one();
                Err(Fault::Broken(StoreError::unavailable("PostgreSQL does not answer in time")))
            }
            Wait::Silent(silence) => {
                self.give_up_on(silence.clone());
                Err(Fault::Broken(silence))
            }
        }
    }

    /// Runs one statement.
    pub(super) async fn run(&self, sql: &'static str, parameters: &[Value]) -> Result<Outcome, Fault> {
        let statement = self.prepare(sql).await?;
        execute(&self.client, &statement, parameters).await
    }

    /// Runs one statement without parameters that is not worth preparing.
    pub(super) async fn command(&self, sql: &str) -> Result<Outcome, Fault> {
        self.client.batch_execute(sql).await.map_err(|error| Fault::of(&error))?;
        Ok(Outcome::default())
    }

    /// Sends all statements at once, after `opening` if there is one, and answers what each did, or the first fault.
    /// Statements that are new to this connection are prepared before the first is sent.
    pub(super) async fn pipeline<'a>(
        &self,
        opening: Option<&str>,
        queries: impl Iterator<Item = (&'static str, &'a [Value])>,
    ) -> Result<Vec<Outcome>, Fault> {
        let mut prepared = Vec::with_capacity(queries.size_hint().0);
        for (sql, parameters) in queries {
            prepared.push((self.prepare(sql).await?, parameters));
        }
        let opened = match opening {
            Some(sql) => Some(send(self.command(sql)).await),
            None => None,
        };
        let mut sent = Vec::with_capacity(prepared.len());
        for (statement, parameters) in &prepared {
            sent.push(send(execute(&self.client, statement, parameters)).await);
        }
        if let Some(opened) = opened {
            opened.answer().await?;
        }
        let mut outcomes = Vec::with_capacity(sent.len());
        for statement in sent {
            outcomes.push(statement.answer().await?);
        }
        Ok(outcomes)
    }

    async fn prepare(&self, sql: &'static str) -> Result<Statement, Fault> {
        let key = (sql.as_ptr() as usize, sql.len());
        let known = self.statements.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(statement) = known {
            return Ok(statement);
        }
        let statement = self.client.prepare(sql).await.map_err(|error| Fault::of(&error))?;
        self.statements.lock().unwrap_or_else(PoisonError::into_inner).insert(key, statement.clone());
        Ok(statement)
    }
}

impl Sent<'_> {
    async fn answer(self) -> Result<Outcome, Fault> {
        match self {
            Sent::Answered(outcome) => outcome,
            Sent::Waiting(answer) => answer.await,
        }
    }
}

/// Starts a statement. The driver writes it to the connection when its future is first polled, so polling each once,
/// in order, sends all of them before the first is answered.
async fn send<'a>(statement: impl Future<Output = Result<Outcome, Fault>> + Send + 'a) -> Sent<'a> {
    let mut statement = Box::pin(statement);
    let answered = poll_fn(|context| {
        Poll::Ready(match statement.as_mut().poll(context) {
            Poll::Ready(outcome) => Some(outcome),
            Poll::Pending => None,
        })
    });
    match answered.await {
        Some(outcome) => Sent::Answered(outcome),
        None => Sent::Waiting(statement),
    }
}

async fn execute(client: &Client, statement: &Statement, parameters: &[Value]) -> Result<Outcome, Fault> {
    let parameters: Vec<&(dyn ToSql + Sync)> =
        parameters.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
    if statement.params().len() != parameters.len() {
        return Err(Fault::Refused(StoreError::unavailable("a statement has another number of parameters")));
    }
    let fault = |error: tokio_postgres::Error| Fault::of(&error);
    if statement.columns().is_empty() {
        let touched = client.execute(statement, &parameters).await.map_err(fault)?;
        return Ok(Outcome { rows: Vec::new(), touched });
    }
    let answer = client.query(statement, &parameters).await.map_err(fault)?;
    let mut rows = Vec::with_capacity(answer.len());
    for row in &answer {
        let values = (0..row.len()).map(|column| row.try_get(column)).collect::<Result<_, _>>();
        rows.push(Row::new(values.map_err(fault)?));
    }
    let touched = rows.len() as u64;
    Ok(Outcome { rows, touched })
}
