//! Master keys: where they come from, and the secrets file.
//!
//! They are in the configuration or the environment, in a named file, or in `secrets.toml` beside the SQLite file, which the
//! first start makes (mode 600). Several may live at a time, and the last that is written is the newest: it alone seals. A key
//! without a name of its own is named after itself, so a deployment from before keys had names goes on as it is.

use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{KeysError, derive};
use crate::clock::Entropy;
use crate::config::{GivenKey, SecretsSource, WrittenKeys, explain};

/// Bytes of a name at most: each takes so many in what it seals.
pub(super) const ID_AT_MOST: usize = 16;

/// One master key and its name.
#[derive(Clone)]
pub(super) struct MasterKey {
    id: String,
    bytes: Zeroizing<[u8; 32]>,
}

impl MasterKey {
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes.as_slice()
    }

    /// A key without a name is named after itself. The name is derived, so it tells nothing of the key.
    fn new(id: Option<String>, bytes: Zeroizing<[u8; 32]>) -> MasterKey {
        let id = id.unwrap_or_else(|| {
            let root = Salt::new(HKDF_SHA256, b"symbolon master key").extract(bytes.as_slice());
            let name = derive(&root, &[b"name"]);
            format!("k{}", hex(&name[..4]))
        });
        MasterKey { id, bytes }
    }
}

/// The master keys, in the order in which they are written; there is one at least.
pub(super) struct NonEmpty(Vec<MasterKey>, MasterKey);

impl NonEmpty {
    /// The one that seals.
    pub(super) fn newest(&self) -> &MasterKey {
        &self.1
    }

    /// All of them, the newest last.
    pub(super) fn iter(&self) -> impl Iterator<Item = &MasterKey> {
        self.0.iter().chain(std::iter::once(&self.1))
    }

    #[cfg(test)]
    pub(super) fn only(bytes: [u8; 32]) -> NonEmpty {
        NonEmpty(Vec::new(), MasterKey::new(None, Zeroizing::new(bytes)))
    }

    #[cfg(test)]
    pub(super) fn named(keys: &[(&str, [u8; 32])]) -> NonEmpty {
        let mut keys: Vec<_> = keys
            .iter()
            .map(|(id, bytes)| MasterKey::new(Some((*id).to_owned()), Zeroizing::new(*bytes)))
            .collect();
        let newest = keys.pop().unwrap();
        NonEmpty(keys, newest)
    }
}

/// Reads them from where the configuration says, and makes one beside a SQLite database that has none.
pub(super) fn load(source: &SecretsSource, entropy: &Entropy) -> Result<NonEmpty, KeysError> {
    match source {
        SecretsSource::Given(keys) => judged(keys.clone(), "the configuration"),
        SecretsSource::File(path) => read(path)?.ok_or_else(|| {
            KeysError(format!("the secrets file {} is not there: write one with `symbolon init`", path.display()))
        }),
        SecretsSource::BesideDatabase(path) => match read(path)? {
            Some(keys) => Ok(keys),
            None => {
                create(path, entropy)?;
                read(path)?
                    .ok_or_else(|| KeysError(format!("{} vanished while it was read", path.display())))
            }
        },
        SecretsSource::Missing => Err(KeysError(
            "no secrets file: on PostgreSQL every process needs the same one, so write it with `symbolon init` and name it as \
             `secrets_file`, or give `master_key` (SYMBOLON_MASTER_KEY)"
                .to_owned(),
        )),
    }
}

/// The keys as they can be used: each is one, and no two share a name.
fn judged(given: Vec<GivenKey>, place: &str) -> Result<NonEmpty, KeysError> {
    let mut keys: Vec<MasterKey> = Vec::with_capacity(given.len());
    for GivenKey { id, text } in given {
        let named = id.as_ref().map_or_else(String::new, |id| format!(" of \"{id}\""));
        if id.as_ref().is_some_and(|id| !is_name(id)) {
            return Err(KeysError(format!(
                "the `id`{named} of a [[master_key]] in {place} cannot be used: write 1 to {ID_AT_MOST} of a-z, 0-9, '-', '_' \
                 and '.', such as \"2026-11\""
            )));
        }
        let bytes = parse(text.expose()).ok_or_else(|| {
            KeysError(format!(
                "`master_key`{named} in {place} must be 64 hexadecimal characters: restore it from a backup"
            ))
        })?;
        let key = MasterKey::new(id, bytes);
        if keys.iter().any(|other| other.id == key.id) {
            return Err(KeysError(format!(
                "two [[master_key]] in {place} are called \"{}\": take one out, or give each its own `id`",
                key.id
            )));
        }
        keys.push(key);
    }
    let newest = keys.pop().ok_or_else(|| KeysError(format!("there is no master key in {place}")))?;
    Ok(NonEmpty(keys, newest))
}

