//! Rebuilds when a migration file appears or changes: the embedding macro alone does not notice new files.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
