//! Who answers, whether it may be asked everything, and who is there.

use super::{Dialect, MediaBrowser, viewer};
use crate::server::ServerIdentity;
use domain::session::Viewer;
use remote::{RemoteError, lenient};
use serde_json::Value;

impl Dialect {
    fn name(self) -> &'static str {
        match self {
            Self::Jellyfin => "Jellyfin",
            Self::Emby => "Emby",
        }
    }

    /// Which of the two a public description is of. Jellyfin names its product there; Emby has the rest, and no product.
    fn of(about: &Value) -> Option<Self> {
        let product = lenient::text(&about["ProductName"])
            .unwrap_or_default()
            .to_ascii_lowercase();
        if lenient::id(&about["Id"]).is_none() || lenient::text(&about["Version"]).is_none() {
            None
        } else if product.contains("jellyfin") {
            Some(Self::Jellyfin)
        } else if product.is_empty() || product.contains("emby") {
            Some(Self::Emby)
        } else {
            None
        }
    }
}

impl MediaBrowser {
    pub(crate) async fn identify(&self) -> Result<ServerIdentity, RemoteError> {
        let about = self.about().await?;
        match self.dialect {
            Dialect::Jellyfin => self.expect_administrator_of_jellyfin().await?,
            Dialect::Emby => self.expect_administrator_of_emby().await?,
        }
        Ok(ServerIdentity {
            name: lenient::text(&about["ServerName"]).unwrap_or_else(|| self.dialect.name().to_owned()),
            version: lenient::text(&about["Version"]).unwrap_or_default(),
            machine_id: lenient::id(&about["Id"]).unwrap_or_default(),
        })
    }

    /// The public description, once it is clear that it is of this kind of server.
    async fn about(&self) -> Result<Value, RemoteError> {
        let mut answer = self.json(self.get("System/Info/Public")).await;
        // A Jellyfin need not know the prefix of Emby, and should be told by its name all the same.
        if !self.prefix.is_empty()
            && answer.as_ref().is_err_and(is_about_the_address)
            && let Ok(bare) = self.json(remote::Call::get("System/Info/Public")).await
            && Dialect::of(&bare) == Some(Dialect::Jellyfin)
        {
            answer = Ok(bare);
        }
        let name = self.dialect.name();
        let not_this = || {
            RemoteError::not_this_kind(format!(
                "it has no {name} identity; check the port (usually 8096) and the URL base (the path after the port)"
            ))
        };
        let about = match answer {
            Err(error @ RemoteError::NotThisKindOfServer { .. }) => return Err(error),
            Err(error) if is_about_the_address(&error) => return Err(not_this()),
            other => other?,
        };
        match Dialect::of(&about) {
            Some(dialect) if dialect == self.dialect => Ok(about),
            Some(other) => {
                let other = other.name();
                Err(RemoteError::not_this_kind(format!(
                    "it is {other} and not {name}; add it as {other}"
                )))
            }
            None => Err(not_this()),
        }
    }

    /// An administrator sees all sessions, as does a key, which belongs to nobody: asked who it is, the server says 400. Others
    /// would see their own sessions only, with nothing to tell that there are more.
    async fn expect_administrator_of_jellyfin(&self) -> Result<(), RemoteError> {
        match self.json(self.get("Users/Me")).await {
            Ok(me) if lenient::flag(&me["Policy"]["IsAdministrator"]) == Some(true) => Ok(()),
            Ok(_) => Err(RemoteError::Forbidden),
            Err(RemoteError::ServerError { status: 400, .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Emby lists its users to administrators and keys only.
    async fn expect_administrator_of_emby(&self) -> Result<(), RemoteError> {
        self.json(self.get("System/Info")).await?;
        match self.accounts().await {
            Err(RemoteError::Unauthorized) => Err(RemoteError::Forbidden),
            other => other.map(drop),
        }
    }

    pub(crate) async fn accounts(&self) -> Result<Vec<Viewer>, RemoteError> {
        let (people, unreadable) = self.people().await?;
        if people.is_empty() {
            let reason = unreadable.first().map_or("it lists no users", |reason| reason.as_str());
            return Err(RemoteError::bad_answer(reason));
        }
        Ok(people)
    }

    /// The users, and reasons of those that could not be read. There is always an administrator.
    pub(super) async fn people(&self) -> Result<(Vec<Viewer>, Vec<String>), RemoteError> {
        let answer = match self.dialect {
            Dialect::Jellyfin => self.json(self.get("Users")).await?,
            Dialect::Emby => self.json(self.get("Users/Query")).await?,
        };
        let list = if answer.is_array() { &answer } else { &answer["Items"] };
        let listed = list.as_array().map(Vec::len);
        let listed = listed.ok_or_else(|| RemoteError::bad_answer("it has no list of users"))?;
        let announced = lenient::integer(&answer["TotalRecordCount"]).and_then(|total| usize::try_from(total).ok());
        if announced.is_some_and(|announced| announced > listed) {
            return Err(RemoteError::bad_answer("it announces more users than it lists"));
        }
        let (people, unreadable) = lenient::each_lenient(list, |user| {
            viewer(self.server, &user["Id"], &user["Name"]).ok_or_else(|| "a user without an id".to_owned())
        });
        Ok((people, unreadable))
    }
}

/// This needs no key, so these failures are about the address and not about the key.
fn is_about_the_address(error: &RemoteError) -> bool {
    matches!(
        error,
        RemoteError::NotFound
            | RemoteError::Unauthorized
            | RemoteError::Forbidden
            | RemoteError::BadAnswer { .. }
            | RemoteError::NotThisKindOfServer { .. }
            | RemoteError::ServerError { status: 400, .. }
    )
}
