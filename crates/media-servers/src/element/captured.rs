//! Answers of plex.tv, where a folder of them is at hand. It is not asked for servers and people, so they meet the reader alone.

use super::Element;
use std::path::PathBuf;

/// The folder of captures that is set, or the one beside the checkout.
fn capture(name: &str) -> Option<Element> {
    let folder = std::env::var_os("CLIFFHANGARR_CAPTURES").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/captures"),
        PathBuf::from,
    );
    let text = std::fs::read_to_string(folder.join("plex").join(name)).ok();
    if text.is_none() {
        println!("not tested: there is no capture {name} (set CLIFFHANGARR_CAPTURES to the folder of captures)");
    }
    text.map(|text| Element::from_xml(&text).unwrap())
}

#[test]
fn the_servers_of_an_account_are_told_from_its_players() {
    // The first one says that it has five devices, and has a word where a flag belongs.
    let present = [
        ("plextv_resources_base.xml", Some(5), [false, false]),
        ("plextv_resources_two_servers.xml", Some(6), [true, true]),
    ];
    for (name, size, present) in present {
        let Some(resources) = capture(name) else { continue };
        assert_eq!(resources.integer("size"), size);
        let devices: Vec<&Element> = resources.children_named("Device").collect();
        assert_eq!(devices.len(), 6);
        let is_server = |device: &&&Element| {
            let provides = device.text("provides").unwrap_or_default();
            provides.split(',').any(|what| what == "server")
        };
        let servers: Vec<&&Element> = devices.iter().filter(is_server).collect();
        let facts: Vec<_> = servers
            .iter()
            .map(|server| {
                (
                    server.text("name"),
                    server.text("clientIdentifier"),
                    server.flag("owned"),
                )
            })
            .collect();
        let expected = [
            (Some("Plex Server 1"), Some("unique_id_123"), true),
            (Some("Plex Server 2"), Some("unique_id_456"), true),
        ];
        assert_eq!(facts, expected, "{name}");
        let presence: Vec<bool> = servers.iter().map(|server| server.flag("presence")).collect();
        assert_eq!(presence, present, "{name}");
        let addresses: Vec<_> = servers
            .iter()
            .flat_map(|server| server.children_named("Connection"))
            .map(|connection| {
                (
                    connection.text("address"),
                    connection.integer("port"),
                    connection.flag("local"),
                )
            })
            .collect();
        let expected = [
            (Some("1.2.3.4"), Some(32400), true),
            (Some("4.3.2.1"), Some(32400), true),
        ];
        assert_eq!(addresses, expected, "{name}");
        let chrome = devices
            .iter()
            .find(|device| device.text("name") == Some("Chrome"))
            .unwrap();
        let local: Vec<bool> = chrome
            .children_named("Connection")
            .map(|connection| connection.flag("local"))
            .collect();
        assert_eq!(local, [true, false], "{name}: a player has addresses too");
        assert!(chrome.text("accessToken").is_some(), "{name}: and a token");
    }
}

#[test]
fn the_people_whom_a_server_is_shared_with_are_read_whatever_their_number_is_said_to_be() {
    let Some(shared) = capture("plextv_shared_users.xml") else {
        return;
    };
    assert_eq!(shared.integer("totalSize"), Some(3));
    let people: Vec<_> = shared
        .children_named("User")
        .map(|user| {
            let servers: Vec<_> = user
                .children_named("Server")
                .map(|server| (server.text("machineIdentifier"), server.integer("serverId")))
                .collect();
            (
                user.integer("id"),
                user.text("username"),
                user.flag("restricted"),
                servers,
            )
        })
        .collect();
    let server = || vec![(Some("unique_id_123"), Some(1))];
    let expected = [
        (Some(1000), Some("User 1000"), false, server()),
        (Some(1001), Some("User 1001"), false, server()),
    ];
    assert_eq!(people, expected);
}
