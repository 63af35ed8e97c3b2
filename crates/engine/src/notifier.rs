//! Desktop notifications: said once, after the fact, few at a time.

use crate::core::{Core, lock};
use crate::runner::CarriedOut;
use domain::plan::{Action, Decision, Reason};
use domain::state::{Notification, Topic};
use domain::wanting::spell;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;
use store::Intent;
use tokio::sync::Notify;

/// How long messages are collected before they are shown together.
const COLLECT: Duration = Duration::from_millis(700);
/// The pause between two messages of one topic.
const PAUSE: SignedDuration = SignedDuration::from_secs(10);

/// Messages of one topic that are spelled out when several are shown as one.
const LINES: usize = 4;

/// Messages that wait to be shown.
#[derive(Default)]
pub(crate) struct Notifier {
    waiting: Mutex<Vec<Notification>>,
    shown: Mutex<BTreeMap<&'static str, Timestamp>>,
    wake: Notify,
}

impl Notifier {
    /// Adds a message.
    pub fn tell(&self, notification: Notification) {
        lock(&self.waiting).push(notification);
        self.wake.notify_one();
    }

    /// Tells what an intent came to.
    pub fn done(&self, core: &Core, intent: &Intent, result: &CarriedOut) {
        let settings = core.settings();
        let subject = &intent.decision.subject;
        if result.searches > 0 && settings.notify_searches {
            self.tell(Notification {
                title: subject.show.clone(),
                body: searched(&intent.decision),
                topic: Topic::Search,
            });
        }
        let is_deletion = matches!(
            intent.decision.reason,
            Reason::ProgressiveCleanup | Reason::InactiveReset | Reason::ManualReset
        );
        if is_deletion && settings.notify_deletions {
            self.tell(Notification {
                title: subject.show.clone(),
                body: format!("{} {} files deleted.", intent.decision.detail, result.deleted.files),
                topic: Topic::Deletion,
            });
        }
    }

    /// Takes what may be shown now: one message a topic, the others of it folded in. Tells whether more is waiting.
    fn take(&self, now: Timestamp) -> (Vec<Notification>, bool) {
        let mut waiting = lock(&self.waiting);
        let mut shown = lock(&self.shown);
        let mut out = Vec::new();
        for topic in [Topic::Confirmation, Topic::Trouble, Topic::Search, Topic::Deletion] {
            let rests = shown
                .get(name(topic))
                .is_some_and(|last| now.duration_since(*last).abs() < PAUSE);
            if rests {
                continue;
            }
            let (mine, others): (Vec<_>, Vec<_>) = waiting.drain(..).partition(|message| message.topic == topic);
            *waiting = others;
            if let Some(message) = fold(mine) {
                shown.insert(name(topic), now);
                out.push(message);
            }
        }
        (out, !waiting.is_empty())
    }
}

impl Core {
    /// Shows messages as they come.
    pub(crate) async fn notify_forever(&self) {
        loop {
            self.notifier.wake.notified().await;
            loop {
                self.clock.sleep(COLLECT).await;
                let (messages, more) = self.notifier.take(self.now());
                for message in messages {
                    self.shell.notify(message);
                }
                if !more {
                    break;
                }
            }
        }
    }

    /// Tells of connections whose trouble lasts.
    pub(crate) fn tell_of_trouble(&self) {
        if !self.settings().notify_trouble {
            return;
        }
        let now = self.now();
        for link in self.links.all() {
            let mut condition = lock(&link.condition);
            if condition.should_tell(self.started_at, now) {
                self.notifier.tell(Notification {
                    title: format!("{} has trouble", link.connection.name),
                    body: condition.trouble().unwrap_or("It does not answer.").to_owned(),
                    topic: Topic::Trouble,
                });
            }
        }
    }
}

fn name(topic: Topic) -> &'static str {
    match topic {
        Topic::Search => "search",
        Topic::Deletion => "deletion",
        Topic::Confirmation => "confirmation",
        Topic::Trouble => "trouble",
    }
}

/// "Season 2 is being searched, for Alice."
fn searched(decision: &Decision) -> String {
    let mut what = Vec::new();
    for action in &decision.actions {
        match action {
            Action::SearchSeason { season, .. } => what.push(format!("Season {season}")),
            Action::SearchEpisodes { positions, .. } => what.push(spell(positions)),
            Action::SetMonitoring(_) | Action::DeleteFiles { .. } => {}
        }
    }
    let for_whom = decision
        .subject
        .viewer
        .as_ref()
        .map(|viewer| format!(", for {viewer}"))
        .unwrap_or_default();
    format!("{} is being searched{for_whom}.", what.join(", "))
}

/// Makes one message of several.
fn fold(mut messages: Vec<Notification>) -> Option<Notification> {
    if messages.len() < 2 {
        return messages.pop();
    }
    let topic = messages[0].topic;
    let mut titles: Vec<&str> = Vec::new();
    for message in &messages {
        if !titles.contains(&message.title.as_str()) {
            titles.push(&message.title);
        }
    }
    if let [title] = titles.as_slice() {
        let title = (*title).to_owned();
        let body = messages
            .iter()
            .map(|message| message.body.as_str())
            .collect::<Vec<_>>()
            .join(" ");
        return Some(Notification { title, body, topic });
    }
    let title = match topic {
        Topic::Search => format!("{} searches", messages.len()),
        Topic::Deletion => format!("{} shows were cleaned up", titles.len()),
        Topic::Confirmation => "Confirmations are needed".to_owned(),
        Topic::Trouble => format!("{} connections have trouble", titles.len()),
    };
    let mut lines: Vec<String> = messages
        .iter()
        .take(LINES)
        .map(|message| format!("{}: {}", message.title, message.body))
        .collect();
    if messages.len() > LINES {
        lines.push(format!("and {} more", messages.len() - LINES));
    }
    Some(Notification {
        title,
        body: lines.join("\n"),
        topic,
    })
}
