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
    let missing = switches(has_render_node(), has_nvidia_driver())
        .into_iter()
        .filter(|(variable, _)| !has_value(variable))
        .collect::<Vec<_>>();
    if !missing.is_empty() {
        return restart_with(&missing);
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

/// The toolkit's switches that suit the machine, for those that are not set by hand.
///
/// WebKitGTK's shared buffers show blank windows with NVIDIA's own driver, and without graphics hardware the first frame comes about
/// twice as late with them. Without hardware OpenGL is done in software: GTK would spend 20 MB on it, and WebKit as much again, which
/// stays when the window has gone, only to learn that there is no device for drawing. It is told instead.
#[cfg(target_os = "linux")]
fn switches(has_hardware: bool, has_nvidia_driver: bool) -> Vec<(&'static str, &'static str)> {
    let mut switches = Vec::new();
    if has_nvidia_driver || !has_hardware {
        switches.push(("WEBKIT_DISABLE_DMABUF_RENDERER", "1"));
    }
    if !has_hardware {
        switches.push(("GDK_GL", "disable"));
        switches.push(("WEBKIT_WEB_RENDER_DEVICE_FILE", "/dev/null"));
    }
    switches
}

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

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn drawing_in_software_is_left_out_where_there_is_no_hardware() {
        let names = |hardware, nvidia| {
            switches(hardware, nvidia)
                .into_iter()
                .map(|(name, _)| name)
                .collect::<Vec<_>>()
        };
        let all = [
            "WEBKIT_DISABLE_DMABUF_RENDERER",
            "GDK_GL",
            "WEBKIT_WEB_RENDER_DEVICE_FILE",
        ];
        assert_eq!(names(true, false), [""; 0]);
        assert_eq!(names(true, true), ["WEBKIT_DISABLE_DMABUF_RENDERER"]);
        assert_eq!(names(false, false), all);
    }
}
