//! One live connection: its prepared statements, and statements sent one after the other without waiting between.

use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::Poll;
use std::time::Duration;

use tokio::sync::{MutexGuard, Notify};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Statement};

use super::address::Address;
use super::fault::Fault;
use super::pulse::{self, Pulse, Wait};
use super::unnamed;
use super::wire::Transport;
use super::{Row, StoreError, Value};
use crate::engine::options::Pooling;

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

/// A statement as it is sent.
enum Ready {
    Prepared(Statement),
    /// Behind a pooler of transactions the next transaction may meet a server that has heard of nothing.
    Unnamed(&'static str),
}

/// A connection that worked when it was last looked at.
pub(super) struct Session {
    client: Client,
    address: Arc<Address>,
    transport: Transport,
    /// Whoever has something to send that others may not come between.
    turn: tokio::sync::Mutex<()>,
    over: AtomicBool,
    /// By address and length of the `'static` text.
    statements: Mutex<HashMap<(usize, usize), Statement>>,
    /// Tells whether the server still answers others, for whoever waits here.
    pulse: Option<Arc<Pulse>>,
    given_up: Notify,
    silence: OnceLock<StoreError>,
}

/// The connection for one alone. Dropped before [`Turn::end`] it gives the connection up, because a transaction may be open.
pub(super) struct Turn<'a> {
    session: &'a Session,
    ended: bool,
    _held: MutexGuard<'a, ()>,
}

impl Turn<'_> {
    /// Nothing is open.
    pub(super) fn end(mut self) {
        self.ended = true;
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.session.give_up();
        }
    }
}

impl Session {
    pub(super) fn new(
        client: Client,
        transport: Transport,
        address: Arc<Address>,
        pulse: Option<Arc<Pulse>>,
    ) -> Session {
        Session {
            client,
            address,
            transport,
            turn: tokio::sync::Mutex::default(),
            over: AtomicBool::default(),
            statements: Mutex::default(),
            pulse,
            given_up: Notify::new(),
            silence: OnceLock::new(),
        }
    }

    /// What keeps others from reading it.
    pub(super) fn transport(&self) -> Transport {
        self.transport
    }

