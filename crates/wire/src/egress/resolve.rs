//! What names stand for: asked of the resolver that is configured, else of the system's, for each request anew. Nothing is kept, so
//! that a changed `/etc/resolv.conf` counts at once and each set of answers is judged.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hickory_resolver::config::{
    ConnectionConfig, LookupIpStrategy, NameServerConfig, ResolveHosts, ResolverConfig,
};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::RData;
use hickory_resolver::{ResolverBuilder, TokioResolver};

use super::error::EgressError;

/// How long a name server has for one answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);
/// How often each question is asked.
const TRIES: usize = 2;

/// Asks what names stand for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Names {
    /// Who is asked; the system's resolver when nobody is named.
    pub(super) resolver: Option<SocketAddr>,
}

impl Names {
    /// All addresses of a name, IPv4 first. Aliases are followed to their end; search domains are not tried.
    pub(super) async fn addresses(self, host: &str) -> Result<Vec<IpAddr>, EgressError> {
        let found = match self.asked(host) {
            Ok((resolver, name)) => resolver.lookup_ip(name).await,
            Err(wrong) => Err(wrong),
        };
        match found {
            Ok(found) => Ok(found.iter().collect()),
            Err(wrong) if wrong.is_no_records_found() || wrong.is_nx_domain() => Ok(Vec::new()),
            Err(wrong) => Err(silent(host, &wrong)),
        }
    }

    /// The texts of a name (TXT), each in one piece; none when there are none.
    pub(super) async fn texts(self, name: &str) -> Result<Vec<String>, EgressError> {
        let found = match self.asked(name) {
            Ok((resolver, name)) => resolver.txt_lookup(name).await,
            Err(wrong) => Err(wrong),
        };
        let found = match found {
            Ok(found) => found,
            Err(wrong) if wrong.is_no_records_found() || wrong.is_nx_domain() => return Ok(Vec::new()),
            Err(wrong) => return Err(silent(name, &wrong)),
        };
        let text = |data: &RData| match data {
            RData::TXT(text) => Some(String::from_utf8_lossy(&text.txt_data.concat()).into_owned()),
            _ => None,
        };
        Ok(found.answers().iter().filter_map(|record| text(&record.data)).collect())
    }

    fn asked(self, name: &str) -> Result<(TokioResolver, String), NetError> {
        let mut builder = self.builder()?;
        let options = builder.options_mut();
        options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
        options.timeout = ANSWER_WITHIN;
        options.attempts = TRIES;
        options.cache_size = 0;
        if self.resolver.is_some() {
            options.use_hosts_file = ResolveHosts::Never;
        }
        // With its final dot no search domain is tried.
        Ok((builder.build()?, format!("{}.", name.trim_end_matches('.'))))
    }

    fn builder(self) -> Result<ResolverBuilder<TokioRuntimeProvider>, NetError> {
        let Some(own) = self.resolver else { return TokioResolver::builder_tokio() };
        let at_port = |mut connection: ConnectionConfig| {
            connection.port = own.port();
            connection
        };
        let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(at_port).into();
        let servers = vec![NameServerConfig::new(own.ip(), true, connections)];
        let config = ResolverConfig::from_parts(None, Vec::new(), servers);
        Ok(TokioResolver::builder_with_config(config, TokioRuntimeProvider::default()))
    }
}

fn silent(host: &str, wrong: &NetError) -> EgressError {
    EgressError::Resolver { host: host.to_owned(), said: wrong.to_string() }
}
