-- When a reminder's due time was set: one that was set in the future comes from a clock that was set back since.
ALTER TABLE reminder ADD COLUMN set_at INTEGER NOT NULL DEFAULT 0;
-- What nothing reads.
DROP TABLE notification_log;
DROP INDEX rolling_show_tvdb;
ALTER TABLE connection DROP COLUMN has_secret;
