//! Users and groups of this machine, and the same check as another user.

use std::fs;
use std::os::unix::process::CommandExt;
use std::process::Command;

use anyhow::{Context, Result, bail};
use rustix::process::{Gid, Uid, geteuid};
use rustix::thread::{set_thread_groups, set_thread_res_gid, set_thread_res_uid};
use symbolon_oauth::quoted::Excerpt;

/// The number of the user that runs this.
pub(super) fn my_id() -> u32 {
    geteuid().as_raw()
}

/// The user that runs this, as `chown` takes it.
pub(super) fn me() -> String {
    let id = my_id();
    line("/etc/passwd", |fields| {
        fields.get(2)?.parse().ok().filter(|own: &u32| *own == id).map(|_| fields[0].to_owned())
    })
    .unwrap_or_else(|| id.to_string())
}

/// What a group is called here.
pub(super) fn group_name(id: u32) -> String {
    line("/etc/group", |fields| {
        fields.get(2)?.parse().ok().filter(|own: &u32| *own == id).map(|_| fields[0].to_owned())
    })
    .unwrap_or_else(|| id.to_string())
}

/// What `read` makes of the first line of a file of fields that it takes.
fn line<T>(file: &str, read: impl Fn(&[&str]) -> Option<T>) -> Option<T> {
    let text = fs::read_to_string(file).ok()?;
    text.lines().find_map(|line| read(&line.split(':').collect::<Vec<_>>()))
}

/// A user with the groups it is in.
struct User {
    uid: u32,
    gid: u32,
    groups: Vec<u32>,
}

/// A user by name, or by number: `65534` or `65534:65534`, as containers name it.
fn user(named: &str) -> Result<User> {
    let (uid, gid) = named.split_once(':').map_or((named, None), |(uid, gid)| (uid, Some(gid)));
    if let Ok(uid) = uid.parse() {
        let gid = gid
            .map_or(Ok(uid), str::parse)
            .with_context(|| format!("{} names no group by number", Excerpt(named)))?;
        return Ok(User { uid, gid, groups: vec![gid] });
    }
    let found = line("/etc/passwd", |fields| {
        (fields.first() == Some(&named))
            .then(|| Some((fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?)))
    });
    let Some(Some((uid, gid))) = found else {
        bail!("there is no user {} in /etc/passwd: name one that is, or its number", Excerpt(named));
    };
    let member =
        |fields: &[&str]| fields.get(3).is_some_and(|members| members.split(',').any(|own| own == named));
    let text = fs::read_to_string("/etc/group").unwrap_or_default();
    let fields = text.lines().map(|line| line.split(':').collect::<Vec<_>>());
    let groups = fields.filter(|fields| member(fields)).filter_map(|fields| fields.get(2)?.parse().ok());
    Ok(User { uid, gid, groups: groups.chain([gid]).collect() })
}

/// Runs this very command as another user, in its groups and with no right of this one. Comes back only when it cannot.
pub(super) fn become_user(named: &str) -> Result<()> {
    let User { uid, gid, groups } = user(named)?;
    if my_id() != 0 && my_id() != uid {
        bail!(
            "--as needs the right to become somebody else: run it as root (sudo symbolon doctor --as {named})"
        );
    }
    let program = std::env::current_exe().context("cannot tell where this program is")?;
    if my_id() == 0 {
        let groups: Vec<Gid> = groups.into_iter().map(Gid::from_raw).collect();
        let (uid, gid) = (Uid::from_raw(uid), Gid::from_raw(gid));
        set_thread_groups(&groups)
            .and_then(|()| set_thread_res_gid(gid, gid, gid))
            .and_then(|()| set_thread_res_uid(uid, uid, uid))
            .with_context(|| format!("cannot become {named}"))?;
    }
    let mut arguments = std::env::args_os().skip(1).peekable();
    let mut kept = Vec::new();
    while let Some(argument) = arguments.next() {
        let text = argument.to_string_lossy();
        if text == "--as" {
            arguments.next();
        } else if !text.starts_with("--as=") {
            kept.push(argument);
        }
    }
    let failed = Command::new(&program).args(kept).exec();
    bail!("{named} cannot run {}: {failed}; put it where everybody may execute it", program.display())
}
