//! A simulated household inside the application, to see it at work without any server. Nothing of it is kept.

use crate::args::{Args, SecretPlace};
use domain::state::ConnectionKind;
use engine::{ConnectionDraft, Engine};
use secrecy::SecretString;
use simulators::household::{DemoServers, serve_demo};
use tempfile::TempDir;

/// The household's servers, and a data folder that goes with them.
pub struct Household {
    servers: DemoServers,
    folder: TempDir,
}

impl Household {
    /// Starts the servers.
    ///
    /// # Errors
    /// When there is no loopback port or no temporary folder.
    pub async fn move_in() -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("cliffhangarr-demo-").tempdir()?;
        Ok(Self {
            servers: serve_demo(1.0).await?,
            folder,
        })
    }

    /// The command line with the household's own places.
    pub fn settle(&self, args: &Args) -> Args {
        Args {
            data_dir: Some(self.folder.path().to_owned()),
            secret_store: SecretPlace::Memory,
            ..args.clone()
        }
    }

    /// Connects the engine to the servers, and switches monitoring on.
    ///
    /// # Errors
    /// When a server of the household does not answer.
    pub async fn introduce(&self, engine: &Engine) -> anyhow::Result<()> {
        let DemoServers {
            plex,
            plex_token,
            sonarr,
            sonarr_api_key,
            ..
        } = &self.servers;
        for (kind, name, url, secret) in [
            (ConnectionKind::Plex, "Living room", &plex.url, plex_token),
            (ConnectionKind::Sonarr, "Shows", &sonarr.url, sonarr_api_key),
        ] {
            let secret = Some(SecretString::from(secret.clone()));
            engine
                .connect(ConnectionDraft {
                    kind,
                    name: name.to_owned(),
                    url: url.clone(),
                    secret,
                    verify: true,
                })
                .await?;
        }
        let mut patch = serde_json::Map::new();
        patch.insert("enabled".to_owned(), true.into());
        engine.change_settings(&patch).await?;
        Ok(())
    }
}
