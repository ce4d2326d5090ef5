use super::*;

/// What those libraries wrote for "correct horse", at costs that a test can wait for.
const WRITTEN: &[(&str, &str)] = &[
    ("bcrypt", "$2b$05$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2"),
    ("bcrypt", "$2a$05$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2"),
    ("bcrypt", "$2y$05$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2"),
    ("bcrypt", "bcrypt$$2b$05$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2"),
    ("bcrypt", "bcrypt_sha256$$2b$04$abcdefghijklmnopqrstuuIvyWZlBcE3WoQXKqRnwrLYJ6nenE0Bq"),
    ("PBKDF2", "pbkdf2_sha256$2600$Qm7xW2$HhOp0UECK3ZEm6U9m87XHhWLbX7f7EOdN1WLKOdYOi4="),
    ("PBKDF2", "pbkdf2_sha1$2600$Qm7xW2$KY0wcI6HcXPntCEhufa/wFjjIxo="),
    ("PBKDF2", "$pbkdf2-sha256$2900$AAECAwQFBgcICQoLDA0ODw$aXNbuicbJthuYwRijmduIABF07cC.DGOG8hM1mh0gM8"),
    (
        "PBKDF2",
        "$pbkdf2-sha512$2500$AAECAwQFBgcICQoLDA0ODw$fO4XjKZCZdY6aDZhWDReQgycHDGS42ShMTpHpr3kOg3RMiUoBt3FKSEe.O1l.riolk6XJ6VvdhzdXvOmR8.gIg",
    ),
    ("PBKDF2", "$pbkdf2$1310$AAECAwQFBgcICQoLDA0ODw$aUa/TROJCrh.URZzalZf7gWpzFg"),
    (
        "PBKDF2",
        "$pbkdf2-sha256$i=2600,l=32$AAECAwQFBgcICQoLDA0ODw$uBEN5Ph5mWFQORriRM0WYP/x+wpXHxr+6bm9i/byM/0",
    ),
    ("PBKDF2", "pbkdf2:sha256:2600$Qm7xW2$1e13a9d141022b76449ba53d9bced71e158b6d7edfec439d37558b28e7583a2e"),
    (
        "scrypt",
        "scrypt$1024$Qm7xW2$8$2$CjHlSEjPoTdumpOnSQkrXaZTfXylNi+j6NMN8BMkClH2zph8wrdSq5uU1nXwCy1g6St+lDBEvDP1L7sZCJNHEw==",
    ),
    (
        "scrypt",
        "scrypt:1024:8:1$Qm7xW2$199883575e0ee18117903b0eb27ef21a524966de3dfdfcab8063df122c740674d721db55f955081f3f11d5eeb995ae32c0c2143d3468200e7afaa084aa87e85d",
    ),
    ("scrypt", "$scrypt$ln=10,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$nfkj3u1fRTHCea+fVr03sWV770kp5wLOLoEakziKhqE"),
    ("SHA-256", "4104d36f8da2c254349f85836793ebe029e0c957063a34c91c2e9203187b5631"),
    ("SHA-256", "4104D36F8DA2C254349F85836793EBE029E0C957063A34C91C2E9203187B5631"),
];

fn admits(hash: &str, text: &str) -> bool {
    let foreign = Foreign::read(hash).unwrap_or_else(|why| panic!("{hash}: {why}"));
    foreign.admits(text.as_bytes(), &mut Vec::new()).unwrap()
}

#[test]
fn what_other_libraries_wrote_admits_its_text_only() {
    for (kind, hash) in WRITTEN {
        assert_eq!(Foreign::read(hash).map(|foreign| foreign.kind()), Ok(*kind), "{hash}");
        assert!(admits(hash, "correct horse"), "{hash}");
        for wrong in ["correct horsf", "correct horse ", "", hash] {
            assert!(!admits(hash, wrong), "{hash} {wrong}");
        }
    }
}

