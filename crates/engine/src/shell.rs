//! What the engine asks of whatever it runs in: the desktop, a terminal, a test.

use domain::state::Notification;

/// The surroundings of the engine. State is not pushed through here: surfaces watch [`crate::Engine::state`].
pub trait Shell: Send + Sync + 'static {
    /// Shows a message to the user. Must not block; failures are the shell's to count.
    fn notify(&self, notification: Notification);
}

/// A shell that only logs, for running without a screen.
#[derive(Debug, Default)]
pub struct LoggingShell;

impl Shell for LoggingShell {
    fn notify(&self, notification: Notification) {
        tracing::info!(title = notification.title, "{}", notification.body);
    }
}
