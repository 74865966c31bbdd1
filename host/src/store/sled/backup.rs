//! Backup and restore of what cannot be fetched again. A backup is a directory with the control database as one file of pairs, which
//! any engine could read, and the audit journal up to the same moment.

use super::FORMAT;
use super::instance::{Instance, io};
use super::journal::{self, Mark};
use super::open;
use crate::store::StoreError;
use crate::store::files;
use crate::store::seal::CANARY_FILE;
use ::sled::Batch;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

/// How the file begins: its name, its form.
const MAGIC: &[u8] = b"weft control backup 1\n";
/// In place of a key's length: the hash of all before it follows.
const END: u32 = u32::MAX;
/// A key or a value of a whole file is smaller by far; what a damaged length may make us allocate.
const PAIR_BYTES: u32 = 1 << 20;
/// Pairs restored in one batch.
const BATCH: usize = 256;
/// For a database that is filled and closed.
const CACHE_BYTES: u64 = 16 << 20;

const CONTROL: &str = "control.backup";
const AUDIT: &str = "audit";

/// Makes the directory where the backup grows, and names the file for [`export`].
pub fn begin(to: &Path, aside: &Path) -> Result<PathBuf, StoreError> {
    if to.exists() {
        return Err(StoreError::Io(format!("{} exists already; name a new directory for the backup", to.display())));
    }
    files::remove_tree(aside).map_err(|error| io(aside, &error))?;
    open::make_private(&aside.join(AUDIT)).map_err(|error| io(aside, &error))?;
    Ok(aside.join(CONTROL))
}

/// Writes all pairs of the control database into this file.
pub fn export(control: &Instance, to: &Path) -> Result<(), StoreError> {
    let failed = |error: io::Error| io(to, &error);
    let mut file = Hashing { inner: BufWriter::new(File::create(to).map_err(failed)?), hasher: blake3::Hasher::new() };
    file.write_all(MAGIC).map_err(failed)?;
    control.each(|key, value| write_pair(&mut file, key, value).map_err(failed))?;
    let mut end = || -> io::Result<()> {
        file.write_all(&END.to_be_bytes())?;
        let hash = file.hasher.finalize();
        file.inner.write_all(hash.as_bytes())?;
        file.inner.flush()
    };
    end().map_err(failed)
}

/// Adds the journal up to the mark, and gives the whole its name when it is durable.
pub fn finish(dir: &Path, to: &Path, aside: &Path, mark: Mark) -> Result<(), StoreError> {
    let (from, copies) = (dir.join(AUDIT), aside.join(AUDIT));
    for number in journal::numbers(&from)?.into_iter().filter(|number| *number <= mark.file) {
        let copy = journal::path(&copies, number);
        fs::copy(journal::path(&from, number), &copy).map_err(|error| io(&copy, &error))?;
        if number == mark.file {
            // Lines may have come since.
            let cut = File::options().write(true).open(&copy).and_then(|file| file.set_len(mark.bytes));
            cut.map_err(|error| io(&copy, &error))?;
        }
    }
    let named = || -> io::Result<()> {
        fs::write(aside.join("format"), format!("{FORMAT}\n"))?;
        copy_canary(dir, aside)?;
        files::sync_tree(aside)?;
        files::rename(aside, to)
    };
    named().map_err(|error| io(to, &error))
}

/// What tells whether a key is the right one goes along; it is no key.
fn copy_canary(from: &Path, to: &Path) -> io::Result<()> {
    let canary = from.join(CANARY_FILE);
    if canary.exists() {
        fs::copy(canary, to.join(CANARY_FILE))?;
    }
    Ok(())
}

/// Fills a fresh data directory from a backup. Jobs that were waiting then wait again; what they did since is for the handlers to find.
pub fn restore(from: &Path, into: &Path) -> Result<(), StoreError> {
    let occupied = into.exists() && fs::read_dir(into).map_err(|error| io(into, &error))?.next().is_some();
    if occupied {
        return Err(StoreError::Io(format!("{} is not empty; restore into a fresh directory", into.display())));
    }
    let aside = files::beside(into, "new");
    files::remove_tree(&aside).map_err(|error| io(&aside, &error))?;
    open::make_private(&aside.join(AUDIT)).map_err(|error| io(&aside, &error))?;
    import(&from.join(CONTROL), &aside.join("control"))?;
    let copied = || -> io::Result<()> {
        for entry in fs::read_dir(from.join(AUDIT))? {
            let entry = entry?;
            fs::copy(entry.path(), aside.join(AUDIT).join(entry.file_name()))?;
        }
        fs::copy(from.join("format"), aside.join("format"))?;
        copy_canary(from, &aside)?;
        files::sync_tree(&aside)?;
        if into.exists() {
            fs::remove_dir(into)?;
        }
        files::rename(&aside, into)
    };
    copied().map_err(|error| io(into, &error))
}

fn import(from: &Path, to: &Path) -> Result<(), StoreError> {
    let file = File::open(from).map_err(|error| io(from, &error))?;
    let mut file = Hashing { inner: BufReader::new(file), hasher: blake3::Hasher::new() };
    let control = Instance::open(to, CACHE_BYTES)?;
    let damaged = |why: &str| StoreError::Damaged(format!("the backup {} cannot be used: {why}", from.display()));
    let broken = |error: io::Error| damaged(&error.to_string());
    let mut magic = vec![0; MAGIC.len()];
    file.read_exact(&mut magic).map_err(broken)?;
    if magic != MAGIC {
        return Err(damaged("it does not begin like one"));
    }
    let (mut batch, mut pairs) = (Batch::default(), 0);
    while let Some((key, value)) = read_pair(&mut file).map_err(broken)? {
        batch.insert(key, value);
        pairs += 1;
        if pairs % BATCH == 0 {
            control.apply(std::mem::take(&mut batch))?;
        }
    }
    control.apply(batch)?;
    let mut hash = [0; blake3::OUT_LEN];
    file.inner.read_exact(&mut hash).map_err(broken)?;
    if file.hasher.finalize() != hash {
        return Err(damaged("it is not what was written"));
    }
    control.flush()
}

fn write_pair(to: &mut impl Write, key: &[u8], value: &[u8]) -> io::Result<()> {
    for part in [key, value] {
        to.write_all(&(part.len() as u32).to_be_bytes())?;
        to.write_all(part)?;
    }
    Ok(())
}

fn read_pair(from: &mut impl Read) -> io::Result<Option<(Vec<u8>, Vec<u8>)>> {
    let Some(key) = read_part(from)? else { return Ok(None) };
    let value = read_part(from)?.ok_or_else(|| io::Error::other("a value is missing"))?;
    Ok(Some((key, value)))
}

fn read_part(from: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    match u32::from_be_bytes(length) {
        END => Ok(None),
        length if length > PAIR_BYTES => Err(io::Error::other("a length is impossible")),
        length => {
            let mut part = vec![0; length as usize];
            from.read_exact(&mut part)?;
            Ok(Some(part))
        }
    }
}

/// Hashes what passes.
struct Hashing<T> {
    inner: T,
    hasher: blake3::Hasher,
}

impl<T: Write> Write for Hashing<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<T: Read> Read for Hashing<T> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        self.hasher.update(&into[..read]);
        Ok(read)
    }
}