/// The reference implementation's tests.
#[test]
fn reads_argon2_of_every_kind_and_version() {
    for hash in [
        "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8",
        "argon2$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8",
        "$argon2i$m=256,t=2,p=1$c29tZXNhbHQ$/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY",
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
    ] {
        assert!(admits(hash, "password") && !admits(hash, "passwore"), "{hash}");
    }
}

#[test]
fn bcrypt_reads_72_bytes_and_no_more_than_its_own_characters() {
    let long = "$2b$04$abcdefghijklmnopqrstuubzadhGtS2zEF.gu0yd0opP6cVzb.e0i";
    assert!(admits(long, &"x".repeat(80)) && admits(long, &"x".repeat(72)) && !admits(long, &"x".repeat(71)));
    assert!(admits(&format!("{} ", WRITTEN[0].1), "correct horse"), "a column that was padded");
}

#[test]
fn what_is_no_hash_is_refused() {
    for none in [
        "",
        "plain",
        "correct horse battery staple",
        "$1$abc$def",
        "$2x$05$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2",
        "$6$salt$hash",
        "sha1$abc$def",
        "$argon2x$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        &"a".repeat(2000),
        &"a".repeat(63),
    ] {
        assert_eq!(Foreign::read(none).err(), Some(UnfitHash::Form), "{none}");
    }
    for (kind, hash) in WRITTEN {
        let cut = &hash[..hash.len() / 4];
        assert!(Foreign::read(cut).is_err(), "{cut}");
        let foreign = Foreign::read(&format!("{}é", &hash[..hash.len() - 1]));
        assert!(
            matches!(foreign.err(), Some(UnfitHash::Damaged(own)) if own == *kind) || *kind == "SHA-256",
            "{hash}"
        );
    }
    assert_eq!(Foreign::read(&"z".repeat(64)).err(), Some(UnfitHash::Damaged("SHA-256")));
    let short = "pbkdf2_sha256$2600$Qm7xW2$AAAA";
    assert_eq!(Foreign::read(short).err(), Some(UnfitHash::Damaged("PBKDF2")));
}

#[test]
fn what_would_take_seconds_or_gigabytes_is_refused() {
    let output = "A".repeat(43);
    for dear in [
        "$2b$15$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2".to_owned(),
        "$2b$31$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2".to_owned(),
        format!("pbkdf2_sha256$3000001$salt${output}"),
        format!("pbkdf2_sha256$4294967295$salt${output}"),
        format!("$scrypt$ln=18,r=8,p=1$c2FsdHNhbHQ${output}"),
        format!("$scrypt$ln=63,r=8,p=1$c2FsdHNhbHQ${output}"),
        format!("$scrypt$ln=14,r=8,p=64$c2FsdHNhbHQ${output}"),
        format!("scrypt$1048576$salt$8$1${output}"),
        format!("$argon2id$v=19$m=262144,t=1,p=1$c2FsdHNhbHQ${output}"),
        format!("$argon2id$v=19$m=65536,t=11,p=1$c2FsdHNhbHQ${output}"),
        format!("$argon2id$v=19$m=4294967295,t=1,p=1$c2FsdHNhbHQ${output}"),
    ] {
        assert_eq!(Foreign::read(&dear).err(), Some(UnfitHash::Cost), "{dear}");
    }
    for usual in [
        "$2b$12$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2".to_owned(),
        format!("pbkdf2_sha256$1200000$salt${output}"),
        format!("scrypt$16384$salt$8$5${output}"),
        format!("$scrypt$ln=17,r=8,p=1$c2FsdHNhbHQ${output}"),
        format!("argon2$argon2id$v=19$m=102400,t=2,p=8$c2FsdHNhbHQ${output}"),
        format!("$argon2id$v=19$m=65536,t=4,p=1$c2FsdHNhbHQ${output}"),
    ] {
        assert!(Foreign::read(&usual).is_ok(), "{usual}");
    }
}
