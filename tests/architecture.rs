//! Holds up the architecture: which crate may know which, and where certain names may appear.

#![allow(clippy::unwrap_used, clippy::panic)]

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Every crate of the workspace with the crates of the workspace it may depend on. A crate that is not listed fails the test.
const MAY_DEPEND_ON: &[(&str, &[&str])] = &[
    ("cliffhangarr-domain", &[]),
    ("cliffhangarr-remote", &[]),
    (
        "cliffhangarr-media-servers",
        &["cliffhangarr-domain", "cliffhangarr-remote"],
    ),
    ("cliffhangarr-sonarr", &["cliffhangarr-domain", "cliffhangarr-remote"]),
    ("cliffhangarr-store", &["cliffhangarr-domain"]),
    ("cliffhangarr-config", &["cliffhangarr-domain"]),
    (
        "cliffhangarr-engine",
        &[
            "cliffhangarr-domain",
            "cliffhangarr-remote",
            "cliffhangarr-media-servers",
            "cliffhangarr-sonarr",
            "cliffhangarr-store",
            "cliffhangarr-config",
        ],
    ),
    ("cliffhangarr-wire", &["cliffhangarr-domain"]),
    ("cliffhangarr-simulators", &[]),
    (
        "cliffhangarr-cli",
        &[
            "cliffhangarr-domain",
            "cliffhangarr-config",
            "cliffhangarr-store",
            "cliffhangarr-engine",
            "cliffhangarr-simulators",
        ],
    ),
    (
        "cliffhangarr",
        &[
            "cliffhangarr-domain",
            "cliffhangarr-config",
            "cliffhangarr-store",
            "cliffhangarr-engine",
            "cliffhangarr-simulators",
            "cliffhangarr-wire",
        ],
    ),
];

