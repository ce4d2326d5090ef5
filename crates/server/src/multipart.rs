//! `multipart/form-data` (RFC 7578): the form in which browsers send files. Read from a body that is there in full and
//! bounded; what is written otherwise than browsers write it is no form.

use bytes::Bytes;

/// No form has more parts.
const PARTS_AT_MOST: usize = 200;
/// No head of a part is longer.
const HEAD_AT_MOST: usize = 2 * 1024;
/// No boundary is longer (RFC 2046 §5.1.1).
const BOUNDARY_AT_MOST: usize = 70;

/// A part of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The field.
    pub name: String,
    /// Whether it is a file. A field for one that nobody chose has none.
    pub file: bool,
    /// What it holds: a piece of the body.
    pub content: Bytes,
}

/// The boundary that a content type names, if it is that of such a form.
#[must_use]
pub fn boundary(content_type: &str) -> Option<&str> {
    let (kind, parameters) = content_type.split_once(';')?;
    let named = parameters.split(';').find_map(|own| own.trim().strip_prefix("boundary="))?;
    let named = named.strip_prefix('"').and_then(|own| own.strip_suffix('"')).unwrap_or(named);
    let fits =
        (1..=BOUNDARY_AT_MOST).contains(&named.len()) && named.bytes().all(|own| own.is_ascii_graphic());
    (kind.trim().eq_ignore_ascii_case("multipart/form-data") && fits).then_some(named)
}

/// The parts of a body, in order; nothing where it is no such form.
#[must_use]
pub fn parts(body: &Bytes, boundary: &str) -> Option<Vec<Part>> {
    let between = format!("\r\n--{boundary}");
    let first = &between[2..];
    let mut at = body.starts_with(first.as_bytes()).then_some(first.len())?;
    let mut parts = Vec::new();
    loop {
        match body.get(at..at + 2)? {
            b"--" => return Some(parts),
            b"\r\n" if parts.len() < PARTS_AT_MOST => at += 2,
            _ => return None,
        }
        let head = find(body.get(at..)?, b"\r\n\r\n").filter(|length| *length <= HEAD_AT_MOST)?;
        let (name, file) = disposition(std::str::from_utf8(&body[at..at + head]).ok()?)?;
        let begins = at + head + 4;
        let length = find(body.get(begins..)?, between.as_bytes())?;
        let content = body.slice(begins..begins + length);
        // A browser sends a field for a file that nobody chose as a file without a name and without content.
        if file != Some(String::new()) || !content.is_empty() {
            parts.push(Part { name, file: file.is_some(), content });
        }
        at = begins + length + between.len();
    }
}

fn find(text: &[u8], sought: &[u8]) -> Option<usize> {
    text.windows(sought.len()).position(|own| own == sought)
}

/// The field that a head names, and the name of the file if it is one.
fn disposition(head: &str) -> Option<(String, Option<String>)> {
    let line = head.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-disposition").then_some(value.trim())
    })?;
    let mut rest = line.strip_prefix("form-data")?;
    let (mut name, mut file) = (None, None);
    while let Some(parameter) = rest.trim_start().strip_prefix(';') {
        let (key, after) = parameter.trim_start().split_once("=\"")?;
        let (value, after) = after.split_once('"')?;
        match key {
            "name" => name = Some(unescaped(value)),
            "filename" => file = Some(unescaped(value)),
            _ => {}
        }
        rest = after;
    }
    Some((name?, file))
}

/// As browsers escape names (HTML, "multipart/form-data encoding algorithm").
fn unescaped(text: &str) -> String {
    text.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BODY: &str = "--X\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\nabc\r\n--X\r\n\
        Content-Disposition: form-data; name=\"icon\"; filename=\"a \\u00e9.png\"\r\nContent-Type: image/png\r\n\r\n\
        \x01\r\n--Y\r\n\x02\r\n--X\r\nContent-Disposition: form-data; name=\"none\"; filename=\"\"\r\n\
        Content-Type: application/octet-stream\r\n\r\n\r\n--X--\r\n";

    #[test]
    fn a_form_is_read_as_browsers_write_it() {
        let read = parts(&Bytes::from_static(BODY.as_bytes()), "X").expect("a form");
        let read: Vec<_> =
            read.iter().map(|part| (part.name.as_str(), part.file, &part.content[..])).collect();
        assert_eq!(read, [("csrf", false, &b"abc"[..]), ("icon", true, &b"\x01\r\n--Y\r\n\x02"[..])]);
        assert_eq!(parts(&Bytes::from_static(b"--X--"), "X"), Some(Vec::new()));
    }

    #[test]
    fn the_boundary_is_the_one_that_is_named() {
        for (said, found) in [
            ("multipart/form-data; boundary=X", Some("X")),
            ("Multipart/Form-Data; charset=utf-8; boundary=\"a'b\"", Some("a'b")),
            ("multipart/form-data", None),
            ("multipart/form-data; boundary=", None),
            ("multipart/mixed; boundary=X", None),
            ("application/x-www-form-urlencoded", None),
        ] {
            assert_eq!(boundary(said), found, "{said}");
        }
        assert_eq!(boundary(&format!("multipart/form-data; boundary={}", "x".repeat(71))), None);
    }

    #[test]
    fn what_is_no_form_is_none() {
        let part = "--X\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n";
        for wrong in [
            String::new(),
            "--X".to_owned(),
            "--Z--".to_owned(),
            format!("preamble\r\n{part}--X--"),
            part.to_owned(),
            format!("{part}--X"),
            format!("{part}--Xtra--"),
            "--X\r\nContent-Type: text/plain\r\n\r\n1\r\n--X--".to_owned(),
            "--X\r\nContent-Disposition: form-data; filename=\"a\"\r\n\r\n1\r\n--X--".to_owned(),
            format!(
                "--X\r\nA: {}\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--X--",
                "x".repeat(4096)
            ),
            format!("{}--X--", part.repeat(PARTS_AT_MOST + 1)),
        ] {
            assert_eq!(parts(&Bytes::from(wrong.clone()), "X"), None, "{}", &wrong[..wrong.len().min(80)]);
        }
        assert!(parts(&Bytes::from(format!("{}--X--", part.repeat(PARTS_AT_MOST))), "X").is_some());
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_odd(body: Vec<u8>, at in 0..200_usize) {
            let _ = parts(&Bytes::from(body.clone()), "X");
            let mut bytes = BODY.as_bytes().to_vec();
            let at = at.min(bytes.len());
            bytes.splice(at..at, body);
            let _ = parts(&Bytes::from(bytes), "X");
        }
    }
}
