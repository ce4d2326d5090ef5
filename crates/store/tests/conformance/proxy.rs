//! A loopback proxy in front of PostgreSQL that can be cut, hung and mended.

use tokio::io::{AsyncRead, AsyncWrite, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;
use tokio_postgres::config::Host;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Weather {
    Fair,
    /// Connections are closed at once.
    Cut,
    /// Connections are taken and nothing moves on them.
    Hung,
}

/// Stands between an engine and PostgreSQL.
pub struct Proxy {
    port: u16,
    weather: watch::Sender<Weather>,
}

impl Proxy {
    /// In front of the server at `url`.
    pub async fn start(url: &str) -> Proxy {
        let server: tokio_postgres::Config = url.parse().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (weather, seen) = watch::channel(Weather::Fair);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(carry(client, server.clone(), seen.clone()));
            }
        });
        Proxy { port, weather }
    }

    /// `url`, but through the proxy.
    pub fn url(&self, url: &str) -> String {
        let config: tokio_postgres::Config = url.parse().unwrap();
        let password = config.get_password().map(|p| format!(":{}", String::from_utf8_lossy(p)));
        let options = config.get_options().unwrap_or_default().replace('=', "%3D").replace(' ', "%20");
        format!(
            "postgres://{}{}@127.0.0.1:{}/{}?options={options}",
            config.get_user().unwrap_or("postgres"),
            password.unwrap_or_default(),
            self.port,
            config.get_dbname().unwrap_or("postgres"),
        )
    }

    /// Closes every connection, and every new one.
    pub fn cut(&self) {
        self.weather.send_replace(Weather::Cut);
    }

    /// Stops moving bytes.
    pub fn hang(&self) {
        self.weather.send_replace(Weather::Hung);
    }

    /// Works again, for new connections.
    pub fn mend(&self) {
        self.weather.send_replace(Weather::Fair);
    }
}

async fn carry(client: TcpStream, server: tokio_postgres::Config, mut weather: watch::Receiver<Weather>) {
    if *weather.borrow_and_update() == Weather::Fair {
        let port = server.get_ports().first().copied().unwrap_or(5432);
        let moving = async {
            match &server.get_hosts()[0] {
                Host::Tcp(host) => {
                    join(client, TcpStream::connect((host.as_str(), port)).await.unwrap()).await
                }
                Host::Unix(folder) => {
                    let path = folder.join(format!(".s.PGSQL.{port}"));
                    join(client, UnixStream::connect(path).await.unwrap()).await;
                }
            }
        };
        tokio::pin!(moving);
        tokio::select! {
            () = &mut moving => {}
            _ = weather.changed() => wait_out(&mut weather).await,
        }
    } else {
        wait_out(&mut weather).await;
    }
}

/// Keeps a connection open without moving anything on it while the weather says so.
async fn wait_out(weather: &mut watch::Receiver<Weather>) {
    let _ = weather.wait_for(|weather| *weather != Weather::Hung).await;
}

async fn join(mut client: TcpStream, mut server: impl AsyncRead + AsyncWrite + Unpin) {
    let _ = copy_bidirectional(&mut client, &mut server).await;
}
