use std::collections::BTreeSet;
use std::fs;

use serde::Deserialize;
use toml::{Table, Value};

use super::explain::{line_named, unknown_field};
use super::raw::Raw;
use super::*;
use crate::forwarded::AddressHeader;

const EXAMPLE: &str = include_str!("../../../../config.example.toml");
const LEAST: &str = "issuer = \"https://id.example.com\"\nlisten = \"127.0.0.1:8080\"\n";

fn load(text: &str, environment: &[(&str, &str)]) -> Result<Config, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("symbolon.toml");
    fs::write(&file, text).unwrap();
    let environment: Vec<_> = environment.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    let hide = |text: String| text.replace(&folder.path().display().to_string(), "…");
    Config::from_parts(Some(&file), &environment).map_err(|wrong| hide(wrong.to_string()))
}

fn with(more: &str) -> Result<Config, String> {
    let storage = if more.contains("[storage]") { "" } else { "[storage]\nurl = \"sqlite:s.db\"\n" };
    let (top, sections) = more
        .split_at(more.find('[').filter(|at| more[..*at].ends_with('\n') || *at == 0).unwrap_or(more.len()));
    load(&format!("{LEAST}{top}\n{storage}{sections}"), &[])
}

/// What docs/deploy.md shows works as it stands there.
#[test]
fn the_configurations_of_deployments_are_understood() {
    const PAGE: &str = include_str!("../../../../docs/deploy.md");
    let blocks = |kind: &str| -> Vec<&str> {
        let begun = PAGE.split(kind).skip(1);
        begun.filter_map(|rest| rest.split("\n```").next()).collect()
    };
    let files = blocks("\n```toml");
    assert_eq!(files.len(), 1);
    load(files[0], &[]).unwrap();
    let [deployment] = blocks("\n```yaml")[..] else { panic!("one deployment is shown") };
    let named = deployment.lines().filter_map(|line| line.split_once("name: SYMBOLON_")).map(|(_, rest)| {
        let (key, value) = rest.split_once(", value: \"").unwrap_or((rest, "given elsewhere"));
        (format!("SYMBOLON_{}", key.trim()), value.trim_end_matches(['"', '}']).to_owned())
    });
    let given: Vec<_> = named
        .map(|(key, value)| match key.as_str() {
            "SYMBOLON_STORAGE__URL" => {
                (key, "postgres://symbolon:secret@db.example.com/symbolon?sslmode=require".to_owned())
            }
            "SYMBOLON_MASTER_KEY" => (key, "07".repeat(32)),
            _ => (key, value),
        })
        .collect();
    assert!(given.len() >= 8, "{given:?}");
    let config = Config::from_parts(None, &given).unwrap();
    assert!(config.log.json && config.pid_file().is_none() && config.metrics.is_some());
}

/// What docs/egress.md shows works as it stands there, and each of its keys is in the table below.
#[test]
fn the_way_out_is_configured_as_its_page_shows() {
    const PAGE: &str = include_str!("../../../../docs/egress.md");
    let shown = PAGE.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let egress = with(shown).unwrap().egress;
    assert_eq!((egress.rules.allow.len(), egress.rules.ports.len()), (2, 3));
    assert_eq!(egress.resolver, "10.0.0.53:53".parse().ok());
    assert_eq!(egress.proxy.unwrap().to_string(), "http://proxy.internal:3128");
    for key in ["allow", "ports", "resolver", "proxy", "ca"] {
        assert!(PAGE.contains(&format!("\n| `{key}` |")), "{key}");
    }
    let own = with("[metrics]\nlisten = \"127.0.0.1:9090\"").unwrap().egress.rules;
    assert_eq!(own.own_names, ["id.example.com"]);
    assert_eq!(own.own_listeners.len(), 2);
    for (text, sentence) in [
        ("[egress]\nallow = [\"internal\"]", "`egress.allow` holds \"internal\": write a network"),
        ("[egress]\nports = []", "`egress.ports`"),
        ("[egress]\nresolver = \"dns\"", "`egress.resolver` is \"dns\""),
        ("[egress]\nproxy = \"https://u:hunter2@p:1\"", "`egress.proxy` cannot be used: write the proxy as"),
        ("[egress]\nca = \"none.pem\"", "`egress.ca` cannot be used: cannot read"),
    ] {
        let wrong = with(text).unwrap_err();
        assert!(wrong.contains(sentence), "{wrong}");
    }
    let secret = with("[egress]\nproxy = \"http://u:hunter2@p:1\"").unwrap();
    assert!(!format!("{secret:?}").contains("hunter2"));
}

