//! Connections, and the webhooks that are sent to them.

use super::rows::{Episode, File, Series};
use super::shapes;
use super::world::World;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{Request, header};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};
use std::time::Duration;

/// A notification connection as a client configured it.
#[derive(Debug, Clone)]
pub(crate) struct Connection {
    pub id: i64,
    /// The resource, with its password in the clear.
    pub resource: Map<String, Value>,
    pub failing_since: Option<Timestamp>,
    pub level: usize,
    pub silent_until: Option<Timestamp>,
}

/// A call that is to be made.
#[derive(Debug, Clone)]
pub(crate) struct Hook {
    pub connection: Option<i64>,
    pub url: String,
    pub put: bool,
    pub headers: Vec<(String, String)>,
    pub login: Option<(String, String)>,
    pub agent: String,
    pub payload: Value,
    pub timeout: Duration,
}

/// Pauses after repeated failure, in minutes.
const BACK_OFF: [i64; 6] = [0, 1, 5, 15, 30, 60];

/// How long a connection may fail before it is silenced.
const GRACE: SignedDuration = SignedDuration::from_mins(5);

impl Connection {
    pub(crate) fn field(&self, name: &str) -> Option<&Value> {
        let fields = self.resource.get("fields")?.as_array()?;
        fields
            .iter()
            .find(|field| field["name"] == name)?
            .get("value")
            .filter(|value| !value.is_null())
    }

    pub(crate) fn tags(&self) -> Vec<i64> {
        let tags = self.resource.get("tags").and_then(Value::as_array);
        tags.map(|tags| tags.iter().filter_map(Value::as_i64).collect())
            .unwrap_or_default()
    }

    pub(crate) fn wants(&self, switch: &str) -> bool {
        self.resource.get(switch).and_then(Value::as_bool).unwrap_or(false)
    }

    pub(crate) fn wants_any(&self) -> bool {
        self.resource
            .iter()
            .any(|(name, value)| name.starts_with("on") && value == true)
    }

    pub(crate) fn hook(&self, payload: Value, agent: String, timeout: Duration) -> Hook {
        let text = |name: &str| self.field(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let headers = self.field("headers").and_then(Value::as_array).map(|headers| {
            let pair = |header: &Value| {
                Some((
                    header.get("key")?.as_str()?.to_owned(),
                    header.get("value")?.as_str()?.to_owned(),
                ))
            };
            headers.iter().filter_map(pair).collect()
        });
        let (username, password) = (text("username"), text("password"));
        Hook {
            connection: Some(self.id),
            url: text("url"),
            put: self.field("method").and_then(Value::as_i64) == Some(2),
            headers: headers.unwrap_or_default(),
            login: (!username.is_empty() || !password.is_empty()).then_some((username, password)),
            agent,
            payload,
            timeout,
        }
    }
}

impl World {
    pub(crate) fn agent(&self) -> String {
        format!("Sonarr/{} (alpine 3.20.3)", self.settings.version)
    }

    /// Sends an event to every connection that wants it and is not silenced.
    pub(crate) fn emit(&mut self, event: &str, switch: &str, series: &Series, payload: Value) {
        if self.connections.is_empty() {
            return;
        }
        let payload = self.envelope(payload, event);
        for connection in self.connections.values() {
            let tags = connection.tags();
            let for_series = tags.is_empty() || tags.iter().any(|tag| series.tags().contains(tag));
            let silenced = connection.silent_until.is_some_and(|until| until > self.now);
            if connection.wants(switch) && for_series && !silenced {
                self.outbox
                    .push(connection.hook(payload.clone(), self.agent(), self.settings.hook_timeout));
            }
        }
    }

    fn envelope(&self, payload: Value, event: &str) -> Value {
        let mut payload = super::json::pruned(payload);
        payload["eventType"] = json!(event);
        payload["instanceName"] = json!(self.settings.instance_name);
        payload["applicationUrl"] = json!("");
        payload
    }

    /// What a connection is tried with before it is stored.
    pub(crate) fn test_payload(&self) -> Value {
        let payload = json!({
            "series": {"id": 1, "title": "Test Title", "path": "C:\\testpath", "tvdbId": 1234, "tvMazeId": 0, "tmdbId": 0,
                "type": "standard", "year": 0, "tags": ["test-tag"]},
            "episodes": [{"id": 123, "episodeNumber": 1, "seasonNumber": 1, "title": "Test title", "seriesId": 0, "tvdbId": 0}],
        });
        self.envelope(payload, "Test")
    }

