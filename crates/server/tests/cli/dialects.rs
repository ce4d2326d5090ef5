//! Dialects at the command line: which there are, and how one of an operator's own is judged.

use serde_json::Value;

use super::{Operator, STATE};

#[test]
fn lists_dialects_and_where_they_are_mounted() {
    let operator = Operator::new();
    let list = operator.does("dialect list");
    assert!(list.starts_with("NAME") && list.contains("rfc"), "{list}");
    let bare = Operator { folder: tempfile::tempdir().unwrap() };
    assert!(bare.does("dialect list").contains("rfc"), "no configuration is needed");

    operator.writes("mine.toml", &operator.does("dialect show rfc").replace("\"rfc\"", "\"mine\""));
    operator.configures("[[dialect]]\nfile = \"mine.toml\"\nprefix = \"/mine\"\n");
    operator.configures("[[dialect]]\npreset = \"rfc\"\nname = \"partner\"\nhosts = [\"p.example.com\"]\n");
    let rows = operator.asks("dialect list");
    let row = |name: &str| rows.as_array().unwrap().iter().find(|row| row["name"] == name).unwrap().clone();
    assert_eq!(row("rfc")["mounted"]["prefix"], "");
    assert_eq!(
        (&row("mine")["mounted"]["prefix"], &row("mine")["from"]["file"]),
        (&Value::from("/mine"), &Value::from("mine.toml"))
    );
    assert_eq!(row("partner")["mounted"]["hosts"][0], "p.example.com");
    let token =
        row("mine")["endpoints"].as_array().unwrap().iter().find(|own| own["serves"] == "token").cloned();
    assert_eq!(token.unwrap()["paths"][0], "/oauth/token");
    assert!(operator.does("dialect list").contains("/mine"));
    assert!(operator.does("dialect show mine").contains("name = \"mine\""));
    assert!(operator.fails("dialect show none").contains("the presets are"));
    operator.does("app create Theirs --client-id theirs --dialect partner");
    assert!(operator.fails("app create X --dialect partnr").contains("did you mean \"partner\"?"));
}

#[test]
fn checks_dialects() {
    let operator = Operator::new();
    let standard = operator.does("dialect show rfc");
    operator.writes("mine.toml", &standard);
    assert_eq!(operator.does("dialect check mine.toml"), "mine.toml is right: rfc (Standard endpoints)\n");
    let right = operator.asks("dialect check mine.toml");
    assert_eq!(
        (&right["right"], &right["warnings"]),
        (&Value::from(true), &Value::from(Vec::<Value>::new()))
    );

    let line = standard.lines().count() + 2;
    operator.writes("mine.toml", &format!("{standard}[authorize]\nscope_form = \"app\"\n"));
    let complaint = operator.fails("dialect check mine.toml");
    assert_eq!(
        complaint,
        format!("symbolon: unknown key `scope_form` in mine.toml line {line}; did you mean `scope_from`?\n")
    );
    operator.writes("mine.toml", &format!("{standard}[token]\nrotation = \"strickt\"\n"));
    let complaint = operator.fails("dialect check mine.toml");
    assert!(
        complaint.contains(&format!("`strickt` in mine.toml line {line}; did you mean `strict`?")),
        "{complaint}"
    );
    for (wrong, meant) in [("code_unkown", "code_unknown"), ("invalid_gant", "invalid_grant")] {
        operator.writes("mine.toml", &format!("{standard}[errors.status]\n{wrong} = 404\n"));
        let complaint = operator.fails("dialect check mine.toml");
        let sentence = format!("unknown word `{wrong}` in mine.toml line {line}; did you mean `{meant}`?");
        assert!(complaint.contains(&sentence), "{complaint}");
    }
    assert!(operator.fails("dialect check none.toml").contains("cannot read none.toml"));
}

#[test]
fn refuses_dangerous_dialects_and_warns_of_unwise_ones() {
    let operator = Operator::new();
    let standard = operator.does("dialect show rfc").replace("\"rfc\"", "\"mine\"");
    operator.writes("mine.toml", &format!("{standard}[lifetimes]\ncode = \"11m\"\ngrace = \"2h\"\n"));
    let refused = operator.run("dialect check mine.toml");
    assert_eq!((refused.code, refused.complaint.lines().count()), (1, 1), "{}", refused.complaint);
    let dangers: Vec<&str> = refused.out.lines().filter(|line| line.starts_with("danger")).collect();
    assert_eq!(dangers.len(), 2, "{}", refused.out);
    let line = standard.lines().count() + 2;
    let at = |key: &str, line: usize| format!("mine.toml line {line}: lifetimes.{key}: ");
    assert!(
        dangers[0].contains(&at("code", line)) && dangers[0].contains("\"10m\" or less"),
        "{}",
        dangers[0]
    );
    let refused = operator.run("dialect check mine.toml --json");
    let findings: Value = serde_json::from_str(&refused.out).unwrap();
    assert_eq!((refused.code, findings["wrong"].as_array().unwrap().len()), (1, 2));

    operator.configures("[[dialect]]\nfile = \"mine.toml\"\nprefix = \"/mine\"\n");
    let complaint = operator.fails("serve");
    assert!(
        complaint.contains(&at("code", line)) && complaint.contains(&at("grace", line + 1)),
        "{complaint}"
    );
    let ill = operator.run("doctor");
    assert!(ill.code == 1 && ill.out.contains(&format!("broken   {}", at("code", line))), "{}", ill.out);
    let swapped = "[errors]\nmembers = [{ name = \"access_token\", literal = \"x\" }]\n";
    operator.writes("mine.toml", &format!("{standard}{swapped}"));
    for command in ["dialect check mine.toml", "serve", "doctor", "dialect list"] {
        let refused = operator.run(command);
        let told = format!("{}{}", refused.out, refused.complaint);
        let place = format!("mine.toml line {line}: errors.members access_token: ");
        assert!(
            refused.code == 1 && told.contains(&place) && told.contains("rename it"),
            "{command}: {told}"
        );
    }
    let large =
        format!("{standard}[answer]\nmembers = [{{ name = \"{}\", literal = 1 }}]\n", "a.".repeat(20_000));
    operator.writes("mine.toml", &large);
    let told = operator.run("dialect check mine.toml").out;
    assert!(
        told.contains(&format!("line {line}: answer.members.name: a text of 40000 bytes")),
        "{told:.300}"
    );
    operator.writes("mine.toml", &format!("{standard}# {}", "x".repeat(1 << 20)));
    assert!(operator.run("dialect check mine.toml").out.contains("write 65536 at most"));

    operator.writes("mine.toml", &format!("{standard}[lifetimes]\naccess = \"48h\"\n"));
    let unwise = operator.does("dialect check mine.toml");
    assert!(
        unwise.starts_with("mine.toml is right") && unwise.contains("\nmind     lifetimes.access"),
        "{unwise}"
    );
    let warned = operator.asks("dialect check mine.toml");
    assert!(warned["warnings"][0]["mend"].as_str().unwrap().contains("\"1h\""), "{warned}");
    operator.applies(STATE);
    let healthy = operator.does("doctor");
    assert!(healthy.contains("mind     the dialect mine: lifetimes.access") && healthy.contains("0 broken"));
}
