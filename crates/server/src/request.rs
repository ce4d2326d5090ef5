//! A request as handlers see it: head and body, both bounded, the body read in full.

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::header::AsHeaderName;
use http::request::Parts;
use http::{HeaderMap, HeaderName, Method, header};
use ipnet::IpNet;
use symbolon_oauth::dialect::read::{Headers, Message};
use symbolon_oauth::error::{ErrorCode, Refusal};
use symbolon_oauth::parameters::Parameters;
use symbolon_oauth::reason::Reason;
use symbolon_platform::app::App;
use tokio::sync::OwnedSemaphorePermit;

use crate::clock::Stopwatch;
use crate::language::{Language, choice};
use crate::multipart::{self, Part};
use crate::routes::field::Field;
use crate::trail::Trail;

/// A request.
pub struct Request {
    /// Its head.
    pub parts: Parts,
    /// Its body.
    pub body: Bytes,
    /// Whether it sent more than may be uploaded, so that there is no body.
    pub oversized: bool,
    /// The room that its body takes, where that is more than any body may take.
    pub room: Option<OwnedSemaphorePermit>,
    /// Who sent it, as far as we believe it.
    pub address: IpAddr,
    /// Its name in the log and on error pages.
    pub id: String,
    /// When it arrived.
    pub began: Stopwatch,
    /// What the log tells of it.
    pub trail: Trail,
    /// The app as its developer tries it, where the portal sends this for it. Nothing that arrives here has one.
    pub tried: Option<Arc<App>>,
}

impl Request {
    /// The value of a header, if it is text and there is exactly one.
    #[must_use]
    pub fn header(&self, name: impl AsHeaderName) -> Option<&str> {
        let mut values = self.parts.headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (Some(only), None) => only.to_str().ok(),
            _ => None,
        }
    }

    /// The language that its person reads, as far as the request says.
    #[must_use]
    pub fn language(&self) -> Language {
        language(&self.parts.headers, self.parts.uri.query())
    }

    /// The method.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.parts.method
    }

    /// The host it was sent to, as the gate proved it: with a port where the request wrote one.
    #[must_use]
    pub fn host(&self) -> &str {
        let named = self.parts.uri.authority().map(http::uri::Authority::as_str);
        named.or_else(|| self.header(header::HOST)).unwrap_or_default()
    }

    /// The path, as it was sent.
    #[must_use]
    pub fn path(&self) -> &str {
        self.parts.uri.path()
    }

    /// What the protocol reads of it.
    #[must_use]
    pub fn message(&self) -> Message<'_> {
        Message { query: self.parts.uri.query(), headers: self, body: &self.body }
    }

    /// Whether this header was sent more than once, so that nobody may choose between its values.
    #[must_use]
    pub fn repeats(&self, name: &HeaderName) -> bool {
        self.parts.headers.get_all(name).iter().nth(1).is_some()
    }

    /// The `Authorization` header, if it was sent.
    ///
    /// # Errors
    /// `invalid_request` when it was sent more than once.
    pub fn authorization(&self) -> Result<Option<&str>, Refusal> {
        if self.repeats(&header::AUTHORIZATION) {
            let description = "there is more than one Authorization header";
            return Err(Refusal::new(ErrorCode::InvalidRequest, Reason::TwoHeaders, description));
        }
        Ok(self.header(header::AUTHORIZATION))
    }

    /// The query, as parameters.
    ///
    /// # Errors
    /// `invalid_request` when a parameter repeats.
    pub fn query(&self) -> Result<Parameters, Refusal> {
        Parameters::from_form(self.parts.uri.query().unwrap_or_default().as_bytes())
    }

    /// The pairs of a posted form, in order; a name may repeat (checkboxes do). One that is none is empty.
    #[must_use]
    pub fn form(&self) -> PostedForm {
        let Some(boundary) = self.header(header::CONTENT_TYPE).and_then(multipart::boundary) else {
            let pairs = form_urlencoded::parse(&self.body).into_owned().collect();
            return PostedForm { pairs, files: Vec::new() };
        };
        let (files, texts): (Vec<_>, Vec<_>) = multipart::parts(&self.body, boundary)
            .unwrap_or_default()
            .into_iter()
            .partition(|part| part.file);
        let text = |part: Part| (part.name, String::from_utf8_lossy(&part.content).into_owned());
        PostedForm {
            pairs: texts.into_iter().map(text).collect(),
            files: files.into_iter().map(|part| (part.name, part.content)).collect(),
        }
    }

    /// The value of a cookie.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.parts.headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok()).find_map(
            |line| {
                line.split(';')
                    .filter_map(|pair| pair.trim().split_once('='))
                    .find(|(own, _)| *own == name)
                    .map(|(_, v)| v)
            },
        )
    }
}

