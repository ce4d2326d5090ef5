//! Transport: HTTP/1.1, HTTP/2 and TLS on the way in, HTTP on the way out, and the signals that end it.
//!
//! It carries requests to a [`connection::Service`] and answers back, within limits of time, size and number, and knows
//! nothing of what they mean.

pub mod accept;
pub mod body;
pub mod connection;
mod connection_limit;
pub mod egress;
pub mod framing;
mod header_timeout;
pub mod mail;
pub mod proxy_protocol;
pub mod signals;
mod streams;
pub mod tls;
