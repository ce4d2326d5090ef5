//! The server under test, in this process, and the people, apps and APIs that use it.
//!
//! A story gets a database of its own, starts a [`TestApp`] on it and asks it for actors: a [`Person`] with a browser,
//! a [`Client`], a [`Resource`]. Actors only send requests; what an operator does (`suspend`, `disable`) goes through
//! the store, as the command line does. Time stands still until [`TestApp::advance`].

mod answer;
mod ask;
mod browser;
mod client;
mod operator;
mod resource;
mod story;

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use symbolon_oauth::dialect::Dialect;
use symbolon_oauth::time::Timestamp;
use symbolon_platform::app::App;
use symbolon_server::clock::{Clock, Entropy};
use symbolon_server::config::Config;
use symbolon_server::declared::{self, Declared, ReadFile, Surroundings};
use symbolon_server::front::Front;
use symbolon_server::jobs::{Kind, work};
use symbolon_server::serve::{self, Running};
use symbolon_server::state::State;
use symbolon_store::Change;
use symbolon_store::change::AppChange;
use symbolon_store::testing::Database;
use symbolon_wire::mail::{Carrier, Outbox};

pub use answer::{Answer, Callback};
pub use ask::{Asked, challenge};
pub use browser::{PASSWORD, Person, choosing, with_field};
pub use client::{Client, Tokens};
pub use resource::Resource;
pub(crate) use story::{stories, stories_on_postgres};

/// When every story begins.
pub const BEGINNING: Timestamp = Timestamp(1_800_000_000_000);
/// A second of [`TestApp::advance`].
pub const SECOND: i64 = 1000;
/// A minute of [`TestApp::advance`].
pub const MINUTE: i64 = 60 * SECOND;
/// A day of [`TestApp::advance`].
pub const DAY: i64 = 24 * 60 * MINUTE;

/// Where requests come from unless a story says otherwise.
pub const HOME: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7));
/// The master key of every server under test.
pub const MASTER_KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const WORLD: &str = include_str!("world.toml");

/// How a server differs from the usual one.
#[derive(Clone, Debug)]
pub struct Options {
    /// Its public base URL.
    pub issuer: &'static str,
    /// More configuration, TOML.
    pub configuration: &'static str,
    /// More declared state, TOML.
    pub state: &'static str,
}

impl Default for Options {
    fn default() -> Self {
        Options { issuer: "http://127.0.0.1:8080", configuration: "", state: "" }
    }
}

/// A server under test. Clones are the same server.
#[derive(Clone)]
pub struct TestApp {
    inner: Arc<Inner>,
}

struct Inner {
    front: Front,
    state: Arc<State>,
    clock: Clock,
    config: Config,
    dialects: Vec<Dialect>,
    /// Last, so that the server lets go of it first.
    database: Arc<Database>,
}

impl TestApp {
    /// The usual server with the world of `world.toml`.
    pub async fn start(database: Database) -> TestApp {
        TestApp::with(database, Options::default()).await
    }

    /// The same, with differences.
    pub async fn with(database: Database, options: Options) -> TestApp {
        TestApp::of(database, &options, &operator::PEOPLE, WORLD).await
    }

    /// A server of other people (short name, name) in another world.
    pub async fn of(database: Database, options: &Options, people: &[(&str, &str)], world: &str) -> TestApp {
        let app = TestApp::bare(database, options).await;
        app.populate(people, world).await;
        if !options.state.is_empty() {
            app.declare(options.state).await;
        }
        app
    }

    /// The database, to be changed beside the server.
    pub fn database(&self) -> &Database {
        &self.inner.database
    }

    /// A server without a world of ours: on what the database holds.
    pub async fn without_a_world(database: Database, options: Options) -> TestApp {
        TestApp::bare(database, &options).await
    }

    /// A server that sends mail, into a box that a story can look into.
    pub async fn that_mails(database: Database, options: Options) -> (TestApp, Outbox) {
        let config = configuration(&database, options.issuer, options.configuration);
        let (mut state, outbox) = (state(&config).await, Outbox::default());
        state.mail = Some(Carrier::kept(outbox.clone(), "Acme <no-reply@acme.example>").expect("a sender"));
        let app = TestApp::around_state(Arc::new(state), config, Arc::new(database));
        app.populate(&operator::PEOPLE, WORLD).await;
        (app, outbox)
    }

    /// The same server, which mails from now on.
    pub fn now_mails(&self) -> (TestApp, Outbox) {
        let (inner, outbox) = (&self.inner, Outbox::default());
        let mut state = inner.state.renewed(&inner.config).expect("the dialects as before");
        state.mail = Some(Carrier::kept(outbox.clone(), "no-reply@acme.example").expect("a sender"));
        let state = Arc::new(state);
        let (front, config) = (Front::new(state.clone()), inner.config.clone());
        let (clock, dialects, database) =
            (inner.clock.clone(), inner.dialects.clone(), inner.database.clone());
        (TestApp { inner: Arc::new(Inner { front, state, clock, config, dialects, database }) }, outbox)
    }

