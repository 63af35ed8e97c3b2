//! The platform's keyring, on a thread of its own.
//!
//! Calls may block for as long as the user looks at an unlock prompt, and blocking D-Bus calls must not be made inside an
//! async runtime; so one thread makes them all.

use super::{SecretError, platform};
use keyring_core::CredentialStore;
use secrecy::{ExposeSecret, SecretString};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;
use tokio::sync::oneshot;
use tracing::{debug, warn};

pub(super) struct KeyringThread {
    service: String,
    timeout: Duration,
    requests: Mutex<Option<Sender<Request>>>,
    busy: Busy,
}

struct Request {
    question: Question,
    answer: oneshot::Sender<Answer>,
}

enum Question {
    Get(String),
    Set(String, SecretString),
    Delete(String),
    Probe,
}

type Answer = Result<Option<SecretString>, SecretError>;

/// What the thread is doing.
#[derive(Clone, Default)]
struct Busy(Arc<Mutex<Call>>);

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Call {
    #[default]
    None,
    Running,
    /// Somebody waited for the timeout while it was running.
    Overdue,
}

impl KeyringThread {
    pub(super) fn new(service: &str, timeout: Duration) -> Self {
        Self {
            service: service.to_owned(),
            timeout,
            requests: Mutex::default(),
            busy: Busy::default(),
        }
    }

    pub(super) async fn get(&self, account: String) -> Result<SecretString, SecretError> {
        self.ask(Question::Get(account)).await?.ok_or(SecretError::NotFound)
    }

    pub(super) async fn set(&self, account: String, secret: SecretString) -> Result<(), SecretError> {
        self.ask(Question::Set(account, secret)).await.map(drop)
    }

    pub(super) async fn delete(&self, account: String) -> Result<(), SecretError> {
        self.ask(Question::Delete(account)).await.map(drop)
    }

    pub(super) async fn probe(&self) -> Result<(), SecretError> {
        self.ask(Question::Probe).await.map(drop)
    }

    async fn ask(&self, question: Question) -> Answer {
        // While one call hangs, the others need not wait in vain.
        if self.busy.is_overdue() {
            return Err(SecretError::Timeout);
        }
        let (answer, answered) = oneshot::channel();
        self.send(Request { question, answer })?;
        match tokio::time::timeout(self.timeout, answered).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(SecretError::Unavailable("the keyring's own code failed".to_owned())),
            Err(_) => {
                warn!("the keyring does not answer");
                self.busy.mark_overdue();
                Err(SecretError::Timeout)
            }
        }
    }

    /// Hands a request to the thread, which is started when there is none yet, or none any more after a panic.
    fn send(&self, mut request: Request) -> Result<(), SecretError> {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = requests.as_ref() {
            match sender.send(request) {
                Ok(()) => return Ok(()),
                Err(unsent) => request = unsent.0,
            }
        }
        let (sender, receiver) = channel();
        let mut caller = Caller {
            service: self.service.clone(),
            store: None,
        };
        let busy = self.busy.clone();
        thread::Builder::new()
            .name("keyring".to_owned())
            .spawn(move || serve(&mut caller, &busy, &receiver))
            .map_err(|error| SecretError::Unavailable(error.to_string()))?;
        sender
            .send(request)
            .map_err(|_| SecretError::Unavailable("its thread ended".to_owned()))?;
        *requests = Some(sender);
        Ok(())
    }
}

impl Busy {
    fn is_overdue(&self) -> bool {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) == Call::Overdue
    }

    fn mark_overdue(&self) {
        let mut call = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if *call == Call::Running {
            *call = Call::Overdue;
        }
    }

    /// Busy until the result is dropped, also by a panic.
    fn begin(&self) -> impl Drop {
        struct End(Busy);
        impl Drop for End {
            fn drop(&mut self) {
                *self.0.0.lock().unwrap_or_else(PoisonError::into_inner) = Call::None;
            }
        }
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Call::Running;
        End(self.clone())
    }
}

fn serve(caller: &mut Caller, busy: &Busy, requests: &Receiver<Request>) {
    for Request { question, answer } in requests {
        // Whoever asked has given up: a later answer would surprise.
        if answer.is_closed() {
            continue;
        }
        let call = busy.begin();
        let result = caller.call(&question);
        drop(call);
        if answer.send(result).is_err() {
            debug!("the keyring answered too late");
        }
    }
}

/// Makes the calls. The connection is made at the first one, and anew after it broke.
struct Caller {
    service: String,
    store: Option<Arc<CredentialStore>>,
}

impl Caller {
    fn call(&mut self, question: &Question) -> Answer {
        let connected_before = self.store.is_some();
        let mut result = self.try_call(question);
        if connected_before && matches!(result, Err(SecretError::Unavailable(_))) {
            // The service may have been restarted since; a session belongs to one run of it.
            self.store = None;
            result = self.try_call(question);
        }
        if matches!(result, Err(SecretError::Unavailable(_))) {
            self.store = None;
        }
        result
    }

    fn try_call(&mut self, question: &Question) -> Answer {
        let account = match question {
            Question::Probe => return platform::probe().map(|()| None),
            Question::Get(account) | Question::Set(account, _) | Question::Delete(account) => account,
        };
        let outcome = self.entry(account).and_then(|entry| match question {
            Question::Get(_) => entry.get_password().map(|secret| Some(SecretString::from(secret))),
            Question::Set(_, secret) => entry.set_password(secret.expose_secret()).map(|()| None),
            Question::Delete(_) => entry.delete_credential().map(|()| None),
            Question::Probe => Ok(None),
        });
        match outcome {
            // "No entry" is also what a locked keyring, or one without a collection, may say.
            Err(keyring_core::Error::NoEntry) => platform::probe().map(|()| None),
            Err(error) => Err(platform::classify(error)),
            Ok(answer) => Ok(answer),
        }
    }

    fn entry(&mut self, account: &str) -> keyring_core::Result<keyring_core::Entry> {
        let store = match &self.store {
            Some(store) => Arc::clone(store),
            None => Arc::clone(self.store.insert(platform::connect()?)),
        };
        store.build(&self.service, account, None)
    }
}
