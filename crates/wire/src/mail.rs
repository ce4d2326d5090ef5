//! Mail on its way out: a message of two parts to one address, handed to the operator's mail server or kept in a box.
//!
//! The second connection that leaves this process beside `egress`, and the only one that an operator names a host for: it goes
//! to that host alone, whatever a message says. What is sent has exactly one receiver, which is parsed as an address before
//! anything else is done.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, UNIX_EPOCH};

use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

/// How long the mail server may take for one step.
const STEP_WITHIN: Duration = Duration::from_secs(15);
/// How many messages a box keeps.
const KEPT_AT_MOST: usize = 200;

/// A message to one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// What it is called, the same whenever it is sent again.
    pub id: String,
    /// When it was written, in milliseconds since 1970.
    pub at: u64,
    /// The receiver's address.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// Its text, for programs that show no HTML.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

/// How the connection to the mail server is kept from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte.
    Tls,
    /// TLS before anything is said that matters, or nothing is said.
    StartTls,
    /// Nothing: for a server on this machine.
    Clear,
}

/// The operator's mail server, and in whose name it is spoken to.
#[derive(Clone)]
pub struct Relay {
    /// Its host.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is kept from others.
    pub security: Security,
    /// User and password, if it wants any.
    pub login: Option<(String, String)>,
}

/// Why a mail cannot be sent, or was not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// A text that must be an address is none.
    #[error("{0} is not an e-mail address")]
    NotAnAddress(&'static str),
    /// The message cannot be written.
    #[error("the mail cannot be written: {0}")]
    Unwritable(String),
    /// The mail server refused it for good.
    #[error("the mail server refused the mail ({code})")]
    Refused {
        /// Its answer's number.
        code: String,
        /// Its words, which may repeat an address.
        words: String,
    },
    /// The mail server cannot take it now, or cannot be reached.
    #[error("{summary}")]
    Later {
        /// What happened, without the words of the server.
        summary: String,
        /// All of it, for whoever tries by hand.
        words: String,
    },
}

impl MailError {
    /// All that is known, for whoever tries by hand: it may repeat an address.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            MailError::Refused { words, .. } | MailError::Later { words, .. } => format!("{self}: {words}"),
            MailError::NotAnAddress(_) | MailError::Unwritable(_) => self.to_string(),
        }
    }
}

/// Where mail goes.
#[derive(Clone)]
pub struct Carrier {
    from: Mailbox,
    way: Way,
}

#[derive(Clone)]
enum Way {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Kept(Outbox),
}

/// A box that keeps the latest messages instead of sending them: for the demo, and for tests.
#[derive(Clone, Debug, Default)]
pub struct Outbox(Arc<Mutex<VecDeque<Mail>>>);

impl Outbox {
    /// What was put in, the oldest first.
    #[must_use]
    pub fn mails(&self) -> Vec<Mail> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    fn put(&self, mail: Mail) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == KEPT_AT_MOST {
            kept.pop_front();
        }
        kept.push_back(mail);
    }
}

/// Whether a text can be a sender: an address, or a name with an address in angle brackets.
#[must_use]
pub fn is_sender(text: &str) -> bool {
    text.parse::<Mailbox>().is_ok()
}

fn sender(text: &str) -> Result<Mailbox, MailError> {
    text.parse().map_err(|_| MailError::NotAnAddress("the sender"))
}