#[test]
fn three_keys_are_enough() {
    let config = with("").unwrap();
    assert_eq!(config.issuer.as_str(), "https://id.example.com");
    assert_eq!(config.issuer.authority(), "id.example.com");
    assert!(!config.issuer.is_loopback_http());
    assert!(config.storage.sqlite_file().is_some_and(|file| file.is_absolute() && file.ends_with("s.db")));
    assert!(matches!(&config.secrets, SecretsSource::BesideDatabase(file) if file.ends_with("secrets.toml")));
    assert_eq!(config.tokens.code_ttl, Lifetime::seconds(60));
    assert_eq!(config.tokens.refresh_max_ttl(ClientType::Confidential), Lifetime::NEVER);
    assert_eq!(config.tokens.refresh_max_ttl(ClientType::Public), Lifetime::seconds(31_536_000));
    assert!(config.pkce_required && !config.login.sign_up_open() && config.registration.review);
    assert_eq!(config.shutdown_grace, Duration::from_secs(20));
}

#[test]
fn says_which_settings_have_no_effect_yet() {
    let said = |more: &str| with(more).unwrap().registration.without_effect();
    assert!(said("").is_empty());
    assert!(said("[registration]\ndevelopers = \"open\"\nreview = \"on\"").is_empty(), "as it is anyway");
    for developers in ["invited", "staff"] {
        let said = said(&format!("[registration]\ndevelopers = \"{developers}\""));
        assert!(said.len() == 1 && said[0].contains("registration.developers"), "{said:?}");
    }
    let review = said("[registration]\nreview = \"off\"");
    assert!(review.len() == 1 && review[0].contains("registration.review"), "{review:?}");
    assert_eq!(said("[registration]\ndevelopers = \"staff\"\nreview = \"off\"").len(), 2);
}

#[test]
fn the_environment_wins_and_can_be_all_there_is() {
    let environment = [
        ("SYMBOLON_ISSUER", "http://127.0.0.1:8080"),
        ("SYMBOLON_STORAGE__URL", "postgres://u:p@db/symbolon"),
        ("SYMBOLON_TRUSTED_PROXIES", "10.0.0.0/8, 192.0.2.1"),
        ("SYMBOLON_LOGIN__DOORS", "[\"accounts\"]"),
        ("SYMBOLON_DIALECT", "[{\"preset\": \"rfc\", \"prefix\": \"/partner\"}]"),
        ("SYMBOLON_TEST_POSTGRES", "ignored"),
        ("SYMBOLON_SERVICE_HOST", "ignored"),
        ("SYMBOLON_PORT_8080_TCP", "ignored"),
        ("PATH", "ignored"),
    ];
    let config = load(&format!("{LEAST}[storage]\nurl = \"sqlite:s.db\""), &environment).unwrap();
    assert!(config.issuer.is_loopback_http());
    assert_eq!(config.proxies.trusted.len(), 2);
    assert_eq!(config.dialects[0].prefix, "/partner");
    assert!(matches!(config.secrets, SecretsSource::Missing));
    assert!(!format!("{:?}", config.storage).contains(":p@"));
    // Whether it is taken or refused, and whatever a driver would read as the password: nobody is shown it.
    for url in [
        "postgres://u:hunter2@db:5432/s",
        "postgres://u:12/hunter2@db/s",
        "postgres://u:12#hunter2@db/s",
        "postgres://u:12?hunter2@db/s",
        "postgres://u:a@hunter2@db/s",
        "postgres://u:a:hunter2@db/s",
        "postgres://:hunter2@db/s",
        "postgres://u@db/s?password=hunter2&sslmode=require",
        "postgres://db/s?user=u&p%61ssword=hunter2",
        "postgres://u:hunter2@db:hunter2/s",
    ] {
        let said = match load(LEAST, &[("SYMBOLON_STORAGE__URL", url)]) {
            Ok(Config { storage, .. }) => format!("{storage} {storage:?}"),
            Err(error) => error.to_string(),
        };
        assert!(!said.contains("hunter2"), "{url}: {said}");
    }

    let all = [("SYMBOLON_LISTEN", "[::1]:1"), environment[0], environment[1]];
    let all: Vec<_> = all.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    assert!(Config::from_parts(None, &all).is_ok());
}

