use cliffhangarr_wire::{
    AppStateDto, ErrorCode, ErrorDto, JournalEntryDto, Outlook, OutlookRow, Preview, RuleSetDto, SettingsView, Standing,
};
use domain::ids::{EpisodeFileId, EpisodeId, EpisodeRef, InstanceId, RollingShowId, SeriesId, SeriesKey};
use domain::plan::{Action, Bookkeeping, Decision, DoomedFile, MonitoringChange, Reason, Subject};
use domain::state::{AppState, Monitoring};
use serde_json::json;

fn reset(title: &str, files: &[(i64, i64)]) -> Decision {
    let subject = Subject {
        show: title.to_owned(),
        instance: Some("TV".to_owned()),
        series: Some(SeriesKey {
            instance: InstanceId(1),
            series: SeriesId(7),
        }),
        rolling_show: Some(RollingShowId(4)),
        ..Subject::default()
    };
    let doomed = files
        .iter()
        .map(|&(id, size)| DoomedFile {
            id: EpisodeFileId(id),
            size,
            path: None,
            episodes: vec![EpisodeRef { season: 2, episode: 1 }],
        })
        .collect();
    let mut decision = Decision::nothing(subject, Reason::ManualReset, "Back to the pilot.");
    decision.actions = vec![
        Action::SetMonitoring(MonitoringChange {
            episodes_off: vec![EpisodeId(1)],
            ..MonitoringChange::default()
        }),
        Action::DeleteFiles { files: doomed },
    ];
    decision.afterwards = vec![Bookkeeping::Reset {
        show: RollingShowId(4),
        coming: None,
    }];
    decision
}

#[test]
fn the_state_crosses_in_camel_case_with_its_revision() {
    let state = AppState {
        revision: 12,
        monitoring: Monitoring::Paused {
            until: Some("2026-03-01T20:00:00Z".parse().unwrap()),
        },
        ..AppState::default()
    };
    let value = serde_json::to_value(AppStateDto::from(&state)).unwrap();
    assert_eq!(value["revision"], json!(12));
    assert_eq!(
        value["monitoring"],
        json!({ "kind": "paused", "until": "2026-03-01T20:00:00Z" })
    );
    assert_eq!(
        value["kinds"],
        json!(["plex", "jellyfin", "emby", "tautulli", "sonarr"])
    );
    assert_eq!(value["secrets"], json!({ "kind": "unknown" }));
}

#[test]
fn the_settings_cross_unchanged_and_with_every_range() {
    let settings = domain::settings::Settings::default();
    let view = SettingsView::new(settings.clone(), vec!["enabled".to_owned()], Vec::new());
    let value = serde_json::to_value(&view).unwrap();
    assert_eq!(value["settings"], serde_json::to_value(settings).unwrap());
    assert_eq!(
        value["ranges"]["pollingIntervalMinutes"],
        json!({ "min": 1, "max": 1440 })
    );
    assert_eq!(
        value["ranges"].as_object().unwrap().len(),
        domain::settings::RANGES.len()
    );
}

#[test]
fn a_journal_row_says_its_actions_in_words() {
    let decision = reset("Severance", &[(1, 2_000_000_000)]);
    let entry = JournalEntryDto::new(
        5,
        "2026-03-01T20:00:00Z".parse().unwrap(),
        "manual",
        "done",
        None,
        &decision,
    );
    let value = serde_json::to_value(entry).unwrap();
    assert_eq!(value["reason"], json!("manualReset"));
    assert_eq!(value["actions"][0]["sentence"], json!("Unmonitor 1 episode"));
    assert_eq!(value["actions"][1]["sentence"], json!("Delete 1 file (2.0 GB)"));
    assert_eq!(
        value["actions"][1]["files"],
        json!([{ "label": "S02E01", "bytes": 2_000_000_000_i64 }])
    );
}

