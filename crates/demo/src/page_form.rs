//! The forms of an HTML page, read and filled in the way a person's browser would.
//!
//! A small reader, not a browser: it knows tags, attributes, character references and the form controls, and takes
//! every name from the page itself. Invariant: what is not on the page cannot be submitted, so a walk through the
//! live pages fails when a field, a choice or a button is missing.

use http::Method;

/// One `<form>` of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageForm {
    /// Where it is sent; empty means the page's own address.
    pub action: String,
    /// GET or POST.
    pub method: Method,
    controls: Vec<Control>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Control {
    kind: Kind,
    name: String,
    value: String,
    /// For choices: whether it is ticked. Everything else counts as on, buttons only when pressed.
    on: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Password,
    Hidden,
    Radio,
    Checkbox,
    Choice,
    Button,
}

impl PageForm {
    /// Every form of a page, in order.
    #[must_use]
    pub fn all(html: &str) -> Vec<PageForm> {
        let mut forms = Vec::new();
        let mut open: Option<PageForm> = None;
        let mut select = String::new();
        for tag in (Tags { rest: html }) {
            match tag.name.as_str() {
                "form" => {
                    forms.extend(open.take());
                    open = Some(PageForm::opened(&tag));
                }
                "/form" => forms.extend(open.take()),
                "select" => select = tag.attribute("name").unwrap_or_default(),
                _ => {
                    if let (Some(form), Some(control)) = (&mut open, Control::read(&tag, &select)) {
                        form.controls.push(control);
                    }
                }
            }
        }
        forms.extend(open);
        forms
    }

    fn opened(tag: &Tag) -> PageForm {
        let post = tag.attribute("method").is_some_and(|method| method.eq_ignore_ascii_case("post"));
        PageForm {
            action: tag.attribute("action").unwrap_or_default(),
            method: if post { Method::POST } else { Method::GET },
            controls: Vec::new(),
        }
    }

    /// Whether it asks for a password.
    #[must_use]
    pub fn asks_for_password(&self) -> bool {
        self.controls.iter().any(|control| control.kind == Kind::Password)
    }

    /// Whether it has the button `name=value`.
    #[must_use]
    pub fn has_button(&self, name: &str, value: &str) -> bool {
        self.button(name, value).is_some()
    }

    fn button(&self, name: &str, value: &str) -> Option<usize> {
        self.controls.iter().position(|control| {
            control.kind == Kind::Button && control.name == name && control.value == value
        })
    }

    /// The values of a group of choices (radio buttons, checkboxes, options).
    #[must_use]
    pub fn choices(&self, name: &str) -> Vec<&str> {
        let named = |control: &&Control| control.kind.is_choice() && control.name == name;
        self.controls.iter().filter(named).map(|control| control.value.as_str()).collect()
    }

    /// Types into a text or password field.
    ///
    /// # Errors
    /// A sentence, when the form has no such field.
    pub fn fill(mut self, name: &str, value: &str) -> Result<PageForm, String> {
        let field = |control: &&mut Control| {
            matches!(control.kind, Kind::Text | Kind::Password) && control.name == name
        };
        match self.controls.iter_mut().find(field) {
            Some(control) => control.value = value.to_owned(),
            None => return Err(format!("the form has no field `{name}`: {}", self.described())),
        }
        Ok(self)
    }

    /// Picks one of a group of radio buttons or options, or ticks one checkbox.
    ///
    /// # Errors
    /// A sentence, when the form does not offer it.
    pub fn choose(mut self, name: &str, value: &str) -> Result<PageForm, String> {
        let offered = self
            .controls
            .iter()
            .position(|control| control.kind.is_choice() && control.name == name && control.value == value);
        let Some(offered) = offered else {
            return Err(format!("the form does not offer `{name}={value}`: {}", self.described()));
        };
        for (at, control) in self.controls.iter_mut().enumerate() {
            if at == offered {
                control.on = true;
            } else if control.name == name && matches!(control.kind, Kind::Radio | Kind::Choice) {
                control.on = false;
            }
        }
        Ok(self)
    }

    /// What pressing the first button sends.
    #[must_use]
    pub fn submit(self) -> Vec<(String, String)> {
        let first = self.controls.iter().position(|control| control.kind == Kind::Button);
        self.sent(first)
    }

