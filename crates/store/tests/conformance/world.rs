//! A small world for the verbs: an app, a person, their place and what they gave.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use symbolon_oauth::authorize::{self, AuthorizationRequest, ClientFacts, RequestParameters};
use symbolon_oauth::client::{Client, ClientType, Generations, GrantType, Level};
use symbolon_oauth::credential::{Mark, SecretHash};
use symbolon_oauth::dialect::{Dialect, Serves};
use symbolon_oauth::grant_type::authorization_code::Redemption;
use symbolon_oauth::grant_type::refresh_token::Minted;
use symbolon_oauth::id::{AccessTokenId, CodeId, FamilyId, GrantId, Id, InteractionId};
use symbolon_oauth::parameters::Parameters;
use symbolon_oauth::policy::Policy;
use symbolon_oauth::scope::ScopeSet;
use symbolon_oauth::time::{Lifetime, Timestamp};
use symbolon_platform::app::{App, AppStatus, Look};
use symbolon_platform::consent::{Known, Seen};
use symbolon_platform::deed::Deed;
use symbolon_platform::grant::{Grant, GrantStatus};
use symbolon_platform::listing::Listing;
use symbolon_platform::tenant::{Standing, Tenant, TenantKind};
use symbolon_platform::user::{Login, User};
use symbolon_store::browser_sessions::NewBrowserSession;
use symbolon_store::change::{AppChange, MembershipChange, TenantChange, UserChange};
use symbolon_store::codes::{Answered, NewCode, NewFamily};
use symbolon_store::grants::Consent;
use symbolon_store::tenants::NewMembership;
use symbolon_store::testing::Database;
use symbolon_store::{Actor, Audit, Change, Store, StoreError};

/// The moment at which every story begins.
pub const T0: Timestamp = Timestamp(1_800_000_000_000);

/// `milliseconds` after the beginning.
pub fn at(milliseconds: i64) -> Timestamp {
    Timestamp(T0.0 + milliseconds)
}

/// A new identifier, never the same twice in this process.
pub fn fresh<K>() -> Id<K> {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let mut random = [0; 10];
    random[2..].copy_from_slice(&NEXT.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    Id::time_ordered(T0.0, random)
}

/// A row of the audit about this.
pub fn audit(action: Deed) -> Audit {
    Audit::new(fresh(), T0, action, Actor::Server)
}

/// The set of these scopes.
pub fn scopes(text: &str) -> ScopeSet {
    ScopeSet::parse(text).unwrap()
}

/// A store in which Jane works for Clinic North and Demo App is declared.
pub struct World {
    pub store: Store,
    pub app: App,
    pub user: User,
    pub tenant: Tenant,
}

impl World {
    pub async fn new(database: &Database) -> World {
        World::within(database.store().await).await
    }

    /// The same in a store that is open already.
    pub async fn within(store: Store) -> World {
        let (app, user, tenant) = (app(), user("u-jane", "jane@example.com"), tenant("north"));
        let membership = NewMembership {
            tenant: tenant.id,
            user: user.id,
            role: "practitioner".to_owned(),
            standing: Standing::Active,
            created_at: T0,
        };
        let changes = [
            TenantChange::Create { tenant: tenant.clone(), at: T0 }.into(),
            UserChange::Create { user: user.clone(), password_hash: None, at: T0 }.into(),
            MembershipChange::Put { old: None, new: membership }.into(),
            AppChange::Create(app.clone()).into(),
        ];
        store.change(&changes, &[]).await.unwrap();
        World { store, app, user, tenant }
    }

    /// A grant of Jane's for these scopes, not yet given.
    pub fn grant(&self, asked: &str) -> Grant {
        Grant {
            id: fresh(),
            app: self.app.client.id,
            level: Level::User,
            tenant: self.tenant.id,
            user: self.user.id,
            scopes: scopes(asked),
            status: GrantStatus::Active,
            expires_at: None,
            created_at: T0,
            updated_at: T0,
            last_used_at: None,
        }
    }

    /// A code under a grant, with the hash of this text, alive for a minute.
    pub fn code<'a>(&self, grant: GrantId, request: &'a AuthorizationRequest, text: &str) -> NewCode<'a> {
        NewCode {
            id: fresh(),
            hash: SecretHash::of(text),
            app: self.app.client.id,
            grant,
            request,
            scopes: &request.scopes,
            auth_time: T0,
            created_at: T0,
            expires_at: at(60_000),
        }
    }

    /// Jane consents: a grant, and a code under it.
    pub async fn consented(&self) -> (Grant, CodeId) {
        let (grant, request) = (self.grant("forms:read forms:write"), request());
        let code = self.code(grant.id, &request, "the code");
        let id = code.id;
        let answered = answered(Consent::Give { grant: grant.clone() });
        self.store
            .issue_code(code, Some(answered), Some(audit(Deed::GrantCreated).of_grant(&grant)))
            .await
            .unwrap();
        (grant, id)
    }

    /// Jane consents, and the app exchanges its code.
    pub async fn connected(&self) -> (Grant, NewFamily) {
        let (grant, code) = self.consented().await;
        let new = new_family();
        self.redeem(code, &grant, new).await.unwrap();
        (grant, new)
    }

    /// The app exchanges a code.
    pub async fn redeem(&self, code: CodeId, grant: &Grant, new: NewFamily) -> Result<(), StoreError> {
        self.store.redeem_code(&redemption(code, grant), self.app.client.id, new, T0).await
    }

    /// Jane signs in.
    pub async fn signed_in(&self) -> symbolon_oauth::id::BrowserSessionId {
        let id = fresh();
        let new = NewBrowserSession {
            id,
            hash: SecretHash::of("cookie"),
            user: self.user.id,
            agent: "Test Browser",
            place: "203.0.113.x",
            auth_time: T0,
            created_at: T0,
            now: T0,
            expires_at: at(3_600_000),
            language: "en",
        };
        self.store.begin_browser_session(new, None, audit(Deed::BrowserSessionCreated)).await.unwrap();
        id
    }
}

