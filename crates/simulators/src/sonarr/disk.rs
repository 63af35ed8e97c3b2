//! The disks under the library: free space, mounts that go away, the recycle bin, files that nobody told Sonarr of.

use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

#[derive(Debug)]
pub(crate) struct Disks {
    pub mounts: Vec<Mount>,
    pub roots: Vec<Root>,
    pub bin: Vec<Binned>,
    /// Video files without a row, by path.
    pub strays: BTreeMap<String, Stray>,
}

#[derive(Debug, Clone)]
pub(crate) struct Mount {
    pub path: String,
    pub total: i64,
    pub used: i64,
}

#[derive(Debug, Clone)]
pub(crate) struct Root {
    pub id: i64,
    pub path: String,
    pub mounted: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Binned {
    pub path: String,
    pub size: i64,
    pub at: Timestamp,
}

#[derive(Debug, Clone)]
pub(crate) struct Stray {
    pub season: i32,
    pub numbers: Vec<i32>,
    pub size: i64,
}

const TERABYTE: i64 = 1_000_000_000_000;

impl Default for Disks {
    fn default() -> Self {
        let mount = |path: &str, total, used| Mount {
            path: path.into(),
            total,
            used,
        };
        Self {
            mounts: vec![
                mount("/tv", 8 * TERABYTE, TERABYTE),
                mount("/", TERABYTE / 4, TERABYTE / 10),
            ],
            roots: vec![Root {
                id: 1,
                path: "/tv".into(),
                mounted: true,
            }],
            bin: Vec::new(),
            strays: BTreeMap::new(),
        }
    }
}

/// Whether `child` lies below `parent`, or is it.
pub(crate) fn is_under(child: &str, parent: &str) -> bool {
    let parent = parent.trim_end_matches('/');
    child
        .strip_prefix(parent)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

impl Disks {
    fn mount_mut(&mut self, path: &str) -> Option<&mut Mount> {
        self.mounts
            .iter_mut()
            .filter(|mount| is_under(path, &mount.path))
            .max_by_key(|mount| mount.path.len())
    }

    pub(crate) fn mount(&self, path: &str) -> Option<&Mount> {
        self.mounts
            .iter()
            .filter(|mount| is_under(path, &mount.path))
            .max_by_key(|mount| mount.path.len())
    }

    pub(crate) fn take_space(&mut self, path: &str, size: i64) {
        if let Some(mount) = self.mount_mut(path) {
            mount.used += size;
        }
    }

    pub(crate) fn give_space(&mut self, path: &str, size: i64) {
        self.take_space(path, -size);
    }

    /// Moves space from one path's disk to another's: none is freed on the same disk.
    pub(crate) fn recycle(&mut self, path: &str, bin: &str, size: i64, at: Timestamp) -> String {
        let folders: Vec<_> = path.rsplit('/').take(3).collect();
        let tail = folders.into_iter().rev().collect::<Vec<_>>().join("/");
        let plain = format!("{}/{tail}", bin.trim_end_matches('/'));
        let mut target = plain.clone();
        let mut copy = 2;
        while self.bin.iter().any(|binned| binned.path == target) {
            target = match plain.rsplit_once('.') {
                Some((stem, extension)) => format!("{stem}_{copy}.{extension}"),
                None => format!("{plain}_{copy}"),
            };
            copy += 1;
        }
        self.give_space(path, size);
        self.take_space(&target, size);
        self.bin.push(Binned {
            path: target.clone(),
            size,
            at,
        });
        target
    }

    /// Empties the bin of what is older than so many days; 0 keeps all.
    pub(crate) fn clean_bin(&mut self, days: i64, now: Timestamp) {
        if days == 0 {
            return;
        }
        let old = |binned: &Binned| now.duration_since(binned.at) > SignedDuration::from_hours(days * 24);
        for binned in self.bin.extract_if(.., |binned| old(binned)).collect::<Vec<_>>() {
            self.give_space(&binned.path, binned.size);
        }
    }

    pub(crate) fn is_mounted(&self, path: &str) -> bool {
        self.roots
            .iter()
            .filter(|root| is_under(path, &root.path))
            .all(|root| root.mounted)
    }

    /// The longest root folder that holds a path, else its parent.
    pub(crate) fn root_of<'a>(&'a self, path: &'a str) -> &'a str {
        self.roots
            .iter()
            .filter(|root| is_under(path, &root.path) && root.path != path)
            .max_by_key(|root| root.path.len())
            .map_or_else(
                || path.rsplit_once('/').map_or("", |(parent, _)| parent),
                |root| root.path.as_str(),
            )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_belongs_to_its_longest_mount() {
        let disks = Disks::default();
        assert_eq!(disks.mount("/tv/Show/file.mkv").unwrap().path, "/tv");
        assert_eq!(disks.mount("/tvs/file.mkv").unwrap().path, "/");
    }

    #[test]
    fn a_bin_on_the_same_disk_frees_nothing_until_it_is_cleaned() {
        let mut disks = Disks::default();
        disks.take_space("/tv/a", 10);
        let full = disks.mount("/tv").unwrap().used;
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(
            disks.recycle("/tv/A/S 01/x.mkv", "/tv/.bin", 10, now),
            "/tv/.bin/A/S 01/x.mkv"
        );
        assert_eq!(
            disks.recycle("/tv/A/S 01/x.mkv", "/tv/.bin", 0, now),
            "/tv/.bin/A/S 01/x_2.mkv"
        );
        assert_eq!(disks.mount("/tv").unwrap().used, full);
        disks.clean_bin(7, now + SignedDuration::from_hours(24 * 8));
        assert_eq!(disks.mount("/tv").unwrap().used, full - 10);
        assert!(disks.bin.is_empty());
    }
}
