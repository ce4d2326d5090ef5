//! The file in which a serving process writes its number, so that `symbolon reload` finds it.
//!
//! The process holds the file locked while it lives, so that a number left behind is never taken for somebody else's process.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

/// The file of this process, held.
#[derive(Debug)]
pub struct PidFile {
    _held: File,
}

impl PidFile {
    /// Writes the number of this process.
    ///
    /// # Errors
    /// One sentence: it cannot be written, or another process holds it.
    pub fn write(path: &Path) -> Result<PidFile> {
        let shown = path.display();
        let opened = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path);
        let mut file = opened.with_context(|| format!("cannot write the pid file {shown}"))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                bail!(
                    "another server holds the pid file {shown}: stop it, or give this one a `pid_file` of its own"
                )
            }
            Err(TryLockError::Error(wrong)) => bail!("cannot lock the pid file {shown}: {wrong}"),
        }
        let written = file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id()));
        written.with_context(|| format!("cannot write the pid file {shown}"))?;
        Ok(PidFile { _held: file })
    }
}

/// Asks the process of this file to read its configuration again, and answers its number.
///
/// # Errors
/// One sentence: no process serves, or it cannot be reached from here.
pub fn ask_to_reload(path: &Path) -> Result<u32> {
    let shown = path.display();
    let nobody = || {
        format!("no server is running that wrote {shown}: start it, or name its configuration with --config")
    };
    let mut file = File::open(path).with_context(nobody)?;
    match file.try_lock_shared() {
        Ok(()) => bail!("{}", nobody()),
        Err(TryLockError::WouldBlock) => {}
        Err(TryLockError::Error(wrong)) => bail!("cannot look at the pid file {shown}: {wrong}"),
    }
    let mut text = String::new();
    file.read_to_string(&mut text).with_context(|| format!("cannot read the pid file {shown}"))?;
    let number = text.trim().parse::<u32>().ok();
    let pid = number.and_then(|number| Pid::from_raw(i32::try_from(number).ok()?));
    let (Some(number), Some(pid)) = (number, pid) else { bail!("the pid file {shown} holds no number") };
    if !is_ours(number) {
        bail!(
            "the server that wrote {shown} is not among the processes that are seen from here: run this where it runs, such as in its \
             container, or send it SIGHUP"
        );
    }
    kill_process(pid, Signal::HUP).with_context(|| format!("cannot send SIGHUP to process {number}"))?;
    Ok(number)
}

/// Whether a process is one of this program, where that can be seen. Another container counts its processes by itself.
fn is_ours(number: u32) -> bool {
    let name = |process: &str| std::fs::read_to_string(format!("/proc/{process}/comm")).ok();
    match name("self") {
        Some(own) => name(&number.to_string()) == Some(own),
        None => true,
    }
}
