//! What of each table a restored file takes from the one that it replaces. What was ended, revoked, stopped or removed since the
//! backup stays so; what was done since stands in the audit; everything else is as it was when the backup was made.

use crate::engine::file::Rule;

/// In this order: what hangs from something is judged before that.
pub(super) const ALL: &[Rule] = &[
    // One that was refreshed since has a token in the file that was taken back for the next one.
    Rule {
        what: Some("token families end, as they did since or were refreshed since"),
        sql: "UPDATE main.families SET ended_at = ?1, ended_reason = 'restored', sealed_successor = NULL, expires_at = ?1 \
              WHERE ended_at IS NULL AND NOT EXISTS (SELECT 1 FROM present.families p WHERE p.id = families.id \
              AND p.ended_at IS NULL AND p.grant_id = families.grant_id AND p.refresh_hash IS families.refresh_hash \
              AND p.only_access_id IS families.only_access_id)",
    },
    Rule {
        what: Some("access tokens that are gone or revoked since stay so"),
        sql: "UPDATE main.access_tokens SET revoked_at = ?1, expires_at = coalesce(expires_at, ?1) WHERE revoked_at IS NULL \
              AND NOT EXISTS (SELECT 1 FROM present.access_tokens p WHERE p.id = access_tokens.id AND p.revoked_at IS NULL)",
    },
    Rule { what: None, sql: "UPDATE main.authorization_codes SET state = 'spent' WHERE state = 'issued'" },
    Rule {
        what: Some("connections that ended since stay ended"),
        sql: "UPDATE main.grants SET status = 'revoked', ended_reason = 'restored', updated_at = max(updated_at + 1, ?1) \
              WHERE status = 'active' AND NOT EXISTS (SELECT 1 FROM present.grants p WHERE p.id = grants.id \
              AND p.status = 'active')",
    },
    // The last word of whoever gave it.
    Rule {
        what: None,
        sql: "UPDATE main.grants SET scopes = p.scopes, expires_at = p.expires_at, updated_at = p.updated_at \
              FROM present.grants p WHERE p.id = grants.id AND grants.status = 'active' AND p.updated_at > grants.updated_at",
    },
    // Whoever answered otherwise since is asked again.
    Rule {
        what: None,
        sql: "DELETE FROM main.consents WHERE NOT EXISTS (SELECT 1 FROM present.consents p \
              WHERE p.grant_id = consents.grant_id AND p.user_id = consents.user_id AND p.answered_at = consents.answered_at)",
    },
    Rule {
        what: Some("sign-ins that ended since stay ended"),
        sql: "DELETE FROM main.browser_sessions WHERE NOT EXISTS (SELECT 1 FROM present.browser_sessions p \
              WHERE p.id = browser_sessions.id AND p.hash = browser_sessions.hash)",
    },
    Rule {
        what: Some("passwords that were changed since stay changed"),
        sql: "UPDATE main.users SET password_hash = p.password_hash, valid_from = max(users.valid_from, p.valid_from), \
              sessions_from = max(users.sessions_from, p.sessions_from) FROM present.users p WHERE p.id = users.id \
              AND (p.password_hash IS NOT users.password_hash OR p.valid_from > users.valid_from \
              OR p.sessions_from > users.sessions_from)",
    },
    Rule {
        what: Some("people who were disabled since stay disabled"),
        sql: "UPDATE main.users SET standing = 'disabled' FROM present.users p \
              WHERE p.id = users.id AND p.standing = 'disabled' AND users.standing <> 'disabled'",
    },
    Rule {
        what: Some("people who are staff no more stay so"),
        sql: "UPDATE main.users SET staff = FALSE FROM present.users p WHERE p.id = users.id AND users.staff AND NOT p.staff",
    },
    Rule {
        what: Some("tenants that were disabled since stay disabled"),
        sql: "UPDATE main.tenants SET standing = 'disabled' FROM present.tenants p \
              WHERE p.id = tenants.id AND p.standing = 'disabled' AND tenants.standing <> 'disabled'",
    },
    // With a person or a tenant that was deleted comes back where they belonged.
    Rule {
        what: Some("memberships that were removed since stay removed"),
        sql: "DELETE FROM main.memberships WHERE NOT EXISTS (SELECT 1 FROM present.memberships p \
              WHERE p.user_id = memberships.user_id AND p.tenant_id = memberships.tenant_id) \
              AND EXISTS (SELECT 1 FROM present.users u WHERE u.id = memberships.user_id) \
              AND EXISTS (SELECT 1 FROM present.tenants t WHERE t.id = memberships.tenant_id)",
    },
    Rule {
        what: Some("memberships that were disabled since stay disabled"),
        sql: "UPDATE main.memberships SET standing = 'disabled' FROM present.memberships p \
              WHERE p.user_id = memberships.user_id AND p.tenant_id = memberships.tenant_id \
              AND p.standing = 'disabled' AND memberships.standing <> 'disabled'",
    },
    Rule {
        what: Some("members of developer organisations who were removed since stay removed"),
        sql: "DELETE FROM main.organisation_members WHERE NOT EXISTS (SELECT 1 FROM present.organisation_members p \
              WHERE p.organisation_id = organisation_members.organisation_id AND p.user_id = organisation_members.user_id) \
              AND EXISTS (SELECT 1 FROM present.organisations o WHERE o.id = organisation_members.organisation_id) \
              AND EXISTS (SELECT 1 FROM present.users u WHERE u.id = organisation_members.user_id)",
    },
    Rule {
        what: Some("testers who were removed since stay removed"),
        sql: "DELETE FROM main.app_testers WHERE NOT EXISTS (SELECT 1 FROM present.app_testers p \
              WHERE p.app_id = app_testers.app_id AND p.tester_id = app_testers.tester_id) \
              AND EXISTS (SELECT 1 FROM present.apps a WHERE a.id = app_testers.app_id) \
              AND EXISTS (SELECT id FROM present.users u WHERE u.id = app_testers.tester_id \
              UNION ALL SELECT id FROM present.tenants t WHERE t.id = app_testers.tester_id)",
    },
    Rule {
        what: Some("invitations that were used or taken back since stay so"),
        sql: "DELETE FROM main.invitations WHERE NOT EXISTS (SELECT 1 FROM present.invitations p \
              WHERE p.id = invitations.id AND p.hash = invitations.hash)",
    },
    Rule {
        what: Some("offers of apps that were answered or taken back since stay so"),
        sql: "DELETE FROM main.app_transfers WHERE NOT EXISTS (SELECT 1 FROM present.app_transfers p \
              WHERE p.app_id = app_transfers.app_id AND p.organisation_id = app_transfers.organisation_id \
              AND p.created_at = app_transfers.created_at)",
    },
    Rule {
        what: None,
        sql: "UPDATE main.developer_requests SET state = p.state, answer = p.answer, expires_at = p.expires_at \
              FROM present.developer_requests p WHERE p.id = developer_requests.id AND p.state <> 'open'",
    },
    Rule {
        what: Some("apps that were suspended or unpublished since stay so"),
        sql: "UPDATE main.apps SET status = p.status FROM present.apps p \
              WHERE p.id = apps.id AND p.status <> apps.status AND p.status <> 'live'",
    },
    // A token of an earlier generation is over.
    Rule {
        what: None,
        sql: "UPDATE main.apps SET own_generation = max(apps.own_generation, p.own_generation), \
              refresh_generation = max(apps.refresh_generation, p.refresh_generation) FROM present.apps p WHERE p.id = apps.id",
    },
    Rule {
        what: Some("client secrets that were revoked since stay revoked"),
        sql: "DELETE FROM main.client_secrets WHERE id NOT IN (SELECT id FROM present.client_secrets)",
    },
    Rule {
        what: None,
        sql: "UPDATE main.client_secrets SET expires_at = p.expires_at FROM present.client_secrets p \
              WHERE p.id = client_secrets.id AND p.expires_at < coalesce(client_secrets.expires_at, p.expires_at + 1)",
    },
    Rule {
        what: None,
        sql: "UPDATE main.client_secrets SET told = p.told FROM present.client_secrets p \
              WHERE p.id = client_secrets.id AND p.told > client_secrets.told",
    },
    Rule {
        what: Some("host keys that were revoked since stay revoked"),
        sql: "UPDATE main.host_keys SET revoked_at = ?1 WHERE revoked_at IS NULL AND NOT EXISTS \
              (SELECT 1 FROM present.host_keys p WHERE p.id = host_keys.id AND p.revoked_at IS NULL)",
    },
    Rule {
        what: None,
        sql: "UPDATE main.host_keys SET expires_at = p.expires_at FROM present.host_keys p \
              WHERE p.id = host_keys.id AND p.expires_at < coalesce(host_keys.expires_at, p.expires_at + 1)",
    },
    // What was done since is not done again, and a link that was used stays used.
    Rule { what: None, sql: "DELETE FROM main.jobs WHERE id NOT IN (SELECT id FROM present.jobs)" },
    Rule {
        what: None,
        sql: "DELETE FROM main.address_proofs WHERE id NOT IN (SELECT id FROM present.address_proofs)",
    },
    Rule {
        what: None,
        sql: "INSERT OR IGNORE INTO main.spent_interactions (id, expires_at) SELECT id, expires_at FROM present.spent_interactions",
    },
    Rule {
        what: None,
        sql: "INSERT OR REPLACE INTO main.attempts (subject, began_at, count, expires_at) \
              SELECT subject, began_at, count, expires_at FROM present.attempts",
    },
    Rule {
        what: None,
        sql: "INSERT OR IGNORE INTO main.audit \
              (id, at, action, actor_kind, actor_id, app_id, user_id, tenant_id, grant_id, request_id, detail) \
              SELECT id, at, action, actor_kind, actor_id, app_id, user_id, tenant_id, grant_id, request_id, detail \
              FROM present.audit",
    },
    Rule {
        what: None,
        sql: "INSERT OR IGNORE INTO main.backups (made_at, master_key) SELECT made_at, master_key FROM present.backups",
    },
    Rule {
        what: Some("people who were deleted since are back, without what they gave to apps"),
        sql: "SELECT count(*) FROM main.users WHERE id NOT IN (SELECT id FROM present.users)",
    },
    Rule {
        what: Some("tenants that were deleted since are back, without what was given to apps there"),
        sql: "SELECT count(*) FROM main.tenants WHERE id NOT IN (SELECT id FROM present.tenants)",
    },
    Rule {
        what: Some("apps that were deleted since are back, without secrets"),
        sql: "SELECT count(*) FROM main.apps WHERE id NOT IN (SELECT id FROM present.apps)",
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Cursor;
    use crate::engine::{StoreError, each};
    use crate::testing::Database;

    /// What is as it was when the backup was made: nothing in it was given to somebody, and can be taken back.
    const AS_IT_WAS: [&str; 12] = [
        "app_activity",
        "app_refusals",
        "app_versions",
        "declarations",
        "foreign_credentials",
        "icons",
        "migrations",
        "organisations",
        "redirect_uses",
        "resources",
        "roles",
        "scopes",
    ];

    /// Whoever adds a table says here what a restore does with it.
    #[tokio::test]
    async fn of_every_table_it_is_said_what_stays_ended() -> Result<(), StoreError> {
        let database = Database::sqlite().await;
        let tables = "SELECT name FROM sqlite_schema WHERE type = 'table'";
        for table in each(database.engine().await.load(tables, &[]).await?, Cursor::text)? {
            let changes = |rule: &&Rule| !rule.sql.starts_with("SELECT");
            let ruled = ALL.iter().filter(changes).any(|rule| rule.sql.contains(&format!("main.{table} ")));
            assert_ne!(
                ruled,
                AS_IT_WAS.contains(&table.as_str()),
                "{table}: add a rule for what of it may be ended or taken away, or name it as what stays as it was"
            );
        }
        Ok(())
    }
}
