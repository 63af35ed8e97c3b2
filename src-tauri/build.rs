//! Declares the page's commands to Tauri's access control, and makes sure that there is a page to embed.

use std::path::Path;

/// Stands in until the page is built, so that the Rust side compiles from a clean clone.
const PLACEHOLDER: &str = "<!doctype html><meta charset=\"utf-8\"><title>Cliffhangarr</title>\
    <p>The page of this build is missing. Run <code>./dev run</code>.</p>\n";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let page = Path::new("ui/dist/index.html");
    if !page.exists() {
        std::fs::create_dir_all("ui/dist")?;
        std::fs::write(page, PLACEHOLDER)?;
    }
    println!("cargo:rerun-if-changed=ui/dist");
    println!("cargo:rerun-if-changed=icons");
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern("./src-tauri/capabilities/*.json")
        .app_manifest(tauri_build::AppManifest::new().commands(wire::COMMANDS));
    tauri_build::try_build(attributes)?;
    Ok(())
}
