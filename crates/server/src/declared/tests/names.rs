//! What people are shown, wherever a file or a command takes it.

use super::*;

/// Every place of a text that people are shown, without the text.
const PLACES: [&str; 15] = [
    "[[scope]]\nname = \"x\"\ntitle = §",
    "[[scope]]\nname = \"x\"\ntitle = \"X\"\ndescription = §",
    "[[role]]\nkey = \"r\"\ntitle = §",
    "[[tenant]]\nid = \"t\"\nname = §",
    "[[tenant]]\nid = \"t\"\nname = \"T\"\nregion = §",
    "[[user]]\nid = \"u\"\nemail = \"u@example.com\"\nname = §",
    "[[user]]\nid = \"u\"\nemail = \"u@example.com\"\nusername = §",
    "[[app]]\nclient_id = \"a\"\nname = §",
    "[[app]]\nclient_id = \"a\"\nname = \"A\"\npublisher = §",
    "[[resource]]\nidentifier = \"https://a.example\"\ntitle = §",
    // What identifies takes even less.
    "[[tenant]]\nname = \"T\"\nid = §",
    "[[user]]\nemail = \"u@example.com\"\nid = §",
    "[[app]]\nname = \"A\"\nclient_id = §",
    "[[role]]\ntitle = \"R\"\nkey = §",
    "[[scope]]\ntitle = \"X\"\nname = §",
];

/// Places of addresses, which a parser would mend and a terminal would not.
const ADDRESSES: [&str; 3] = [
    "[[tenant]]\nid = \"t\"\nname = \"T\"\nbase_url = \"https://a.example/§\"",
    "[[resource]]\ntitle = \"X\"\nidentifier = \"https://a.example/§\"",
    "[[user]]\nid = \"u\"\nemail = \"u@example.com§\"",
];

/// Marks that reach over the lines around them.
const STACKED: &str = "a\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301";

#[test]
fn a_name_hides_nothing_turns_nothing_around_and_has_a_length() {
    let refused = |text: &str| {
        let by_file = Declared::parse([("world.toml", text)], &icon::read).map(drop);
        let by_command = Declared::from_table("the command", toml::from_str(text).unwrap()).map(drop);
        [by_file, by_command].map(|outcome| {
            outcome.is_err_and(|error| {
                assert!(error.to_string().len() < 1000, "it is not repeated at length: {error}");
                true
            })
        })
    };
    for hostile in [
        "\\u001b[2J",
        "a\\u009bb",
        "a\\u202eb",
        "a\\nb",
        "a\\u200bb",
        "\\u0000",
        "a\\u2800b",
        "a\\U0001D159b",
        STACKED,
    ] {
        for place in PLACES {
            let text = place.replace('§', &format!("\"{hostile}\""));
            assert_eq!(refused(&text), [true, true], "{text}");
        }
        for place in ADDRESSES {
            let at = place.find('§').unwrap();
            let text = format!("{}{hostile}{}", &place[..at], &place[at + '§'.len_utf8()..]);
            assert_eq!(refused(&text), [true, true], "{text}");
        }
    }
    for place in PLACES {
        assert_eq!(
            refused(&place.replace('§', &format!("\"{}\"", "n".repeat(5000)))),
            [true, true],
            "{place}"
        );
        assert_eq!(refused(&place.replace('§', "\"\"")), [!place.contains("description"); 2], "{place}");
        let identifies = PLACES[10..].contains(&place);
        assert_eq!(refused(&place.replace('§', "\"Ärzte\"")), [identifies; 2], "{place}");
        assert_eq!(refused(&place.replace('§', "\"arzt\"")), [false, false], "{place}");
    }
    for place in ADDRESSES {
        let at = place.find('§').unwrap();
        let long = format!("{}{}{}", &place[..at], "n".repeat(5000), &place[at + '§'.len_utf8()..]);
        assert_eq!(refused(&long), [true, true], "{place}");
        assert_eq!(
            refused(&format!("{}{}", &place[..at], &place[at + '§'.len_utf8()..])),
            [false, false],
            "{place}"
        );
    }
}
