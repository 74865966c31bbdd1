//! Recording what a process does to a directory, and reading the recording.

use anyhow::{Context as _, bail, ensure};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// One thing that happened, in the order it did. Paths are below the directory.
#[derive(Debug)]
pub enum Event {
    Write {
        path: PathBuf,
        offset: usize,
        data: Vec<u8>,
    },
    /// `fsync` or `fdatasync`.
    Sync(PathBuf),
    /// `sync_file_range`: promises nothing.
    RangeSync,
    Resize {
        path: PathBuf,
        size: usize,
    },
    /// A new file, or an old one made empty.
    Create(PathBuf),
    MakeDir(PathBuf),
    Rename(PathBuf, PathBuf),
    Remove(PathBuf),
    /// The process printed this.
    Said(String),
}

/// Compiles the recorder into this directory.
pub fn compile(into: &Path) -> anyhow::Result<PathBuf> {
    let library = into.join("recorder.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/store_power/recorder.c");
    let output = Command::new("cc")
        .args(["-O1", "-shared", "-fPIC", "-o"])
        .args([&library, &source])
        .args(["-ldl", "-lpthread"])
        .output()
        .context(
            "the power-loss tests need a C compiler named cc; install one (Debian: apt-get install gcc libc6-dev)",
        )?;
    ensure!(output.status.success(), "cc failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok(library)
}

/// Runs the command with the recorder and gives what it printed; the recording lies in `log`.
pub fn run(recorder: &Path, command: &mut Command, dir: &Path, log: &Path) -> anyhow::Result<Output> {
    Ok(command.env("LD_PRELOAD", recorder).env("DISK_DIR", dir).env("DISK_LOG", log).output()?)
}

/// Reads a recording.
pub fn read(log: &Path) -> anyhow::Result<Vec<Event>> {
    let bytes = std::fs::read(log)?;
    let mut rest = bytes.as_slice();
    let mut events = Vec::new();
    while !rest.is_empty() {
        events.push(event(&mut rest)?);
    }
    Ok(events)
}

fn event(rest: &mut &[u8]) -> anyhow::Result<Event> {
    let kind = take(rest, 1)?[0];
    let length = usize::from(u16::from_ne_bytes(take(rest, 2)?.try_into()?));
    let path = PathBuf::from(std::str::from_utf8(take(rest, length)?)?);
    let offset = usize::try_from(i64::from_ne_bytes(take(rest, 8)?.try_into()?))?;
    let length = u32::from_ne_bytes(take(rest, 4)?.try_into()?) as usize;
    let data = take(rest, length)?.to_vec();
    Ok(match kind {
        b'W' => Event::Write { path, offset, data },
        b'S' => Event::Sync(path),
        b'R' => Event::RangeSync,
        b'T' => Event::Resize { path, size: offset },
        b'C' => Event::Create(path),
        b'M' => Event::MakeDir(path),
        b'N' => Event::Rename(path, PathBuf::from(String::from_utf8(data)?)),
        b'U' | b'D' => Event::Remove(path),
        b'A' => Event::Said(String::from_utf8(data)?),
        other => bail!("unknown record {other}"),
    })
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> anyhow::Result<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(length).context("the recording is cut off")?;
    *rest = left;
    Ok(taken)
}