/// What a person knows of an app.
pub fn known() -> Known {
    Known {
        name: "App".to_owned(),
        publisher: "Studio".to_owned(),
        resources: [String::new(), "https://api.example.com".to_owned()].into(),
        scopes: scopes("a b"),
    }
}

/// A form that is answered so.
pub fn answered(consent: Consent) -> Answered {
    let interaction: InteractionId = fresh();
    let (user, grant, tenant) = (consent.grant().user, consent.grant().id, consent.grant().tenant);
    let destinations = vec!["https://app.example.net".to_owned()];
    let seen = Seen { grant, tenant, destinations, refused: ScopeSet::new(), known: known() };
    Answered { interaction, expires_at: at(900_000), consent, user, seen }
}

/// A family of an hour's access and a day's refresh.
pub fn redemption(code: CodeId, grant: &Grant) -> Redemption {
    Redemption {
        code,
        grant: grant.id,
        scopes: grant.scopes.clone(),
        resource: None,
        access: Lifetime::seconds(3600),
        refresh: Some(Lifetime::seconds(86_400)),
        refresh_max: Lifetime::NEVER,
        ends_others: false,
        only_access: false,
        generation: 0,
    }
}

/// What is kept of a refresh token.
pub fn minted(text: &str) -> Minted {
    Minted { hash: SecretHash::of(text), mark: Mark(0xffff_fff7) }
}

pub fn new_family() -> NewFamily {
    let (family, access_token): (FamilyId, AccessTokenId) = (fresh(), fresh());
    NewFamily {
        family,
        began: T0,
        refresh: Some(minted(&format!("refresh {family}"))),
        access_token,
        access_hash: SecretHash::of(&format!("access {access_token}")),
        access_kept_until: None,
    }
}

