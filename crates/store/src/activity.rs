//! What apps did and were refused, for their developers: counted by the hour, and the last refusals of each app.
//!
//! Both are written behind by whoever counts them, so no request waits for them. A count is of one process and one hour, and is
//! written as what it is by now: writing it twice changes nothing, two processes write different rows, and a reader adds them
//! up. Nothing here tells who asked, or what was presented.

use symbolon_oauth::id::{AppId, Id};
use symbolon_oauth::time::Timestamp;

use crate::developed::COUNTED;
use crate::engine::{Commit, Cursor, Expect, Spelling, StoreError, each, first};
use crate::parameters;
use crate::store::Store;

/// An hour, in milliseconds.
pub const HOUR: i64 = 3_600_000;
/// A day, in milliseconds.
pub const DAY: i64 = 24 * HOUR;
/// How long all of it is kept: thirty days, in milliseconds.
pub const KEPT: i64 = 30 * DAY;
/// How many refusals of an app are kept.
pub const REFUSALS_AT_MOST: i64 = 1000;

/// Rows of one transaction, so that others go between.
const CHUNK: usize = 100;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum What {
    /// An authorization code was given to the app.
    Authorization,
    /// A code was exchanged for tokens.
    Exchange,
    /// A refresh token was used.
    Refresh,
    /// The app got a token to act as itself.
    OwnToken,
    /// A request was refused.
    Refusal,
}

impl What {
    /// All of them, in the order in which pages show them.
    pub const ALL: [What; 5] =
        [What::Authorization, What::Exchange, What::Refresh, What::OwnToken, What::Refusal];

    /// Its word in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            What::Authorization => "authorization",
            What::Exchange => "exchange",
            What::Refresh => "refresh",
            What::OwnToken => "own_token",
            What::Refusal => "refusal",
        }
    }

    fn parse(word: &str) -> Option<What> {
        What::ALL.into_iter().find(|what| what.as_str() == word)
    }
}

/// A count of one hour, as it is by now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// The app, by its public identifier; of one that there is not nothing is written.
    pub client_id: Box<str>,
    /// When the hour began.
    pub hour: Timestamp,
    /// What is counted.
    pub what: What,
    /// Why, of refusals; else empty.
    pub reason: &'static str,
    /// How often by now, in this process.
    pub counted: i64,
}

/// A refusal that is to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRefusal {
    /// The row; in the order of the moments.
    pub id: RefusalId,
    /// The app, by its public identifier; of one that there is not nothing is written.
    pub client_id: Box<str>,
    /// When.
    pub at: Timestamp,
    /// The endpoint, as the metrics name it.
    pub endpoint: &'static str,
    /// The error code that was answered.
    pub code: &'static str,
    /// The check that refused.
    pub reason: &'static str,
    /// The name of the request.
    pub request_id: String,
}

/// The row of a refusal.
pub type RefusalId = Id<Refusal>;

/// A refusal that was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The row.
    pub id: RefusalId,
    /// When.
    pub at: Timestamp,
    /// The endpoint, as the metrics name it.
    pub endpoint: String,
    /// The error code that was answered.
    pub code: String,
    /// The check that refused.
    pub reason: String,
    /// The name of the request.
    pub request_id: String,
}

/// How often something was done within some time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// When that time began.
    pub from: Timestamp,
    /// What was done.
    pub what: What,
    /// How often, in all processes.
    pub counted: i64,
}

/// The tenants that let an app in, day by day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Installs {
    /// How many have it connected, up to [`COUNTED`] and one more.
    pub connected: i64,
    /// How many let it in, by the beginning of the day.
    pub given: Vec<(Timestamp, i64)>,
    /// For how many that ended, by the beginning of the day.
    pub ended: Vec<(Timestamp, i64)>,
}