#[test]
fn what_stands_before_the_server_is_said_and_never_guessed() {
    let least = format!("{LEAST}[storage]\nurl = \"sqlite:s.db\"");
    let plain = load(&least, &[]).unwrap();
    assert!(!plain.proxy_protocol && plain.proxies == Proxies::default() && plain.internal_hosts.is_empty());
    assert_eq!(plain.proxies.header, AddressHeader::XForwardedFor);
    let set = [
        ("SYMBOLON_TRUSTED_PROXIES", "10.0.0.0/8"),
        ("SYMBOLON_PROXY_PROTOCOL", "required"),
        ("SYMBOLON_CLIENT_ADDRESS", "Forwarded"),
        ("SYMBOLON_INTERNAL_HOSTS", "Symbolon_Pool, 10.0.0.5:8080, [::1]:8080, symbolon:443"),
        ("SYMBOLON_DIALECT", "[{\"preset\": \"calcom\", \"hosts\": [\"API.cal.example:443\"]}]"),
    ];
    let config = load(&least, &set).unwrap();
    assert!(config.proxy_protocol);
    assert_eq!(config.proxies.header, AddressHeader::Forwarded);
    assert_eq!(config.internal_hosts, ["symbolon_pool", "10.0.0.5:8080", "[::1]:8080", "symbolon"]);
    assert_eq!(config.dialects[0].hosts, ["api.cal.example"]);
    let refused = |name: &str, value: &str| load(&least, &[(name, value)]).unwrap_err();
    assert!(refused("SYMBOLON_PROXY_PROTOCOL", "required").contains("`trusted_proxies` is empty"));
    assert!(refused("SYMBOLON_PROXY_PROTOCOL", "auto").contains("it can be \"off\" or \"required\""));
    assert!(refused("SYMBOLON_CLIENT_ADDRESS", "x-real-ip").contains("\"x-forwarded-for\" or \"forwarded\""));
    for host in ["http://symbolon", "symbolon/", "", ":8080", "symbolon:x", "[::1", "a b", "[symbolon]"] {
        let wrong = refused("SYMBOLON_INTERNAL_HOSTS", &format!("[{host:?}]"));
        assert!(wrong.contains("`internal_hosts` holds"), "{host}: {wrong}");
    }
}

#[test]
fn a_secret_can_live_in_a_file_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("url");
    fs::write(&secret, "postgres://u:p@db/s\n").unwrap();
    let in_file = format!("[storage]\nurl = {{ file = {:?} }}", secret.display().to_string());
    assert_eq!(load(&format!("{LEAST}{in_file}"), &[]).unwrap().storage.url(), "postgres://u:p@db/s");
    let variable = [("SYMBOLON_STORAGE__URL__FILE", secret.to_str().unwrap())];
    assert_eq!(load(LEAST, &variable).unwrap().storage.url(), "postgres://u:p@db/s");
    let missing = with("[storage]\nurl = { file = \"nowhere\" }").unwrap_err();
    assert!(missing.starts_with("cannot read …/nowhere, which `storage.url` names"), "{missing}");
}