pub fn app() -> App {
    App {
        client: Client {
            id: fresh(),
            client_id: "demo-app".to_owned(),
            client_type: ClientType::Confidential,
            dialect: "rfc".to_owned(),
            secrets: Vec::new(),
            authentication_method: None,
            redirect_uris: vec!["https://app.example.net/callback".to_owned()],
            scopes: scopes("forms:read forms:write"),
            optional_scopes: ScopeSet::new(),
            grant_types: GrantType::ALL.to_vec(),
            pkce_excused: true,
            native: false,
            unknown_scopes: None,
            level: Level::User,
            generations: Generations::default(),
        },
        name: "Demo App".to_owned(),
        listing: Listing { homepage: Some("https://app.example.net".to_owned()), ..Listing::default() },
        status: AppStatus::Live,
        owner: None,
        created_at: T0,
    }
}

/// This app becomes that one.
pub fn update(old: &App, new: &App) -> Change {
    AppChange::Update { old: Box::new(old.clone()), new: Box::new(new.clone()) }.into()
}

/// This app looks like that one from now on.
pub fn looks(old: &App, new: &App) -> Change {
    AppChange::SetLook { app: old.client.id, old: Look::of(old), new: Look::of(new) }.into()
}

pub fn user(external_id: &str, email: &str) -> User {
    User {
        id: fresh(),
        external_id: external_id.to_owned(),
        login: Login::Email(email.to_owned()),
        username: None,
        name: "Jane Doe".to_owned(),
        standing: Standing::Active,
        staff: false,
    }
}

pub fn tenant(external_id: &str) -> Tenant {
    Tenant {
        id: fresh(),
        external_id: external_id.to_owned(),
        name: "Clinic North".to_owned(),
        kind: TenantKind::Organization,
        base_url: Some("https://api.example.com".to_owned()),
        region: None,
        standing: Standing::Active,
    }
}

/// Read and judged once: that is work for the processor, and fifty tries on one thread would hold each other up with it for
/// longer than a transaction may wait.
static STANDARD: LazyLock<Dialect> = LazyLock::new(|| Dialect::preset("rfc").unwrap());

/// A request that passed the checks.
pub fn request() -> AuthorizationRequest {
    let client = app().client;
    let dialect = &*STANDARD;
    let endpoint = dialect.endpoint(Serves::Authorize).unwrap();
    let form = "response_type=code&redirect_uri=https://app.example.net/callback&scope=forms:read+forms:write\
                &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256\
                &resource=https://api.example.com";
    let parameters = RequestParameters::of(Parameters::from_form(form.as_bytes()).unwrap());
    let server = Policy {
        refresh: Lifetime::seconds(86_400),
        refresh_max_public: Lifetime::seconds(864_000),
        ..Policy::default()
    };
    let policy = dialect.policy(endpoint, &server);
    let addressed = authorize::address(&parameters, &client, &policy, "https://issuer.example").unwrap();
    let facts = ClientFacts {
        client: &client,
        askable: &client.scopes,
        shown: None,
        known_resource: Some("https://api.example.com"),
    };
    authorize::check(&addressed, &parameters, facts, &policy).unwrap()
}

/// How many of fifty tries at once succeeded, conflicted, and met something else.
pub async fn fifty<F>(attempt: impl Fn(usize) -> F) -> (usize, usize, usize)
where
    F: Future<Output = Result<(), StoreError>> + Send + 'static,
{
    let mut running = tokio::task::JoinSet::new();
    for n in 0..50 {
        running.spawn(attempt(n));
    }
    let outcomes = running.join_all().await;
    let count = |wanted: fn(&Result<(), StoreError>) -> bool| outcomes.iter().filter(|o| wanted(o)).count();
    (
        count(|outcome| outcome.is_ok()),
        count(|outcome| matches!(outcome, Err(StoreError::Conflict))),
        count(|outcome| matches!(outcome, Err(StoreError::Unavailable(_)))),
    )
}

/// Polls a future once and drops it, as a server does when the client hangs up.
pub async fn hang_up<T>(future: impl Future<Output = T>) {
    let mut future = Box::pin(future);
    std::future::poll_fn(|context| {
        let _ = future.as_mut().poll(context);
        std::task::Poll::Ready(())
    })
    .await;
}
