//! The Rust code of the portal compiles as it is shown, with the library that it names.
//!
//! The library's own HTTP client comes with a TLS stack that nothing here needs, so a stand-in takes its place, which has what
//! the code calls, declared as that client declares it. The texts beside this file are the code with the values below.

use std::fs;
use std::path::Path;

use symbolon_server::views::portal::snippets::{Values, all};

const WRITE: &str = "SYMBOLON_WRITE_DOCS";

/// The library, with the stand-in.
mod oauth2 {
    pub use ::oauth2::*;

    /// What the code calls of `reqwest`.
    pub mod reqwest {
        /// An HTTP client's errors.
        pub type Error = std::io::Error;

        pub mod redirect {
            /// What becomes of redirects.
            pub struct Policy;

            impl Policy {
                pub fn none() -> Policy {
                    Policy
                }
            }
        }

        pub mod blocking {
            use super::Error;
            use super::redirect::Policy;
            use ::oauth2::{HttpRequest, HttpResponse, SyncHttpClient};

            pub struct Client;
            pub struct ClientBuilder;
            pub struct RequestBuilder;
            pub struct Response;

            impl Client {
                pub fn builder() -> ClientBuilder {
                    ClientBuilder
                }

                pub fn get(&self, _url: &str) -> RequestBuilder {
                    RequestBuilder
                }
            }

            impl ClientBuilder {
                pub fn redirect(self, _policy: Policy) -> ClientBuilder {
                    self
                }

                pub fn build(self) -> Result<Client, Error> {
                    Ok(Client)
                }
            }

            impl RequestBuilder {
                pub fn bearer_auth<T: std::fmt::Display>(self, _token: T) -> RequestBuilder {
                    self
                }

                pub fn send(self) -> Result<Response, Error> {
                    Ok(Response)
                }
            }

            impl Response {
                pub fn text(self) -> Result<String, Error> {
                    Ok(String::new())
                }
            }

            impl SyncHttpClient for Client {
                type Error = Error;

                fn call(&self, _request: HttpRequest) -> Result<HttpResponse, Error> {
                    Err(Error::other("it sends nothing"))
                }
            }
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "it is the program of a developer, which has its secret from there"
)]
mod confidential {
    use super::oauth2;
    include!("rust_snippet/confidential.rs");

    pub const MAIN: fn() -> Result<(), Box<dyn std::error::Error>> = main;
}

mod public {
    use super::oauth2;
    include!("rust_snippet/public.rs");

    pub const MAIN: fn() -> Result<(), Box<dyn std::error::Error>> = main;
}

#[test]
fn the_rust_code_compiles_as_it_is_shown() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/portal/rust_snippet");
    for (name, confidential, main) in
        [("confidential", true, confidential::MAIN), ("public", false, public::MAIN)]
    {
        let values = Values {
            client_id: "app_1",
            confidential,
            secret: None,
            redirect_uri: "https://app.example.net/cb?a=\"b\"",
            scopes: "forms:read profile",
            authorize_url: "https://id.example.com/oauth/authorize",
            token_url: "https://id.example.com/oauth/token",
            me_url: "https://id.example.com/v1/me",
        };
        let shown =
            all(&values).expect("it is written").into_iter().find(|own| own.id == "rust").expect("Rust");
        let path = folder.join(format!("{name}.rs"));
        #[expect(
            clippy::disallowed_methods,
            reason = "whoever changed the code asks for its text to be written anew"
        )]
        if std::env::var_os(WRITE).is_some() {
            fs::write(&path, &shown.code).expect("the text can be written");
        }
        let compiled = fs::read_to_string(&path).expect("the text that was compiled");
        assert!(
            compiled == shown.code,
            "{name}: the code that is shown is not the one that was compiled: {WRITE}=1 cargo test -p symbolon --test it \
             rust_snippet, and once more"
        );
        // It reads the arguments of its process, so it is not run here.
        std::hint::black_box(main);
    }
}
