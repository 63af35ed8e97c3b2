//! What the tray shows, as a value. It is made from the state alone and can be compared.

use domain::state::{Activity, AppState, Monitoring};

/// The tray as it should look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrayModel {
    /// Which face the icon has.
    pub face: Activity,
    /// The text beside the pointer.
    pub tooltip: String,
    /// The menu from top to bottom.
    pub entries: Vec<Entry>,
}

/// A line of the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// A sentence that cannot be chosen.
    Text(String),
    /// A line between groups.
    Separator,
    /// Something to do.
    Action(Action),
    /// Something to switch.
    Switch {
        /// What it asks for.
        request: Request,
        /// What it says.
        label: &'static str,
        /// Whether it is on.
        on: bool,
    },
    /// Several things to choose from.
    Choice {
        /// What it says.
        label: &'static str,
        /// Whether it opens.
        enabled: bool,
        /// What is in it.
        actions: Vec<Action>,
    },
}

/// A line that does something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// What it asks for.
    pub request: Request,
    /// What it says.
    pub label: String,
    /// Whether it can be chosen.
    pub enabled: bool,
}

/// Everything the tray can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Request {
    /// One monitoring cycle now.
    Check,
    /// Hold monitoring for an hour.
    PauseOneHour,
    /// Hold monitoring until tomorrow.
    PauseUntilTomorrow,
    /// Hold monitoring until resumed.
    PauseUntilResumed,
    /// Go on.
    Resume,
    /// Open the window where deletions wait for the user's word.
    Review,
    /// Open the window.
    Open,
    /// Start at login, or no longer.
    ToggleAutostart,
    /// End the application.
    Quit,
}

impl Request {
    /// Every request.
    pub const ALL: [Self; 9] = [
        Self::Check,
        Self::PauseOneHour,
        Self::PauseUntilTomorrow,
        Self::PauseUntilResumed,
        Self::Resume,
        Self::Review,
        Self::Open,
        Self::ToggleAutostart,
        Self::Quit,
    ];

    /// The identity of its menu item.
    pub fn id(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::PauseOneHour => "pause-one-hour",
            Self::PauseUntilTomorrow => "pause-until-tomorrow",
            Self::PauseUntilResumed => "pause-until-resumed",
            Self::Resume => "resume",
            Self::Review => "review",
            Self::Open => "open",
            Self::ToggleAutostart => "autostart",
            Self::Quit => "quit",
        }
    }

    /// Reads [`Request::id`].
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|request| request.id() == id)
    }
}

impl TrayModel {
    /// Renders the state. `autostart` is `None` where the platform cannot tell whether the application starts at login.
    pub fn new(state: &AppState, autostart: Option<bool>) -> Self {
        let status = status_line(state);
        let mut entries = vec![Entry::Text(status.clone()), Entry::Separator];
        if !state.confirmations.is_empty() {
            entries.push(action(Request::Review, review_label(state.confirmations.len()), true));
        }
        let watching = state.monitoring != Monitoring::Off;
        entries.push(action(Request::Check, "Check sessions now".to_owned(), watching));
        entries.push(match state.monitoring {
            Monitoring::Paused { .. } => action(Request::Resume, "Resume monitoring".to_owned(), true),
            Monitoring::On | Monitoring::Off => pause_choice(watching),
        });
        entries.push(Entry::Separator);
        entries.push(action(Request::Open, "Open Cliffhangarr".to_owned(), true));
        if let Some(on) = autostart {
            entries.push(Entry::Switch {
                request: Request::ToggleAutostart,
                label: "Start at login",
                on,
            });
        }
        entries.push(Entry::Separator);
        entries.push(action(Request::Quit, "Quit".to_owned(), true));
        Self {
            face: state.activity,
            tooltip: format!("Cliffhangarr\n{status}"),
            entries,
        }
    }

    /// Whether both have the same lines, so that texts and marks can be changed in place.
    pub fn has_shape_of(&self, other: &Self) -> bool {
        self.entries.len() == other.entries.len()
            && self
                .entries
                .iter()
                .zip(&other.entries)
                .all(|(left, right)| same_line(left, right))
    }
}

fn status_line(state: &AppState) -> String {
    if state.status_line.is_empty() {
        "Starting…".to_owned()
    } else {
        state.status_line.clone()
    }
}

fn review_label(waiting: usize) -> String {
    match waiting {
        1 => "Review a deletion…".to_owned(),
        n => format!("Review {n} deletions…"),
    }
}

fn action(request: Request, label: String, enabled: bool) -> Entry {
    Entry::Action(Action {
        request,
        label,
        enabled,
    })
}

fn pause_choice(enabled: bool) -> Entry {
    let actions = [
        (Request::PauseOneHour, "For 1 hour"),
        (Request::PauseUntilTomorrow, "Until tomorrow"),
        (Request::PauseUntilResumed, "Until resumed"),
    ]
    .map(|(request, label)| Action {
        request,
        label: label.to_owned(),
        enabled: true,
    });
    Entry::Choice {
        label: "Pause monitoring",
        enabled,
        actions: actions.into(),
    }
}

fn same_line(left: &Entry, right: &Entry) -> bool {
    match (left, right) {
        (Entry::Text(_), Entry::Text(_)) | (Entry::Separator, Entry::Separator) => true,
        (Entry::Action(left), Entry::Action(right)) => left.request == right.request,
        (Entry::Switch { request: left, .. }, Entry::Switch { request: right, .. }) => left == right,
        (Entry::Choice { actions: left, .. }, Entry::Choice { actions: right, .. }) => {
            left.len() == right.len()
                && left
                    .iter()
                    .zip(right)
                    .all(|(left, right)| left.request == right.request)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests;