#[test]
fn says_which_key_is_unknown_and_which_was_meant() {
    let refused = |text: &str, environment: &[(&str, &str)]| load(text, environment).unwrap_err();
    assert_eq!(
        refused("isuer = \"https://x\"", &[]),
        "unknown key `isuer` in …/symbolon.toml line 1; did you mean `issuer`?"
    );
    assert_eq!(
        refused("[tokens]\n\nacces_ttl = \"1h\"", &[]),
        "unknown key `acces_ttl` in …/symbolon.toml line 3; did you mean `access_ttl`?"
    );
    assert_eq!(
        refused(LEAST, &[("SYMBOLON_STROAGE__URL", "x")]),
        "unknown key `stroage` in the environment variable SYMBOLON_STROAGE__URL; did you mean `storage`?"
    );
    assert!(refused("listen = 1", &[]).contains("…/symbolon.toml line 1"));
    assert!(refused("[tokens]\naccess_ttl = \"soon\"", &[]).contains("'soon' is not a duration"));
    assert!(
        refused(LEAST, &[("SYMBOLON_TOKENS__ACCESS_TTL", "soon")]).contains("SYMBOLON_TOKENS__ACCESS_TTL")
    );
}

#[test]
fn refuses_what_cannot_work_in_one_sentence() {
    for (text, sentence) in [
        ("[storage]\nurl = \"mysql://x\"", "must begin with"),
        ("[storage]\nurl = \"sqlite:\"", "names no file"),
        (
            "[storage]\nurl = \"postgres://u:hunter2@db/s?sslmod=on\"",
            "`storage.url` has the option `sslmod`, which is not known",
        ),
        (
            "[storage]\nurl = \"sqlite:s.db\"\nconnections = 1",
            "`storage.connections` is 1: it must be from 2 to 100",
        ),
        ("[storage]\nurl = \"sqlite:s.db\"\npooling = \"off\"", "it can be \"session\" or \"transaction\""),
        ("trusted_proxies = [\"ten\"]", "`trusted_proxies` holds \"ten\""),
        ("pkce = \"off\"", "it can be \"required\" or \"optional\""),
        ("shutdown_grace = \"never\"", "`shutdown_grace` is out of range"),
        ("secrets_file = \"a\"\nmaster_key = \"b\"", "keep one"),
        ("[tokens]\nrefresh_reuse_grace = \"61m\"", "from \"0s\" to \"60m\""),
        ("[tokens]\ncode_ttl = \"11m\"", "from \"1s\" to \"10m\""),
        ("[tokens]\naccess_ttl = \"never\"", "not \"never\""),
        ("[tokens]\nrefresh_ttl = \"0s\"", "too short"),
        ("[tokens]\naccess_format = \"jwt\"", "not built yet"),
        ("[login]\ndoors = [\"oidc\"]", "not built yet"),
        ("[login]\ndoors = []", "nobody could sign in"),
        ("[login]\nsign_up = \"maybe\"", "\"closed\" or \"invited\" or \"open\""),
        ("[registration]\ndevelopers = \"all\"", "\"open\" or \"invited\" or \"staff\""),
        ("[brand]\nname = \"\"", "`brand.name` is empty"),
        ("[brand]\nname = \"A\\u001bB\"", "`brand.name` holds the character U+001B"),
        ("[brand]\nname = \"A\\u202eB\"", "U+202E"),
        ("[brand]\ntoken_prefix = \"Acme_\"", "lower-case letters and digits"),
        ("[brand]\naccent = \"red\"", "#2f6feb"),
        ("[brand]\nterms_url = \"javascript:x\"", "mailto:"),
        ("[metrics]\nlisten = \"127.0.0.1:8080\"", "a port of their own"),
        ("[tls]\ncert = \"c.pem\"", "without `tls.key`"),
        ("[tls]\nkey = \"k.pem\"", "without `tls.cert`"),
        ("[log]\nformat = \"xml\"", "\"text\" or \"json\""),
        ("[[dialect]]\npreset = \"rfc\"", "would shadow"),
        ("[[dialect]]\nprefix = \"/x\"", "either `preset` or `file`"),
        ("[[dialect]]\npreset = \"rfc\"\nprefix = \"x/\"", "begin with a slash"),
        ("[[dialect]]\npreset = \"rfc\"\nprefix = \"/x/../admin\"", "'.' or '..'"),
        ("[[dialect]]\npreset = \"rfc\"\nhosts = [\"https://a.example\"]", "without https://"),
        ("[[dialect]]\npreset = \"rfc\"\nhosts = [\"a.example/x\"]", "without https://"),
        ("[[dialect]]\npreset = \"rfc\"\nhosts = [\"\"]", "as requests name it"),
        ("[[dialect]]\npreset = \"rfc\"\nprefix = \"/x\"\nname = \"My Own\"", "letters, digits"),
    ] {
        let refused = with(text).unwrap_err();
        assert!(refused.contains(sentence), "{text} → {refused}");
        assert!(refused.contains("(configuration: …/symbolon.toml"), "{refused}");
    }
    // With the line, where one sets the key or holds the text; not that of another section, and no comment.
    let placed =
        "[limits]\naccount = \"5 per 1h\"\n# code_ttl = \"2d\"\n[tokens]\naccount = 1\ncode_ttl = \"2d\"\n";
    assert_eq!(line_named(placed, "`tokens.code_ttl` is out of range"), Some(6));
    assert_eq!(line_named(placed, "`limits.account` is \"5 per 1h\""), Some(2));
    assert_eq!(line_named(placed, "the text \"5 per 1h\" is wrong"), Some(2));
    assert_eq!(line_named(placed, "`log.level` is wrong"), None);
    let refused = load(&format!("{LEAST}[storage]\nurl = \"mysql://x\""), &[]).unwrap_err();
    assert!(refused.ends_with("(configuration: …/symbolon.toml line 4)"), "{refused}");
    assert!(load("listen = \"127.0.0.1:1\"", &[]).unwrap_err().contains("`storage.url` is missing"));
    assert!(load("", &[]).unwrap_err().contains("set SYMBOLON_LISTEN"));
}

