//! The log: one record per event on standard error, as text for people or as JSON for machines.
//!
//! Values are written as fields, so that a line break or a quote in one cannot begin another record. Above `debug`
//! a request has a line when it was refused, did what is audited (one each) or was given a token; health checks have none.

use std::fmt::{self, Debug, Write};

use tracing::field::{Field, Visit};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::field::{RecordFields, VisitOutput};
use tracing_subscriber::fmt::FormatFields;
use tracing_subscriber::fmt::format::{DefaultVisitor, Writer};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::Log;

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
        registry.with(lines.fmt_fields(Fields)).try_init()
    };
}

/// Writes fields as `tracing_subscriber` does. Each token that goes out is a line of the log, and what stands in it is mostly
/// plain: that is put together here, without the styles, the guards and the many small writes of the usual way.
struct Fields;

impl<'w> FormatFields<'w> for Fields {
    fn format_fields<R: RecordFields>(&self, mut writer: Writer<'w>, fields: R) -> fmt::Result {
        let mut plain = Plain { text: String::with_capacity(320), result: Ok(()) };
        fields.record(&mut plain);
        plain.result.and_then(|()| writer.write_str(&plain.text))
    }
}

struct Plain {
    text: String,
    result: fmt::Result,
}

impl Plain {
    /// Leaves a field to the usual way.
    fn usual(&mut self, record: impl FnOnce(&mut DefaultVisitor<'_>)) {
        let is_empty = self.text.is_empty();
        let mut usual = DefaultVisitor::new(Writer::new(&mut self.text), is_empty);
        record(&mut usual);
        self.result = self.result.and(usual.finish());
    }

    /// Writes a value in the way of `write`, unless what comes of it, or its name, is not plain.
    fn plainly(&mut self, field: &Field, write: impl FnOnce(&mut String) -> fmt::Result) -> bool {
        let (before, name) = (self.text.len(), field.name());
        if before > 0 {
            self.text.push(' ');
        }
        if name != "message" {
            self.text.push_str(name);
            self.text.push('=');
        }
        let begun = self.text.len();
        let written = write(&mut self.text).is_ok() && is_plain(&self.text[begun..]) && !is_special(name);
        if !written {
            self.text.truncate(before);
        }
        written
    }
}

/// Whether nothing in a text would be escaped.
fn is_plain(text: &str) -> bool {
    text.bytes().fold(true, |plain, byte| plain & (b' '..=b'~').contains(&byte))
}

/// Names that the usual way cuts or leaves out.
fn is_special(name: &str) -> bool {
    name.starts_with("r#") || name.starts_with("log.")
}

impl Visit for Plain {
    fn record_str(&mut self, field: &Field, value: &str) {
        let is_text = field.name() != "message" && !value.contains(['"', '\\']);
        let quoted = |text: &mut String| {
            text.extend(["\"", value, "\""]);
            Ok(())
        };
        if !(is_text && self.plainly(field, quoted)) {
            self.usual(|usual| usual.record_str(field, value));
        }
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

    use tracing_subscriber::fmt::MakeWriter;
    use tracing_subscriber::fmt::format::DefaultFields;

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

    fn heard(fields: impl for<'w> FormatFields<'w> + Send + Sync + 'static) -> String {
        let heard = Heard::default();
        let layer = tracing_subscriber::fmt::layer().without_time().with_ansi(false);
        let layer = layer.fmt_fields(fields).with_writer(heard.clone());
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
            let (hostile, none) = ("a\u{1b}[2J\n\"b\\ü\u{202e}", None::<&str>);
            let failure: &(dyn std::error::Error + 'static) = &io::Error::other("no disk");
            tracing::info!(text = "plain text", number = 7_u64, minus = -7, yes = true, none, "said");
            tracing::info!(text = hostile, shown = %hostile, debug = ?hostile, failure, "said {hostile}");
            tracing::info!("alone");
            tracing::info!(name = "first");
            tracing::info!(message = "a text", r#type = "x");
        });
        let bytes = heard.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn fields_read_as_they_always_did() {
        let own = heard(Fields);
        assert_eq!(own, heard(DefaultFields::new()));
        assert!(own.contains("said text=\"plain text\" number=7 minus=-7 yes=true\n"), "{own}");
    }
}
