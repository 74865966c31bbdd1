//! The disk as it may look after a power loss: what was synced is there; of what was only written, some of it, in no order. Names
//! and sizes are taken as durable at once, as a journaling file system nearly does.

use super::recording::Event;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A page of the file system.
const PAGE: usize = 4096;

/// How much of what was not synced reaches the disk.
#[derive(Clone, Copy, Debug)]
pub enum Luck {
    /// All that was written: a disk that needs no sync.
    Everything,
    Nothing,
    /// Each write with probability 1/2.
    SomeWrites,
    /// Each page of each write with probability 1/2.
    SomePages,
}

#[derive(Default)]
struct FileState {
    durable: Vec<u8>,
    pending: Vec<(usize, Vec<u8>)>,
}

/// The files after some of a recording.
#[derive(Default)]
pub struct Disk {
    files: BTreeMap<PathBuf, FileState>,
    dirs: BTreeSet<PathBuf>,
}

impl Disk {
    /// One more event.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::Write { path, offset, data } => self.file(path).pending.push((*offset, data.clone())),
            Event::Sync(path) => {
                if let Some(file) = self.files.get_mut(path) {
                    for (offset, data) in std::mem::take(&mut file.pending) {
                        put(&mut file.durable, offset, &data);
                    }
                }
            }
            Event::Resize { path, size } => {
                let file = self.file(path);
                file.pending.retain_mut(|(offset, data)| {
                    data.truncate(size.saturating_sub(*offset));
                    !data.is_empty()
                });
                file.durable.resize(*size, 0);
            }
            Event::Create(path) => drop(self.files.insert(path.clone(), FileState::default())),
            Event::MakeDir(path) => drop(self.dirs.insert(path.clone())),
            Event::Rename(from, to) => self.rename(from, to),
            Event::Remove(path) => {
                self.files.remove(path);
                self.dirs.remove(path);
            }
            Event::RangeSync | Event::Said(_) => {}
        }
    }

    fn file(&mut self, path: &Path) -> &mut FileState {
        self.files.entry(path.to_owned()).or_default()
    }

    fn rename(&mut self, from: &Path, to: &Path) {
        let moved = |path: &Path| {
            path.strip_prefix(from)
                .ok()
                .map(|rest| if rest.as_os_str().is_empty() { to.to_owned() } else { to.join(rest) })
        };
        let renamed = |path: PathBuf| moved(&path).unwrap_or(path);
        // What has the new name already is replaced.
        self.files.remove(to);
        self.files = std::mem::take(&mut self.files).into_iter().map(|(path, file)| (renamed(path), file)).collect();
        self.dirs = std::mem::take(&mut self.dirs).into_iter().map(renamed).collect();
    }

    /// Cuts the power, and writes what is left into a directory.
    pub fn after_power_loss(&self, luck: Luck, random: &mut Random, into: &Path) -> std::io::Result<()> {
        for dir in &self.dirs {
            fs::create_dir_all(into.join(dir))?;
        }
        for (path, file) in &self.files {
            let path = into.join(path);
            path.parent().map_or(Ok(()), fs::create_dir_all)?;
            let mut bytes = file.durable.clone();
            for (offset, data) in &file.pending {
                match luck {
                    Luck::Everything => put(&mut bytes, *offset, data),
                    Luck::Nothing => {}
                    Luck::SomeWrites if random.coin() => put(&mut bytes, *offset, data),
                    Luck::SomeWrites => {}
                    Luck::SomePages => some_pages(&mut bytes, *offset, data, random),
                }
            }
            fs::write(path, bytes)?;
        }
        Ok(())
    }
}

fn some_pages(bytes: &mut Vec<u8>, offset: usize, data: &[u8], random: &mut Random) {
    let mut from = 0;
    while from < data.len() {
        let end = data.len().min((offset + from) / PAGE * PAGE + PAGE - offset);
        if random.coin() {
            put(bytes, offset + from, &data[from..end]);
        }
        from = end;
    }
}

fn put(bytes: &mut Vec<u8>, offset: usize, data: &[u8]) {
    if bytes.len() < offset + data.len() {
        bytes.resize(offset + data.len(), 0);
    }
    bytes[offset..offset + data.len()].copy_from_slice(data);
}

/// The same numbers for the same seed (SplitMix64).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    fn coin(&mut self) -> bool {
        self.next() & 1 == 1
    }
}
