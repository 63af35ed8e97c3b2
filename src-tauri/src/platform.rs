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
    let has_hardware = has_render_node();
    if !has_value(DMABUF_SWITCH) && (has_nvidia_driver() || !has_hardware) {
        let mut variables = vec![(DMABUF_SWITCH, "1")];
        if !has_hardware && !has_value(GDK_GL) {
            variables.push((GDK_GL, "disable"));
        }
        return restart_with(&variables);
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

/// GTK's switch for its own use of OpenGL. Where that is done in software it costs 20 MB, and the page is painted without it.
#[cfg(target_os = "linux")]
const GDK_GL: &str = "GDK_GL";

/// Variables have to be there before any thread is, and changing them in place is not safe: so the process starts over.
#[cfg(target_os = "linux")]
fn restart_with(variables: &[(&str, &str)]) -> anyhow::Result<()> {
    use std::os::unix::process::CommandExt as _;
    let error = std::process::Command::new(std::env::current_exe()?)
        .args(std::env::args_os().skip(1))
        .envs(variables.iter().copied())
        .exec();
    Err(error.into())
}
