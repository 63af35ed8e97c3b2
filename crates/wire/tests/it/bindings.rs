use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn committed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/bindings")
}

fn contents(folder: &Path) -> BTreeMap<String, String> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return BTreeMap::new();
    };
    entries
        .map(|entry| entry.unwrap())
        .map(|entry| {
            let text = std::fs::read_to_string(entry.path()).unwrap().replace("\r\n", "\n");
            (entry.file_name().to_string_lossy().into_owned(), text)
        })
        .collect()
}

#[test]
fn the_committed_bindings_are_those_of_the_types() {
    let fresh = tempfile::tempdir().unwrap();
    cliffhangarr_wire::export_bindings(fresh.path()).unwrap();
    let fresh = contents(fresh.path());
    if std::env::var_os("UPDATE_BINDINGS").is_some() {
        std::fs::create_dir_all(committed()).unwrap();
        for (name, text) in &fresh {
            std::fs::write(committed().join(name), text).unwrap();
        }
        return;
    }
    assert!(
        contents(&committed()) == fresh,
        "ui/src/bindings is stale: run `UPDATE_BINDINGS=1 cargo test -p cliffhangarr-wire` and commit the result"
    );
}
