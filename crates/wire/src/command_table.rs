// No module documentation and no dependencies here: the shell's build script includes this file as it is.

/// Hands the one table of commands to a macro: `name: Arguments => Answer` for each, separated by commas.
///
/// Everything that has to know the commands reads it from here: [`COMMANDS`], the TypeScript `CommandMap`, the access list
/// made by the shell's build script, and the shell's handler.
#[macro_export]
macro_rules! command_table {
    ($callback:ident) => {
        $callback! {
            get_state: NoArguments => AppStateDto,
            check_sessions: CheckSessions => CheckReport,
            pause_monitoring: PauseMonitoring => Nothing,
            resume_monitoring: NoArguments => Nothing,
            get_settings: NoArguments => SettingsView,
            change_settings: ChangeSettings => SettingsView,
            test_connection: DraftedConnection => Connected,
            save_connection: DraftedConnection => Connected,
            remove_connection: NamedConnection => Nothing,
            get_journal: GetJournal => JournalPage,
            get_shows: GetShows => ShowRows,
            get_library: GetLibrary => Library,
            preview_enroll: PreviewEnroll => Preview,
            enroll: Enroll => BatchReport,
            preview_reset: OneShow => Preview,
            reset_show: ResetShow => ResetReport,
            remove_show: OneShow => Nothing,
            preview_reset_inactive: NoArguments => Preview,
            reset_inactive: ResetInactive => ResetReport,
            keep: Keep => Nothing,
            get_outlook: AboutOutlook => Outlook,
            get_forecasts: AboutShow => Forecasts,
            get_recycling: AboutInstance => RecyclingDto,
            get_readiness: GetReadiness => ReadinessDto,
            get_rules: NoArguments => RuleSetDto,
            set_rules: GivenRules => RuleSetDto,
            dry_run_rules: GivenRules => DryRun,
            get_rule_choices: NoArguments => RuleChoices,
            get_storage: NoArguments => RootFolders,
            set_storage_floors: SetStorageFloors => RootFolders,
            confirm_deletion: OneConfirmation => Nothing,
            dismiss_deletion: OneConfirmation => Nothing,
            retry_secrets: NoArguments => Nothing,
            get_autostart: NoArguments => Autostart,
            set_autostart: SetAutostart => Autostart,
            open_logs_folder: NoArguments => Nothing,
            log_from_ui: LogFromUi => Nothing,
        }
    };
}

macro_rules! command_names {
    ($($name:ident: $arguments:ident => $answer:ident,)*) => {
        /// The names of all commands, in the table's order.
        pub const COMMANDS: &[&str] = &[$(stringify!($name),)*];
    };
}

command_table!(command_names);