    /// Does the mails that are due, as the server does at once, and answers how many were tried.
    pub async fn works_off_mails(&self) -> usize {
        let mut all = 0;
        loop {
            match work::round(&self.inner.state, Kind::Mail).await.expect("the store answers") {
                0 => return all,
                some => all += some,
            }
        }
    }

    async fn bare(database: Database, options: &Options) -> TestApp {
        let config = configuration(&database, options.issuer, options.configuration);
        let state = state(&config).await;
        TestApp::around_state(Arc::new(state), config, Arc::new(database))
    }

    fn around_state(state: Arc<State>, config: Config, database: Arc<Database>) -> TestApp {
        let clock = state.clock.clone();
        let dialects = state.dialects.iter().map(|own| own.dialect.clone()).collect();
        let front = Front::new(state.clone());
        TestApp { inner: Arc::new(Inner { front, state, clock, config, dialects, database }) }
    }

    /// The usual server, with the usual world, which also answers on a loopback socket: at its issuer. For what only a
    /// connection can do.
    pub async fn on_a_socket(database: Database) -> (TestApp, Running) {
        TestApp::on_a_socket_with(database, "").await
    }

    /// The same, with more configuration.
    pub async fn on_a_socket_with(database: Database, more: &str) -> (TestApp, Running) {
        let listener = serve::bind((Ipv4Addr::LOCALHOST, 0).into()).await.expect("a free port");
        let issuer = format!("http://{}", listener.local_addr().expect("its address"));
        let config = configuration(&database, &issuer, more);
        let running = serve::start(&config, state(&config).await, listener).await.expect("it listens");
        let app = TestApp::around_state(running.state.clone(), config, Arc::new(database));
        app.populate(&operator::PEOPLE, WORLD).await;
        (app, running)
    }

    async fn populate(&self, people: &[(&str, &str)], world: &str) {
        self.create_people(people).await;
        self.declare(world).await;
    }

    /// A second process on the same database. PostgreSQL only: a SQLite file has one server.
    pub async fn second_process(&self) -> TestApp {
        self.another(self.inner.clock.clone()).await
    }

    /// The same, with a clock of its own, which is behind by so many milliseconds.
    pub async fn second_process_behind(&self, milliseconds: i64) -> TestApp {
        self.another(Clock::fixed(Timestamp(self.now().0 - milliseconds))).await
    }

    async fn another(&self, clock: Clock) -> TestApp {
        let state = serve::state(&self.inner.config, clock.clone(), Entropy::seeded(8)).await;
        let state = Arc::new(state.expect("the second server starts"));
        let front = Front::new(state.clone());
        let inner = &self.inner;
        let database = inner.database.clone();
        let (config, dialects) = (inner.config.clone(), inner.dialects.clone());
        TestApp { inner: Arc::new(Inner { front, state, clock, config, dialects, database }) }
    }

    /// What the handlers lean on, for looking behind the curtain.
    pub fn state(&self) -> &State {
        &self.inner.state
    }

    /// The configuration of this server, with more in it.
    pub fn configured(&self, more: &str) -> Config {
        configuration(&self.inner.database, self.issuer(), more)
    }

    /// The issuer.
    pub fn issuer(&self) -> &str {
        self.inner.config.issuer.as_str()
    }

    /// Where a server on a socket is reached.
    pub fn address(&self) -> SocketAddr {
        self.inner.config.issuer.authority().parse().expect("an address of this machine")
    }

    /// The address of its database.
    pub fn storage(&self) -> &str {
        self.inner.database.url()
    }

