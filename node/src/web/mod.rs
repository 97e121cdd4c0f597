//! The node's HTTP side. So far the two addresses that a service manager asks; the pages and the
//! API of the office come with the issue "The office".

use std::future::Future;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use axum::routing::get;
use serde_json::json;
use tokio::net::TcpListener;

use crate::office::Office;

/// Answers on `listener` until `stop` is done.
pub async fn serve(
    listener: TcpListener,
    office: Office,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let routes = Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .with_state(Arc::new(office));
    axum::serve(listener, routes).with_graceful_shutdown(stop).await
}

/// The process runs.
async fn healthz() -> &'static str {
    "ok\n"
}

/// The node works: its store answers, and it may sign. Otherwise 503 with the reasons.
async fn readyz(State(office): State<Arc<Office>>) -> Response {
    let checked = tokio::task::spawn_blocking(move || {
        let mut reasons = Vec::new();
        if office.is_recovering() {
            reasons.push("node.recovering".to_owned());
        }
        if let Err(refusal) = office.neighbours() {
            reasons.push(refusal.code.text().to_owned());
        }
        reasons
    });
    let reasons = checked.await.unwrap_or_else(|_| vec!["internal".to_owned()]);
    let status = if reasons.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({ "ready": reasons.is_empty(), "reasons": reasons }))).into_response()
}
