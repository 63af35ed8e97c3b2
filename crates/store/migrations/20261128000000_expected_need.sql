-- When a viewer gets to the end of what is there: the next episode is in time when it is there by then, or before they come back.
ALTER TABLE readiness ADD COLUMN expected_at INTEGER;

-- When the user confirmed a deletion that was asked about: how long it may wait is measured from there.
ALTER TABLE intent ADD COLUMN confirmed_at INTEGER;