/// Whatever a file or a variable holds, a refusal repeats the beginning of it, and nothing that moves a cursor.
#[test]
fn repeats_what_is_wrong_escaped_and_cut() {
    for text in [
        "listen = \"§\"",
        "issuer = \"§\"",
        "issuer = \"§://x\"",
        "trusted_proxies = [\"§\"]",
        "client_address = \"§\"",
        "proxy_protocol = \"§\"",
        "internal_hosts = [\"§/\"]",
        "pkce = \"§\"",
        "shutdown_grace = \"§\"",
        "§ = 1",
        "[storage]\nurl = \"sqlite:s.db\"\npooling = \"§\"",
        "[tokens]\ncode_ttl = \"§\"",
        "[tokens]\naccess_format = \"§\"",
        "[login]\ndoors = [\"§\"]",
        "[login]\nsign_up = \"§\"",
        "[limits]\naccount = \"§\"",
        "[registration]\ndevelopers = \"§\"",
        "[brand]\ntoken_prefix = \"§\"",
        "[brand]\naccent = \"§\"",
        "[brand]\nterms_url = \"§\"",
        "[log]\nformat = \"§\"",
        "[mail]\nfrom = \"§\"",
        "[mail]\nfrom = \"a@acme.example\"\nhost = \"§/\"",
        "[egress]\nallow = [\"§\"]",
        "[egress]\nresolver = \"§\"",
        "[log]\nlevel = \"=§=\"",
        "[[dialect]]\npreset = \"rfc\"\nprefix = \"§\"",
        "[[dialect]]\npreset = \"rfc\"\nhosts = [\"§/\"]",
        "[[dialect]]\npreset = \"rfc\"\nprefix = \"/x\"\nname = \"§ \"",
    ] {
        let key = text.starts_with('§');
        let hostile = if key { "\"a\\u001b[2J\\u202eb\"" } else { "a\\u001b[2J\\u202eb" };
        for given in [hostile, &"x".repeat(5000)] {
            let written = text.replace('§', given);
            let least = if text.starts_with("issuer") || text.starts_with("listen") {
                "[storage]\nurl = \"sqlite:s.db\"\n".to_owned()
            } else {
                String::new()
            };
            let refused = if least.is_empty() {
                with(&written).unwrap_err()
            } else {
                let other = LEAST.lines().find(|line| line.split(' ').next() != written.split(' ').next());
                load(&format!("{}\n{written}\n{least}", other.unwrap_or_default()), &[]).unwrap_err()
            };
            assert!(refused.len() < 700, "{text}: {} bytes: {refused}", refused.len());
            assert!(!refused.contains(['\u{1b}', '\u{202e}']), "{text}: {refused:?}");
            assert!(!refused.contains(&"x".repeat(100)), "{text}: {refused}");
        }
    }
    let two = "[[dialect]]\npreset = \"rfc\"\nprefix = \"/§\"\n".replace('§', &"x".repeat(5000)).repeat(2);
    let refused = with(&two).unwrap_err();
    assert!(refused.contains("…\": give each its own") && refused.len() < 300, "{refused}");
    let refused = with(&format!("[log]\nformat = \"{}\"", "x".repeat(5000))).unwrap_err();
    assert!(refused.contains("…\": it can be") && refused.ends_with("line 7)"), "{refused}");
}

