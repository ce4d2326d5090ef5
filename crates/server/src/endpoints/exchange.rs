//! Exchange of an authorization code for tokens (RFC 6749 §4.1.3).

use http::Response;
use symbolon_oauth::credential::Kind;
use symbolon_oauth::dialect::write::Tokens;
use symbolon_oauth::grant_type::InForce;
use symbolon_oauth::grant_type::authorization_code::{self, CodeFacts, CodeRequest, Effect, Redemption};
use symbolon_oauth::id::Id;
use symbolon_oauth::time::Timestamp;
use symbolon_platform::authority::{FamilyState, GrantFacts};
use symbolon_platform::deed::Deed;
use symbolon_store::audit::Actor;
use symbolon_store::codes::NewFamily;

use crate::decide_again::{Patience, decide_again};
use crate::endpoints::asked::Asked;
use crate::failure::Failure;
use crate::reply::Body;
use crate::sources::acting_for;

/// Answers an exchange.
///
/// # Errors
/// What the grant type refuses.
pub async fn answer(asked: &Asked<'_>) -> Result<Response<Body>, Failure> {
    let request = CodeRequest::parse(&asked.parameters, asked.known_resource())?;
    decide_again(Patience::Seconds, || exchange(asked, &request)).await
}

async fn exchange(asked: &Asked<'_>, request: &CodeRequest) -> Result<Response<Body>, Failure> {
    let code = match request.code {
        Some(presented) => asked.state.store.code(Id::new(presented.id)).await?,
        None => None,
    };
    let grant = asked.grant(code.as_ref().map(|code| code.grant)).await?;
    let grant = in_force(asked, code.as_ref(), grant.as_deref());
    match authorization_code::decide(request, code.as_ref(), grant, asked.terms()) {
        Ok((redemption, grant)) => {
            let began = begins(code.as_ref(), grant, asked.now);
            redeem(asked, &redemption, (grant, began)).await
        }
        Err((refusal, effect)) => {
            carry_out(asked, effect).await?;
            Err(refusal.into())
        }
    }
}

/// What the grant allows now. A password change ends what was consented to before it.
fn in_force<'g>(
    asked: &Asked<'_>,
    code: Option<&CodeFacts>,
    grant: Option<&'g GrantFacts>,
) -> Option<InForce<&'g GrantFacts>> {
    let family = FamilyState { id: None, began: code?.created_at, ended: false };
    asked.in_force(grant?, family)
}

/// When a family begins: not before its code, and after the only one before it, also where their nodes' clocks are ahead.
fn begins(code: Option<&CodeFacts>, grant: &GrantFacts, now: Timestamp) -> Timestamp {
    let after = [code.map(|code| code.created_at), grant.only_family.map(|(_, began)| began.next())];
    after.into_iter().flatten().fold(now, Timestamp::max)
}

async fn redeem(
    asked: &Asked<'_>,
    redemption: &Redemption,
    (grant, began): (&GrantFacts, Timestamp),
) -> Result<Response<Body>, Failure> {
    let Asked { state, app, now, .. } = asked;
    let family = state.entropy.new_id(*now)?;
    let access_id = state.entropy.new_id(*now)?;
    let access = asked.mint(Kind::AccessToken, access_id)?;
    let refresh = match redemption.refresh {
        Some(_) => Some(asked.mint_refresh(family, None)?),
        None => None,
    };
    let new = NewFamily {
        family,
        began,
        refresh: refresh.as_ref().map(|(_, minted)| *minted),
        access_token: access_id,
        access_hash: access.hash(),
        access_kept_until: asked.served.mounted.kept_until(now.after(redemption.access)),
    };
    state.store.redeem_code(redemption, app.client.id, new, *now).await?;
    let tokens = Tokens {
        access: access.expose(),
        access_expires_at: now.after(redemption.access),
        refresh: refresh.as_ref().map(|(secret, _)| secret.expose()),
        refresh_expires_at: redemption.refresh_expires_at(*now),
    };
    Ok(asked.write(tokens, &redemption.scopes, Some(acting_for(grant))))
}

/// What a refusal does besides refusing, done before it is answered.
async fn carry_out(asked: &Asked<'_>, effect: Effect) -> Result<(), Failure> {
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
    Ok(())
}
