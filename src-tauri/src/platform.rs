//! What has to be settled with the platform before the toolkit starts.

/// Makes sure that there is a screen, and works around drivers that would show an empty window.
///
/// # Errors
/// When there is no graphical session, with advice.
#[cfg(target_os = "linux")]
pub fn prepare() -> anyhow::Result<()> {
    anyhow::ensure!(
        has_value("DISPLAY") || has_value("WAYLAND_DISPLAY"),
        "there is no graphical session (neither DISPLAY nor WAYLAND_DISPLAY is set). \
         Use `cliffhangarr-cli run` on a machine without a screen."
    );
    if !has_value(DMABUF_SWITCH) && (has_nvidia_driver() || !has_render_node()) {
        restart_without_dmabuf()?;
    }
    Ok(())
}

/// Nothing to settle elsewhere.
///
/// # Errors
/// Never.
#[cfg(not(target_os = "linux"))]
pub fn prepare() -> anyhow::Result<()> {
    Ok(())
}

/// WebKitGTK's switch for a renderer that shows blank windows with NVIDIA's own driver, and that paints its first frame about
/// twice as late where there is no graphics hardware.
#[cfg(target_os = "linux")]
const DMABUF_SWITCH: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

#[cfg(target_os = "linux")]
fn has_nvidia_driver() -> bool {
    std::path::Path::new("/proc/driver/nvidia/version").exists()
}

#[cfg(target_os = "linux")]
fn has_render_node() -> bool {
    std::fs::read_dir("/dev/dri").is_ok_and(|devices| {
        devices
            .flatten()
            .any(|device| device.file_name().to_string_lossy().starts_with("renderD"))
    })
}

#[cfg(target_os = "linux")]
fn has_value(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|value| !value.is_empty())
}

/// The variable has to be there before any thread is, and changing it in place is not safe: so the process starts over.
#[cfg(target_os = "linux")]
fn restart_without_dmabuf() -> anyhow::Result<()> {
    use std::os::unix::process::CommandExt as _;
    let error = std::process::Command::new(std::env::current_exe()?)
        .args(std::env::args_os().skip(1))
        .env(DMABUF_SWITCH, "1")
        .exec();
    Err(error.into())
}
