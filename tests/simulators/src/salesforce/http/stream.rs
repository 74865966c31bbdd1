//! Bodies that are written while they are sent: no more than one piece of them is in memory.

use crate::salesforce::answer::Pieces;
use crate::salesforce::org::Inner;
use axum::body::{Body, Bytes};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::{self, Write};
use std::sync::Arc;

/// How far a body is.
struct Writer {
    org: Arc<Inner>,
    pieces: Pieces,
    next: usize,
    packer: Option<GzEncoder<Vec<u8>>>,
    done: bool,
}

/// A body of pieces, packed if wanted. Pieces are made away from the threads that serve connections, and only when the client has taken the
/// one before.
pub fn body(org: Arc<Inner>, pieces: Pieces, packed: bool) -> Body {
    let packer = packed.then(|| GzEncoder::new(Vec::new(), Compression::fast()));
    let writer = Writer { org, pieces, next: 0, packer, done: false };
    Body::from_stream(futures::stream::try_unfold(writer, async |mut writer| {
        if writer.done {
            return Ok::<_, io::Error>(None);
        }
        let step = tokio::task::spawn_blocking(move || {
            let piece = writer.step()?;
            Ok::<_, io::Error>((piece, writer))
        });
        step.await.map_err(io::Error::other)?.map(Some)
    }))
}

impl Writer {
    /// The next bytes; the last ones when `done` is set.
    fn step(&mut self) -> io::Result<Bytes> {
        let piece = self.pieces.get(&self.org, self.next);
        self.next += 1;
        self.done = piece.is_none();
        let piece = piece.unwrap_or_default();
        let Some(packer) = &mut self.packer else { return Ok(piece.into()) };
        packer.write_all(&piece)?;
        if self.done {
            packer.try_finish()?;
        }
        Ok(std::mem::take(packer.get_mut()).into())
    }
}