    /// What pressing the button `name=value` sends.
    ///
    /// # Errors
    /// A sentence, when the form has no such button.
    pub fn press(self, name: &str, value: &str) -> Result<Vec<(String, String)>, String> {
        match self.button(name, value) {
            Some(at) => Ok(self.sent(Some(at))),
            None => Err(format!("the form has no button `{name}={value}`: {}", self.described())),
        }
    }

    fn sent(self, pressed: Option<usize>) -> Vec<(String, String)> {
        let controls = self.controls.into_iter().enumerate();
        controls
            .filter(|(at, control)| match control.kind {
                Kind::Button => pressed == Some(*at),
                Kind::Text | Kind::Password | Kind::Hidden => true,
                Kind::Radio | Kind::Checkbox | Kind::Choice => control.on,
            })
            .filter(|(_, control)| !control.name.is_empty())
            .map(|(_, control)| (control.name, control.value))
            .collect()
    }

    /// What is on the form, for the message of a walk that failed. Hidden values stay hidden.
    fn described(&self) -> String {
        let controls: Vec<String> = self
            .controls
            .iter()
            .map(|control| match control.kind {
                Kind::Hidden | Kind::Text | Kind::Password => format!("{:?} {}", control.kind, control.name),
                Kind::Radio | Kind::Checkbox | Kind::Choice | Kind::Button => {
                    format!("{:?} {}={}", control.kind, control.name, control.value)
                }
            })
            .collect();
        format!("{} {} with [{}]", self.method, self.action, controls.join(", "))
    }
}

impl Kind {
    fn is_choice(self) -> bool {
        matches!(self, Kind::Radio | Kind::Checkbox | Kind::Choice)
    }
}

impl Control {
    fn read(tag: &Tag, select: &str) -> Option<Control> {
        if tag.attribute("disabled").is_some() {
            return None;
        }
        let name = tag.attribute("name").unwrap_or_default();
        let kind = tag.attribute("type").map(|kind| kind.to_ascii_lowercase());
        let (kind, name, fallback, on) = match (tag.name.as_str(), kind.as_deref().unwrap_or_default()) {
            ("input", "hidden") => (Kind::Hidden, name, "", true),
            ("input", "password") => (Kind::Password, name, "", true),
            ("input", "radio") => (Kind::Radio, name, "on", tag.attribute("checked").is_some()),
            ("input", "checkbox") => (Kind::Checkbox, name, "on", tag.attribute("checked").is_some()),
            ("input", "submit" | "image") => (Kind::Button, name, "", true),
            ("input", "button" | "reset") | ("button", "button" | "reset") => return None,
            ("input" | "textarea", _) => (Kind::Text, name, "", true),
            ("button", _) => (Kind::Button, name, "", true),
            ("option", _) => (Kind::Choice, select.to_owned(), "", tag.attribute("selected").is_some()),
            _ => return None,
        };
        let value = tag.attribute("value").unwrap_or_else(|| fallback.to_owned());
        Some(Control { kind, name, value, on })
    }
}

/// The tags of a page, one after the other; text, comments and declarations are passed over.
struct Tags<'a> {
    rest: &'a str,
}

struct Tag {
    /// In lower case; an end tag begins with a slash.
    name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    fn attribute(&self, name: &str) -> Option<String> {
        self.attributes.iter().find(|(own, _)| own == name).map(|(_, value)| value.clone())
    }
}

impl Iterator for Tags<'_> {
    type Item = Tag;

    fn next(&mut self) -> Option<Tag> {
        loop {
            let (_, after) = self.rest.split_once('<')?;
            if let Some(comment) = after.strip_prefix("!--") {
                self.rest = comment.split_once("-->")?.1;
                continue;
            }
            let length = after.find(|c: char| c.is_ascii_whitespace() || c == '>')?;
            let (name, inside) = after.split_at(length);
            if !name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') {
                self.rest = after;
                continue;
            }
            let (attributes, rest) = read_attributes(inside);
            self.rest = rest;
            return Some(Tag { name: name.trim_end_matches('/').to_ascii_lowercase(), attributes });
        }
    }
}

/// Reads `name="value"` pairs up to the end of the tag, and answers what follows it.
fn read_attributes(mut rest: &str) -> (Vec<(String, String)>, &str) {
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if let Some(after) = rest.strip_prefix('>') {
            return (attributes, after);
        }
        let ends = |c: char| c.is_ascii_whitespace() || matches!(c, '=' | '>' | '/');
        // An attribute's name is at least one character long, or a stray `=` would never be passed.
        let Some(first) = rest.chars().next().map(char::len_utf8) else { return (attributes, rest) };
        let length = rest[first..].find(ends).map_or(rest.len(), |at| at + first);
        let (name, after) = rest.split_at(length);
        rest = after.trim_start();
        let mut value = "";
        if let Some(after) = rest.strip_prefix('=') {
            (value, rest) = read_value(after.trim_start());
        }
        attributes.push((name.to_ascii_lowercase(), decode(value)));
    }
}