impl Carrier {
    /// Hands mail to a mail server. `name` is what this machine calls itself there.
    ///
    /// # Errors
    /// The sender is no address, or TLS cannot be had.
    pub fn smtp(relay: &Relay, from: &str, name: &str) -> Result<Carrier, MailError> {
        let parameters = || {
            TlsParameters::new(relay.host.clone()).map_err(|wrong| MailError::Unwritable(wrong.to_string()))
        };
        let tls = match relay.security {
            Security::Tls => Tls::Wrapper(parameters()?),
            Security::StartTls => Tls::Required(parameters()?),
            Security::Clear => Tls::None,
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(relay.host.clone())
            .port(relay.port)
            .tls(tls)
            .timeout(Some(STEP_WITHIN))
            .hello_name(ClientId::Domain(name.to_owned()));
        if let Some((user, password)) = &relay.login {
            builder = builder.credentials(Credentials::new(user.clone(), password.clone()));
        }
        Ok(Carrier { from: sender(from)?, way: Way::Smtp(builder.build()) })
    }

    /// Keeps mail in a box.
    ///
    /// # Errors
    /// The sender is no address.
    pub fn kept(outbox: Outbox, from: &str) -> Result<Carrier, MailError> {
        Ok(Carrier { from: sender(from)?, way: Way::Kept(outbox) })
    }

    /// Sends a mail, or says why not.
    ///
    /// # Errors
    /// [`MailError`].
    pub async fn send(&self, mail: Mail) -> Result<(), MailError> {
        let message = self.written(&mail)?;
        match &self.way {
            Way::Kept(outbox) => outbox.put(mail),
            Way::Smtp(transport) => {
                transport.send(message).await.map_err(|wrong| told(&wrong))?;
            }
        }
        Ok(())
    }

    /// Whether the mail server answers and takes the login; nothing is sent.
    ///
    /// # Errors
    /// [`MailError`].
    pub async fn reach(&self) -> Result<(), MailError> {
        match &self.way {
            Way::Kept(_) => Ok(()),
            Way::Smtp(transport) => match transport.test_connection().await {
                Ok(true) => Ok(()),
                Ok(false) => {
                    let summary = "the mail server answers and does not do as it is told".to_owned();
                    Err(MailError::Later { words: summary.clone(), summary })
                }
                Err(wrong) => Err(told(&wrong)),
            },
        }
    }

    /// The message on the wire. A subject of several lines becomes one; an address is one, and no list.
    fn written(&self, mail: &Mail) -> Result<Message, MailError> {
        let to: Address = mail.to.parse().map_err(|_| MailError::NotAnAddress("the receiver"))?;
        let auto = HeaderName::new_from_ascii_str("Auto-Submitted");
        let domain = self.from.email.domain();
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(mail.subject.split_whitespace().collect::<Vec<_>>().join(" "))
            .message_id(Some(format!("<{}@{domain}>", mail.id)))
            .date(UNIX_EPOCH + Duration::from_millis(mail.at))
            .raw_header(HeaderValue::new(auto, "auto-generated".to_owned()))
            .multipart(MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone()))
            .map_err(|wrong| MailError::Unwritable(wrong.to_string()))
    }
}

/// A refusal of the login is for the operator to mend, and no verdict on the mail.
fn told(wrong: &lettre::transport::smtp::Error) -> MailError {
    let words = match std::error::Error::source(wrong) {
        Some(source) => format!("{wrong}: {source}"),
        None => wrong.to_string(),
    };
    let code = wrong.status().map(|code| code.to_string());
    match code {
        Some(code) if ["530", "534", "535", "538"].contains(&code.as_str()) => {
            MailError::Later { summary: format!("the mail server does not take the login ({code})"), words }
        }
        Some(code) if wrong.is_permanent() => MailError::Refused { code, words },
        Some(code) => {
            MailError::Later { summary: format!("the mail server cannot take the mail now ({code})"), words }
        }
        None if wrong.is_timeout() => {
            MailError::Later { summary: "the mail server did not answer in time".to_owned(), words }
        }
        None if wrong.is_tls() || is_about_tls(wrong) => {
            MailError::Later { summary: "no TLS with the mail server".to_owned(), words }
        }
        None => MailError::Later { summary: "the mail server cannot be reached".to_owned(), words },
    }
}