/// What would let I/O, time or a runtime into the pure part.
const IMPURE: &[&str] = &[
    "tokio",
    "reqwest",
    "sqlx",
    "axum",
    "futures",
    "async-trait",
    "rand",
    "tracing",
    "tauri",
    "libc",
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn cargo(arguments: &[&str]) -> Vec<u8> {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .arg("--offline")
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn metadata() -> Value {
    serde_json::from_slice(&cargo(&["metadata", "--format-version", "1", "--no-deps"])).unwrap()
}

fn members(metadata: &Value) -> Vec<&Value> {
    let ids: BTreeSet<&str> = metadata["workspace_members"]
        .as_array()
        .unwrap()
        .iter()
        .map(|id| id.as_str().unwrap())
        .collect();
    metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|package| ids.contains(package["id"].as_str().unwrap()))
        .collect()
}

/// Names of what a package needs to be built and run, without what only its tests need.
fn needs(package: &Value) -> BTreeSet<&str> {
    package["dependencies"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|dependency| dependency["kind"].as_str() != Some("dev"))
        .map(|dependency| dependency["name"].as_str().unwrap())
        .collect()
}

#[test]
fn dependencies_point_one_way() {
    let metadata = metadata();
    let allowed: BTreeMap<&str, &[&str]> = MAY_DEPEND_ON.iter().copied().collect();
    let names: BTreeSet<&str> = members(&metadata)
        .iter()
        .map(|package| package["name"].as_str().unwrap())
        .collect();
    for package in members(&metadata) {
        let name = package["name"].as_str().unwrap();
        let may = allowed
            .get(name)
            .unwrap_or_else(|| panic!("{name} has no place in the architecture yet"));
        for needed in needs(package).intersection(&names) {
            assert!(may.contains(needed), "{name} must not depend on {needed}");
        }
    }
    assert_eq!(
        names.len(),
        allowed.len(),
        "a crate of the architecture is missing from the workspace"
    );
}

#[test]
fn the_domain_is_pure() {
    let metadata = metadata();
    let domain = members(&metadata)
        .into_iter()
        .find(|package| package["name"] == "cliffhangarr-domain")
        .unwrap();
    for needed in needs(domain) {
        assert!(!IMPURE.contains(&needed), "the domain must not depend on {needed}");
    }
}

#[test]
fn only_the_shell_depends_on_tauri() {
    for package in members(&metadata()) {
        let name = package["name"].as_str().unwrap();
        let knows_tauri = needs(package).iter().any(|needed| needed.starts_with("tauri"));
        assert!(
            !knows_tauri || name == "cliffhangarr",
            "{name} must not depend on Tauri"
        );
    }
}

#[test]
fn the_household_stays_out_of_packages() {
    let metadata = metadata();
    let shell = members(&metadata)
        .into_iter()
        .find(|package| package["name"] == "cliffhangarr")
        .unwrap();
    let household = shell["dependencies"]
        .as_array()
        .unwrap()
        .iter()
        .find(|dependency| dependency["name"] == "cliffhangarr-simulators" && dependency["kind"].is_null())
        .unwrap();
    assert_eq!(
        household["optional"], true,
        "the shell needs the simulators only for its demo"
    );
    assert!(shell["features"].get("default").is_none(), "the demo must be asked for");
}

/// With zbus on tokio, a blocking keyring call in asynchronous code would panic, and go on panicking for the life of the
/// process.
#[test]
fn zbus_stays_off_tokio() {
    let tree = cargo(&["tree", "--workspace", "--prefix", "none", "--format", "{p} [{f}]"]);
    let tree = String::from_utf8(tree).unwrap();
    let mut seen = 0;
    for line in tree.lines().filter(|line| line.starts_with("zbus v")) {
        seen += 1;
        let features = line
            .split_once('[')
            .unwrap()
            .1
            .trim_end_matches(" (*)")
            .trim_end_matches(']');
        assert!(
            !features.split(',').any(|feature| feature == "tokio"),
            "zbus must not have its tokio feature: {line}"
        );
    }
    assert!(seen > 0, "zbus is expected in the tree");
}

/// Files below a folder of the repository, with their texts.
fn sources(folder: &str, endings: &[&str]) -> Vec<(String, String)> {
    let mut files = Vec::new();
    collect(&root().join(folder), endings, &mut files);
    assert!(!files.is_empty(), "{folder} holds no sources");
    files
}

fn collect(folder: &Path, endings: &[&str], files: &mut Vec<(String, String)>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.map(Result::unwrap) {
        let path = entry.path();
        let name = entry.file_name().into_string().unwrap();
        if path.is_dir() {
            if name != "node_modules" && name != "dist" && name != "target" {
                collect(&path, endings, files);
            }
        } else if endings.iter().any(|ending| name.ends_with(ending)) {
            let shown = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
            files.push((shown, std::fs::read_to_string(&path).unwrap()));
        }
    }
}

/// The lines of a file that are code.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line))
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

#[test]
fn only_the_shell_names_tauri() {
    for (file, text) in sources("crates", &[".rs"]) {
        for (line, content) in code(&text) {
            let named = content.contains("tauri::") || content.contains("use tauri");
            assert!(!named, "{file}:{line} names Tauri: {content}");
        }
    }
}

#[test]
fn only_the_host_of_the_page_names_tauri() {
    for (file, text) in sources("ui/src", &[".ts", ".svelte"]) {
        if file.starts_with("ui/src/host/") {
            continue;
        }
        for (line, content) in code(&text) {
            assert!(!content.contains("@tauri-apps"), "{file}:{line} names Tauri: {content}");
        }
    }
}

/// What a folder of the page must not import.
const PAGE_DIRECTION: &[(&str, &[&str])] = &[
    ("ui/src/host/", &["/state/", "/views/", "/components/"]),
    ("ui/src/state/", &["/views/", "/components/"]),
    ("ui/src/components/", &["/views/", "/host/"]),
    ("ui/src/views/", &["/host/"]),
];

#[test]
fn in_the_page_views_know_the_state_and_the_state_knows_the_host() {
    for (file, text) in sources("ui/src", &[".ts", ".svelte"]) {
        if file.contains(".test.") {
            continue;
        }
        for (folder, forbidden) in PAGE_DIRECTION.iter().filter(|(folder, _)| file.starts_with(folder)) {
            for (line, content) in code(&text).filter(|(_, content)| content.contains(" from ")) {
                let direction = forbidden.iter().find(|part| content.contains(*part));
                assert!(
                    direction.is_none(),
                    "{file}:{line}: {folder} must not import {}: {content}",
                    direction.unwrap()
                );
            }
        }
    }
}

const CLOCKS: &[&str] = &["Timestamp::now", "SystemTime::now", "Instant::now", "Zoned::now"];

#[test]
fn only_the_edge_asks_the_clock() {
    let domain = sources("crates/domain/src", &[".rs"]);
    let engine = sources("crates/engine/src", &[".rs"]);
    for (file, text) in domain.iter().chain(&engine) {
        if file == "crates/engine/src/clock.rs" {
            continue;
        }
        for (line, content) in code(text) {
            let clock = CLOCKS.iter().find(|clock| content.contains(*clock));
            assert!(clock.is_none(), "{file}:{line} asks the clock: {content}");
        }
    }
}

#[test]
fn files_stay_readable() {
    let shell = sources("src-tauri/src", &[".rs"]);
    for (file, text) in sources("crates", &[".rs"]).iter().chain(&shell) {
        let lines = text.lines().count();
        assert!(lines <= 500, "{file} has {lines} lines; split it");
    }
}
