//! A message with what is put into it, written as HTML or as plain text.

use std::borrow::Cow;
use std::fmt::{self, Display};

use askama::filters::HtmlSafe;
use fluent_bundle::{FluentArgs, FluentValue};

use crate::language::{Key, Language, escaped, time};

/// A message with what is put into it. On a page it is HTML, in which every value is escaped.
#[derive(Clone, Debug)]
pub struct Said<'a> {
    language: Language,
    key: Key,
    values: Vec<(&'static str, Value<'a>)>,
    elements: Vec<(&'static str, String)>,
}

/// What is put into a message.
#[derive(Clone, Debug)]
enum Value<'a> {
    /// A text of ours, or of the operator.
    Text(Cow<'a, str>),
    /// A text that somebody else chose, in whatever language.
    Name(&'a str),
    /// Several of these, and what stands between them.
    Names(&'a [&'a str], &'static str),
    /// A number.
    Number(i64),
    /// HTML of ours.
    Html(String),
}

/// Elements that every message may hold, and how they are written.
const ELEMENTS: [(&str, &str); 2] =
    [("count", "span class=\"count\""), ("hidden", "span class=\"visually-hidden\"")];

impl<'a> Said<'a> {
    pub(super) fn new(language: Language, key: Key) -> Said<'a> {
        Said { language, key, values: Vec::new(), elements: Vec::new() }
    }

    fn put(mut self, variable: &'static str, value: Value<'a>) -> Said<'a> {
        self.values.push((variable, value));
        self
    }

    /// Puts in a text of ours, or of the operator.
    #[must_use]
    pub fn text(self, variable: &'static str, text: &'a str) -> Said<'a> {
        self.put(variable, Value::Text(Cow::Borrowed(text)))
    }

    /// The same of a text that is made for this.
    #[must_use]
    pub fn owned(self, variable: &'static str, text: impl Into<String>) -> Said<'a> {
        self.put(variable, Value::Text(Cow::Owned(text.into())))
    }

    /// Puts in a text that somebody else chose: it is isolated.
    #[must_use]
    pub fn name(self, variable: &'static str, name: &'a str) -> Said<'a> {
        self.put(variable, Value::Name(name))
    }

    /// Puts in several of these.
    #[must_use]
    pub fn names(self, variable: &'static str, names: &'a [&'a str], between: &'static str) -> Said<'a> {
        self.put(variable, Value::Names(names, between))
    }

    /// Puts in how many there are.
    #[must_use]
    pub fn count(self, variable: &'static str, count: usize) -> Said<'a> {
        self.number(variable, i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// Puts in a number.
    #[must_use]
    pub fn number(self, variable: &'static str, number: i64) -> Said<'a> {
        self.put(variable, Value::Number(number))
    }

    /// Puts in a time to wait.
    #[must_use]
    pub fn wait(self, variable: &'static str, seconds: u64) -> Said<'a> {
        let wait = time::wait(self.language, seconds);
        self.put(variable, Value::Text(wait.into()))
    }

    /// Puts in how long something lasts.
    #[must_use]
    pub fn duration(self, variable: &'static str, milliseconds: i64) -> Said<'a> {
        let duration = time::duration(self.language, milliseconds);
        self.put(variable, Value::Text(duration.into()))
    }

    /// Puts in HTML of ours.
    #[must_use]
    pub fn html(self, variable: &'static str, html: impl HtmlSafe) -> Said<'a> {
        self.put(variable, Value::Html(html.to_string()))
    }

    /// Makes the element of this name in the message a link.
    #[must_use]
    pub fn link(mut self, element: &'static str, to: impl Display) -> Said<'a> {
        self.elements.push((element, format!("a href=\"{}\"", escaped(&to.to_string()))));
        self
    }

    /// Makes the element of this name in the message a link that has an id.
    #[must_use]
    pub fn link_with_id(mut self, element: &'static str, id: &'static str, to: impl Display) -> Said<'a> {
        self.elements.push((element, format!("a id=\"{id}\" href=\"{}\"", escaped(&to.to_string()))));
        self
    }

    /// Makes the element of this name in the message a button that sends its form and looks like a link.
    #[must_use]
    pub fn button(mut self, element: &'static str, id: &'static str) -> Said<'a> {
        self.elements.push((element, format!("button class=\"as-link\" type=\"submit\" id=\"{id}\"")));
        self
    }

    /// The message where no element can stand: in a title or an attribute. Names are isolated by characters (Unicode's
    /// U+2068 and U+2069).
    #[must_use]
    pub fn plain(&self) -> String {
        let isolated = |name: &str| format!("\u{2068}{name}\u{2069}");
        self.written(str::to_owned, isolated)
    }

    /// The text of the message, with each value as the two functions write it.
    fn written(&self, text: impl Fn(&str) -> String, name: impl Fn(&str) -> String) -> String {
        let mut values = FluentArgs::with_capacity(self.values.len());
        for (variable, value) in &self.values {
            let value = match value {
                Value::Text(own) => FluentValue::from(text(own)),
                Value::Name(own) => FluentValue::from(name(own)),
                Value::Names(own, between) => {
                    let names: Vec<String> = own.iter().map(|own| name(own)).collect();
                    FluentValue::from(names.join(between))
                }
                Value::Number(number) => FluentValue::from(*number),
                Value::Html(html) => FluentValue::from(html.as_str()),
            };
            values.set(*variable, value);
        }
        self.language.text(self.key, &values).into_owned()
    }
}

impl Display for Said<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = self.written(escaped, |name| format!("<bdi>{}</bdi>", escaped(name)));
        // What was put in is escaped, so that an element that is found here is one of ours.
        let own = self.elements.iter().map(|(element, tag)| (*element, tag.as_str()));
        for (element, tag) in own.chain(ELEMENTS) {
            let (opens, closes) = (format!("<{element}>"), format!("</{element}>"));
            if text.contains(&opens) {
                let kind = tag.split(' ').next().unwrap_or(tag);
                text = text.replace(&opens, &format!("<{tag}>")).replace(&closes, &format!("</{kind}>"));
            }
        }
        f.write_str(&text)
    }
}

impl HtmlSafe for Said<'_> {}
