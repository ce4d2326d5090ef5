//! The log: one record per event on standard error, as text for people or as JSON for machines.
//!
//! Values are written as fields, so that a line break or a quote in one cannot begin another record. Above `debug`
//! a request has a line when it was refused, did what is audited (one each) or was given a token; health checks have none.

use std::fmt::{self, Debug, Write};

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::field::VisitOutput;
use tracing_subscriber::fmt::format::{DefaultVisitor, Format, Full, Writer};
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

use crate::clock;
use crate::config::Log;

/// Bytes that most lines fit into.
const LINE: usize = 512;

/// Begins to log. The configuration has checked the level; a second call changes nothing.
pub fn begin(log: &Log) {
    let filter = EnvFilter::try_new(&log.level).unwrap_or_else(|_| EnvFilter::new("info"));
    let registry = tracing_subscriber::registry().with(filter);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(false);
    // What cannot be written is not complained of where it could not be written: that would end the process.
    let lines = lines.log_internal_errors(false);
    // Fails only when a log was begun already, which then stays.
    let _ = if log.json {
        registry.with(lines.json()).try_init()
    } else {
        registry.with(lines.event_format(Line::new())).try_init()
    };
}

/// Writes a line as `tracing_subscriber` does. Each token that goes out is a line of the log, and what stands in it is mostly
/// plain: that is put together here, without the styles, the guards and the many small writes of the usual way.
struct Line {
    usual: Format<Full, Moment>,
}

impl Line {
    fn new() -> Line {
        Line { usual: Format::default().with_timer(Moment) }
    }
}

impl<S, N> FormatEvent<S, N> for Line
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    N: for<'writer> FormatFields<'writer> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let metadata = event.metadata();
        // What comes by way of the `log` crate says in a field where from, and spans stand before what was said in them.
        if metadata.target() == "log" || context.event_scope().is_some() {
            return self.usual.format_event(context, writer, event);
        }
        let mut text = String::with_capacity(LINE);
        clock::stamp(&mut text);
        text.push_str(level(*metadata.level()));
        text.push_str(metadata.target());
        text.push_str(": ");
        let mut fields = Plain { begun: text.len(), text, result: Ok(()) };
        event.record(&mut fields);
        fields.text.push('\n');
        fields.result.and_then(|()| writer.write_str(&fields.text))
    }
}

/// When a line was written.
struct Moment;

impl FormatTime for Moment {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        let mut text = String::new();
        clock::stamp(&mut text);
        writer.write_str(&text)
    }
}

fn level(level: Level) -> &'static str {
    match level {
        Level::TRACE => " TRACE ",
        Level::DEBUG => " DEBUG ",
        Level::INFO => "  INFO ",
        Level::WARN => "  WARN ",
        Level::ERROR => " ERROR ",
    }
}

/// A line whose fields are being written.
struct Plain {
    text: String,
    /// Where its fields begin.
    begun: usize,
    result: fmt::Result,
}

