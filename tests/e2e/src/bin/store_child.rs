//! A process that uses the store until it is ended from outside. `store_child open DIR` opens the store and closes it; `store_child
//! work DIR FIRST COUNT` commits and prints what was acknowledged (`weft_e2e::store_workload`). A line that begins with `failed: ` is
//! the store's sentence.

use std::path::PathBuf;
use weft::store::{Store, StoreSettings};

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["open", dir] => Store::open(&StoreSettings::new(*dir)).map(drop).map_err(Into::into),
        ["work", dir, first, count] => match (first.parse(), count.parse()) {
            (Ok(first), Ok(count)) => weft_e2e::store_workload::work(&PathBuf::from(dir), first, count).await,
            _ => Err(anyhow::anyhow!("FIRST and COUNT are numbers")),
        },
        _ => Err(anyhow::anyhow!("usage: store_child open DIR | work DIR FIRST COUNT")),
    };
    if let Err(error) = done {
        println!("failed: {error}");
        std::process::exit(1);
    }
}
