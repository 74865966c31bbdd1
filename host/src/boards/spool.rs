//! A file without a name: there until nobody holds it, and gone with the process, however that ends.

use crate::domain::{AppError, Outcome};
use anyhow::Context;
use bytes::Bytes;
use futures::{Stream, StreamExt};
use std::fs::File;
use std::io::{self, ErrorKind};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use tokio::io::AsyncWriteExt;

/// Read at once: few calls, and little to hold for each file that is sent.
const PIECE_BYTES: u64 = 256 << 10;

/// What was written to it, read as often as wanted.
pub(super) struct Spool {
    file: File,
    bytes: u64,
}

impl Spool {
    /// Writes these pieces one after the other into a new file of this directory. More than `most` bytes are refused, and so is what
    /// the disk has no room for; the rest is then not asked for.
    pub async fn filled(dir: &Path, most: u64, pieces: impl Stream<Item = Outcome<Bytes>>) -> Outcome<Self> {
        let file = tempfile::tempfile_in(dir).context("a file for an export could not be made")?;
        let mut file = tokio::fs::File::from_std(file);
        let (mut pieces, mut bytes) = (pin!(pieces), 0);
        while let Some(piece) = pieces.next().await {
            let piece = piece?;
            bytes += piece.len() as u64;
            if bytes > most {
                return Err(too_large());
            }
            file.write_all(&piece).await.map_err(unwritten)?;
        }
        file.flush().await.map_err(unwritten)?;
        Ok(Self { file: file.into_std().await, bytes })
    }

    /// Its length.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// From its first byte to its last.
    pub fn pieces(self: Arc<Self>) -> impl Stream<Item = anyhow::Result<Bytes>> + Send + use<> {
        let starts = (0..self.bytes).step_by(PIECE_BYTES as usize);
        futures::stream::iter(starts).then(move |at| {
            let spool = self.clone();
            async move {
                let read =
                    tokio::task::spawn_blocking(move || spool.piece(at)).await.context("an export was not read")?;
                Ok(read?)
            }
        })
    }

    fn piece(&self, at: u64) -> io::Result<Bytes> {
        let mut piece = vec![0; PIECE_BYTES.min(self.bytes - at) as usize];
        self.file.read_exact_at(&mut piece, at)?;
        Ok(piece.into())
    }
}

fn too_large() -> AppError {
    AppError::refused(
        "The file would be larger than Slack takes (1 GB). Nothing was exported: filter the board or show fewer columns.",
    )
}

fn unwritten(error: io::Error) -> AppError {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => AppError::refused(
            "Weft's disk has no room for the file. Nothing was exported: ask whoever runs Weft to make room, then try again.",
        ),
        _ => anyhow::Error::from(error).context("an export could not be written").into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::{TryStreamExt, stream};

    async fn filled(pieces: Vec<Outcome<Bytes>>) -> Outcome<Arc<Spool>> {
        Spool::filled(&std::env::temp_dir(), 1 << 20, stream::iter(pieces)).await.map(Arc::new)
    }

    #[tokio::test]
    async fn what_went_in_comes_out_as_often_as_wanted() {
        for length in [0, 1, PIECE_BYTES as usize, PIECE_BYTES as usize + 1, 1 << 20] {
            let bytes: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
            let (first, second) = bytes.split_at(length / 3);
            let spool = filled([first, second].map(|piece| Ok(Bytes::copy_from_slice(piece))).into()).await.unwrap();
            assert_eq!(spool.bytes(), length as u64);
            for _ in 0..2 {
                let read: Vec<Bytes> = spool.clone().pieces().try_collect().await.unwrap();
                assert_eq!(read.concat(), bytes);
            }
        }
    }

    #[tokio::test]
    async fn too_much_is_refused_and_a_failure_is_one() {
        let million = || Ok(Bytes::from(vec![0; 1 << 20]));
        let refused = filled(vec![million(), million()]).await.err().unwrap();
        assert!(matches!(refused, AppError::Refused(why) if why.contains("larger than Slack takes")));
        let failed = filled(vec![million(), Err(anyhow::anyhow!("no rows").into())]).await.err().unwrap();
        assert!(matches!(failed, AppError::Fault(_)), "{failed:?}");
    }

    #[test]
    fn a_full_disk_is_told() {
        let refused = unwritten(io::Error::from(ErrorKind::StorageFull));
        assert!(matches!(refused, AppError::Refused(why) if why.contains("no room")));
    }
}