impl Headers for Request {
    fn header(&self, name: &str) -> Option<&str> {
        Request::header(self, name)
    }
}

/// A posted form.
pub struct PostedForm {
    pairs: Vec<(String, String)>,
    files: Vec<(String, Bytes)>,
}

impl PostedForm {
    /// The first value of a field; empty when it was not sent.
    #[must_use]
    pub fn get(&self, field: Field) -> &str {
        self.pairs.iter().find(|(own, _)| own == field.name()).map_or("", |(_, value)| value)
    }

    /// The file in a field, where one was chosen.
    #[must_use]
    pub fn file(&self, field: Field) -> Option<&Bytes> {
        self.files.iter().find(|(own, _)| own == field.name()).map(|(_, content)| content)
    }

    /// Every value of a field.
    pub fn all(&self, field: Field) -> impl Iterator<Item = &str> {
        self.pairs.iter().filter(move |(own, _)| own == field.name()).map(|(_, value)| value.as_str())
    }
}

/// The language that a request asks for: in its address, then in its header, and the fallback without either.
#[must_use]
pub fn language(headers: &HeaderMap, query: Option<&str>) -> Language {
    let pairs = query.into_iter().flat_map(|query| form_urlencoded::parse(query.as_bytes()));
    let asked =
        pairs.filter(|(name, _)| name == "ui_locales").find_map(|(_, tags)| choice::by_ui_locales(&tags));
    let lines = headers.get_all(header::ACCEPT_LANGUAGE).iter().filter_map(|line| line.to_str().ok());
    asked.or_else(|| choice::by_accept_language(lines)).unwrap_or_else(Language::fallback)
}

/// What one source of tries is counted under: an IPv4 address, or the /64 of an IPv6 one.
#[must_use]
pub fn network(address: IpAddr) -> IpNet {
    within(address, 64).unwrap_or(IpNet::from(address))
}

/// The /48 of an IPv6 address, which may all be one source's.
#[must_use]
pub fn wide_network(address: IpAddr) -> Option<IpNet> {
    within(address, 48)
}

fn within(address: IpAddr, prefix: u8) -> Option<IpNet> {
    match address {
        IpAddr::V4(_) => None,
        IpAddr::V6(_) => IpNet::new(address, prefix).ok().map(|net| net.trunc()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap_or(IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED))
    }

    #[test]
    fn a_whole_64_is_one_source() {
        assert_eq!(network(ip("2001:db8:1:2::1")), network(ip("2001:db8:1:2:ffff::9")));
        assert_ne!(network(ip("2001:db8:1:2::1")), network(ip("2001:db8:1:3::1")));
        assert_eq!(wide_network(ip("2001:db8:1:2::1")), wide_network(ip("2001:db8:1:3::1")));
        assert_ne!(wide_network(ip("2001:db8:1::1")), wide_network(ip("2001:db8:2::1")));
        assert_eq!(network(ip("203.0.113.7")).to_string(), "203.0.113.7/32");
        assert_eq!(wide_network(ip("203.0.113.7")), None);
    }
}
