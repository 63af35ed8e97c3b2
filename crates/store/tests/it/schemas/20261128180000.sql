INSERT INTO connection (id, kind, name, name_key, url, created_at)
VALUES (1, 'plex', 'My Plex', 'my plex', 'http://nas:32400', 1780000000000),
       (2, 'sonarr', 'Sonarr', 'sonarr', 'http://nas:8989', 1780000000000);
INSERT INTO setting VALUES ('remainingEpisodes', '3');
INSERT INTO rolling_show (id, instance, series, title, tvdb, monitoring_type, current_monitored_season, enrolled_at,
                          last_watched_at, prior_files_may_go, keep_show)
VALUES (1, 2, 11, 'The Wire', 79126, 'pilotRolling', 2, 1780000000000, 1781000000000, 0, 1);
INSERT INTO kept_season VALUES (1, 1);
INSERT INTO tracking_entry VALUES (1000000001, 1, 1, '1', 'Ann', 2, 1, 12, 1781000000000);
INSERT INTO season_watched VALUES (1000000001, 1, 1781000000000);
INSERT INTO play VALUES (1000000001, 0, 1, 12, 1781000000000);
INSERT INTO search_memory VALUES (2, 11, 2, NULL, 1781000000000);
INSERT INTO journal (id, at, origin, outcome, reason, show, instance, series, intent, decision)
VALUES (1, 1781000000000, 'session', 'owed', 'expansion', 'The Wire', 2, 11, 1,
        '{"subject":{"show":"The Wire","season":1,"episode":12,"viewer":"Ann","viewer_key":{"server":1,"account":"1"},"instance":"Sonarr","series":{"instance":2,"series":11},"rolling_show":1},"reason":"expansion","detail":"Season 2 is searched.","actions":[{"kind":"searchSeason","season":2,"episodes":[21,22]}],"afterwards":[],"reminders":[]}');
INSERT INTO intent (id, batch, instance, series, origin, decision, state, due_at, created_at, journal)
SELECT 1, 1, 2, 11, 'session', decision, 'open', 1781000000000, 1781000000000, 1 FROM journal;
INSERT INTO reminder (instance, series, about, due_at, attempts, viewer, set_at)
VALUES (2, 11, '{"kind":"seasonListed","season":3}', 1781000000000, 0, 'Ann', 1780000000000);
INSERT INTO observed VALUES (1, 1780000000000, 1781000000000);
