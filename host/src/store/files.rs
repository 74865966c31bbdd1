//! Files and directories made durable: a name survives a power loss only when its directory was synced.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// Syncs a directory's names.
pub fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// Syncs all below a directory, and itself.
pub fn sync_tree(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() { sync_tree(&path)? } else { File::open(&path)?.sync_all()? }
    }
    sync_dir(dir)
}

/// Gives a finished file or directory its name, durably. What is inside must have been synced.
pub fn rename(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)?;
    sync_parent(to)
}

/// Writes a whole file durably: aside first, then under its name.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let aside = beside(path, "new");
    fs::write(&aside, bytes)?;
    File::open(&aside)?.sync_all()?;
    rename(&aside, path)
}

/// The path with something appended to its name: `control` -> `control.new`.
pub fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

/// Removes a directory with all that is in it; one that is absent is fine.
pub fn remove_tree(dir: &Path) -> io::Result<()> {
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Makes the name of a new file or directory durable.
pub fn sync_parent(path: &Path) -> io::Result<()> {
    sync_dir(path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")))
}
