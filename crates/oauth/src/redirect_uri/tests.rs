use proptest::prelude::*;

use super::*;

#[test]
fn registers_what_an_app_can_own() {
    for right in [
        "https://app.example.com/callback",
        "https://app.example.com",
        "https://app.example.com:8443/cb?foo=bar",
        "https://app.example.com/cb?foo=bar&next=%2Fhome",
        "https://xn--bcher-kva.example/cb",
        "https://192.0.2.7/cb",
        "https://app.example.com/a..b/.well-known/cb",
        "http://127.0.0.1/cb",
        "http://127.0.0.1:8081/callback",
        "http://[::1]:9/cb",
        "http://localhost:3000/cb",
        "http://tenant.localhost:3000/cb",
        "http://a.b.localhost/cb",
        "com.example.app:/cb",
        "com.example.app://cb",
    ] {
        assert_eq!(check_registration(right, Kind::Any), Ok(()), "{right}");
    }
}

const REFUSED: [(&str, RedirectUriError); 66] = {
    use RedirectUriError::*;
    [
        ("", NotAbsolute),
        ("/callback", NotAbsolute),
        ("app.example.com/callback", NotAbsolute),
        ("https:", NotAbsolute),
        ("https:/app.example.com/cb", NotAbsolute),
        (".*", NotAbsolute),
        (" javascript:alert(1)", Character),
        ("https://app.example.com/a b", Character),
        ("https://app.example.com/cb\n", Character),
        ("https://client.example\\@evil.example/cb", Character),
        ("https:\\\\evil.example", Character),
        ("https://b\u{fc}cher.example/cb", Character),
        ("https://client\u{ff0e}example/cb", Character),
        ("https://app.example.com/cb#", Fragment),
        ("https://app.example.com/cb#frag", Fragment),
        ("https://user:pass@app.example.com/cb", UserInformation),
        ("https://@app.example.com/cb", UserInformation),
        ("http://127.0.0.1:80@evil.example/", UserInformation),
        ("com.example.app://user@cb", UserInformation),
        ("https://*.client.example/cb", Wildcard),
        ("https://client.example/*", Wildcard),
        ("https://client.example/cb?x=*", Wildcard),
        ("https://client.example/cb/../x", DotSegment),
        ("https://client.example/./cb", DotSegment),
        ("https://client.example/cb/..;/x", DotSegment),
        ("https://client.example/cb/%2e%2E/x", DotSegment),
        ("https://client.example/cb/..%2fx", DotSegment),
        ("https://client.example/cb%5c..%5cx", DotSegment),
        ("com.example.app:/a/../b", DotSegment),
        ("http://app.example.com/cb", PlainHttp),
        ("http://127.0.0.1.evil.example/cb", PlainHttp),
        ("http://localhost.evil.example/cb", PlainHttp),
        ("http://127.0.0.2/cb", PlainHttp),
        ("http://0.0.0.0/cb", PlainHttp),
        ("http://[::ffff:7f00:1]/cb", PlainHttp),
        ("http://127.1/cb", HostSpelling),
        ("http://0x7f.1/cb", HostSpelling),
        ("http://2130706433/cb", HostSpelling),
        ("http://LOCALHOST/cb", HostSpelling),
        ("https://App.Example.com/cb", HostSpelling),
        ("HTTPS://app.example.com/cb", HostSpelling),
        ("https://evil.example%5c.client.example/cb", NotAbsolute),
        ("https://app.example.com:/cb", HostSpelling),
        ("https:///cb", NoHost),
        ("javascript:alert(1)", DangerousScheme),
        ("JaVaScRiPt:alert(1)", DangerousScheme),
        ("data:text/html,hello", DangerousScheme),
        ("vbscript:x", DangerousScheme),
        ("file:///etc/passwd", DangerousScheme),
        ("blob:https://app.example.com/x", DangerousScheme),
        ("http://evillocalhost/cb", PlainHttp),
        ("http://.localhost/cb", PlainHttp),
        ("http://a..localhost/cb", PlainHttp),
        ("http://app.cal.local:3000/cb", PlainHttp),
        ("urn:ietf:wg:oauth:2.0:oob", OutOfBand),
        ("intent://app.example.com/cb", DangerousScheme),
        ("myapp:/cb", SchemeWithoutDot),
        ("com..app:/cb", SchemeWithoutDot),
        ("com.example.app:cb", NotAbsolute),
        ("https://app.example.com/cb?code=x", ReservedQueryName),
        ("https://app.example.com/cb?a=b&state=", ReservedQueryName),
        ("https://app.example.com/cb?iss", ReservedQueryName),
        ("https://app.example.com/cb?error=x", ReservedQueryName),
        ("https://app.example.com/cb?response=x", ReservedQueryName),
        ("https://app.example.com/cb?c%6fde=x", ReservedQueryName),
        ("com.example.app:/cb?code=x", ReservedQueryName),
    ]
};

