//! What rules and floors can be made of: what every Sonarr has to choose from.

use crate::core::Core;
use crate::engine::Engine;
use crate::links::Link;
use domain::ids::InstanceId;
use remote::RemoteError;
use std::collections::BTreeSet;

/// What one Sonarr has that rules can ask for. Every list is sorted and holds nothing twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choices {
    /// The Sonarr.
    pub instance: InstanceId,
    /// Labels of its tags.
    pub tags: Vec<String>,
    /// Its quality profiles, by id.
    pub quality_profiles: Vec<(i64, String)>,
    /// Paths of its root folders.
    pub root_folders: Vec<String>,
    /// Genres of its series.
    pub genres: Vec<String>,
    /// Networks of its series.
    pub networks: Vec<String>,
    /// Original languages of its series.
    pub original_languages: Vec<String>,
}

/// A root folder of a Sonarr.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderSpace {
    /// The Sonarr.
    pub instance: InstanceId,
    /// Path as Sonarr sees it, without a slash at the end.
    pub path: String,
    /// Free bytes; `None` where Sonarr cannot look.
    pub free: Option<i64>,
}

impl Engine {
    /// What the Sonarrs have that rules can ask for. A Sonarr that does not answer is left out.
    pub async fn rule_choices(&self) -> Vec<Choices> {
        let mut all = Vec::new();
        for link in self.core.links.instances() {
            match self.core.choices_of(&link).await {
                Ok(choices) => all.push(choices),
                Err(error) => tracing::warn!(connection = link.connection.name, "{error}"),
            }
        }
        all
    }

    /// The root folders of every Sonarr with their free space, as known for ten minutes at most. A Sonarr that does not
    /// answer is left out.
    pub async fn root_folders(&self) -> Vec<FolderSpace> {
        let mut folders = Vec::new();
        for link in self.core.links.instances() {
            let Some(instance) = link.connection.instance() else {
                continue;
            };
            let space = self.core.free_space(&link).await;
            folders.extend(
                space
                    .into_iter()
                    .map(|(path, free)| FolderSpace { instance, path, free }),
            );
        }
        folders
    }
}

impl Core {
    async fn choices_of(&self, link: &Link) -> Result<Choices, RemoteError> {
        let Some((instance, client)) = link.sonarr() else {
            return Err(RemoteError::Unauthorized);
        };
        let answer = async {
            Ok((
                client.tags().await?,
                client.quality_profiles().await?,
                client.root_folders().await?,
                client.all_series().await?.items,
            ))
        }
        .await;
        link.note(&answer, self.now());
        let (tags, profiles, folders, library) = answer?;
        let mut quality_profiles: Vec<_> = profiles.into_iter().map(|profile| (profile.id, profile.name)).collect();
        quality_profiles.sort();
        Ok(Choices {
            instance,
            tags: sorted(tags.into_values()),
            quality_profiles,
            root_folders: sorted(folders.into_iter().map(|folder| folder.path)),
            genres: sorted(library.iter().flat_map(|series| series.genres.iter().cloned())),
            networks: sorted(library.iter().filter_map(|series| series.network.clone())),
            original_languages: sorted(library.iter().filter_map(|series| series.original_language.clone())),
        })
    }
}

fn sorted(words: impl Iterator<Item = String>) -> Vec<String> {
    let words: BTreeSet<String> = words.filter(|word| !word.trim().is_empty()).collect();
    words.into_iter().collect()
}