    /// Waits until nobody else is in the middle of something.
    pub(super) async fn turn(&self) -> Result<Turn<'_>, Fault> {
        let held = self.held().await?;
        Ok(Turn { session: self, ended: false, _held: held })
    }

    async fn held(&self) -> Result<MutexGuard<'_, ()>, Fault> {
        let held = self.turn.lock().await;
        if self.over.load(Ordering::Acquire) {
            return Err(Fault::Broken(StoreError::unavailable("the connection to PostgreSQL was given up")));
        }
        Ok(held)
    }

    fn give_up(&self) {
        self.over.store(true, Ordering::Release);
        self.given_up.notify_one();
    }

    fn is_pooled(&self) -> bool {
        match self.address.pooling {
            Pooling::Session => false,
            Pooling::Transaction => true,
        }
    }

    /// Whether a statement outside a transaction has the settings that it needs.
    pub(super) fn begins_by_itself(&self) -> bool {
        !self.is_pooled()
    }

    /// How a transaction begins.
    pub(super) fn begin(&self) -> &str {
        &self.address.begin
    }

    /// Waits until the connection is declared of no more use.
    pub(super) async fn until_given_up(&self) {
        self.given_up.notified().await;
    }

    /// Declares it of no more use because the server is silent.
    pub(super) fn give_up_on(&self, silence: StoreError) {
        let _ = self.silence.set(silence);
        self.give_up();
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
                self.give_up();
                Err(fault)
            }
            Wait::Done(outcome) => outcome,
            Wait::TooLong => {
                self.give_up();
                Err(Fault::Broken(StoreError::unavailable("PostgreSQL does not answer in time")))
            }
            Wait::Silent(silence) => {
                self.give_up_on(silence.clone());
                Err(Fault::Broken(silence))
            }
        }
    }

    /// The rows of one statement that may come between any others.
    pub(super) async fn read(&self, sql: &'static str, parameters: &[Value]) -> Result<Outcome, Fault> {
        if !self.address.shared && !self.is_pooled() {
            return self.perform(sql, parameters).await;
        }
        let outcomes = Box::pin(self.read_all(std::iter::once((sql, parameters)))).await?;
        Ok(outcomes.into_iter().next_back().unwrap_or_default())
    }

    /// The same of several, sent at once.
    pub(super) async fn read_all<'a>(
        &'a self,
        queries: impl Iterator<Item = (&'static str, &'a [Value])>,
    ) -> Result<Vec<Outcome>, Fault> {
        if !self.address.shared && !self.is_pooled() {
            return self.pipeline(None, queries).await;
        }
        let held = self.held().await?;
        let around = self.is_pooled().then(|| (self.begin(), "COMMIT"));
        let sent = self.send_all(around.map(|(begin, _)| begin), queries).await?;
        let end = match around {
            Some((_, commit)) => Some(send(self.command(commit)).await),
            None => None,
        };
        drop(held);
        let outcomes = answers(sent, around.is_some()).await?;
        if let Some(end) = end {
            end.answer().await?;
        }
        Ok(outcomes)
    }

    /// Runs one statement.
    pub(super) async fn perform(&self, sql: &'static str, parameters: &[Value]) -> Result<Outcome, Fault> {
        self.execute(&self.ready(sql).await?, parameters).await
    }

    /// Runs one statement without parameters that is not worth preparing.
    pub(super) async fn command(&self, sql: &str) -> Result<Outcome, Fault> {
        self.client.batch_execute(sql).await.map_err(|error| Fault::of(&error))?;
        Ok(Outcome::default())
    }

    /// Sends all statements at once, after `opening` if there is one, and answers what each did, or the first fault.
    /// Statements that are new to this connection are prepared before the first is sent.
    pub(super) async fn pipeline<'a>(
        &'a self,
        opening: Option<&'a str>,
        queries: impl Iterator<Item = (&'static str, &'a [Value])>,
    ) -> Result<Vec<Outcome>, Fault> {
        let sent = self.send_all(opening, queries).await?;
        answers(sent, opening.is_some()).await
    }

    async fn send_all<'a>(
        &'a self,
        opening: Option<&'a str>,
        queries: impl Iterator<Item = (&'static str, &'a [Value])>,
    ) -> Result<Vec<Sent<'a>>, Fault> {
        let mut ready = Vec::with_capacity(queries.size_hint().0);
        for (sql, parameters) in queries {
            ready.push((self.ready(sql).await?, parameters));
        }
        let mut sent = Vec::with_capacity(ready.len() + 1);
        if let Some(sql) = opening {
            sent.push(send(self.command(sql)).await);
        }
        for (statement, parameters) in ready {
            sent.push(send(async move { self.execute(&statement, parameters).await }).await);
        }
        Ok(sent)
    }

    async fn execute(&self, statement: &Ready, parameters: &[Value]) -> Result<Outcome, Fault> {
        match statement {
            Ready::Prepared(statement) => execute(&self.client, statement, parameters).await,
            Ready::Unnamed(sql) => Box::pin(unnamed::execute(&self.client, sql, parameters)).await,
        }
    }

    async fn ready(&self, sql: &'static str) -> Result<Ready, Fault> {
        if self.is_pooled() { Ok(Ready::Unnamed(sql)) } else { self.prepare(sql).await.map(Ready::Prepared) }
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

/// What each did, or the first fault. What only opens is left out.
async fn answers(sent: Vec<Sent<'_>>, opened: bool) -> Result<Vec<Outcome>, Fault> {
    let mut outcomes = Vec::with_capacity(sent.len());
    for (place, statement) in sent.into_iter().enumerate() {
        let outcome = statement.answer().await?;
        if place > 0 || !opened {
            outcomes.push(outcome);
        }
    }
    Ok(outcomes)
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
    let rows = answer.iter().map(row).collect::<Result<Vec<_>, _>>()?;
    let touched = rows.len() as u64;
    Ok(Outcome { rows, touched })
}

/// A row as it is handed out.
pub(super) fn row(row: &tokio_postgres::Row) -> Result<Row, Fault> {
    let values = (0..row.len()).map(|column| row.try_get(column)).collect::<Result<_, _>>();
    Ok(Row::new(values.map_err(|error| Fault::of(&error))?))
}
