-- Rolling shows and their viewers' entries are listed together. No id names one of each, so that a reset of "id 3" cannot hit
-- another show than the one that was meant.
PRAGMA defer_foreign_keys = ON;
UPDATE tracking_entry SET id = id + 1000000000;
UPDATE season_watched SET entry = entry + 1000000000;
UPDATE play SET entry = entry + 1000000000;
DELETE FROM sqlite_sequence WHERE name = 'tracking_entry';
INSERT INTO sqlite_sequence (name, seq) SELECT 'tracking_entry', max(coalesce(max(id), 0), 1000000000) FROM tracking_entry;
