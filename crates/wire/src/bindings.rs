use crate::*;
use std::path::Path;
use ts_rs::{Config, ExportError, TS};

/// A command's arguments and answer, as a type for TypeScript only.
#[derive(TS)]
#[ts(export_to = "wire.ts")]
pub struct Call<Arguments, Answer> {
    /// The arguments, as one object.
    pub args: Arguments,
    /// What comes back.
    pub answer: Answer,
}

macro_rules! command_map {
    ($($name:ident: $arguments:ident => $answer:ident,)*) => {
        /// Every command with its arguments and its answer, as a type for TypeScript only.
        #[derive(TS)]
        #[ts(export_to = "wire.ts")]
        pub struct CommandMap {
            $(
                #[doc = concat!("The command `", stringify!($name), "`.")]
                pub $name: Call<$arguments, $answer>,
            )*
        }
    };
}

command_table!(command_map);

/// Writes the TypeScript twins of everything here into `folder`.
///
/// # Errors
/// When the folder cannot be written.
pub fn export_bindings(folder: &Path) -> Result<(), ExportError> {
    let config = Config::new().with_large_int("number").with_out_dir(folder);
    CommandMap::export_all(&config)?;
    ErrorDto::export_all(&config)?;
    View::export_all(&config)
}
