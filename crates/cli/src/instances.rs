//! Files that people write name a Sonarr as they do; the engine knows it by number.

use crate::failure::Failure;
use domain::state::ConnectionKind;
use engine::Engine;
use serde_json::Value;

/// Ids and names of the Sonarr connections.
pub(crate) struct Instances(Vec<(i64, String)>);

impl Instances {
    /// Those that are connected now.
    pub async fn of(engine: &Engine) -> Self {
        let state = engine.state_now().await;
        let sonarrs = state
            .connections
            .iter()
            .filter(|connection| connection.kind == ConnectionKind::Sonarr);
        Self(
            sonarrs
                .map(|connection| (connection.id, connection.name.clone()))
                .collect(),
        )
    }

    /// The name of one, or its number where it is gone.
    pub fn name(&self, id: i64) -> String {
        let known = self.0.iter().find(|(known, _)| *known == id);
        known.map_or_else(|| id.to_string(), |(_, name)| name.clone())
    }

    /// Puts names where objects hold numbers under "instance".
    pub fn name_in(&self, objects: &mut Value) {
        for object in objects.as_array_mut().into_iter().flatten() {
            if let Some(id) = object["instance"].as_i64() {
                object["instance"] = self.name(id).into();
            }
        }
    }

    /// Puts numbers where objects hold names under "instance".
    ///
    /// # Errors
    /// When there is no Sonarr of a name.
    pub fn number_in(&self, objects: &mut Value) -> Result<(), Failure> {
        for object in objects.as_array_mut().into_iter().flatten() {
            let Some(name) = object.get("instance").and_then(Value::as_str) else {
                continue;
            };
            let known = self
                .0
                .iter()
                .find(|(_, known)| known.to_lowercase() == name.trim().to_lowercase());
            let Some((id, _)) = known else {
                return Err(Failure::usage(format!("There is no Sonarr named {name}.")));
            };
            object["instance"] = (*id).into();
        }
        Ok(())
    }
}
