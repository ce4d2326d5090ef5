//! A code for tokens.

use std::sync::Arc;

use http::Response;
use symbolon_oauth::credential::{Kind, Presented};
use symbolon_oauth::dialect::write::Tokens;
use symbolon_oauth::error::Refusal;
use symbolon_oauth::grant_type::authorization_code::{
    self, CodeFacts, CodeRequest, Effect, Redemption, Terms,
};
use symbolon_oauth::id::Id;
use symbolon_oauth::scope::ScopeSet;
use symbolon_platform::authority::{self, FamilyState, GrantFacts};
use symbolon_platform::deed::Deed;
use symbolon_store::StoreError;
use symbolon_store::audit::Actor;
use symbolon_store::codes::NewFamily;

use crate::endpoints::token::{Asked, acting_for};
use crate::failure::Failure;
use crate::reply::Body;

/// A request that loses its commit sees the truth the next time; losing more often is an outage.
const ATTEMPTS: usize = 3;

/// What an exchange rests on.
struct Facts {
    code: Option<CodeFacts>,
    grant: Option<Arc<GrantFacts>>,
}

/// Answers an exchange. When another request wins the commit, the second decision sees the truth.
///
/// # Errors
/// What the grant type refuses.
pub async fn answer(asked: &Asked<'_>) -> Result<Response<Body>, Failure> {
    let request = CodeRequest::parse(&asked.parameters, asked.known_resource())?;
    for _ in 0..ATTEMPTS {
        let facts = load(asked, request.code).await?;
        let ceiling = ceiling(asked, &facts);
        let terms = Terms {
            client: &asked.app.client,
            ceiling: ceiling.as_ref(),
            policy: asked.served.policy,
            now: asked.now,
        };
        let redemption = match authorization_code::decide(&request, facts.code.as_ref(), terms) {
            Ok(redemption) => redemption,
            Err((refusal, effect)) => return Err(refuse(asked, refusal, effect).await?),
        };
        let Some(grant) = facts.grant else { return Err(Failure::Bug("proven facts are missing")) };
        match redeem(asked, &redemption, &grant).await {
            Err(Failure::Store(StoreError::Conflict)) => {}
            answered => return answered,
        }
    }
    Err(Failure::Store(StoreError::Conflict))
}

async fn load(asked: &Asked<'_>, code: Option<Presented>) -> Result<Facts, Failure> {
    let Some(presented) = code else { return Ok(Facts { code: None, grant: None }) };
    let code = asked.state.store.code(Id::new(presented.id)).await?;
    let grant = match &code {
        Some(code) => asked.state.store.grant_facts(code.grant, asked.now).await?,
        None => None,
    };
    Ok(Facts { code, grant })
}

/// What the grant allows now. A password change ends what was consented to before it.
fn ceiling(asked: &Asked<'_>, facts: &Facts) -> Option<ScopeSet> {
    let (code, grant) = (facts.code.as_ref()?, facts.grant.as_ref()?);
    let family = FamilyState { id: None, began: code.created_at, ended: false };
    let allowed = authority::ceiling(&asked.app, grant, &asked.catalogue, family, asked.now);
    allowed.inspect_err(|denied| tracing::info!(reason = denied.code(), "a code's grant allows nothing")).ok()
}

async fn redeem(
    asked: &Asked<'_>,
    redemption: &Redemption,
    grant: &GrantFacts,
) -> Result<Response<Body>, Failure> {
    let Asked { state, app, now, .. } = asked;
    let family = state.entropy.new_id(*now)?;
    let access_id = state.entropy.new_id(*now)?;
    let access = asked.mint(Kind::AccessToken, access_id)?;
    let refresh = match redemption.refresh {
        Some(_) => Some(asked.mint(Kind::RefreshToken, family)?),
        None => None,
    };
    let new = NewFamily {
        family,
        refresh_hash: refresh.as_ref().map(|secret| secret.hash()),
        access_token: access_id,
        access_hash: access.hash(),
        access_kept_until: asked.served.mounted.kept_until(now.after(redemption.access)),
    };
    state.store.redeem_code(redemption, app.client.id, new, *now).await?;
    let tokens = Tokens {
        access: access.expose(),
        access_expires_at: now.after(redemption.access),
        refresh: refresh.as_ref().map(|secret| secret.expose()),
        refresh_expires_at: redemption.refresh_expires_at(*now),
    };
    Ok(asked.write(tokens, &redemption.scopes, Some(acting_for(grant))))
}

/// What a refusal does besides refusing, done before it is answered.
async fn refuse(asked: &Asked<'_>, refusal: Refusal, effect: Effect) -> Result<Failure, Failure> {
    let store = &asked.state.store;
    match effect {
        Effect::None => {}
        Effect::Spend(code) => store.spend_code(code).await?,
        Effect::EndFamily(family) => {
            let app = asked.app.client.id;
            let deed = Deed::AuthorizationCodeReplayed;
            let audit = asked.state.deed(asked.request, deed, Actor::App(app), asked.now)?.app(app);
            store.end_family(family, "code_replayed", audit, asked.now).await?;
        }
    }
    Ok(refusal.into())
}
