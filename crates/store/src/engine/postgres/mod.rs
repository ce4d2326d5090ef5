//! PostgreSQL: reads are pipelined over a few connections, commits are grouped by a writer task.
//!
//! No connection is ever lent out, so none can come back with a transaction still open: a caller hands over a
//! statement or a commit and waits for the answer; if it stops waiting, the work still runs to its end. Every
//! connection mends itself (see [`line`]), and while the database is away or hangs callers hear so within a second (see
//! [`pulse`]).

mod address;
mod binding;
mod fault;
mod line;
mod migrate;
mod pulse;
mod session;
mod settings;
#[cfg(test)]
mod tests;
mod tls;
mod unnamed;
mod wire;
mod writer;

use std::sync::Arc;
use std::time::Duration;

use super::{Commit, Options, Row, StoreError, Value};
use address::Address;
use fault::Fault;
use line::Line;
use pulse::Pulse;
pub use wire::Transport;
use writer::Writer;

/// How long a connection attempt may take unless the address says `connect_timeout`, and how long a caller waits for one.
const CONNECT: Duration = Duration::from_secs(1);
/// How long a statement may take, counted by us and by the database.
const ANSWER: Duration = Duration::from_secs(2);
/// How long a transaction may take: longer, because the database looks for a deadlock only after a second of waiting.
const TRANSACTION: Duration = Duration::from_secs(3);

/// An open PostgreSQL database.
pub(super) struct Postgres {
    readers: Vec<Arc<Line>>,
    writes: Arc<Line>,
    writer: Writer,
}

impl Postgres {
    /// What is wrong with an address, to be read after the words "the address".
    pub(super) fn check(url: &str) -> Result<(), String> {
        Address::read(url, &Options::default()).map(drop)
    }

    pub(super) async fn open(url: &str, options: &Options) -> Result<Postgres, StoreError> {
        let address = Address::read(url, options).map_err(|wrong| {
            StoreError::unavailable(format_args!("the address of the PostgreSQL database {wrong}"))
        })?;
        let address = Arc::new(address);
        let pulse = (options.connections > 1).then(|| Arc::new(Pulse::keep(Arc::clone(&address))));
        let line = || Arc::new(Line::keep(Arc::clone(&address), pulse.clone()));
        let writes = line();
        let readers = match options.connections.saturating_sub(2) {
            0 => vec![Arc::clone(&writes)],
            many => (0..many).map(|_| line()).collect(),
        };
        let writer = Writer::start(Arc::clone(&writes));
        let postgres = Postgres { readers, writes, writer };
        postgres.reader()?.opened().await?;
        Ok(postgres)
    }

    /// What keeps others from reading what is said to the database.
    pub(super) async fn transport(&self) -> Result<Transport, StoreError> {
        Ok(self.reader()?.session().await?.transport())
    }

    /// At the start: whoever commits meanwhile waits.
    pub(super) async fn migrate(&self) -> Result<Vec<String>, StoreError> {
        migrate::migrate(&*self.writes.opened().await?).await
    }

    pub(super) async fn load(&self, sql: &'static str, parameters: &[Value]) -> Result<Vec<Row>, StoreError> {
        let line = self.reader()?;
        let _busy = line.occupy();
        let session = line.session().await?;
        let outcome = session.within(ANSWER, session.read(sql, parameters)).await;
        Ok(outcome.map_err(Fault::into_error)?.rows)
    }

    pub(super) async fn load_all<const N: usize>(
        &self,
        queries: [(&'static str, &[Value]); N],
    ) -> Result<[Vec<Row>; N], StoreError> {
        let line = self.reader()?;
        let _busy = line.occupy();
        let session = line.session().await?;
        let answers = session.within(ANSWER, session.read_all(queries.into_iter())).await;
        let mut all = [const { Vec::new() }; N];
        for (rows, outcome) in all.iter_mut().zip(answers.map_err(Fault::into_error)?) {
            *rows = outcome.rows;
        }
        Ok(all)
    }

    pub(super) async fn commit(&self, commit: Commit) -> Result<Vec<Row>, StoreError> {
        self.writer.commit(commit).await
    }

    /// The connection with the fewest answers outstanding, so that a slow list does not hold up the rest.
    fn reader(&self) -> Result<&Line, StoreError> {
        self.readers
            .iter()
            .min_by_key(|line| line.outstanding())
            .map(Arc::as_ref)
            .ok_or_else(|| StoreError::unavailable("no connection to read with"))
    }
}
