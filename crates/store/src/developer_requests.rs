//! Requests of people who may not make apps themselves: asked, looked at in order, answered once.

use symbolon_oauth::id::{Id, UserId};
use symbolon_oauth::time::Timestamp;
use symbolon_platform::developers::{REQUESTS_AT_MOST, Wish};
use symbolon_platform::user::User;

use crate::engine::{Commit, Cursor, Expect, StoreError, each, first};
use crate::parameters;
use crate::store::Store;
use crate::users::{user_columns, user_from_row};

/// How long one is kept that was answered: ninety days, in milliseconds.
const KEPT: i64 = 90 * 86_400_000;

/// Identifies a request.
pub type DeveloperRequestId = Id<DeveloperRequest>;

/// What became of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// There is an app now.
    Accepted,
    /// There is none.
    Declined,
}

impl Answer {
    /// The spelling of storage.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Answer::Accepted => "accepted",
            Answer::Declined => "declined",
        }
    }
}

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeveloperRequest {
    /// Which.
    pub id: DeveloperRequestId,
    /// Who asked.
    pub user: User,
    /// What for.
    pub wish: Wish,
    /// What became of it, and what the team said to it.
    pub answer: Option<(Answer, Option<String>)>,
    /// When it was asked.
    pub at: Timestamp,
}

/// The columns of [`request_from_row`], from the request `r`.
macro_rules! request_where {
    ($condition:literal) => {
        concat!(
            "SELECT r.id, r.name, r.redirect_uri, r.logo_url, r.homepage, r.reason, r.state, r.answer, r.created_at, ",
            user_columns!(),
            " FROM developer_requests r JOIN users u ON u.id = r.user_id WHERE ",
            $condition
        )
    };
}

fn request_from_row(row: &mut Cursor) -> Result<DeveloperRequest, StoreError> {
    let id = row.id()?;
    let wish = Wish {
        name: row.text()?,
        redirect_uri: row.text()?,
        logo_url: row.optional_text()?,
        homepage: row.text()?,
        reason: row.text()?,
    };
    let answer = match row.text()?.as_str() {
        "accepted" => Some(Answer::Accepted),
        "declined" => Some(Answer::Declined),
        _ => None,
    };
    let said = row.optional_text()?;
    let answer = answer.map(|answer| (answer, said));
    Ok(DeveloperRequest { id, wish, answer, at: row.timestamp()?, user: user_from_row(row)? })
}

/// Stores one, unless the person waits for as many as may be.
pub(crate) fn ask(
    commit: Commit,
    id: DeveloperRequestId,
    (user, wish): (UserId, &Wish),
    now: Timestamp,
) -> Commit {
    const CLAIM: &str = "UPDATE users SET external_id = external_id WHERE id = $1";
    const INSERT: &str = "INSERT INTO developer_requests (id, user_id, state, name, redirect_uri, logo_url, homepage, reason, \
        created_at) SELECT $1, $2, 'open', $3, $4, $5, $6, $7, $8 WHERE $9 > \
        (SELECT count(*) FROM developer_requests WHERE user_id = $2 AND state = 'open')";
    let most = i64::try_from(REQUESTS_AT_MOST).unwrap_or(i64::MAX);
    let row = parameters![
        id,
        user,
        wish.name.as_str(),
        wish.redirect_uri.as_str(),
        wish.logo_url.as_deref(),
        wish.homepage.as_str(),
        wish.reason.as_str(),
        now,
        most
    ];
    commit.step(CLAIM, parameters![user], Expect::One).step(INSERT, row, Expect::One)
}

/// Answers one that is open.
pub(crate) fn answer(
    commit: Commit,
    id: DeveloperRequestId,
    (answer, said): (Answer, Option<&str>),
    now: Timestamp,
) -> Commit {
    const UPDATE: &str = "UPDATE developer_requests SET state = $2, answer = $3, expires_at = $4 \
        WHERE id = $1 AND state = 'open'";
    let end = Timestamp(now.0.saturating_add(KEPT));
    commit.step(UPDATE, parameters![id, answer.as_str(), said, end], Expect::One)
}

impl Store {
    /// A request.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn developer_request(
        &self,
        id: DeveloperRequestId,
    ) -> Result<Option<DeveloperRequest>, StoreError> {
        const FIND: &str = request_where!("r.id = $1");
        first(self.engine().load(FIND, &parameters![id]).await?, request_from_row)
    }

    /// Up to `most` of those that wait, the longest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn open_developer_requests(&self, most: i64) -> Result<Vec<DeveloperRequest>, StoreError> {
        const LIST: &str = request_where!("r.state = 'open' ORDER BY r.created_at, r.id LIMIT $1");
        each(self.engine().load(LIST, &parameters![most]).await?, request_from_row)
    }

    /// What a person asked for, latest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn developer_requests_of(&self, user: UserId) -> Result<Vec<DeveloperRequest>, StoreError> {
        const LIST: &str = request_where!("r.user_id = $1 ORDER BY r.id DESC LIMIT 20");
        each(self.engine().load(LIST, &parameters![user]).await?, request_from_row)
    }
}
