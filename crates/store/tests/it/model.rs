//! Intents against a model: whatever happens in whatever order, over restarts.

use crate::support::{Fixture, at, decision};
use proptest::prelude::*;
use store::{Intent, IntentState, NewIntent, Origin, Outcome, Store, StoreError};

#[derive(Debug, Clone)]
enum Step {
    Create { confirm: bool },
    Start { intent: usize, step: u32 },
    Finish { intent: usize, step: u32 },
    Postpone { intent: usize, seconds: i64 },
    Confirm { intent: usize },
    Complete { intent: usize },
    Drop { intent: usize },
    Restart,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Model {
    state: IntentState,
    next_step: u32,
    started: bool,
    attempts: u32,
    due: i64,
}

const STEPS: u32 = 4;

impl Model {
    fn of(intent: &Intent) -> Self {
        Self {
            state: intent.state,
            next_step: intent.next_step,
            started: intent.step_started_at.is_some(),
            attempts: intent.attempts,
            due: intent.due_at.duration_since(at(0)).as_secs(),
        }
    }

    /// Whether the step is allowed; if so, it was taken.
    fn take(&mut self, step: &Step) -> bool {
        let open = self.state == IntentState::Open;
        match *step {
            Step::Start { step, .. } if open && step == self.next_step && step < STEPS => self.started = true,
            Step::Finish { step, .. } if open && step == self.next_step && step < STEPS => {
                (self.next_step, self.started, self.attempts) = (step + 1, false, 0);
            }
            Step::Postpone { seconds, .. } if open => (self.due, self.attempts) = (seconds, self.attempts + 1),
            Step::Complete { .. } if open && self.next_step == STEPS => {
                (self.state, self.started) = (IntentState::Done, false);
            }
            Step::Drop { .. } if open || self.state == IntentState::WaitingConfirmation => {
                self.state = IntentState::Moot;
            }
            Step::Confirm { .. } if self.state == IntentState::WaitingConfirmation => {
                (self.state, self.due) = (IntentState::Open, 1000);
            }
            _ => return false,
        }
        true
    }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let intent = 0..3_usize;
    let step = prop_oneof![
        2 => any::<bool>().prop_map(|confirm| Step::Create { confirm }),
        4 => (intent.clone(), 0..STEPS + 1).prop_map(|(intent, step)| Step::Start { intent, step }),
        8 => (intent.clone(), 0..STEPS + 1).prop_map(|(intent, step)| Step::Finish { intent, step }),
        2 => (intent.clone(), 0..500_i64).prop_map(|(intent, seconds)| Step::Postpone { intent, seconds }),
        2 => intent.clone().prop_map(|intent| Step::Confirm { intent }),
        2 => intent.clone().prop_map(|intent| Step::Complete { intent }),
        1 => intent.prop_map(|intent| Step::Drop { intent }),
        1 => Just(Step::Restart),
    ];
    prop::collection::vec(step, 1..40)
}

async fn do_step(store: &Store, id: i64, step: &Step) -> Result<bool, StoreError> {
    let outcome = match *step {
        Step::Start { step, .. } => store.start_step(id, step, at(1)).await,
        Step::Finish { step, .. } => store.finish_step(id, step, at(2)).await,
        Step::Postpone { seconds, .. } => store.postpone_intent(id, at(seconds), "It failed.").await,
        Step::Complete { .. } => store.complete_intent(id, at(3), None).await,
        Step::Drop { .. } => store.drop_intent(id, at(4), Outcome::Nothing, "Moot.").await,
        Step::Confirm { .. } => return Ok(store.confirm_batch(id, at(1000)).await? == 1),
        Step::Create { .. } | Step::Restart => unreachable!("BUG: not steps of one intent"),
    };
    match outcome {
        Ok(()) => Ok(true),
        Err(StoreError::Conflict(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

async fn play(steps: Vec<Step>) {
    let mut fixture = Fixture::new().await;
    let decision = decision(fixture.series().await);
    let mut known: Vec<(i64, Model)> = Vec::new();
    for step in steps {
        match step {
            Step::Create { confirm } => {
                let new = NewIntent {
                    series: decision.subject.series.unwrap(),
                    origin: Origin::Session,
                    decision: &decision,
                    needs_confirmation: confirm,
                    subject_key: None,
                };
                let made = fixture.store.create_intent(new, at(0)).await.unwrap();
                known.push((made.id, Model::of(&made)));
            }
            Step::Restart => fixture = fixture.reopen().await,
            Step::Start { intent, .. }
            | Step::Finish { intent, .. }
            | Step::Postpone { intent, .. }
            | Step::Confirm { intent }
            | Step::Complete { intent }
            | Step::Drop { intent } => {
                let Some((id, model)) = known.get_mut(intent) else {
                    continue;
                };
                let done = do_step(&fixture.store, *id, &step).await.unwrap();
                assert_eq!(done, model.take(&step), "{step:?}");
            }
        }
    }
    let fixture = fixture.reopen().await;
    for (id, model) in &known {
        assert_eq!(&Model::of(&fixture.store.intent(*id).await.unwrap().unwrap()), model);
    }
    let open = fixture.store.all_open_intents().await.unwrap().len();
    let expected = |model: &Model| matches!(model.state, IntentState::Open | IntentState::WaitingConfirmation);
    assert_eq!(open, known.iter().filter(|(_, model)| expected(model)).count());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn intents_live_as_the_model_says_over_restarts(steps in steps()) {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(play(steps));
    }
}
