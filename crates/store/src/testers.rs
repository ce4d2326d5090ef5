//! Testers: the people and tenants that may use an app before it is reviewed, at most so many of each app.

use symbolon_oauth::id::{AppId, TenantId, UserId};
use symbolon_oauth::time::Timestamp;
use symbolon_platform::organisation::TESTERS_AT_MOST;
use symbolon_platform::tenant::Tenant;
use symbolon_platform::user::User;

use crate::engine::{Commit, Expect, StoreError, Value, each, first};
use crate::parameters;
use crate::store::Store;
use crate::tenants::{tenant_columns, tenant_from_row};
use crate::users::{user_columns, user_from_row};

/// Who may test: one person, or everybody of a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TesterId {
    /// A person, wherever they use it.
    Person(UserId),
    /// Whoever uses it in this tenant.
    Tenant(TenantId),
}

/// A tester, as the app's developers see them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "as in `TesterId`")]
pub enum TesterFace {
    Person(User),
    Tenant(Tenant),
}

/// A tester of an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tester {
    /// Who.
    pub who: TesterFace,
    /// The name of whoever invited them, while that account is there.
    pub invited_by: Option<String>,
    /// Since when.
    pub since: Timestamp,
}

impl TesterId {
    fn value(self) -> Value {
        match self {
            TesterId::Person(user) => user.into(),
            TesterId::Tenant(tenant) => tenant.into(),
        }
    }
}

/// Adds a tester, unless there are as many as may be. Whoever adds one to the same app waits for that.
pub(crate) fn add_tester(
    commit: Commit,
    app: AppId,
    (tester, invited_by): (TesterId, Option<UserId>),
    now: Timestamp,
) -> Commit {
    const CLAIM: &str = "UPDATE apps SET client_id = client_id WHERE id = $1";
    const INSERT: &str = "INSERT INTO app_testers (app_id, tester_id, user_id, tenant_id, invited_by, created_at) \
        SELECT $1, $2, $3, $4, $5, $6 WHERE $7 > (SELECT count(*) FROM app_testers WHERE app_id = $1)";
    let (user, tenant) = match tester {
        TesterId::Person(user) => (Some(user), None),
        TesterId::Tenant(tenant) => (None, Some(tenant)),
    };
    let most = i64::try_from(TESTERS_AT_MOST).unwrap_or(i64::MAX);
    let row = parameters![app, tester.value(), user, tenant, invited_by, now, most];
    commit.step(CLAIM, parameters![app], Expect::One).step(INSERT, row, Expect::One)
}

pub(crate) fn remove_tester(commit: Commit, app: AppId, tester: TesterId) -> Commit {
    const DELETE: &str = "DELETE FROM app_testers WHERE app_id = $1 AND tester_id = $2";
    commit.step(DELETE, parameters![app, tester.value()], Expect::One)
}

impl Store {
    /// Who tests an app, longest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn testers(&self, app: AppId) -> Result<Vec<Tester>, StoreError> {
        const PEOPLE: &str = concat!(
            "SELECT i.name, k.created_at, ",
            user_columns!(),
            " FROM app_testers k JOIN users u ON u.id = k.user_id LEFT JOIN users i ON i.id = k.invited_by \
             WHERE k.app_id = $1 ORDER BY k.created_at, u.id LIMIT 200"
        );
        const TENANTS: &str = concat!(
            "SELECT i.name, k.created_at, ",
            tenant_columns!(),
            " FROM app_testers k JOIN tenants t ON t.id = k.tenant_id LEFT JOIN users i ON i.id = k.invited_by \
             WHERE k.app_id = $1 ORDER BY k.created_at, t.id LIMIT 200"
        );
        let key = parameters![app];
        let [people, tenants] = self.engine().load_all([(PEOPLE, &key), (TENANTS, &key)]).await?;
        let mut testers = each(people, |row| {
            let (invited_by, since) = (row.optional_text()?, row.timestamp()?);
            Ok(Tester { who: TesterFace::Person(user_from_row(row)?), invited_by, since })
        })?;
        testers.extend(each(tenants, |row| {
            let (invited_by, since) = (row.optional_text()?, row.timestamp()?);
            Ok(Tester { who: TesterFace::Tenant(tenant_from_row(row)?), invited_by, since })
        })?);
        testers.sort_by_key(|tester| tester.since);
        Ok(testers)
    }

    /// How many test an app.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn count_testers(&self, app: AppId) -> Result<usize, StoreError> {
        const COUNT: &str = "SELECT count(*) FROM app_testers WHERE app_id = $1";
        let counted = first(self.engine().load(COUNT, &parameters![app]).await?, |row| row.integer())?;
        Ok(usize::try_from(counted.unwrap_or_default()).unwrap_or_default())
    }
}