#[test]
fn refuses_issuers_that_clients_could_not_trust() {
    for (issuer, sentence) in [
        ("id.example.com", "write the public URL"),
        ("http://id.example.com", "plain http"),
        ("http://127.0.0.1.example.com", "plain http"),
        ("ftp://id.example.com", "use https"),
        ("https://id.example.com?x", "query or a fragment"),
        ("https://id.example.com/#x", "query or a fragment"),
        ("https://u:p@id.example.com", "user or password"),
        ("https://id.example.com/auth", "has a path"),
        ("https://ID.example.com", "write it as \"https://id.example.com\""),
        ("https://id.example.com:443", "write it as \"https://id.example.com\""),
    ] {
        let environment = [("SYMBOLON_ISSUER", issuer), ("SYMBOLON_STORAGE__URL", "sqlite:x")];
        let refused = load(LEAST, &environment).unwrap_err();
        assert!(refused.contains(sentence), "{issuer} → {refused}");
    }
    for issuer in ["http://localhost:8080", "http://[::1]:8080/", "https://id.example.com/"] {
        let environment = [("SYMBOLON_ISSUER", issuer), ("SYMBOLON_STORAGE__URL", "sqlite:x")];
        assert!(load(LEAST, &environment).is_ok(), "{issuer}");
    }
}

/// Every key the shape knows, dotted, found by offering it one it cannot know.
fn known_keys() -> BTreeSet<String> {
    let refusal = |table: Table| Raw::deserialize(table).unwrap_err().message().to_owned();
    let unknown = || Table::from_iter([("?".to_owned(), Value::Boolean(true))]);
    let names = |message: &str| -> Vec<String> {
        unknown_field(message)
            .map(|(_, known)| known.iter().map(|k| (*k).to_owned()).collect())
            .unwrap_or_default()
    };
    let mut keys = BTreeSet::new();
    for top in names(&refusal(unknown())) {
        let as_table = refusal(Table::from_iter([(top.clone(), Value::Table(unknown()))]));
        let as_list = refusal(Table::from_iter([(top.clone(), Value::Array(vec![Value::Table(unknown())]))]));
        // A struct can also be read from a list, by position, so a list counts only where a table does not fit.
        let inner =
            Some(names(&as_table)).filter(|inner| !inner.is_empty()).unwrap_or_else(|| names(&as_list));
        if inner.is_empty() || inner == ["file"] {
            keys.insert(top);
        } else {
            keys.extend(inner.iter().map(|key| format!("{top}.{key}")));
        }
    }
    keys
}

