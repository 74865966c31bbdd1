//! A person's file on disk, sealed in pieces: each piece is bound to its file and its place there, so that none can be put elsewhere.

use crate::store::seal::{self, Sealer};
use std::{
    fs::{self, File},
    io::{self, BufReader, BufWriter, Read, Write},
    path::{Path, PathBuf},
};

/// Bytes of one piece before it is sealed.
const PIECE_BYTES: usize = 64 << 10;
/// What a piece may grow by when it is sealed: version, nonce and tag take 41 bytes.
const SEAL_BYTES: usize = 64;

/// Where the file of this id lies.
pub fn path(dir: &Path, id: &str) -> PathBuf {
    dir.join(id)
}

fn place(id: &str, piece: u32) -> Vec<u8> {
    seal::place(&["people-list", id, &piece.to_string()])
}

/// A file being written.
pub struct SealedWriter {
    file: BufWriter<File>,
    sealer: Sealer,
    id: String,
    pieces: u32,
    pending: Vec<u8>,
    length: u64,
}

impl SealedWriter {
    /// A new file.
    pub fn create(dir: &Path, id: &str, sealer: &Sealer) -> io::Result<Self> {
        fs::create_dir_all(dir)?;
        let file = BufWriter::new(File::create_new(path(dir, id))?);
        Ok(Self { file, sealer: sealer.clone(), id: id.to_owned(), pieces: 0, pending: Vec::new(), length: 0 })
    }

    /// Adds bytes.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.pending.extend_from_slice(bytes);
        self.length += bytes.len() as u64;
        while self.pending.len() >= PIECE_BYTES {
            let rest = self.pending.split_off(PIECE_BYTES);
            let piece = std::mem::replace(&mut self.pending, rest);
            self.put(&piece)?;
        }
        Ok(())
    }

    fn put(&mut self, piece: &[u8]) -> io::Result<()> {
        let sealed = self.sealer.seal(&place(&self.id, self.pieces), piece);
        self.pieces += 1;
        self.file.write_all(&u32::try_from(sealed.len()).map_err(io::Error::other)?.to_be_bytes())?;
        self.file.write_all(&sealed)
    }

    /// Makes it durable. Answers how many bytes it holds.
    pub fn finish(mut self) -> io::Result<u64> {
        let last = std::mem::take(&mut self.pending);
        self.put(&last)?;
        self.file.flush()?;
        self.file.get_ref().sync_all()?;
        Ok(self.length)
    }
}

/// A file being read from its beginning.
pub struct SealedReader {
    file: BufReader<File>,
    sealer: Sealer,
    id: String,
    pieces: u32,
    opened: zeroize::Zeroizing<Vec<u8>>,
    at: usize,
    left: u64,
}

impl SealedReader {
    /// The file of this id, which holds so many bytes.
    pub fn open(dir: &Path, id: &str, length: u64, sealer: &Sealer) -> io::Result<Self> {
        let file = BufReader::new(File::open(path(dir, id))?);
        let opened = Vec::new().into();
        Ok(Self { file, sealer: sealer.clone(), id: id.to_owned(), pieces: 0, opened, at: 0, left: length })
    }

    fn next(&mut self) -> io::Result<()> {
        let mut length = [0; 4];
        self.file.read_exact(&mut length)?;
        let length = u32::from_be_bytes(length) as usize;
        if length > PIECE_BYTES + SEAL_BYTES {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let mut sealed = vec![0; length];
        self.file.read_exact(&mut sealed)?;
        let opened = self.sealer.open(&place(&self.id, self.pieces), &sealed);
        self.opened = opened.map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
        (self.at, self.pieces) = (0, self.pieces + 1);
        if self.opened.is_empty() { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
    }
}

impl Read for SealedReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 || into.is_empty() {
            return Ok(0);
        }
        if self.at == self.opened.len() {
            self.next()?;
        }
        let here = self.opened.get(self.at..).unwrap_or_default();
        let count = here.len().min(into.len());
        into[..count].copy_from_slice(&here[..count]);
        self.at += count;
        self.left = self.left.saturating_sub(count as u64);
        Ok(count)
    }
}

/// Removes files whose ids `keep` does not name.
pub fn sweep(dir: &Path, keep: &[String]) -> io::Result<()> {
    let entries = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        if !keep.iter().any(|id| entry.file_name() == id.as_str()) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::seal::KeySource;
    use secrecy::SecretString;

    fn sealer(dir: &Path) -> Sealer {
        Sealer::open_or_create(&KeySource::Given(&SecretString::from("00".repeat(32))), dir).unwrap()
    }

    fn written(dir: &Path, id: &str, length: usize) -> Vec<u8> {
        let bytes: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
        let mut writer = SealedWriter::create(dir, id, &sealer(dir)).unwrap();
        bytes.chunks(1_000).for_each(|some| writer.write(some).unwrap());
        assert_eq!(writer.finish().unwrap(), length as u64);
        bytes
    }

    fn read(dir: &Path, id: &str, length: usize) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        SealedReader::open(dir, id, length as u64, &sealer(dir))?.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    #[test]
    fn what_was_written_is_read_and_does_not_lie_there_in_the_clear() {
        let dir = tempfile::tempdir().unwrap();
        let files = dir.path().join("lists");
        fs::create_dir(&files).unwrap();
        for length in [0, 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES + 7] {
            let id = format!("f{length}");
            let bytes = written(&files, &id, length);
            assert_eq!(read(&files, &id, length).unwrap(), bytes, "{length}");
            let raw = fs::read(path(&files, &id)).unwrap();
            assert!(length < 64 || !raw.windows(64).any(|some| some == &bytes[..64]));
        }
    }

    #[test]
    fn pieces_that_were_moved_or_cut_off_are_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let length = 2 * PIECE_BYTES;
        written(dir.path(), "a", length);
        fs::copy(path(dir.path(), "a"), path(dir.path(), "b")).unwrap();
        assert!(read(dir.path(), "b", length).is_err(), "it was sealed for another file");
        let raw = fs::read(path(dir.path(), "a")).unwrap();
        fs::write(path(dir.path(), "a"), &raw[..raw.len() / 2]).unwrap();
        assert!(read(dir.path(), "a", length).is_err(), "it was cut off");
    }

    #[test]
    fn files_that_nothing_names_are_removed() {
        let dir = tempfile::tempdir().unwrap();
        let files = dir.path().join("lists");
        sweep(&files, &[]).unwrap();
        fs::create_dir(&files).unwrap();
        written(&files, "a", 1);
        written(&files, "b", 1);
        sweep(&files, &["b".into()]).unwrap();
        assert!(!path(&files, "a").exists() && path(&files, "b").exists());
    }
}