fn read_value(rest: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(after) = rest.strip_prefix(quote) {
            return after.split_once(quote).unwrap_or((after, ""));
        }
    }
    let length = rest.find(|c: char| c.is_ascii_whitespace() || c == '>').unwrap_or(rest.len());
    rest.split_at(length)
}

/// Resolves the character references that escaping produces: the five named ones and numbers.
fn decode(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        decoded.push_str(before);
        match after.split_once(';').and_then(|(name, after)| Some((reference(name)?, after))) {
            Some((character, after)) => {
                decoded.push(character);
                rest = after;
            }
            None => {
                decoded.push('&');
                rest = after;
            }
        }
    }
    decoded.push_str(rest);
    decoded
}

fn reference(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CONSENT: &str = r#"<!doctype html><!-- <form action="/wrong"> --><h1>2 < 3</h1>
        <form method=post action='/oauth/authorize?a=1&amp;b=2'>
          <input type="hidden" name="csrf" value="a&quot;b&#x27;c&#38;">
          <input TYPE=radio name=tenant value=north checked><input type=radio name=tenant value=south />
          <input type="checkbox" name="scope" value="bookings:read" checked>
          <input type="checkbox" name="scope" value="forms:write">
          <input name="off" value="1" disabled>
          <select name="term"><option value="day"><option value="week" selected></select>
          <button name="decision" value="allow">Allow &amp; go</button>
          <button name="decision" value="deny">Cancel</button>
        </form><form action="/logout"><button>Sign out</button></form>"#;

    fn pairs(sent: Vec<(String, String)>) -> String {
        let sent: Vec<String> = sent.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        sent.join(" ")
    }

    #[test]
    fn reads_what_is_on_the_page() {
        let forms = PageForm::all(CONSENT);
        assert_eq!(forms.len(), 2);
        assert_eq!((forms[0].action.as_str(), &forms[0].method), ("/oauth/authorize?a=1&b=2", &Method::POST));
        assert_eq!(forms[0].choices("tenant"), ["north", "south"]);
        assert_eq!(forms[1].method, Method::GET);
        assert!(!forms[0].asks_for_password() && forms[0].has_button("decision", "deny"));
        assert!(!forms[1].has_button("decision", "deny"));
    }

    #[test]
    fn sends_hidden_fields_choices_and_the_one_button_pressed() {
        let form = PageForm::all(CONSENT).remove(0);
        let form = form.choose("tenant", "south").expect("south is offered");
        assert_eq!(
            pairs(form.press("decision", "deny").expect("a button")),
            "csrf=a\"b'c& tenant=south scope=bookings:read term=week decision=deny"
        );
    }

    #[test]
    fn ticks_a_checkbox_beside_the_others() {
        let form = PageForm::all(CONSENT).remove(0).choose("scope", "forms:write").expect("it is offered");
        let sent = pairs(form.press("decision", "allow").expect("a button"));
        assert!(sent.contains("scope=bookings:read scope=forms:write"), "{sent}");
    }

    #[test]
    fn refuses_what_the_page_does_not_offer() {
        let form = || PageForm::all(CONSENT).remove(0);
        assert!(form().choose("tenant", "west").is_err());
        assert!(form().press("decision", "maybe").is_err());
        let message = form().fill("email", "a@b").expect_err("no such field");
        assert!(message.contains("no field `email`") && !message.contains("a\"b"), "{message}");
    }

    #[test]
    fn fills_a_login_form() {
        let page = r#"<form method="POST"><input name=email type=email><input name=password type=password>
            <input type=hidden name=csrf value=x><button type="submit">Sign in</button></form>"#;
        let form = PageForm::all(page).remove(0);
        assert!(form.asks_for_password() && form.action.is_empty());
        let form = form.fill("email", "jane@example.com").and_then(|form| form.fill("password", "p w"));
        assert_eq!(pairs(form.expect("both fields").submit()), "email=jane@example.com password=p w csrf=x");
    }

    proptest! {
        #[test]
        fn never_panics_and_always_ends(html in "[<>=/!\"'a-z& -]{0,60}") {
            let _ = PageForm::all(&html);
        }
    }
}