#[test]
fn the_example_is_a_configuration_and_shows_every_key() {
    load(EXAMPLE, &[]).unwrap();
    let switched_on: String = EXAMPLE
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(off) if off.starts_with(|c: char| c.is_ascii_lowercase() || c == '[') => format!("{off}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    let shown: Table = toml::from_str(&switched_on).unwrap();
    let mut keys = BTreeSet::new();
    for (key, value) in &shown {
        let tables: Vec<&Table> = match value {
            Value::Table(table) if key != "master_key" => vec![table],
            Value::Array(list) => list.iter().filter_map(Value::as_table).collect(),
            _ => vec![],
        };
        if tables.is_empty() {
            keys.insert(key.clone());
        }
        keys.extend(tables.iter().flat_map(|table| table.keys()).map(|inner| format!("{key}.{inner}")));
    }
    let known = known_keys();
    assert!(known.len() > 25, "{known:?}");
    assert_eq!(known, keys);
}

const MAIL: &str = "[mail]\nfrom = \"Acme <no-reply@acme.example>\"\nhost = \"smtp.acme.example\"\n";

/// What docs/mail.md shows works as it stands there, and its table names every key.
#[test]
fn the_mail_settings_of_the_documentation_are_understood() {
    const PAGE: &str = include_str!("../../../../docs/mail.md");
    let block = PAGE.split("\n```toml").nth(1).and_then(|rest| rest.split("\n```").next()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let password = folder.path().join("password");
    fs::write(&password, "hunter2\n").unwrap();
    let text = block.replace("/run/secrets/smtp-password", &password.display().to_string());
    let mail = with(&text).unwrap().mail.unwrap();
    assert_eq!((mail.host.as_str(), mail.port), ("smtp.acme.example", 587));
    let (user, password) = mail.login.clone().unwrap();
    assert_eq!((user.as_str(), password.expose()), ("symbolon", "hunter2"));
    assert!(!format!("{mail:?}").contains("hunter2"));
    for key in ["from", "host", "port", "tls", "username", "password"] {
        assert!(PAGE.contains(&format!("| `{key}` |")), "{key}");
    }
}

#[test]
fn mail_is_whole_or_absent_and_never_in_the_clear_over_a_network() {
    assert!(with("").unwrap().mail.is_none());
    let mail = with(MAIL).unwrap().mail.unwrap();
    assert_eq!((mail.port, mail.login), (465, None));
    assert_eq!(with(&format!("{MAIL}tls = \"starttls\"")).unwrap().mail.unwrap().port, 587);
    let refused = |more: &str| with(&format!("{MAIL}{more}")).unwrap_err();
    assert!(refused("tls = \"off\"").contains("in the clear"));
    assert!(with(&format!("{MAIL}tls = \"off\"").replace("smtp.acme.example", "127.0.0.1")).is_ok());
    assert!(refused("tls = \"of\"").contains("\"required\" or \"starttls\" or \"off\""));
    assert!(refused("username = \"a\"").contains("go together"));
    let wrong = |text: &str| with(text).unwrap_err();
    assert!(wrong("[mail]\nhost = \"a\"").contains("`mail.from` is missing"));
    assert!(wrong("[mail]\nfrom = \"nobody\"\nhost = \"a\"").contains("write an address"));
    assert!(wrong("[mail]\nfrom = \"a@b.example\"\nhost = \"a:25\"").contains("the port as `port`"));
}

#[test]
fn strangers_make_accounts_only_where_an_address_is_proven() {
    let open = "[login]\nsign_up = \"open\"\n";
    assert!(with(open).unwrap_err().contains("without [mail] nobody proves an address"));
    assert!(with(&format!("{open}{MAIL}")).unwrap().login.sign_up_open());
    assert!(with(MAIL).unwrap().login.sign_up_open(), "with mail it is the default");
    assert!(with("[login]\nsign_up = \"closed\"").is_ok());
    let here = load(
        "issuer = \"http://127.0.0.1:8080\"\nlisten = \"127.0.0.1:8080\"\nstorage.url = \"sqlite:s.db\"",
        &[],
    );
    let here = here.unwrap().login;
    assert!(
        here.sign_up_open() && here.caution(false).is_some() && here.caution(true).is_none(),
        "for trying it out"
    );
}

#[test]
fn master_keys_are_one_or_several() {
    let key = "07".repeat(32);
    let given = |more: &str| match with(more).unwrap().secrets {
        SecretsSource::Given(keys) => keys.into_iter().map(|key| key.id).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(given(&format!("master_key = \"{key}\"")), [None]);
    let several =
        format!("[[master_key]]\nid = \"a\"\nkey = \"{key}\"\n[[master_key]]\nid = \"b\"\nkey = \"{key}\"");
    assert_eq!(given(&several), [Some("a".to_owned()), Some("b".to_owned())]);
    assert!(with("[[master_key]]\nid = \"a\"").unwrap_err().contains("either `file`"));
    assert!(with("master_key = []").unwrap_err().contains("empty list"));
    assert!(with("[[master_key]]\nidd = \"a\"").unwrap_err().contains("`idd`"));
}