    pub(crate) fn hook_series(&self, series: &Series) -> Value {
        let labels: Vec<_> = series.tags().iter().filter_map(|id| self.tags.get(id)).collect();
        json!({
            "id": series.id, "title": series.title, "titleSlug": super::json::slug(&series.title), "path": series.path,
            "tvdbId": series.tvdb, "tvMazeId": series.tv_maze, "tmdbId": series.tmdb, "imdbId": series.imdb,
            "type": series.series_type.name(), "year": series.year, "genres": series.genres,
            "images": shapes::images(series, Some(&self.settings.url_base)), "tags": labels,
            "originalLanguage": shapes::language(&series.language),
        })
    }

    pub(crate) fn hook_episode(&self, series: &Series, episode: &Episode) -> Value {
        json!({
            "id": episode.id, "episodeNumber": episode.number, "seasonNumber": episode.season, "title": episode.title(),
            "overview": shapes::overview(episode), "airDate": shapes::air_date(episode.airs),
            "airDateUtc": super::json::stamp(episode.airs), "seriesId": series.id, "tvdbId": shapes::episode_tvdb(series, episode),
            "finaleType": if self.settings.version.is_v5() { json!(episode.finale) } else { Value::Null },
        })
    }

    pub(crate) fn hook_file(&self, series: &Series, file: &File, bin: Option<&str>) -> Value {
        json!({
            "id": file.id, "relativePath": file.relative_path, "path": format!("{}/{}", series.path, file.relative_path),
            "quality": "WEBDL-1080p", "qualityVersion": 1, "releaseGroup": file.group, "sceneName": file.scene_name,
            "size": file.size, "dateAdded": super::json::stamp_text(file.added),
            "languages": [shapes::language(&series.language)],
            "mediaInfo": {"audioChannels": 5.1, "audioCodec": "EAC3", "audioLanguages": ["eng"], "height": 1080, "width": 1920,
                "subtitles": ["eng"], "videoCodec": "x264", "videoDynamicRange": "", "videoDynamicRangeType": ""},
            "recycleBinPath": bin,
        })
    }

    /// Notes how a call went: connections that keep failing are silenced for growing pauses.
    pub(crate) fn note_delivery(&mut self, connection: i64, delivered: bool) {
        let now = self.now;
        let Some(connection) = self.connections.get_mut(&connection) else {
            return;
        };
        if delivered {
            connection.failing_since = None;
            connection.level = 0;
            connection.silent_until = None;
            return;
        }
        let since = *connection.failing_since.get_or_insert(now);
        if now.duration_since(since) >= GRACE {
            connection.level = (connection.level + 1).min(BACK_OFF.len() - 1);
            connection.silent_until = Some(now + SignedDuration::from_mins(BACK_OFF[connection.level]));
        }
    }
}

/// Makes a call and gives its status, or why there is none.
pub(crate) async fn deliver(hook: &Hook) -> Result<u16, String> {
    let mut request = Request::builder()
        .method(if hook.put { "PUT" } else { "POST" })
        .uri(&hook.url)
        .header(header::USER_AGENT, &hook.agent)
        .header(header::CONTENT_TYPE, "application/json");
    if let Some((name, password)) = &hook.login {
        request = request.header(
            header::AUTHORIZATION,
            format!("Basic {}", STANDARD.encode(format!("{name}:{password}"))),
        );
    }
    for (name, value) in &hook.headers {
        request = request.header(name, value);
    }
    let body = Full::new(Bytes::from(super::json::pretty(&hook.payload)));
    let request = request.body(body).map_err(|error| error.to_string())?;
    let client: Client<_, Full<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
    let exchange = async {
        let response = client.request(request).await.map_err(|error| error.to_string())?;
        let status = response.status().as_u16();
        response
            .into_body()
            .collect()
            .await
            .map_err(|error| error.to_string())?;
        Ok(status)
    };
    tokio::time::timeout(hook.timeout, exchange)
        .await
        .map_err(|_| "The operation has timed out.".to_owned())?
}