impl Plain {
    /// Leaves a field to the usual way.
    fn usual(&mut self, record: impl FnOnce(&mut DefaultVisitor<'_>)) {
        let is_empty = self.text.len() == self.begun;
        let mut usual = DefaultVisitor::new(Writer::new(&mut self.text), is_empty);
        record(&mut usual);
        self.result = self.result.and(usual.finish());
    }

    /// Writes a value in the way of `write`, unless what comes of it, or its name, is not plain.
    fn plainly(&mut self, field: &Field, write: impl FnOnce(&mut String) -> fmt::Result) -> bool {
        let before = self.text.len();
        self.name(field);
        let begun = self.text.len();
        let written =
            write(&mut self.text).is_ok() && is_plain(&self.text[begun..]) && !is_special(field.name());
        if !written {
            self.text.truncate(before);
        }
        written
    }

    /// What stands before a value.
    fn name(&mut self, field: &Field) {
        if self.text.len() > self.begun {
            self.text.push(' ');
        }
        if field.name() != "message" {
            self.text.push_str(field.name());
            self.text.push('=');
        }
    }
}

/// Whether nothing in a text would be escaped.
fn is_plain(text: &str) -> bool {
    text.bytes().fold(true, |plain, byte| plain & (b' '..=b'~').contains(&byte))
}

/// Whether nothing in it would be escaped, were it to stand in quotes.
fn can_be_quoted(text: &str) -> bool {
    text.bytes()
        .fold(true, |plain, byte| plain & (b' '..=b'~').contains(&byte) & (byte != b'"') & (byte != b'\\'))
}

/// Names that the usual way cuts or leaves out.
fn is_special(name: &str) -> bool {
    name.starts_with("r#") || name.starts_with("log.")
}

impl Visit for Plain {
    fn record_str(&mut self, field: &Field, value: &str) {
        let name = field.name();
        if name == "message" || is_special(name) || !can_be_quoted(value) {
            return self.usual(|usual| usual.record_str(field, value));
        }
        self.name(field);
        self.text.push('"');
        self.text.push_str(value);
        self.text.push('"');
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if is_special(field.name()) {
            return self.usual(|usual| usual.record_u64(field, value));
        }
        self.name(field);
        let mut digits = [b'0'; 20];
        let mut first = digits.len() - 1;
        let mut rest = value;
        loop {
            digits[first] = b'0' + u8::try_from(rest % 10).unwrap_or_default();
            rest /= 10;
            if rest == 0 {
                break;
            }
            first -= 1;
        }
        self.text.extend(digits[first..].iter().map(|digit| char::from(*digit)));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if !self.plainly(field, |text| write!(text, "{value:?}")) {
            self.usual(|usual| usual.record_debug(field, value));
        }
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        self.usual(|usual| usual.record_error(field, value));
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::Registry;
    use tracing_subscriber::fmt::MakeWriter;

    use super::*;

    #[derive(Clone, Default)]
    struct Heard(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Heard {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl<'a> MakeWriter<'a> for Heard {
        type Writer = Heard;

        fn make_writer(&'a self) -> Heard {
            self.clone()
        }
    }

    /// What is written, each line without the time it begins with.
    fn heard(
        format: impl FormatEvent<Registry, tracing_subscriber::fmt::format::DefaultFields> + Send + Sync + 'static,
    ) -> Vec<String> {
        let heard = Heard::default();
        let layer = tracing_subscriber::fmt::layer().with_ansi(false).event_format(format);
        let subscriber = tracing_subscriber::registry().with(layer.with_writer(heard.clone()));
        tracing::subscriber::with_default(subscriber, || {
            let (hostile, none) = ("a\u{1b}[2J\n\"b\\ü\u{202e}", None::<&str>);
            let failure: &(dyn std::error::Error + 'static) = &io::Error::other("no disk");
            tracing::info!(
                text = "plain text",
                number = 7_u64,
                none_at_all = 0_u16,
                most = u64::MAX,
                minus = -7,
                yes = true,
                none,
                "said"
            );
            tracing::info!(text = hostile, shown = %hostile, debug = ?hostile, failure, "said {hostile}");
            tracing::error!(quoted = "a \"b\"", path = "a\\b", "said");
            tracing::warn!("alone");
            tracing::info!(name = "first");
            tracing::info!(text = "elsewhere", message = "a text", r#type = "x");
            tracing::info!(target: "log", { log.target = "library", log.line = 3 }, "said by a library");
            tracing::info_span!("a_span", of = 1).in_scope(|| tracing::debug!(text = "inside", "said"));
        });
        let bytes = heard.0.lock().unwrap().clone();
        let text = String::from_utf8(bytes).unwrap();
        text.lines().map(|line| line.split_once('Z').unwrap_or_default().1.to_owned()).collect()
    }

    #[test]
    fn lines_read_as_they_always_did() {
        let own = heard(Line::new());
        assert_eq!(own, heard(Format::default()));
        assert_eq!(
            own[0],
            "  INFO symbolon_server::log::tests: said text=\"plain text\" number=7 none_at_all=0 most=18446744073709551615 minus=-7 yes=true"
        );
    }
}
