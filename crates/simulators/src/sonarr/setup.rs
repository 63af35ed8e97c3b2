//! Setting a simulated Sonarr up, and giving it its moods.

use super::SonarrSim;
use super::disk::{Mount, Root};
use super::settings::{ReleasePolicy, Timing, UiAuth};
use super::version::Version;
use super::world::{REFRESH_INTERVAL, RSS_INTERVAL, World};
use jiff::SignedDuration;
use std::time::Duration;

impl World {
    pub(crate) fn add_root(&mut self, path: &str) -> Root {
        let id = self.disks.roots.iter().map(|root| root.id).max().unwrap_or(0) + 1;
        let root = Root {
            id,
            path: path.to_owned(),
            mounted: true,
        };
        self.disks.roots.push(root.clone());
        root
    }
}

impl SonarrSim {
    /// Sets the version that it claims and behaves as.
    pub fn set_version(&self, version: Version) {
        self.lock().settings.version = version;
    }

    /// Sets the URL base, such as `/sonarr`; empty for none.
    pub fn set_url_base(&self, base: &str) {
        self.lock().settings.url_base = base.trim_end_matches('/').to_owned();
    }

    /// The API key.
    pub fn api_key(&self) -> String {
        self.lock().settings.api_key.clone()
    }

    /// Sets the API key.
    pub fn set_api_key(&self, key: &str) {
        key.clone_into(&mut self.lock().settings.api_key);
    }

    /// Sets how the web pages are protected.
    pub fn set_ui_auth(&self, auth: UiAuth) {
        self.lock().settings.ui_auth = auth;
    }

    /// Sets the name in status and webhooks.
    pub fn set_instance_name(&self, name: &str) {
        name.clone_into(&mut self.lock().settings.instance_name);
    }

    /// Sets "Unmonitor Deleted Episodes".
    pub fn set_auto_unmonitor_deleted(&self, on: bool) {
        self.lock().settings.auto_unmonitor_deleted = on;
    }

    /// Sets the recycle bin's path; none deletes for good.
    pub fn set_recycle_bin(&self, path: Option<&str>) {
        path.unwrap_or_default()
            .clone_into(&mut self.lock().settings.recycle_bin);
    }

    /// Sets whether a series' folder goes with its last file.
    pub fn set_delete_empty_folders(&self, on: bool) {
        self.lock().settings.delete_empty_folders = on;
    }

    /// Sets how long things take.
    pub fn set_timing(&self, timing: Timing) {
        self.lock().settings.timing = timing;
    }

    /// Sets how long a download takes, from the grab until it is complete.
    pub fn set_download_delay(&self, delay: SignedDuration) {
        self.lock().settings.timing.download = delay;
    }

    /// Sets what the indexers have.
    pub fn set_release_policy(&self, policy: ReleasePolicy) {
        self.lock().settings.releases = policy;
    }

    /// Sets what the indexers have of one series, or of one of its seasons.
    pub fn set_releases(&self, series: i64, season: Option<i32>, policy: ReleasePolicy) {
        self.lock().releases.insert((series, season), policy);
    }

    /// Sets how many indexers there are. Without any, searches complete and find nothing.
    pub fn set_indexers(&self, count: usize) {
        self.lock().settings.indexers = count;
    }

    /// Adds a root folder on a disk of its own.
    pub fn add_root_folder(&self, path: &str, total: i64, free: i64) -> i64 {
        let mut world = self.lock();
        world.disks.mounts.push(Mount {
            path: path.to_owned(),
            total,
            used: total - free,
        });
        world.add_root(path).id
    }

    /// Sets the free bytes of the disk under a path.
    pub fn set_free_space(&self, path: &str, free: i64) {
        let mut world = self.lock();
        let longest = world.disks.mount(path).map(|mount| mount.path.clone());
        if let Some(mount) = world
            .disks
            .mounts
            .iter_mut()
            .find(|mount| Some(&mount.path) == longest.as_ref())
        {
            mount.used = mount.total - free;
        }
    }

    /// Mounts or unmounts a root folder.
    pub fn set_mounted(&self, root: &str, mounted: bool) {
        let mut world = self.lock();
        world
            .disks
            .roots
            .iter_mut()
            .filter(|known| known.path == root)
            .for_each(|known| known.mounted = mounted);
    }

    /// Makes a root folder look empty, as an unmounted disk's mount point does, or brings the folders back.
    pub fn set_root_empty(&self, root: &str, empty: bool) {
        let mut world = self.lock();
        for series in world.series.values_mut().filter(|series| series.parent() == root) {
            series.folder_exists = !empty;
        }
    }

    /// Makes the disk refuse deletions.
    pub fn set_disk_read_only(&self, on: bool) {
        self.lock().settings.quirks.deletions_left = on.then_some(0);
    }

    /// Lets so many deletions succeed before the disk refuses.
    pub fn fail_deletions_after(&self, count: usize) {
        self.lock().settings.quirks.deletions_left = Some(count);
    }

    /// Lets Sonarr do by itself what it does every day: read the indexers' feeds every 15 minutes, and so grab what has just aired and is
    /// monitored, and refresh all series every 12 hours. Off unless switched on.
    pub fn set_background_tasks(&self, on: bool) {
        let mut world = self.current();
        world.settings.quirks.background = on;
        world.next_rss = world.now + RSS_INTERVAL;
        world.next_refresh = world.now + REFRESH_INTERVAL;
    }

    /// Makes every request but the first checks answer that Sonarr is starting.
    pub fn set_starting_up(&self, on: bool) {
        self.lock().settings.quirks.starting_up = on;
    }

    /// Lists episodes in no useful order.
    pub fn shuffle_episodes(&self, on: bool) {
        self.lock().settings.quirks.shuffle_episodes = on;
    }

    /// Makes the handlers of a deletion fail unseen: episodes keep pointing at files that are gone, until a rescan.
    pub fn fail_event_handlers(&self, on: bool) {
        self.lock().settings.quirks.handlers_fail = on;
    }

    /// Makes refreshes write what they read at their start over what was changed meanwhile.
    pub fn race_refreshes(&self, on: bool) {
        self.lock().settings.quirks.refresh_races = on;
    }

    /// Makes the next change of many episodes' flags fail on a busy database after so many rows.
    pub fn lock_next_bulk_after(&self, rows: usize) {
        self.lock().settings.quirks.bulk_lock_after = Some(rows);
    }

    /// Sends the webhook of a deletion before the episodes are unlinked, instead of after it.
    pub fn hook_before_unlink(&self, on: bool) {
        self.lock().settings.quirks.hook_before_unlink = on;
    }

    /// Makes downloads that are grabbed from now on complete but never import.
    pub fn stick_downloads(&self, on: bool) {
        self.lock().settings.quirks.downloads_stick = on;
    }

    /// Adds keys that no client knows to series and episodes, as newer versions do.
    pub fn add_unknown_keys(&self, on: bool) {
        self.lock().settings.quirks.extra_keys = on;
    }

    /// Cuts Sonarr off from its metadata.
    pub fn set_metadata_down(&self, down: bool) {
        self.lock().settings.quirks.skyhook_down = down;
    }

    /// Sets how long a webhook's receiver may take, in real time; 100 s as in Sonarr otherwise.
    pub fn set_hook_timeout(&self, timeout: Duration) {
        self.lock().settings.hook_timeout = timeout;
    }
}
