-- The first schema: connections, settings, rolling shows with their viewers, owed work, the journal, and what was observed.
-- Columns ending in _at are milliseconds since 1970 in UTC.

CREATE TABLE connection (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('plex', 'jellyfin', 'emby', 'tautulli', 'sonarr')),
    name TEXT NOT NULL COLLATE NOCASE UNIQUE,
    -- The name in lower case, letters beyond ASCII included.
    name_key TEXT NOT NULL UNIQUE,
    url TEXT NOT NULL,
    has_secret INTEGER NOT NULL CHECK (has_secret IN (0, 1)),
    created_at INTEGER NOT NULL,
    server_name TEXT,
    version TEXT,
    machine_id TEXT,
    last_contact_at INTEGER,
    history_read_until_at INTEGER
) STRICT;

CREATE TABLE setting (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL CHECK (json_valid(value))
) STRICT, WITHOUT ROWID;

CREATE TABLE meta (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One row for each season search and each searched episode; the newest time only. A season search has no episode.
CREATE TABLE search_memory (
    instance INTEGER NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    series INTEGER NOT NULL,
    season INTEGER NOT NULL,
    episode INTEGER,
    searched_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX search_memory_subject ON search_memory (instance, series, season, coalesce(episode, 0));
CREATE INDEX search_memory_searched_at ON search_memory (searched_at);

CREATE TABLE rolling_show (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    instance INTEGER NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    series INTEGER NOT NULL,
    title TEXT NOT NULL,
    tvdb INTEGER,
    imdb TEXT,
    monitoring_type TEXT NOT NULL CHECK (monitoring_type IN ('pilotRolling', 'firstSeasonRolling', 'allSeasonPilotRolling')),
    current_monitored_season INTEGER NOT NULL,
    enrolled_at INTEGER NOT NULL,
    last_watched_at INTEGER,
    expanded_at INTEGER,
    reset_at INTEGER,
    prior_files_may_go INTEGER NOT NULL CHECK (prior_files_may_go IN (0, 1)),
    keep_show INTEGER NOT NULL CHECK (keep_show IN (0, 1)),
    UNIQUE (instance, series)
) STRICT;
CREATE INDEX rolling_show_tvdb ON rolling_show (tvdb) WHERE tvdb IS NOT NULL;

CREATE TABLE kept_season (
    show INTEGER NOT NULL REFERENCES rolling_show (id) ON DELETE CASCADE,
    season INTEGER NOT NULL,
    PRIMARY KEY (show, season)
) STRICT, WITHOUT ROWID;

-- The server is no foreign key on purpose: who watched lately still protects a season after the server was disconnected.
CREATE TABLE tracking_entry (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    show INTEGER NOT NULL REFERENCES rolling_show (id) ON DELETE CASCADE,
    server INTEGER NOT NULL,
    account TEXT NOT NULL,
    viewer_name TEXT,
    current_monitored_season INTEGER NOT NULL,
    last_watched_season INTEGER,
    last_watched_episode INTEGER,
    last_watched_at INTEGER NOT NULL,
    UNIQUE (show, server, account),
    CHECK ((last_watched_season IS NULL) = (last_watched_episode IS NULL))
) STRICT;

CREATE TABLE season_watched (
    entry INTEGER NOT NULL REFERENCES tracking_entry (id) ON DELETE CASCADE,
    season INTEGER NOT NULL,
    watched_at INTEGER NOT NULL,
    PRIMARY KEY (entry, season)
) STRICT, WITHOUT ROWID;

CREATE TABLE play (
    entry INTEGER NOT NULL REFERENCES tracking_entry (id) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    season INTEGER NOT NULL,
    episode INTEGER NOT NULL,
    watched_at INTEGER NOT NULL,
    PRIMARY KEY (entry, place)
) STRICT, WITHOUT ROWID;

-- Instance, series and intent are no foreign keys on purpose: the journal outlives what it tells of.
CREATE TABLE journal (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    origin TEXT NOT NULL CHECK (origin IN ('session', 'reminder', 'scheduler', 'manual', 'setting', 'resume')),
    outcome TEXT NOT NULL CHECK (outcome IN ('nothing', 'planned', 'done', 'owed', 'failed', 'dryRun', 'waiting')),
    reason TEXT NOT NULL,
    show TEXT NOT NULL,
    instance INTEGER,
    series INTEGER,
    -- What the row is about, as its writer tells equal things apart; lets repetitions be left out.
    subject_key TEXT,
    note TEXT,
    intent INTEGER,
    decision TEXT NOT NULL CHECK (json_valid(decision))
) STRICT;
CREATE INDEX journal_at ON journal (at);
CREATE INDEX journal_subject ON journal (subject_key, id) WHERE subject_key IS NOT NULL;
CREATE INDEX journal_series ON journal (instance, series, id) WHERE series IS NOT NULL;

CREATE TABLE intent (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- Intents that were made, and are confirmed, together; the id of the first of them.
    batch INTEGER NOT NULL,
    instance INTEGER NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    series INTEGER NOT NULL,
    origin TEXT NOT NULL CHECK (origin IN ('session', 'reminder', 'scheduler', 'manual', 'setting', 'resume')),
    decision TEXT NOT NULL CHECK (json_valid(decision)),
    next_step INTEGER NOT NULL DEFAULT 0 CHECK (next_step >= 0),
    step_started_at INTEGER,
    state TEXT NOT NULL CHECK (state IN ('open', 'waitingConfirmation', 'done', 'moot')),
    attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    due_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    closed_at INTEGER,
    last_error TEXT,
    journal INTEGER REFERENCES journal (id) ON DELETE SET NULL
) STRICT;
CREATE INDEX intent_open ON intent (due_at, id) WHERE state IN ('open', 'waitingConfirmation');
CREATE INDEX intent_journal ON intent (journal);
CREATE INDEX intent_instance ON intent (instance, series);

CREATE TABLE reminder (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    instance INTEGER NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    series INTEGER NOT NULL,
    about TEXT NOT NULL CHECK (json_valid(about)),
    due_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL CHECK (attempts >= 0),
    viewer TEXT,
    UNIQUE (instance, series, about)
) STRICT;
CREATE INDEX reminder_due_at ON reminder (due_at);

-- One row for each expansion that somebody caused: whether the season was there before they were.
CREATE TABLE readiness (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    instance INTEGER NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    series INTEGER NOT NULL,
    season INTEGER NOT NULL,
    server INTEGER NOT NULL,
    account TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    there_at INTEGER,
    needed_at INTEGER
) STRICT;
CREATE INDEX readiness_season ON readiness (instance, series, season);

CREATE TABLE scheduled_task (
    name TEXT NOT NULL PRIMARY KEY,
    due_at INTEGER NOT NULL,
    last_run_at INTEGER
) STRICT, WITHOUT ROWID;

-- Intervals in which what happened on a server is known. Never overlapping within a server.
CREATE TABLE observed (
    server INTEGER NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    from_at INTEGER NOT NULL,
    until_at INTEGER NOT NULL,
    PRIMARY KEY (server, from_at),
    CHECK (from_at <= until_at)
) STRICT, WITHOUT ROWID;

CREATE TABLE notification_log (
    topic TEXT NOT NULL,
    key TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (topic, key)
) STRICT, WITHOUT ROWID;

-- Episodes that somebody watched while a Sonarr did not answer: decided about when it does.
CREATE TABLE owed_sighting (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    instance INTEGER NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    viewer TEXT NOT NULL,
    show TEXT NOT NULL,
    sighting TEXT NOT NULL CHECK (json_valid(sighting)),
    seen_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL CHECK (attempts >= 0),
    UNIQUE (instance, viewer, show)
) STRICT;
CREATE INDEX owed_sighting_due_at ON owed_sighting (due_at);