/// Whether a handshake failed, which comes as an error of the connection: a certificate that nobody vouches for, or of another
/// name.
fn is_about_tls(wrong: &lettre::transport::smtp::Error) -> bool {
    let first = std::error::Error::source(wrong);
    std::iter::successors(first, |wrong| wrong.source()).any(|wrong| {
        let inner = wrong.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        wrong.is::<rustls::Error>() || inner.is_some_and(|inner| inner.is::<rustls::Error>())
    })
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
    use tokio::net::TcpListener;

    use super::*;

    fn mail(to: &str) -> Mail {
        Mail {
            id: "0123".to_owned(),
            at: 1_800_000_000_000,
            to: to.to_owned(),
            subject: "Hello\r\nBcc: evil@example.org".to_owned(),
            text: "plain".to_owned(),
            html: "<p>rich</p>".to_owned(),
        }
    }

    fn kept() -> (Carrier, Outbox) {
        let outbox = Outbox::default();
        (Carrier::kept(outbox.clone(), "Acme <no-reply@acme.example>").unwrap(), outbox)
    }

    /// P-01, P-03.
    #[test]
    fn a_message_has_one_receiver_and_no_header_that_nobody_wrote() {
        let (carrier, _) = kept();
        let text =
            String::from_utf8(carrier.written(&mail("jane@example.com")).unwrap().formatted()).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(!head.contains("\nBcc:") && head.contains("Subject: Hello Bcc: evil@example.org"), "{head}");
        assert!(head.contains("To: jane@example.com\r\n") && head.contains("<0123@acme.example>"), "{head}");
        assert!(head.contains("Auto-Submitted: auto-generated"), "{head}");
        assert!(body.contains("plain") && body.contains("<p>rich</p>"), "{body}");
        for wrong in [
            "a@example.com, b@example.com",
            "a@example.com\r\nBcc: b@example.com",
            "a@b@c",
            "",
            "Jane <a@example.com>",
        ] {
            assert_eq!(
                carrier.written(&mail(wrong)).err(),
                Some(MailError::NotAnAddress("the receiver")),
                "{wrong:?}"
            );
        }
    }

    #[tokio::test]
    async fn a_box_keeps_the_latest() {
        let (carrier, outbox) = kept();
        for n in 0..=KEPT_AT_MOST {
            carrier.send(Mail { id: n.to_string(), ..mail("jane@example.com") }).await.unwrap();
        }
        let mails = outbox.mails();
        assert_eq!((mails.len(), mails[0].id.as_str()), (KEPT_AT_MOST, "1"));
    }

    /// A mail server for one connection: answers each line by what `answer` says of it, and gives back what it heard.
    async fn server(answer: fn(&str) -> &'static str) -> (u16, tokio::task::JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let (read, mut write) = stream.into_split();
            let (mut lines, mut heard, mut in_data) = (BufReader::new(read).lines(), Vec::new(), false);
            write.write_all(b"220 here\r\n").await.unwrap();
            while let Ok(Some(line)) = lines.next_line().await {
                heard.push(line.clone());
                if in_data && line != "." {
                    continue;
                }
                in_data = line == "DATA";
                if write.write_all(answer(&line).as_bytes()).await.is_err() || line == "QUIT" {
                    break;
                }
            }
            heard
        });
        (port, heard)
    }

    fn relay(port: u16, security: Security) -> Relay {
        Relay { host: "127.0.0.1".to_owned(), port, security, login: None }
    }

    fn carrier(port: u16, security: Security) -> Carrier {
        Carrier::smtp(&relay(port, security), "no-reply@acme.example", "acme.example").unwrap()
    }

    #[tokio::test]
    async fn a_mail_is_handed_over() {
        let (port, heard) = server(|line| match line {
            "DATA" => "354 go on\r\n",
            "QUIT" => "221 bye\r\n",
            _ => "250 ok\r\n",
        })
        .await;
        carrier(port, Security::Clear).send(mail("jane@example.com")).await.unwrap();
        let heard = heard.await.unwrap();
        assert!(heard.contains(&"RCPT TO:<jane@example.com>".to_owned()), "{heard:?}");
        assert_eq!(heard.iter().filter(|line| line.starts_with("RCPT")).count(), 1, "{heard:?}");
    }

    #[tokio::test]
    async fn a_refusal_is_final_an_outage_is_not_and_neither_repeats_an_address() {
        let (port, _server) = server(|line| match line {
            line if line.starts_with("RCPT") => "550 no jane@example.com here\r\n",
            "QUIT" => "221 bye\r\n",
            _ => "250 ok\r\n",
        })
        .await;
        let wrong = carrier(port, Security::Clear).send(mail("jane@example.com")).await.unwrap_err();
        assert!(matches!(&wrong, MailError::Refused { code, .. } if code == "550"), "{wrong:?}");
        assert!(!wrong.to_string().contains("jane"), "{wrong}");
        let (port, _server) = server(|line| match line {
            line if line.starts_with("RCPT") => "451 later, jane@example.com\r\n",
            _ => "250 ok\r\n",
        })
        .await;
        let wrong = carrier(port, Security::Clear).send(mail("jane@example.com")).await.unwrap_err();
        assert!(
            matches!(&wrong, MailError::Later { .. }) && !wrong.to_string().contains("jane"),
            "{wrong:?}"
        );
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
        let wrong = carrier(closed, Security::Clear).reach().await.unwrap_err();
        assert!(matches!(wrong, MailError::Later { .. }), "{wrong:?}");
    }

    /// Nothing is said to a server that offers no TLS where TLS is wanted.
    #[tokio::test]
    async fn without_tls_nothing_is_said() {
        let (port, heard) = server(|_| "250 ok\r\n").await;
        let wrong = carrier(port, Security::StartTls).send(mail("jane@example.com")).await.unwrap_err();
        assert!(matches!(wrong, MailError::Later { .. }), "{wrong:?}");
        let heard = heard.await.unwrap();
        assert!(!heard.iter().any(|line| line.contains("jane") || line.starts_with("MAIL")), "{heard:?}");
    }
}
