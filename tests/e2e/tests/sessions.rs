//! Credentials for a guest under test: a session of the tool, which a renewal replaces by the next one.

use async_trait::async_trait;
use secrecy::SecretString;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use url::Url;
use weft::domain::Fault;
use weft::plugins::{Applied, Credentials};

/// Sessions of one account of a simulated tool.
pub struct Sessions {
    url: Url,
    open: Box<dyn Fn() -> String + Send + Sync>,
    session: Mutex<String>,
    generation: AtomicU64,
}

impl Sessions {
    /// At the tool of this address; `open` opens a session, the first one now.
    pub fn new(url: &str, open: impl Fn() -> String + Send + Sync + 'static) -> Self {
        let session = Mutex::new(open());
        Self { url: url.parse().unwrap(), open: Box::new(open), session, generation: AtomicU64::new(1) }
    }
}

#[async_trait]
impl Credentials for Sessions {
    async fn apply(&self, _slot: &str) -> Result<Applied, Fault> {
        let bearer = format!("Bearer {}", self.session.lock().unwrap());
        let headers = vec![("authorization".to_owned(), SecretString::from(bearer))];
        Ok(Applied { headers, generation: self.generation.load(Ordering::SeqCst), ..Applied::default() })
    }

    async fn renew(&self, _slot: &str, generation: u64) -> Result<(), Fault> {
        if self.generation.load(Ordering::SeqCst) == generation {
            *self.session.lock().unwrap() = (self.open)();
            self.generation.fetch_add(1, Ordering::SeqCst);
        }
        Ok(())
    }

    fn base_url(&self) -> Url {
        self.url.clone()
    }
}
