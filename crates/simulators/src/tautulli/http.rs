//! The HTTP interface: the envelope, the commands, and what is said when something is refused.

use super::{Settings, TautulliSim, metadata};
use crate::faults::Severed;
use axum::{body::Body, extract::Request, extract::State, response::Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use url::form_urlencoded;

const COMMANDS: [&str; 11] = [
    "get_activity",
    "get_history",
    "get_libraries_table",
    "get_metadata",
    "get_server_friendly_name",
    "get_server_identity",
    "get_server_info",
    "get_tautulli_info",
    "get_users",
    "server_status",
    "status",
];

impl TautulliSim {
    /// What the server says, where Tautulli reaches it.
    pub(super) async fn container(&self, path: &str) -> Option<Value> {
        if !self.settings().reaches_plex {
            return None;
        }
        self.upstream.container(path).await
    }
}

pub(super) async fn answer(State(sim): State<TautulliSim>, request: Request) -> Response {
    if sim.with(|world| world.is_off()) {
        let mut response = Response::new(Body::empty());
        response.extensions_mut().insert(Severed);
        return response;
    }
    let settings = sim.settings();
    let path = request.uri().path();
    let inner = path
        .strip_prefix(settings.http_root.as_str())
        .filter(|rest| rest.is_empty() || rest.starts_with('/'));
    let Some(inner) = inner else {
        return elsewhere(&settings, path, request.uri().query());
    };
    match inner.trim_end_matches('/') {
        "/api/v2" => {
            let query = request.uri().query().unwrap_or_default();
            let arguments = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
            commanded(&sim, &settings, arguments).await
        }
        // Whoever asks for more than that it runs has to be signed in.
        "/status" if settings.has_login && request.uri().query().is_some_and(|query| !query.is_empty()) => {
            redirect(&settings, "/auth/login")
        }
        "/status" => written(StatusCode::OK, &json!({"result": "success", "message": "Ok"})),
        "" if settings.has_login => redirect(&settings, "/auth/login?redirect_uri=/"),
        "" => redirect(&settings, "/home"),
        "/home" | "/auth/login" => page("<!doctype html><html><head><title>Tautulli</title></head></html>"),
        _ => no_such_path(inner),
    }
}

/// In front of everything there is nothing but a way to the beginning.
fn elsewhere(settings: &Settings, path: &str, query: Option<&str>) -> Response {
    match path.trim_end_matches('/') {
        "" => redirect(settings, "/"),
        "/status" => redirect(
            settings,
            &query.map_or("/status".to_owned(), |query| format!("/status?{query}")),
        ),
        _ => no_such_path(path),
    }
}

async fn commanded(sim: &TautulliSim, settings: &Settings, arguments: BTreeMap<String, String>) -> Response {
    let command = arguments.get("cmd").map(String::as_str);
    let refused = |status: StatusCode, message: &str| failed(settings, status, message);
    if !settings.has_api {
        return refused(StatusCode::NOT_FOUND, "API not enabled");
    }
    let Some(key) = arguments.get("apikey") else {
        return refused(StatusCode::UNAUTHORIZED, "Parameter apikey is required");
    };
    let possible = format!("Possible commands are: {}", COMMANDS.join(", "));
    let command = match command {
        None => {
            let message = format!("Parameter cmd is required. {possible}");
            return refused(StatusCode::BAD_REQUEST, &message);
        }
        Some(command) if !COMMANDS.contains(&command) => {
            let message = format!("Unknown command: {command}. {possible}");
            return refused(StatusCode::BAD_REQUEST, &message);
        }
        Some(command) => command,
    };
    if *key != sim.api_key() {
        return refused(StatusCode::UNAUTHORIZED, "Invalid apikey");
    }
    let data = run(sim, settings, command, &arguments).await;
    let envelope = json!({"response": {"result": "success", "message": null, "data": data}});
    written(StatusCode::OK, &envelope)
}

async fn run(sim: &TautulliSim, settings: &Settings, command: &str, arguments: &BTreeMap<String, String>) -> Value {
    let argument = |name: &str| {
        arguments
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    };
    match command {
        "get_activity" => {
            let wanted = ["session_key", "session_id"]
                .iter()
                .find_map(|field| Some((*field, argument(field)?)));
            sim.activity(wanted).await
        }
        "get_history" => sim.history(arguments).await,
        "get_libraries_table" => sim.libraries().await,
        "get_metadata" if settings.reaches_plex => {
            let key = argument("rating_key").unwrap_or_default();
            Value::Object(metadata::details(&sim.upstream, key).await)
        }
        "get_metadata" => json!({}),
        "get_server_identity" => match sim.container("/identity").await {
            Some(found) => json!({"machine_identifier": found["machineIdentifier"], "version": found["version"]}),
            None => json!({}),
        },
        // This is what it was told when it was set up.
        "get_server_friendly_name" => json!(sim.plex.settings().friendly_name),
        "get_server_info" => {
            let plex = sim.plex.settings();
            json!({"pms_identifier": plex.machine_identifier, "pms_name": plex.friendly_name, "pms_version": plex.version,
                "pms_ip": "192.168.1.10", "pms_port": 32400, "pms_ssl": 0, "pms_is_remote": 0, "pms_platform": "Linux",
                "pms_plexpass": 1, "pms_url": "http://192.168.1.10:32400", "pms_url_manual": 0})
        }
        "get_tautulli_info" => json!({"tautulli_version": settings.version, "tautulli_install_type": "docker",
            "tautulli_branch": "master", "tautulli_commit": "", "tautulli_platform": "Linux",
            "tautulli_platform_device_name": "attic", "tautulli_python_version": "3.13.0"}),
        "get_users" => json!(sim.users()),
        "server_status" => json!({"connected": sim.container("/identity").await.is_some()}),
        _ => json!({}),
    }
}

fn failed(settings: &Settings, status: StatusCode, message: &str) -> Response {
    let status = if settings.has_statuses { status } else { StatusCode::OK };
    let envelope = json!({"response": {"result": "error", "message": message, "data": {}}});
    written(status, &envelope)
}

fn no_such_path(path: &str) -> Response {
    let message = format!("The path '{path}' was not found.");
    let body = json!({"status": "404 Not Found", "message": message, "error": true});
    written(StatusCode::NOT_FOUND, &body)
}

fn redirect(settings: &Settings, to: &str) -> Response {
    let mut response = page("");
    *response.status_mut() = StatusCode::SEE_OTHER;
    if let Ok(location) = HeaderValue::from_str(&format!("{}{to}", settings.http_root)) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

fn page(text: &'static str) -> Response {
    let mut response = Response::new(Body::from(text));
    let kind = HeaderValue::from_static("text/html;charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

fn written(status: StatusCode, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("application/json;charset=UTF-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}
