//! PostgreSQL: reads are pipelined over a few connections, commits are grouped by a writer task.
//!
//! No connection is ever lent out, so none can come back with a transaction still open: a caller hands over a
//! statement or a commit and waits for the answer; if it stops waiting, the work still runs to its end. Every
//! connection mends itself (see [`line`]), and while the database is away or hangs callers hear so within a second (see
//! [`pulse`]).

mod binding;
mod fault;
mod line;
mod migrate;
mod pulse;
mod session;
mod wire;
mod writer;

use std::sync::Arc;
use std::time::Duration;

use tokio_postgres::Config;

use super::{Commit, Options, Row, StoreError, Value};
use fault::Fault;
use line::Line;
use pulse::Pulse;
use writer::Writer;

/// How long a connection attempt may take, and how long a caller waits for one.
const CONNECT: Duration = Duration::from_secs(1);
/// How long a statement may take, counted by us and by the database.
const ANSWER: Duration = Duration::from_secs(2);
/// How long a transaction may take: longer, because the database looks for a deadlock only after a second of waiting.
const TRANSACTION: Duration = Duration::from_secs(3);

/// An open PostgreSQL database.
pub(super) struct Postgres {
    config: Config,
    readers: Vec<Line>,
    writer: Writer,
}

impl Postgres {
    pub(super) async fn open(url: &str, options: &Options) -> Result<Postgres, StoreError> {
        let config = configure(url)?;
        let pulse = Arc::new(Pulse::keep(working(&config)));
        let line = || Line::keep(working(&config), Some(Arc::clone(&pulse)));
        // At least one connection reads; the writer has its own.
        let readers: Vec<Line> = (1..options.connections.max(2)).map(|_| line()).collect();
        let writer = Writer::start(line());
        let postgres = Postgres { config, readers, writer };
        postgres.reader()?.session().await?;
        Ok(postgres)
    }

    pub(super) async fn migrate(&self) -> Result<Vec<String>, StoreError> {
        migrate::migrate(&self.config).await
    }

    pub(super) async fn load(&self, sql: &'static str, parameters: &[Value]) -> Result<Vec<Row>, StoreError> {
        let line = self.reader()?;
        let _busy = line.occupy();
        let session = line.session().await?;
        let outcome = session.within(ANSWER, session.run(sql, parameters)).await;
        Ok(outcome.map_err(Fault::into_error)?.rows)
    }

    pub(super) async fn load_all<const N: usize>(
        &self,
        queries: [(&'static str, &[Value]); N],
    ) -> Result<[Vec<Row>; N], StoreError> {
        let line = self.reader()?;
        let _busy = line.occupy();
        let session = line.session().await?;
        let answers = session.within(ANSWER, session.pipeline(None, queries.into_iter())).await;
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
            .ok_or_else(|| StoreError::unavailable("no connection to read with"))
    }
}

fn configure(url: &str) -> Result<Config, StoreError> {
    let mut config: Config = url.parse().map_err(|error| {
        StoreError::unavailable(format_args!("the address of the PostgreSQL database: {error}"))
    })?;
    config.connect_timeout(CONNECT).tcp_user_timeout(ANSWER);
    if config.get_application_name().is_none() {
        config.application_name("symbolon");
    }
    Ok(config)
}

/// The settings of a connection that works, beyond what the address says.
///
/// Every statement here finds few rows by an index. While a table is young the planner would rather read it whole, and a plan
/// is kept until statistics are taken anew, however large the table has become by then; so nothing is planned that reads
/// whole tables where there is another way. Where there is none, the estimate is enormous, and must not call for compiling.
fn working(config: &Config) -> Config {
    let mut config = config.clone();
    let limit = ANSWER.as_millis();
    let own = format!(
        "-c statement_timeout={limit} -c idle_in_transaction_session_timeout={limit} -c enable_seqscan=off \
         -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off"
    );
    let options = config.get_options().map_or_else(|| own.clone(), |given| format!("{given} {own}"));
    config.options(options);
    config
}
