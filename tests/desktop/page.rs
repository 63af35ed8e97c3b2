//! The window's page, driven as a browser is.

use crate::application::{Application, TITLE};
use crate::desktop::Desktop;
use crate::processes::Process;
use crate::waiting::{PATIENCE, until_true};
use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use std::net::TcpListener;
use std::process::Command;
use std::time::{Duration, Instant};
use tokio::time::timeout;

/// A page under the hands of a test.
pub struct Page {
    client: Client,
    _driver: Process,
}

impl Page {
    /// Takes hold of the page of a running application whose window is open.
    pub async fn of(desktop: &Desktop, application: &mut Application) -> Self {
        until_true("the window", || {
            assert!(
                !application.has_ended(),
                "the application ended:\n{}",
                application.output(desktop)
            );
            desktop.windows().contains(&TITLE.to_owned())
        })
        .await;
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = Command::new("WebKitWebDriver");
        command
            .arg(format!("--port={port}"))
            .arg("--host=127.0.0.1")
            .arg(format!("--target=127.0.0.1:{}", application.inspector()));
        let driver = Process::start(desktop.inside(&mut command, "webdriver"));
        let address = format!("http://127.0.0.1:{port}");
        let start = Instant::now();
        let client = loop {
            let connecting = ClientBuilder::new(HttpConnector::new());
            match timeout(PATIENCE, connecting.connect(&address))
                .await
                .expect("the driver to answer")
            {
                Ok(client) => break client,
                Err(error) => assert!(start.elapsed() < PATIENCE, "the page cannot be driven: {error}"),
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        };
        Self {
            client,
            _driver: driver,
        }
    }

    /// Waits for an element.
    pub async fn find(&self, css: &str) -> Element {
        match self
            .client
            .wait()
            .at_most(PATIENCE)
            .for_element(Locator::Css(css))
            .await
        {
            Ok(element) => element,
            Err(error) => panic!("{css} is not on the page: {error}\n{}", self.text().await),
        }
    }

    pub async fn click(&self, css: &str) {
        let start = Instant::now();
        // A dialog that is still moving covers what it is about to show.
        while let Err(error) = self.find(css).await.click().await {
            assert!(start.elapsed() < PATIENCE, "{css} cannot be clicked: {error:?}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Puts a text into a field, in place of what is there.
    pub async fn fill(&self, css: &str, text: &str) {
        let field = self.find(css).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// The text a person can read.
    pub async fn text(&self) -> String {
        let script = "return document.body.innerText";
        match self.client.execute(script, Vec::new()).await {
            Ok(text) => text.as_str().unwrap_or_default().to_owned(),
            Err(error) => format!("(the page cannot be read: {error})"),
        }
    }

    /// What can be read in each of these elements now, on one line each.
    pub async fn lines(&self, css: &str) -> Vec<String> {
        let script = "return [...document.querySelectorAll(arguments[0])].map((one) => one.innerText)";
        let lines = self.client.execute(script, vec![css.into()]).await;
        let lines: Vec<String> = serde_json::from_value(lines.unwrap()).unwrap();
        lines
            .iter()
            .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect()
    }

    /// Waits until a text can be read.
    pub async fn wait_for_text(&self, text: &str) {
        let start = Instant::now();
        while !self.text().await.contains(text) {
            assert!(
                start.elapsed() < PATIENCE,
                "{text:?} is not on the page:\n{}",
                self.text().await
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Waits until an element is no longer there.
    pub async fn wait_until_gone(&self, css: &str) {
        let start = Instant::now();
        loop {
            // An element that goes just as it is found is an error of the driver.
            let found = self.client.find_all(Locator::Css(css)).await;
            if found.as_ref().is_ok_and(Vec::is_empty) {
                return;
            }
            assert!(
                start.elapsed() < PATIENCE,
                "{css} is still on the page ({:?}):\n{}",
                found.err(),
                self.text().await
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}
