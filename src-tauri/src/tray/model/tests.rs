use super::*;
use domain::state::PendingConfirmation;
use jiff::Timestamp;

fn state(monitoring: Monitoring, activity: Activity, status_line: &str) -> AppState {
    AppState {
        monitoring,
        activity,
        status_line: status_line.to_owned(),
        ..AppState::default()
    }
}

fn on() -> AppState {
    state(Monitoring::On, Activity::Idle, "Watching 1 server")
}

fn confirmation(id: i64) -> PendingConfirmation {
    PendingConfirmation {
        id,
        summary: "Reset Severance".into(),
        files: 9,
        bytes: 1,
        instances: vec!["Shows".to_owned()],
        shows: vec!["Severance".into()],
        asked_at: Timestamp::UNIX_EPOCH,
    }
}

/// The menu as people read it: marks for what is disabled, checked, or opens.
fn read(model: &TrayModel) -> Vec<String> {
    let line = |action: &Action| {
        if action.enabled {
            action.label.clone()
        } else {
            format!("({})", action.label)
        }
    };
    let mut lines = Vec::new();
    for entry in &model.entries {
        match entry {
            Entry::Text(text) => lines.push(format!("\"{text}\"")),
            Entry::Separator => lines.push("-".into()),
            Entry::Action(action) => lines.push(line(action)),
            Entry::Switch { label, on, .. } => lines.push(format!("[{}] {label}", if *on { "x" } else { " " })),
            Entry::Choice {
                label,
                enabled,
                actions,
            } => {
                lines.push(if *enabled {
                    format!("{label} >")
                } else {
                    format!("({label}) >")
                });
                lines.extend(actions.iter().map(|action| format!("  {}", line(action))));
            }
        }
    }
    lines
}

#[test]
fn while_watching_monitoring_can_be_paused() {
    let model = TrayModel::new(&on(), Some(false));
    assert_eq!(
        read(&model),
        [
            "\"Watching 1 server\"",
            "-",
            "Check sessions now",
            "Pause monitoring >",
            "  For 1 hour",
            "  Until tomorrow",
            "  Until resumed",
            "-",
            "Open Cliffhangarr",
            "[ ] Start at login",
            "-",
            "Quit",
        ]
    );
    assert_eq!(model.tooltip, "Cliffhangarr\nWatching 1 server");
}

#[test]
fn while_paused_monitoring_can_be_resumed() {
    let paused = state(
        Monitoring::Paused { until: None },
        Activity::Paused,
        "Paused until resumed",
    );
    let lines = read(&TrayModel::new(&paused, Some(true)));
    assert!(lines.contains(&"Resume monitoring".to_owned()), "{lines:?}");
    assert!(lines.contains(&"[x] Start at login".to_owned()), "{lines:?}");
    assert!(!lines.iter().any(|line| line.contains("Pause monitoring")), "{lines:?}");
}

#[test]
fn while_switched_off_there_is_nothing_to_check_or_pause() {
    let off = state(Monitoring::Off, Activity::Paused, "Monitoring is off");
    let lines = read(&TrayModel::new(&off, None));
    assert!(lines.contains(&"(Check sessions now)".to_owned()), "{lines:?}");
    assert!(lines.contains(&"(Pause monitoring) >".to_owned()), "{lines:?}");
    assert!(!lines.iter().any(|line| line.contains("Start at login")), "{lines:?}");
}

#[test]
fn waiting_deletions_come_first() {
    let mut asking = on();
    asking.confirmations = vec![confirmation(1)];
    assert_eq!(read(&TrayModel::new(&asking, None))[2], "Review a deletion…");
    asking.confirmations.push(confirmation(2));
    assert_eq!(read(&TrayModel::new(&asking, None))[2], "Review 2 deletions…");
}

#[test]
fn before_the_first_word_of_the_engine_it_is_starting() {
    assert_eq!(read(&TrayModel::new(&AppState::default(), None))[0], "\"Starting…\"");
}

#[test]
fn equal_states_make_equal_trays_whatever_their_revision() {
    let mut later = on();
    later.revision = 7;
    later.journal_revision = 3;
    assert_eq!(TrayModel::new(&on(), Some(true)), TrayModel::new(&later, Some(true)));
}

#[test]
fn only_a_change_of_lines_changes_the_shape() {
    let first = TrayModel::new(&on(), Some(false));
    let texts = state(Monitoring::Off, Activity::Attention, "Plex does not answer");
    let paused = state(Monitoring::Paused { until: None }, Activity::Paused, "Paused");
    assert!(TrayModel::new(&texts, Some(true)).has_shape_of(&first));
    assert!(!TrayModel::new(&paused, Some(false)).has_shape_of(&first));
    assert!(!TrayModel::new(&on(), None).has_shape_of(&first));
}

#[test]
fn every_request_is_found_again_by_its_id() {
    for request in Request::ALL {
        assert_eq!(Request::from_id(request.id()), Some(request));
    }
    assert_eq!(Request::from_id("nonsense"), None);
}
