//! The faces of the tray icon, laid together from layers.

use domain::state::Activity;
use tauri::image::Image;

/// Composes the icon for an activity.
///
/// # Errors
/// When a built-in layer cannot be decoded.
pub fn compose(face: Activity) -> tauri::Result<Image<'static>> {
    let base = Image::from_bytes(match face {
        Activity::Paused => include_bytes!("../../../icons/tray/base-resting.png").as_slice(),
        Activity::Idle | Activity::Working | Activity::Attention => {
            include_bytes!("../../../icons/tray/base.png").as_slice()
        }
    })?;
    let badge = match face {
        Activity::Idle => return Ok(base.to_owned()),
        Activity::Working => include_bytes!("../../../icons/tray/working.png").as_slice(),
        Activity::Paused => include_bytes!("../../../icons/tray/paused.png").as_slice(),
        Activity::Attention => include_bytes!("../../../icons/tray/attention.png").as_slice(),
    };
    let badge = Image::from_bytes(badge)?;
    let pixels = lay_over(base.rgba(), badge.rgba());
    Ok(Image::new_owned(pixels, base.width(), base.height()))
}

/// Lays one picture of straight-alpha RGBA pixels over another of the same size.
fn lay_over(under: &[u8], over: &[u8]) -> Vec<u8> {
    let mut result = Vec::with_capacity(under.len());
    for (below, above) in under.chunks_exact(4).zip(over.chunks_exact(4)) {
        let alpha_above = u32::from(above[3]);
        // Scaled by 255, like every product of two channels below.
        let alpha_below = u32::from(below[3]) * (255 - alpha_above);
        let alpha = alpha_above * 255 + alpha_below;
        for channel in 0..3 {
            let sum = u32::from(above[channel]) * alpha_above * 255 + u32::from(below[channel]) * alpha_below;
            result.push(u8::try_from(sum.checked_div(alpha).unwrap_or(0)).unwrap_or(u8::MAX));
        }
        result.push(u8::try_from(alpha / 255).unwrap_or(u8::MAX));
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACES: [Activity; 4] = [Activity::Idle, Activity::Working, Activity::Paused, Activity::Attention];

    #[test]
    fn every_activity_has_a_face_of_its_own() {
        let faces = FACES.map(|face| compose(face).unwrap().rgba().to_vec());
        for (index, face) in faces.iter().enumerate() {
            assert_eq!(face.len(), 48 * 48 * 4);
            assert!(
                faces[index + 1..].iter().all(|other| other != face),
                "{:?} is not unique",
                FACES[index]
            );
        }
    }

    #[test]
    fn an_opaque_pixel_covers_and_a_clear_one_does_not() {
        let under = [10, 20, 30, 255, 10, 20, 30, 255, 0, 0, 0, 0];
        let over = [200, 100, 50, 255, 200, 100, 50, 0, 0, 0, 0, 0];
        assert_eq!(
            lay_over(&under, &over),
            [200, 100, 50, 255, 10, 20, 30, 255, 0, 0, 0, 0]
        );
    }

    #[test]
    fn a_half_clear_pixel_mixes() {
        let mixed = lay_over(&[0, 0, 0, 255], &[255, 255, 255, 128]);
        assert_eq!(mixed, [128, 128, 128, 255]);
    }
}