#[test]
fn refuses_each_with_its_own_sentence() {
    for (wrong, why) in REFUSED {
        assert_eq!(check_registration(wrong, Kind::Any), Err(why), "{wrong}");
    }
    let long = format!("https://app.example.com/{}", "a".repeat(2000));
    assert_eq!(check_registration(&long, Kind::Any), Err(RedirectUriError::TooLong));
}

#[test]
fn a_native_app_registers_schemes_of_one_word() {
    for scheme in [
        "cursor://anysphere.cursor-mcp/oauth/callback",
        "claude://claude.ai/cb",
        "vscode:/cb",
        "exp+app://cb",
    ] {
        assert_eq!(
            check_registration(scheme, Kind::Any),
            Err(RedirectUriError::SchemeWithoutDot),
            "{scheme}"
        );
        assert_eq!(check_registration(scheme, Kind::Native), Ok(()), "{scheme}");
    }
    for (wrong, why) in REFUSED {
        if why != RedirectUriError::SchemeWithoutDot {
            assert_eq!(check_registration(wrong, Kind::Native), Err(why), "{wrong}");
        }
    }
    let dots = check_registration("com..app:/cb", Kind::Native);
    assert_eq!(dots, Err(RedirectUriError::SchemeWithoutDot));
    // A browser opens the web address that follows, a store installs what it names.
    for elsewhere in ["googlechromes", "x-safari-https", "microsoft-edge", "itms-services", "ms-appinstaller"]
    {
        assert!(DANGEROUS.contains(&elsewhere), "{elsewhere}");
    }
    for dangerous in DANGEROUS {
        let uri = format!("{dangerous}://app/cb");
        assert_eq!(check_registration(&uri, Kind::Native), Err(RedirectUriError::DangerousScheme), "{uri}");
    }
}

#[test]
fn a_native_app_comes_by_any_port_of_localhost() {
    let native = |registered: &str, given: &str| matches(&[registered.to_owned()], given, Kind::Native);
    for (registered, given) in [
        ("http://localhost/cb", "http://localhost:53682/cb"),
        ("http://localhost:8080/cb?x=1", "http://localhost/cb?x=1"),
        ("http://tenant.localhost/cb", "http://tenant.localhost:9/cb"),
        ("http://127.0.0.1/cb", "http://127.0.0.1:9/cb"),
    ] {
        assert!(native(registered, given), "{registered} {given}");
    }
    for (registered, given) in [
        ("http://localhost/cb", "http://localhost:53682/other"),
        ("http://localhost/cb", "https://localhost:53682/cb"),
        ("https://localhost/cb", "https://localhost:9/cb"),
        ("http://localhost/cb", "http://127.0.0.1:9/cb"),
        ("http://localhost/cb", "http://tenant.localhost:9/cb"),
        ("http://tenant.localhost/cb", "http://other.localhost:9/cb"),
        ("http://localhost/cb", "http://localhost.evil.example:9/cb"),
        ("http://localhost/cb", "http://localhost:80@evil.example/cb"),
        ("http://localhost/cb", "http://localhost@evil.example/cb"),
        ("http://localhost/cb", "http://localhost:0/cb"),
        ("http://localhost/cb", "http://LOCALHOST:9/cb"),
        ("http://localhost/cb", "http://localhost:9/cb#x"),
        ("https://app.example/cb", "https://app.example:9/cb"),
    ] {
        assert!(!native(registered, given), "{registered} {given}");
    }
}

fn asked(registered: &str, asked: &str) -> bool {
    matches(&[registered.to_owned()], asked, Kind::Any)
}

