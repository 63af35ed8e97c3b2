//! How both servers write ids, dates and spans.

use jiff::{Timestamp, civil::Date};
use md5::{Digest, Md5};
use serde_json::Value;

/// Ticks in a millisecond; all spans on the wire are in ticks.
pub(crate) const TICKS_PER_MS: i64 = 10_000;

pub(crate) const TICKS_PER_SECOND: i64 = 1000 * TICKS_PER_MS;

/// The id of nobody.
pub(crate) const NO_ID: &str = "00000000000000000000000000000000";

/// The date of what never happened, where it is not left out.
pub(crate) const NEVER: &str = "0001-01-01T00:00:00.0000000Z";

/// The order in which .NET writes the bytes of a GUID: the first three groups are little-endian.
const GUID_ORDER: [usize; 16] = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];

/// The MD5 of a text in UTF-16, as a GUID without dashes.
pub(crate) fn guid_of(text: &str) -> String {
    let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let digest = Md5::digest(bytes);
    GUID_ORDER.iter().map(|at| format!("{:02x}", digest[*at])).collect()
}

/// The id of the session of an application on a device: the same for every user, item, day, and start of the server.
pub fn session_id_of(client: &str, device_id: &str) -> String {
    guid_of(&format!("{client}{device_id}"))
}

/// A GUID in any of the forms in which a request may have it, without dashes and in small letters.
pub(crate) fn read_guid(text: &str) -> Option<String> {
    let bare: String = text
        .chars()
        .filter(|c| !matches!(c, '-' | '{' | '}'))
        .map(|c| c.to_ascii_lowercase())
        .collect();
    (bare.len() == 32 && bare.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(bare)
}

/// A date with seven digits of a fraction, in UTC.
pub(crate) fn stamp(at: Timestamp) -> String {
    let seconds = at.strftime("%Y-%m-%dT%H:%M:%S");
    format!("{seconds}.{:07}Z", at.subsec_nanosecond() / 100)
}

pub(crate) fn midnight(date: Date) -> String {
    format!("{date}T00:00:00.0000000Z")
}

/// Without the properties that are null, as both servers leave them out.
pub(crate) fn pruned(mut value: Value) -> Value {
    prune(&mut value);
    value
}

fn prune(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(prune),
        Value::Object(fields) => {
            fields.retain(|_, field| !field.is_null());
            fields.values_mut().for_each(prune);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_id_is_the_md5_of_application_and_device() {
        let vectors = [
            (
                "Jellyfin Web",
                "TW96aWxsYS81LjAgKFgxMTsgTGludXgp",
                "2c6c2674c8c8ecb15e2b7e18b703e992",
            ),
            (
                "Jellyfin Android TV",
                "b8f1c3aa7d0e4c55",
                "f3c640099d11f714106cbd220f5d24a1",
            ),
            ("Findroid", "a1b2c3", "2a5977525af93bd1a7cc8130e310204c"),
        ];
        for (client, device, id) in vectors {
            assert_eq!(session_id_of(client, device), id, "{client}");
        }
    }

    #[test]
    fn dates_have_seven_digits_of_a_fraction() {
        let at: Timestamp = "2026-08-01T18:31:07.123456789Z".parse().unwrap();
        assert_eq!(stamp(at), "2026-08-01T18:31:07.1234567Z");
        assert_eq!(stamp(Timestamp::UNIX_EPOCH), "1970-01-01T00:00:00.0000000Z");
    }

    #[test]
    fn a_guid_is_read_with_and_without_dashes() {
        let bare = "2c6c2674c8c8ecb15e2b7e18b703e992";
        assert_eq!(read_guid("2C6C2674-C8C8-ECB1-5E2B-7E18B703E992").as_deref(), Some(bare));
        assert_eq!(read_guid(bare).as_deref(), Some(bare));
        assert_eq!(read_guid("150001"), None);
    }
}