    /// Whether the database is PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        self.inner.database.is_postgres()
    }

    /// Lets time pass, in milliseconds.
    pub fn advance(&self, milliseconds: i64) {
        self.inner.clock.advance(milliseconds);
    }

    /// Writes down what was used, as the server does every few seconds.
    pub async fn writes_usage(&self) {
        symbolon_server::workers::write_usage(self.state()).await;
    }

    /// Writes down what apps did and were refused, as the server does every minute.
    pub async fn writes_activity(&self) {
        symbolon_server::workers::write_refusals(self.state()).await;
        symbolon_server::workers::write_counts(self.state()).await;
    }

    /// Deletes all that is over, as the server does every few seconds.
    pub async fn sweeps(&self) {
        for kind in symbolon_store::sweep::Sweep::ALL {
            while self.state().store.sweep(kind, self.now()).await.expect("the store answers") > 0 {}
        }
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    /// The gate itself, for bodies that are not simply there.
    pub fn front(&self) -> &Front {
        &self.inner.front
    }

    /// Sends a request as it is, from an address.
    pub async fn send(&self, request: Request<Full<Bytes>>, from: IpAddr) -> Answer {
        let uri = request.uri().to_string();
        let response = self.inner.front.answer(request, from).await;
        Answer::read(&uri, response).await
    }

    /// A request with the right `Host`, from home, without cookies.
    pub async fn get(&self, target: &str) -> Answer {
        self.send(self.request("GET", target, &[], ""), HOME).await
    }

    /// Writes a request with the right `Host`.
    pub fn request(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Request<Full<Bytes>> {
        let mut request = Request::builder().method(method).uri(target);
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            request = request.header("host", self.inner.config.issuer.authority());
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(Full::new(Bytes::from(body.to_owned()))).expect("a request that can be written")
    }

    /// A person of the world, with a browser of their own.
    pub fn person(&self, name: &str) -> Person {
        Person::new(self, name)
    }

    /// An app of the world.
    pub fn client(&self, client_id: &str) -> Client {
        Client::new(self, client_id)
    }

    /// The API of the world: `https://api.example.com`.
    pub fn api(&self) -> Resource {
        Resource::new(self, "test-host-key")
    }

    /// The other API of the world, for which no token is meant: `https://other.example.com`.
    pub fn other_api(&self) -> Resource {
        Resource::new(self, "test-other-host-key")
    }

    /// Makes a declared state true, as `symbolon apply` does.
    pub async fn declare(&self, text: &str) {
        let declared = Declared::parse([("test", text)], &picture).unwrap_or_else(|wrong| panic!("{wrong}"));
        let applied = declared::apply(self.around(), &declared, allowing()).await;
        applied.unwrap_or_else(|wrong| panic!("{wrong}"));
    }

    /// The same, when it may be refused: the sentence that says why.
    pub async fn try_declare(&self, text: &str) -> Result<(), String> {
        self.try_declare_with(text, &picture).await
    }

    /// The same, with pictures of one's own.
    pub async fn try_declare_with(&self, text: &str, read: ReadFile<'_>) -> Result<(), String> {
        let declared = Declared::parse([("test", text)], read).map_err(|wrong| wrong.to_string())?;
        let applied = declared::apply(self.around(), &declared, allowing()).await;
        applied.map(|_| ()).map_err(|wrong| wrong.to_string())
    }

    /// Sends an authorization request that must be refused at the redirect URI, with `state` and `iss`, and answers
    /// what the client is told.
    pub async fn refuses(&self, asked: &Asked, error: &str) -> Callback {
        let answer = self.get(&asked.url()).await;
        let callback = answer.callback();
        callback.refused(error);
        assert_eq!(callback.to, asked.get("redirect_uri").split('?').next().unwrap_or_default());
        assert_eq!(callback.get("state").unwrap_or_default(), asked.get("state"), "{callback:?}");
        assert_eq!(callback.get("iss"), Some(self.issuer()), "{callback:?}");
        assert_eq!(answer.header("cache-control"), "no-store", "{answer:?}");
        callback
    }

    /// Makes one change, as the command line does.
    pub async fn change(&self, change: Change) {
        declared::change(self.around(), vec![(change, "test".to_owned())]).await.expect("the change is made");
    }

    /// Changes one app, and answers what it was.
    pub async fn change_app(&self, client_id: &str, how: impl FnOnce(&mut App)) -> App {
        let stored = self.state().store.load_app_by_client_id(client_id).await.expect("the store answers");
        let old = stored.expect("the app");
        let mut new = old.clone();
        how(&mut new);
        self.change(AppChange::Update { old: Box::new(old.clone()), new: Box::new(new) }.into()).await;
        old
    }

    fn around(&self) -> Surroundings<'_> {
        Surroundings::of(self.state(), &self.inner.dialects)
    }
}

/// Stories have short secrets, so that they read well.
fn allowing() -> declared::Options {
    declared::Options { allow_weak_secrets: true, ..declared::Options::default() }
}

/// The pictures that declared state of the stories names.
fn picture(path: &Path) -> io::Result<Vec<u8>> {
    symbolon_demo::picture(&Path::new("icons").join(path))
}

/// What an operator would have written, read by the code that reads it for them.
fn configuration(database: &Database, issuer: &str, more: &str) -> Config {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("symbolon.toml");
    let text = format!(
        "issuer = {:?}\nlisten = \"127.0.0.1:0\"\nmaster_key = {MASTER_KEY:?}\nstorage.url = {:?}\n{}",
        issuer,
        database.url(),
        more
    );
    std::fs::write(&file, text).expect("the configuration is written");
    Config::from_parts(Some(&file), &[]).unwrap_or_else(|wrong| panic!("{wrong}"))
}

async fn state(config: &Config) -> State {
    serve::state(config, Clock::fixed(BEGINNING), Entropy::seeded(7)).await.expect("the server starts")
}
