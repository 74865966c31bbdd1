//! The engine as published, without Weft's own sync: the power-loss test must find that it loses data. `plain_sled DIR COUNT` puts
//! generations of keys, one batch and one flush each, and prints each that was acknowledged. Nothing of Weft may be named here, or its
//! sync would be linked in.

/// Keys of a generation: more than one page.
const KEYS: u32 = 50;

fn main() -> Result<(), sled::Error> {
    let mut words = std::env::args().skip(1);
    let (Some(dir), Some(count)) = (words.next(), words.next().and_then(|count| count.parse::<u32>().ok())) else {
        return Err(sled::Error::Unsupported("usage: plain_sled DIR COUNT".to_owned()));
    };
    let db = sled::Config::new().path(dir).flush_every_ms(None).open()?;
    for generation in 1..=count {
        let mut batch = sled::Batch::default();
        for key in 0..KEYS {
            batch.insert(&key.to_be_bytes(), [&generation.to_be_bytes()[..], &[7; 200]].concat());
        }
        db.apply_batch(batch)?;
        db.flush()?;
        println!("generation {generation}");
    }
    Ok(())
}
