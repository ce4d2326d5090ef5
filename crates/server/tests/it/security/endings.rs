//! What ends a connection ends it in every dialect, at once, at every place that sees a token.

use symbolon_oauth::client::GrantType;
use symbolon_oauth::credential::Secret;
use symbolon_platform::app::App;
use symbolon_platform::tenant::Standing;
use symbolon_store::change::ClientSecretChange;
use symbolon_store::client_secrets::StoredSecret;
use symbolon_store::testing::Database;

use super::party::Party;
use super::speaker::{SPEAKERS, refreshing};
use super::start;
use crate::outage;
use crate::support::{PASSWORD, SECOND, stories};

stories!(
    a_disabled_person,
    a_suspended_app,
    a_membership_that_ended,
    a_connection_that_was_ended_by_its_person,
    a_code_after_its_permission_ended,
    an_old_secret,
    an_app_suspended_during_consent,
    a_tenant_suspended_during_consent,
    a_scope_that_was_taken_away,
    a_grant_type_that_was_taken_away,
    an_outage_is_no_verdict,
);

/// E-17, J-05, N-25.
async fn a_disabled_person(database: Database) {
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        let tokens = party.connects(&mut gus).await;
        party.lives(&tokens, "before").await;
        app.disable_user("gus").await;
        party.is_dead(&tokens, "a disabled person").await;
        app.enable_user("gus").await;
        party.lives(&tokens, "enabled again").await;
    }
}

/// J-05, Q-20.
async fn a_suspended_app(database: Database) {
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        let tokens = party.connects(&mut gus).await;
        party.lives(&tokens, "before").await;
        app.suspend(party.client_id).await;
        party.is_dead(&tokens, "a suspended app").await;
        let page = app.get(&party.asks().url()).await;
        assert!((400..500).contains(&page.status) && page.location().is_empty(), "{page:?}");
        app.resume(party.client_id).await;
        party.lives(&tokens, "resumed").await;
    }
}

/// E-17.
async fn a_membership_that_ended(database: Database) {
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        let tokens = party.connects(&mut gus).await;
        let (tenant, role) = speaker.place;
        party.lives(&tokens, "before").await;
        app.remove_member(tenant, "gus").await;
        party.is_dead(&tokens, "a membership that ended").await;
        app.set_role(tenant, "gus", role).await;
        party.lives(&party.connects(&mut gus).await, "a member again").await;
    }
}

/// E-16: the person disconnects it.
async fn a_connection_that_was_ended_by_its_person(database: Database) {
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        let tokens = party.connects(&mut gus).await;
        party.lives(&tokens, "before").await;
        gus.disconnects().await;
        party.is_dead(&tokens, "a connection that was ended").await;
        party.lives(&party.connects(&mut gus).await, "connected again").await;
        gus.disconnects().await;
    }
}

/// B-22, B-23: between approval and exchange something ends.
async fn a_code_after_its_permission_ended(database: Database) {
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        let asked = party.asks();

        let code = party.code(&mut gus, &asked).await;
        gus.disconnects().await;
        party.is_refused(&party.exchange(&asked, &code), "disconnected").await;

        let code = party.code(&mut gus, &asked).await;
        app.disable_user("gus").await;
        party.is_refused(&party.exchange(&asked, &code), "disabled").await;
        app.enable_user("gus").await;
        party.is_refused(&party.exchange(&asked, &code), "enabled again").await;
        assert_eq!(gus.look("/account").await.location(), "/login", "no session comes back with its person");

        let code = party.code(&mut gus, &asked).await;
        app.suspend(party.client_id).await;
        party.is_refused(&party.exchange(&asked, &code), "suspended").await;
        app.resume(party.client_id).await;
        party.is_refused(&party.exchange(&asked, &code), "resumed").await;

        let code = party.code(&mut gus, &asked).await;
        let (tenant, role) = speaker.place;
        app.remove_member(tenant, "gus").await;
        app.set_role(tenant, "gus", role).await;
        party.is_refused(&party.exchange(&asked, &code), "a member again").await;

        let code = party.code(&mut gus, &asked).await;
        app.advance(1);
        app.set_password("gus", PASSWORD).await;
        party.is_refused(&party.exchange(&asked, &code), "a new password").await;

        party.lives(&party.connects(&mut gus).await, "with everything in force").await;
        gus.disconnects().await;
    }
}

/// B-23, D-30: a secret that was replaced opens nothing.
async fn an_old_secret(database: Database) {
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS.iter().filter(|speaker| !speaker.public) {
        let party = Party::first(&app, speaker);
        let (asked, code) = party.asks_for_code(&mut gus).await;
        let stored = app.state().store.load_app_by_client_id(party.client_id).await;
        let id = stored.expect("the store answers").expect("the app").client.id;
        for (secret, right) in [("another secret", false), (&party.secret().unwrap_or_default(), true)] {
            let row = StoredSecret::of(
                &Secret::given(secret),
                &[],
                app.state().entropy.new_id(app.now()).expect("randomness"),
                app.now(),
            );
            app.change(ClientSecretChange::Rotate { app: id, secret: row, old_until: app.now() }.into())
                .await;
            let posted = party.exchange(&asked, &code);
            if right {
                party.lives(&party.tokens(&party.send(&posted).await), "the right secret").await;
            } else {
                party.is_refused(&posted, "a secret that was replaced").await;
            }
        }
    }
}

