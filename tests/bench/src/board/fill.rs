//! The records into a store as a fetch leaves them, and into CSV files that the peer reads.

use super::{data, schema};
use anyhow::Context;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use weft::domain::{ConnectionId, ObjectRef, Row, Value, WorkspaceId};
use weft::store::rows::{Packed, Packer};
use weft::store::{Manifest, Store};

/// Segments handed to the store at once, as a fetch does.
const SEGMENTS_AT_ONCE: usize = 64;

/// Fills the store, and the folder with a file for each object.
pub async fn fill(store: &Store, workspace: &WorkspaceId, folder: &Path) -> anyhow::Result<()> {
    for (connection, objects) in [("first", &data::FIRST[..]), ("second", &data::SECOND[..])] {
        for (name, count) in objects {
            let object = ObjectRef { connection: connection.into(), object: (*name).into() };
            put(store, workspace, &object, *count, folder).await.with_context(|| format!("writing {name}"))?;
        }
    }
    Ok(())
}

/// Says that everything of these connections was fetched anew, with the same records.
pub async fn fetch_again(store: &Store, workspace: &WorkspaceId, connection: &ConnectionId) -> anyhow::Result<()> {
    for (object, manifest) in store.segments.manifests(workspace, connection).await? {
        let before = manifest.generation;
        let object = ObjectRef::new(connection, &object);
        store.segments.flip(workspace, &object, before, Manifest { generation: before + 1, ..manifest }).await?;
    }
    Ok(())
}

async fn put(
    store: &Store,
    workspace: &WorkspaceId,
    object: &ObjectRef,
    count: u64,
    folder: &Path,
) -> anyhow::Result<()> {
    let name = object.object.0.as_str();
    let fields = schema::fields(name);
    let mut file = BufWriter::new(File::create(folder.join(format!("{name}.csv")))?);
    writeln!(file, "{}", fields.iter().map(|field| field.name.as_str()).collect::<Vec<_>>().join(","))?;
    let (mut packer, mut packed, mut infos) = (Packer::new(&[])?, Vec::new(), Vec::new());
    for number in 0..count {
        let row = data::row(name, number);
        line(&mut file, &row)?;
        packer.push(&row)?;
        packed.extend(packer.take());
        if packed.len() >= SEGMENTS_AT_ONCE {
            infos.extend(hand_over(store, workspace, object, &mut packed).await?);
        }
    }
    packed.extend(packer.finish()?);
    infos.extend(hand_over(store, workspace, object, &mut packed).await?);
    file.flush()?;
    let manifest = Manifest { generation: 1, fields, fetched_at: 0, rows: count, own_rows: false, segments: infos };
    Ok(store.segments.flip(workspace, object, 0, manifest).await?)
}

async fn hand_over(
    store: &Store,
    workspace: &WorkspaceId,
    object: &ObjectRef,
    packed: &mut Vec<Packed>,
) -> anyhow::Result<Vec<weft::store::SegmentInfo>> {
    let (infos, bytes) = packed.drain(..).map(|packed| (packed.info, packed.bytes)).unzip();
    store.segments.put(workspace, &object.connection, bytes).await?;
    Ok(infos)
}

/// Nothing in the data needs quotes. Moments are microseconds since 1970, as the host keeps them.
fn line(file: &mut impl Write, row: &Row) -> anyhow::Result<()> {
    for (at, value) in row.values.iter().enumerate() {
        let comma = if at == 0 { "" } else { "," };
        match value {
            Value::Bool(yes) => write!(file, "{comma}{yes}")?,
            Value::Int(number) | Value::Time(number) => write!(file, "{comma}{number}")?,
            Value::Text(text) => write!(file, "{comma}{text}")?,
            _ => write!(file, "{comma}")?,
        }
    }
    Ok(writeln!(file)?)
}