macro_rules! prune {
    ($($lock:literal)?) => {
        concat!(
            "DELETE FROM app_refusals WHERE id IN (SELECT id FROM app_refusals \
             WHERE app_id = (SELECT a.id FROM apps a WHERE a.client_id = $1) ORDER BY id DESC LIMIT 500 OFFSET $2",
            $($lock,)? ")"
        )
    };
}

/// What is beyond the last ones of an app. Two processes that delete the same do not wait for each other.
const PRUNE: Spelling = Spelling { sqlite: prune!(), postgres: prune!(" FOR UPDATE SKIP LOCKED") };

/// Nothing of an app stays that is deleted.
pub(crate) fn forget(commit: Commit, app: AppId) -> Commit {
    commit.step("DELETE FROM app_activity WHERE app_id = $1", parameters![app], Expect::Any).step(
        "DELETE FROM app_refusals WHERE app_id = $1",
        parameters![app],
        Expect::Any,
    )
}

fn refusal_from_row(row: &mut Cursor) -> Result<Refusal, StoreError> {
    Ok(Refusal {
        id: row.id()?,
        at: row.timestamp()?,
        endpoint: row.text()?,
        code: row.text()?,
        reason: row.text()?,
        request_id: row.text()?,
    })
}

fn by_day(row: &mut Cursor) -> Result<(Timestamp, i64), StoreError> {
    Ok((row.timestamp()?, row.integer()?))
}

impl Store {
    /// Writes down counts of a process, each as it is by now.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]; what was written before stays.
    pub async fn count_activity(&self, writer: u32, counts: &[Counted]) -> Result<(), StoreError> {
        const WRITE: &str = "INSERT INTO app_activity (app_id, hour, what, reason, writer, counted, expires_at) \
            SELECT a.id, $2, $3, $4, $5, $6, $7 FROM apps a WHERE a.client_id = $1 \
            ON CONFLICT (app_id, hour, what, reason, writer) DO UPDATE SET counted = excluded.counted \
            WHERE app_activity.counted < excluded.counted";
        for chunk in counts.chunks(CHUNK) {
            let commit = chunk.iter().fold(Commit::new(), |commit, count| {
                let end = Timestamp(count.hour.0 + HOUR + KEPT);
                let (client_id, what) = (&*count.client_id, count.what.as_str());
                let row = parameters![
                    client_id,
                    count.hour,
                    what,
                    count.reason,
                    i64::from(writer),
                    count.counted,
                    end
                ];
                commit.step(WRITE, row, Expect::Any)
            });
            self.engine().commit(commit).await?;
        }
        Ok(())
    }