fn is_name(id: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.".contains(&byte);
    (1..=ID_AT_MOST).contains(&id.len()) && id.bytes().all(plain)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SecretsFile {
    master_key: WrittenKeys,
}

fn parse(hex: &str) -> Option<Zeroizing<[u8; 32]>> {
    let digits = hex.trim().as_bytes();
    let mut key = Zeroizing::new([0; 32]);
    if digits.len() != 64 {
        return None;
    }
    for (byte, pair) in key.iter_mut().zip(digits.chunks_exact(2)) {
        let digit = |at: usize| char::from(pair[at]).to_digit(16);
        *byte = u8::try_from(digit(0)? * 16 + digit(1)?).ok()?;
    }
    Some(key)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn read(path: &Path) -> Result<Option<NonEmpty>, KeysError> {
    let name = path.display().to_string();
    let text = match fs::read_to_string(path) {
        Ok(text) => Zeroizing::new(text),
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(KeysError(format!("cannot read the secrets file {name}: {e}"))),
    };
    let wrong = |e: toml::de::Error| KeysError(explain(&e, "", &name));
    let file: SecretsFile = toml::from_str(&text).map_err(wrong)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let given = file.master_key.read(folder).map_err(|e| KeysError(format!("{e} ({name})")))?;
    judged(given, &name).map(Some)
}

const HEADING: &str = "# The server's own secrets. Keep this file private and back it up; every process of one server needs the same.\n";

fn new_key(entropy: &Entropy) -> Result<Zeroizing<String>, KeysError> {
    let key: [u8; 32] = entropy.fill().map_err(|e| KeysError(e.to_string()))?;
    Ok(Zeroizing::new(hex(&key)))
}

/// Makes a secrets file with a new master key, unless there is one. Two processes may try at once: the file appears
/// whole or not at all, and the second finds the first one's.
///
/// # Errors
/// [`KeysError`] when it cannot be written.
pub fn create(path: &Path, entropy: &Entropy) -> Result<(), KeysError> {
    let text = Zeroizing::new(format!("{HEADING}master_key = \"{}\"\n", *new_key(entropy)?));
    put(path, &text, entropy, |draft, path| match fs::hard_link(draft, path) {
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        linked => linked,
    })
}

/// Adds a new key to a secrets file, the newest from then on, and answers its name. What stands there stays.
///
/// # Errors
/// [`KeysError`] when there is no such file, the name is taken or none, or it cannot be written.
pub fn add(path: &Path, id: &str, entropy: &Entropy) -> Result<(), KeysError> {
    let there = read(path)?.ok_or_else(|| {
        KeysError(format!("the secrets file {} is not there: `symbolon init` writes one", path.display()))
    })?;
    if !is_name(id) || there.iter().any(|key| key.id == id) {
        return Err(KeysError(format!(
            "a new master key cannot be called \"{id}\": use 1 to {ID_AT_MOST} of a-z, 0-9, '-', '_' and '.', and no name that \
             is taken"
        )));
    }
    let fresh = new_key(entropy)?;
    let kept = there.iter().map(|key| (key.id.as_str(), Zeroizing::new(hex(key.bytes()))));
    let mut text = Zeroizing::new(format!(
        "{HEADING}# The last key is the newest: it seals. The others open what they sealed.\n"
    ));
    for (id, key) in kept.chain([(id, fresh)]) {
        // Writing to a String cannot fail.
        let _ = write!(text, "\n[[master_key]]\nid = \"{id}\"\nkey = \"{}\"\n", *key);
    }
    put(path, &text, entropy, |draft, path| fs::rename(draft, path))
}

/// Writes a draft that only its owner can read, and gives it its name.
fn put(
    path: &Path,
    text: &str,
    entropy: &Entropy,
    name: impl FnOnce(&Path, &Path) -> io::Result<()>,
) -> Result<(), KeysError> {
    let wrong = |what: String| KeysError(format!("cannot write the secrets file {}: {what}", path.display()));
    let unique: [u8; 8] = entropy.fill().map_err(|e| wrong(e.to_string()))?;
    let mut draft = path.as_os_str().to_owned();
    draft.push(format!(".{}", hex(&unique)));
    let draft = PathBuf::from(draft);
    let written = write_private(&draft, text.as_bytes()).and_then(|()| name(&draft, path));
    // The draft is only a second name by now, or worthless.
    let _ = fs::remove_file(&draft);
    written.map_err(|e| wrong(e.to_string()))
}

/// Writes a new file that its owner alone can read.
///
/// # Errors
/// When it is there already, or cannot be written.
pub fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file: File = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use symbolon_oauth::credential::Secret;

    use super::*;
    use crate::keys::{Keys, Purpose};

    #[test]
    fn makes_a_private_file_once_beside_the_database() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets.toml");
        let source = SecretsSource::BesideDatabase(path.clone());
        let first = Keys::load(&source, Entropy::System).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let again = Keys::load(&source, Entropy::System).unwrap();
        assert_eq!(first.mac(Purpose::Csrf, b"x"), again.mac(Purpose::Csrf, b"x"));
        let before = fs::read(&path).unwrap();
        create(&path, &Entropy::System).unwrap();
        assert_eq!(fs::read(&path).unwrap(), before);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        let named = Keys::load(&SecretsSource::File(path), Entropy::System).unwrap();
        assert_eq!(first.mac(Purpose::Csrf, b"x"), named.mac(Purpose::Csrf, b"x"));
    }

    #[test]
    fn refuses_a_missing_or_broken_secret_with_a_mend() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets.toml");
        let refused = |source: SecretsSource| Keys::load(&source, Entropy::System).unwrap_err().to_string();
        assert!(refused(SecretsSource::Missing).contains("symbolon init"));
        assert!(refused(SecretsSource::File(path.clone())).contains("symbolon init"));
        assert!(refused(SecretsSource::Given(given("abc"))).contains("64 hexadecimal"));
        for broken in ["master_key = \"abc\"", "master_kee = \"abc\"", "not toml"] {
            fs::write(&path, broken).unwrap();
            let sentence = refused(SecretsSource::BesideDatabase(path.clone()));
            assert!(sentence.contains("secrets.toml") && !sentence.contains("abc"), "{sentence}");
        }
        assert!(Keys::load(&SecretsSource::Given(given(&"0f".repeat(32))), Entropy::System).is_ok());
    }

    fn given(text: &str) -> Vec<GivenKey> {
        vec![GivenKey { id: None, text: Secret::given(text) }]
    }

    fn ids(keys: &NonEmpty) -> Vec<&str> {
        keys.iter().map(MasterKey::id).collect()
    }

    #[test]
    fn a_key_is_added_beside_those_that_are_there_and_is_the_newest() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets.toml");
        assert!(add(&path, "a", &Entropy::System).is_err(), "there is nothing to add to");
        create(&path, &Entropy::System).unwrap();
        let first = read(&path).unwrap().unwrap();
        add(&path, "2026-12", &Entropy::System).unwrap();
        let both = read(&path).unwrap().unwrap();
        assert_eq!(ids(&both), [first.newest().id(), "2026-12"]);
        assert_eq!(both.newest().id(), "2026-12");
        assert_eq!(both.iter().next().unwrap().bytes(), first.newest().bytes());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        for wrong in ["2026-12", "", "UPPER", "seventeen-letters"] {
            assert!(add(&path, wrong, &Entropy::System).is_err(), "{wrong}");
        }
        assert_eq!(ids(&read(&path).unwrap().unwrap()).len(), 2);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn several_keys_come_from_files_and_share_no_name() {
        let folder = tempfile::tempdir().unwrap();
        let (old, new) = ("0a".repeat(32), "0b".repeat(32));
        fs::write(folder.path().join("old.key"), format!("{old}\n")).unwrap();
        let path = folder.path().join("secrets.toml");
        let written = |text: String| {
            fs::write(&path, text).unwrap();
            read(&path).map(Option::unwrap).map_err(|e| e.to_string())
        };
        let entry = |id: &str, rest: &str| format!("[[master_key]]\nid = \"{id}\"\n{rest}\n");
        let (by_file, by_key) = ("file = \"old.key\"", format!("key = \"{new}\""));
        let keys = written(entry("old", by_file) + &entry("new", &by_key)).unwrap();
        assert_eq!((ids(&keys), keys.newest().bytes()[0]), (vec!["old", "new"], 0x0b));
        let refused = |text: String| written(text).err().unwrap();
        assert!(refused(entry("a", by_file) + &entry("a", &by_key)).contains("are called \"a\""));
        assert!(refused(entry("a", "")).contains("either `file`"));
        assert!(refused(entry("A b", by_file)).contains("cannot be used"));
        assert!(refused(entry("a", "file = \"none.key\"")).contains("none.key"));
        assert!(refused("master_key = []".to_owned()).contains("empty list"));
    }
}
