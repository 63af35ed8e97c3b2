//! A machine that is switched off between any two requests to Sonarr.

use super::story::Story;
use async_trait::async_trait;
use bytes::Bytes;
use remote::{BodyStream, RouterTransport, Transport, TransportError};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tokio::sync::Notify;

/// Lets so many requests pass, and then hangs for good: the machine was switched off in the middle of it.
struct Guillotine {
    to: Arc<dyn Transport>,
    left: AtomicI64,
    /// Whether the last request still arrives.
    arrives: bool,
    fallen: Notify,
}

#[async_trait]
impl Transport for Guillotine {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<BodyStream>, TransportError> {
        let left = self.left.fetch_sub(1, Ordering::SeqCst);
        if left <= 0 {
            if left == 0 && self.arrives {
                let _ = self.to.send(request).await;
            }
            self.fallen.notify_one();
            return std::future::pending().await;
        }
        self.to.send(request).await
    }
}

/// Does something with the story's engine while only so many requests reach Sonarr; gives whether it came to its end, and
/// the story after a restart with everything plugged in.
pub async fn cut_after<F>(story: Story, requests: i64, arrives: bool, act: F) -> (bool, Story)
where
    F: AsyncFnOnce(&Story),
{
    let plain: Arc<dyn Transport> = Arc::new(RouterTransport::new(story.home.sonarr().router()));
    let guillotine = Arc::new(Guillotine {
        to: Arc::clone(&plain),
        left: AtomicI64::new(requests),
        arrives,
        fallen: Notify::new(),
    });
    story
        .home
        .network
        .put("sonarr1.test", Arc::<Guillotine>::clone(&guillotine));
    let ended = tokio::select! {
        biased;
        () = guillotine.fallen.notified() => false,
        () = act(&story) => true,
    };
    story.home.network.put("sonarr1.test", plain);
    (ended, story.restart().await)
}
