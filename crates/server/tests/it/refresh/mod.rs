//! Refreshing: one lineage, a short grace, and an end that holds.

mod allowed;
mod grace;
mod lineage;

use crate::support::{Answer, Client, TestApp, Tokens};

const TOKEN: &str = "/oauth/token";

async fn refresh_with(client: &Client, token: &str, more: &[(&str, &str)]) -> Answer {
    let mut pairs = vec![("grant_type", "refresh_token"), ("refresh_token", token)];
    pairs.extend_from_slice(more);
    client.post(TOKEN, &pairs).await
}

/// Expects that nothing of a family works any more.
async fn dead(app: &TestApp, client: &Client, family: &[&Tokens]) {
    for tokens in family {
        assert!(!app.api().sees_alive(&tokens.access).await);
        client.refresh(&tokens.refresh).await.refused(400, "invalid_grant");
    }
}