#[test]
fn a_preview_adds_up_and_its_confirmation_stands_for_the_set_and_not_for_its_wording() {
    let one = reset("Severance", &[(1, 10), (2, 20)]);
    let mut reworded = one.clone();
    reworded.detail = "Back to where it began.".to_owned();
    let smaller = reset("Severance", &[(1, 10)]);
    let alone = Decision::nothing(
        Subject {
            show: "Dark".to_owned(),
            ..Subject::default()
        },
        Reason::Protected,
        "Kept.",
    );
    let preview = Preview::of([&one, &alone]);
    assert_eq!(
        (
            preview.files,
            preview.bytes,
            preview.items.len(),
            preview.left_alone.len()
        ),
        (2, 30, 1, 1)
    );
    assert_eq!(preview.confirmation, Preview::of([&reworded]).confirmation);
    assert_ne!(preview.confirmation, Preview::of([&smaller]).confirmation);
}

#[test]
fn every_error_code_is_read_back_and_an_unknown_one_is_internal() {
    for code in ErrorCode::ALL {
        assert_eq!(ErrorCode::from_code(code.code()), *code);
        assert_eq!(serde_json::to_value(code).unwrap(), json!(code.code()));
    }
    assert_eq!(ErrorDto::new("somethingNew", "Odd.").code, ErrorCode::Internal);
}

#[test]
fn rules_cross_and_come_back_as_they_were() {
    let mut rules = json!({
        "rules": [{
            "name": "Anime", "madeAt": "2026-03-01T20:00:00Z", "instance": 2, "combination": "any",
            "conditions": [
                { "field": "genre", "anyOf": ["Anime"] },
                { "field": "qualityProfile", "anyOf": [4] },
                { "field": "year", "from": 1990, "to": null },
                { "field": "title", "pattern": "The *" },
            ],
            "outcome": "firstSeasonRolling",
        }],
        "defaults": [{ "instance": 2, "madeAt": "2026-03-02T20:00:00Z", "outcome": "standard" }],
    });
    let read: RuleSetDto = serde_json::from_value(rules.clone()).unwrap();
    let crossed = RuleSetDto::from(domain::rules::RuleSet::from(read));
    assert_eq!(serde_json::to_value(crossed).unwrap(), rules);

    rules["rules"][0]["madeAt"] = json!(null);
    let unsaved: RuleSetDto = serde_json::from_value(rules).unwrap();
    let unsaved = domain::rules::RuleSet::from(unsaved);
    assert_eq!(
        unsaved.rules[0].made_at,
        jiff::Timestamp::MAX,
        "nothing was added after it"
    );
}

#[test]
fn an_outlook_crosses_in_camel_case() {
    let row = OutlookRow {
        show: Some(3),
        title: "Severance".to_owned(),
        instance: "TV".to_owned(),
        season: Some(2),
        standing: Standing::FreeAt,
        at: Some("2026-03-01T20:00:00Z".parse().unwrap()),
        reason: None,
        sentence: "Season 2.".to_owned(),
        files: 8,
        bytes: 16,
        last_viewed: None,
        with_show: false,
        keep_show: false,
        keep_season: true,
        asked_first: true,
        confirmation: None,
        viewers: Vec::new(),
    };
    let kept = OutlookRow {
        standing: Standing::Kept,
        at: None,
        reason: Some(Reason::SwitchedOff.into()),
        ..row.clone()
    };
    let outlook = serde_json::to_value(Outlook {
        notes: vec!["Monitoring is switched off.".to_owned()],
        rows: vec![row, kept],
        at_baseline: 2,
    })
    .unwrap();
    assert_eq!(
        outlook["rows"][0],
        json!({
            "show": 3, "title": "Severance", "instance": "TV", "season": 2, "standing": "freeAt",
            "at": "2026-03-01T20:00:00Z", "reason": null, "sentence": "Season 2.", "files": 8, "bytes": 16,
            "lastViewed": null, "withShow": false, "keepShow": false, "keepSeason": true, "askedFirst": true,
            "confirmation": null, "viewers": [],
        })
    );
    assert_eq!(
        (
            &outlook["rows"][1]["standing"],
            &outlook["rows"][1]["reason"],
            &outlook["atBaseline"]
        ),
        (&json!("kept"), &json!("switchedOff"), &json!(2))
    );
}