///
async fn an_app_suspended_during_consent(database: Database) {
    let (app, mut gus) = start(database).await;
    gus.sign_in().await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        let asked = party.asks().with("prompt", "consent");
        gus.open(&asked.url()).await;
        app.suspend(party.client_id).await;
        let answer = gus.consents_for(speaker.place.0).await;
        assert!((400..500).contains(&answer.status), "{}: {answer:?}", speaker.name);
        assert_eq!(answer.location(), "", "{}", speaker.name);
        app.resume(party.client_id).await;
        // A question that is still open once the app is back is answered by what holds then: it has given nothing before.
        gus.open(&asked.url()).await;
        app.suspend(party.client_id).await;
        app.resume(party.client_id).await;
        let answer = gus.consents_for(speaker.place.0).await;
        let tokens = party.exchanges(&asked, answer.callback().code()).await;
        party.lives(&tokens, "allowed once the app was back").await;
    }
}

/// The same of the tenant for which somebody is about to say yes.
async fn a_tenant_suspended_during_consent(database: Database) {
    let (app, mut gus) = start(database).await;
    gus.sign_in().await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        let stands = async |standing| app.set_tenant_standing(speaker.place.0, standing).await;
        let asked = party.asks().with("prompt", "consent");
        gus.open(&asked.url()).await;
        stands(Standing::Disabled).await;
        let answer = gus.consents_for(speaker.place.0).await;
        assert!(!answer.location().contains("code="), "{}: {answer:?}", speaker.name);
        stands(Standing::Active).await;
        // One page stays open all the while: it is answered by what holds when it is answered.
        gus.open(&asked.url()).await;
        stands(Standing::Disabled).await;
        stands(Standing::Active).await;
        let answer = gus.consents_for(speaker.place.0).await;
        let tokens = party.exchanges(&asked, answer.callback().code()).await;
        party.lives(&tokens, "allowed once the tenant was back").await;
    }
}

/// What came of a grant type that an app lost does not come back with it.
async fn a_grant_type_that_was_taken_away(database: Database) {
    let (app, mut gus) = start(database).await;
    for (speaker, _) in refreshing() {
        let party = Party::first(&app, speaker);
        let tokens = party.connects(&mut gus).await;
        let (asked, code) = party.asks_for_code(&mut gus).await;
        for lost in [GrantType::RefreshToken, GrantType::AuthorizationCode] {
            let take = |own: &mut App| own.client.grant_types.retain(|held| *held != lost);
            let before = app.change_app(party.client_id, take).await;
            let posted = party.refresh(&tokens.refresh).expect("it refreshes");
            party.is_refused(&posted, "a grant type that was taken away").await;
            app.change_app(party.client_id, |own| own.client.grant_types = before.client.grant_types).await;
            party.is_refused(&posted, "a grant type that was given back").await;
        }
        party.is_refused(&party.exchange(&asked, &code), "a code of a grant type that was given back").await;
        let fresh = party.connects(&mut gus).await;
        party.lives(&party.refreshes(&fresh).await.expect("tokens"), "what came later").await;
    }
}

/// E-15, F-11: what an app lost, its next token lacks, and so does the one it has.
async fn a_scope_that_was_taken_away(database: Database) {
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        let tokens = party.connects(&mut gus).await;
        let granted = app.api().introspect(&tokens.access).await["scope"].clone();
        let granted = granted.as_str().unwrap_or_default().to_owned();
        let lost = granted.split(' ').next_back().expect("a scope").to_owned();
        app.api().check(&tokens.access, &[&lost]).await.ok();
        let right = app
            .change_app(party.client_id, |own| {
                own.client.scopes = own.client.scopes.iter().filter(|scope| *scope != lost).collect();
            })
            .await;
        assert_eq!(app.api().check(&tokens.access, &[&lost]).await.status, 403, "{}", speaker.name);
        if let Some(renewed) = party.refreshes(&tokens).await {
            assert_eq!(app.api().check(&renewed.access, &[&lost]).await.status, 403, "{}", speaker.name);
        }
        app.change_app(party.client_id, |own| *own = right).await;
        let again = party.connects(&mut gus).await;
        app.api().check(&again.access, &[&lost]).await.ok();
    }
}

/// D-31, J-13: in every dialect's shape an outage is 503, and what was asked for can be asked for again.
async fn an_outage_is_no_verdict(database: Database) {
    let engine = outage::engine(database.url()).await;
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        for table in ["apps", "families", "access_tokens", "grants"] {
            let tokens = party.connects(&mut gus).await;
            let (asked, code) = party.asks_for_code(&mut gus).await;
            app.advance(SECOND);
            outage::rename(&engine, table, "away").await;
            let mut posted = vec![party.exchange(&asked, &code)];
            posted.extend(party.refresh(&tokens.refresh));
            posted.extend(party.identity(&tokens.access));
            posted.push(party.revocation(&tokens.access));
            let mut outages = 0;
            for posted in &posted {
                let answer = party.send(posted).await;
                let honest = (200..300).contains(&answer.status);
                assert!(honest || answer.status == 503, "{} without {table}: {answer:?}", speaker.name);
                assert_eq!(answer.status == 503, answer.header("retry-after") == "1", "{answer:?}");
                outages += usize::from(!honest);
            }
            outage::rename(&engine, "away", table).await;
            assert!(outages > 0, "{} without {table}", speaker.name);
            party.send(&party.revocation(&tokens.access)).await;
            assert!(!party.works(&tokens.access).await, "{}, after {table} came back", speaker.name);
        }
    }
}