#[test]
fn compares_bytes() {
    let registered = "https://client.example/cb?foo=bar";
    assert!(asked(registered, registered));
    for other in [
        "https://client.example/cb?foo=baz",
        "https://client.example/cb?foo=bar&a=1",
        "https://client.example/cb",
        "https://client.example/cb/?foo=bar",
        "https://client.example/CB?foo=bar",
        "https://CLIENT.example/cb?foo=bar",
        "https://client.example:443/cb?foo=bar",
        "https://client.example./cb?foo=bar",
        "http://client.example/cb?foo=bar",
        "https://client.example/%63b?foo=bar",
        "https://clientxexample/cb?foo=bar",
        "",
    ] {
        assert!(!asked(registered, other), "{other}");
    }
    assert!(!matches(&[], "https://client.example/cb", Kind::Any));
}

#[test]
fn frees_the_port_of_literal_loopback_addresses() {
    for (registered, given) in [
        ("http://127.0.0.1/cb", "http://127.0.0.1:49152/cb"),
        ("http://127.0.0.1:8081/cb", "http://127.0.0.1:1/cb"),
        ("http://127.0.0.1:8081/cb", "http://127.0.0.1/cb"),
        ("http://[::1]/cb?x=1", "http://[::1]:65535/cb?x=1"),
        ("http://127.0.0.1", "http://127.0.0.1:80"),
    ] {
        assert!(asked(registered, given), "{registered} {given}");
    }
}

#[test]
fn frees_nothing_but_that_port() {
    for (registered, given) in [
        ("http://127.0.0.1/cb", "http://127.0.0.1:9/other"),
        ("http://127.0.0.1/cb", "http://127.0.0.1:9/cb?x=1"),
        ("http://127.0.0.1/cb", "http://127.0.0.1:9/cb#x"),
        ("http://127.0.0.1/cb", "https://127.0.0.1:9/cb"),
        ("http://127.0.0.1/cb", "http://[::1]:9/cb"),
        ("http://127.0.0.1/cb", "http://127.0.0.1:65536/cb"),
        ("http://127.0.0.1/cb", "http://127.0.0.1:0/cb"),
        ("http://127.0.0.1/cb", "http://127.0.0.1:/cb"),
        ("http://127.0.0.1/cb", "http://127.0.0.1:+9/cb"),
        ("http://127.0.0.1/cb", "http://127.0.0.1:80@evil/cb"),
        ("http://127.0.0.1/cb", "http://127.0.0.1@evil/cb"),
        ("http://127.0.0.1/", "http://127.0.0.1:80@evil/"),
        ("http://127.0.0.1/cb", "http://127.0.0.1.evil.example/cb"),
        ("http://127.0.0.1/cb", "http://127.1:9/cb"),
        ("http://127.0.0.1/cb", "http://2130706433:9/cb"),
        ("http://127.0.0.1/cb", "http://0.0.0.0:9/cb"),
        ("http://[::1]/cb", "http://[::ffff:127.0.0.1]:9/cb"),
        ("http://localhost/cb", "http://localhost:9/cb"),
        ("http://localhost:3000/cb", "http://127.0.0.1:3000/cb"),
        ("https://127.0.0.1/cb", "https://127.0.0.1:9/cb"),
        ("http://127.0.0.2/cb", "http://127.0.0.2:9/cb"),
    ] {
        assert!(!asked(registered, given), "{registered} {given}");
    }
}

#[test]
fn a_destination_is_what_people_tell_apart() {
    for (uri, expected) in [
        ("https://app.example.net/cb?x=1", "https://app.example.net"),
        ("https://app.example.net:8443/cb", "https://app.example.net:8443"),
        ("https://evil.example/app.example.net", "https://evil.example"),
        ("http://127.0.0.1:49152/cb", "localhost"),
        ("http://[::1]/cb", "localhost"),
        ("http://localhost:3000/cb", "localhost"),
        ("com.example.app:/cb", "com.example.app:"),
    ] {
        assert_eq!(destination(uri), expected, "{uri}");
        assert_eq!(destination(&destination(uri)), expected, "it is kept as it is");
    }
}

proptest! {
    #[test]
    fn never_panics_and_always_matches_itself(uri in "\\PC{0,80}") {
        let _ = check_registration(&uri, Kind::Any);
        prop_assert!(asked(&uri, &uri));
    }

    #[test]
    fn what_is_accepted_for_a_loopback_registration_stays_on_loopback(tail in "[0-9a-z.:@/\\\\#?%]{0,20}") {
        let uri = format!("http://127.0.0.1{tail}");
        if asked("http://127.0.0.1/cb", &uri) {
            let parsed = Url::parse(&uri);
            prop_assert!(parsed.is_ok_and(|url| url.host_str() == Some("127.0.0.1") && url.path() == "/cb"));
        }
    }
}