    /// Keeps refusals, and of each app the last [`REFUSALS_AT_MOST`].
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]; what was written before stays.
    pub async fn note_refusals(&self, refusals: &[NewRefusal]) -> Result<(), StoreError> {
        const WRITE: &str = "INSERT INTO app_refusals (id, app_id, at, endpoint, code, reason, request_id, expires_at) \
            SELECT $2, a.id, $3, $4, $5, $6, $7, $8 FROM apps a WHERE a.client_id = $1";
        for chunk in refusals.chunks(CHUNK) {
            let commit = chunk.iter().fold(Commit::new(), |commit, new| {
                let (client_id, request_id) = (&*new.client_id, new.request_id.as_str());
                let end = Timestamp(new.at.0 + KEPT);
                let row = parameters![
                    client_id,
                    new.id,
                    new.at,
                    new.endpoint,
                    new.code,
                    new.reason,
                    request_id,
                    end
                ];
                commit.step(WRITE, row, Expect::Any)
            });
            self.engine().commit(commit).await?;
        }
        let mut apps: Vec<&str> = refusals.iter().map(|new| &*new.client_id).collect();
        apps.sort_unstable();
        apps.dedup();
        for chunk in apps.chunks(CHUNK) {
            let prune = self.engine().spell(PRUNE);
            let commit = chunk.iter().fold(Commit::new(), |commit, client_id| {
                commit.step(prune, parameters![*client_id, REFUSALS_AT_MOST], Expect::Any)
            });
            self.engine().commit(commit).await?;
        }
        Ok(())
    }

    /// What an app did from one hour until another, in steps of `width` milliseconds since the epoch.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn activity(
        &self,
        app: AppId,
        (from, until): (Timestamp, Timestamp),
        width: i64,
    ) -> Result<Vec<Tally>, StoreError> {
        const FIND: &str = "SELECT hour / $4 * $4, what, CAST(sum(counted) AS BIGINT) FROM app_activity \
            WHERE app_id = $1 AND hour >= $2 AND hour < $3 GROUP BY 1, 2 ORDER BY 1, 2 LIMIT 5000";
        each(self.engine().load(FIND, &parameters![app, from, until, width]).await?, |row| {
            Ok(Tally { from: row.timestamp()?, what: row.word(What::parse)?, counted: row.integer()? })
        })
    }

    /// Why an app was refused since then, and how often, the most frequent reason first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn refusal_reasons(
        &self,
        app: AppId,
        since: Timestamp,
    ) -> Result<Vec<(String, i64)>, StoreError> {
        const FIND: &str = "SELECT reason, CAST(sum(counted) AS BIGINT) FROM app_activity \
            WHERE app_id = $1 AND hour >= $2 AND what = 'refusal' GROUP BY reason ORDER BY 2 DESC, 1 LIMIT 200";
        let found = self.engine().load(FIND, &parameters![app, since]).await?;
        each(found, |row| Ok((row.text()?, row.integer()?)))
    }

    /// Up to `most` refusals of an app, the last first, those before `before`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn refusals(
        &self,
        app: AppId,
        before: Option<RefusalId>,
        most: i64,
    ) -> Result<Vec<Refusal>, StoreError> {
        const FIND: &str = "SELECT id, at, endpoint, code, reason, request_id FROM app_refusals \
            WHERE app_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
        let before = before.unwrap_or(Id::new([0xff; 16]));
        each(self.engine().load(FIND, &parameters![app, before, most]).await?, refusal_from_row)
    }

    /// The refusals of a request of an app; a request may be refused twice on its way.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn refusals_of_request(
        &self,
        app: AppId,
        request_id: &str,
    ) -> Result<Vec<Refusal>, StoreError> {
        const FIND: &str = "SELECT id, at, endpoint, code, reason, request_id FROM app_refusals \
            WHERE app_id = $1 AND request_id = $2 ORDER BY id DESC LIMIT 20";
        each(self.engine().load(FIND, &parameters![app, request_id]).await?, refusal_from_row)
    }

    /// How many tenants have an app connected, and what changed of that since then, by days.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn installs(&self, app: AppId, since: Timestamp) -> Result<Installs, StoreError> {
        const NOW: &str = "SELECT count(*) FROM (SELECT DISTINCT tenant_id FROM grants \
            WHERE app_id = $1 AND status = 'active' LIMIT $2) counted";
        const GIVEN: &str = "SELECT created_at / $3 * $3, count(DISTINCT tenant_id) FROM grants \
            WHERE app_id = $1 AND created_at >= $2 GROUP BY 1 ORDER BY 1 LIMIT 400";
        const ENDED: &str = "SELECT updated_at / $3 * $3, count(DISTINCT tenant_id) FROM grants \
            WHERE app_id = $1 AND status <> 'active' AND updated_at >= $2 GROUP BY 1 ORDER BY 1 LIMIT 400";
        let (now, days) = (parameters![app, COUNTED + 1], parameters![app, since, DAY]);
        let [now, given, ended] =
            self.engine().load_all([(NOW, &now[..]), (GIVEN, &days[..]), (ENDED, &days[..])]).await?;
        Ok(Installs {
            connected: first(now, |row| row.integer())?.unwrap_or_default(),
            given: each(given, by_day)?,
            ended: each(ended, by_day)?,
        })
    }
}
