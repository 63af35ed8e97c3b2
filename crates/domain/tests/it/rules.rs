//! Rules for series that are new in Sonarr.

use crate::household::{evening, series};
use cliffhangarr_domain::ids::{InstanceId, SeriesId};
use cliffhangarr_domain::monitoring::MonitoringType::{FirstSeasonRolling, PilotRolling};
use cliffhangarr_domain::rules::{
    Combination, Condition, InstanceDefault, Outcome, Rule, RuleMatch, RuleSet, dry_run, evaluate, is_business,
};
use cliffhangarr_domain::series::Series;
use std::collections::{BTreeMap, BTreeSet};

fn labels() -> BTreeMap<i64, String> {
    BTreeMap::from([(1, "kids".to_owned())])
}

fn anime() -> Series {
    Series {
        title: "One Piece".to_owned(),
        genres: vec!["Animation".to_owned(), "Adventure".to_owned()],
        tags: vec![1],
        quality_profile: Some(4),
        root_folder: Some("/tv/anime/".to_owned()),
        network: Some("Fuji TV".to_owned()),
        original_language: Some("Japanese".to_owned()),
        year: Some(1999),
        series_type: "anime".to_owned(),
        added: Some(evening(10)),
        ..series()
    }
}

fn rule(name: &str, conditions: Vec<Condition>, outcome: Outcome) -> Rule {
    Rule {
        name: name.to_owned(),
        made_at: evening(1),
        newest_then: BTreeMap::new(),
        instance: None,
        combination: Combination::All,
        conditions,
        outcome,
    }
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn genre(name: &str) -> Condition {
    Condition::Genre { any_of: texts(&[name]) }
}

#[test]
fn every_condition_asks_its_question() {
    let cases = [
        (genre("animation"), true),
        (genre("Drama"), false),
        (
            Condition::Tag {
                any_of: texts(&["Kids"]),
            },
            true,
        ),
        (
            Condition::Tag {
                any_of: texts(&["adults"]),
            },
            false,
        ),
        (Condition::QualityProfile { any_of: vec![3, 4] }, true),
        (Condition::QualityProfile { any_of: vec![3] }, false),
        (
            Condition::RootFolder {
                any_of: texts(&["/tv/anime"]),
            },
            true,
        ),
        (
            Condition::RootFolder {
                any_of: texts(&["/tv"]),
            },
            false,
        ),
        (
            Condition::Network {
                any_of: texts(&["HBO", "fuji tv"]),
            },
            true,
        ),
        (
            Condition::OriginalLanguage {
                any_of: texts(&["japanese"]),
            },
            true,
        ),
        (
            Condition::Year {
                from: Some(1999),
                to: Some(1999),
            },
            true,
        ),
        (
            Condition::Year {
                from: Some(2000),
                to: None,
            },
            false,
        ),
        (
            Condition::Year {
                from: None,
                to: Some(1998),
            },
            false,
        ),
        (
            Condition::SeriesType {
                any_of: texts(&["anime"]),
            },
            true,
        ),
        (
            Condition::Status {
                any_of: texts(&["ended"]),
            },
            false,
        ),
        (
            Condition::Title {
                pattern: "one *".to_owned(),
            },
            true,
        ),
    ];
    for (condition, expected) in cases {
        assert_eq!(condition.holds(&anime(), &labels()), expected, "{condition:?}");
    }
}

#[test]
fn what_is_not_known_of_a_series_does_not_match() {
    let unknown = Series {
        year: None,
        series_type: String::new(),
        status: String::new(),
        ..series()
    };
    let conditions = [
        genre(""),
        Condition::Network { any_of: texts(&[""]) },
        Condition::Year {
            from: None,
            to: Some(3000),
        },
        Condition::QualityProfile { any_of: vec![0] },
        Condition::RootFolder { any_of: texts(&["/"]) },
    ];
    for condition in conditions {
        assert!(!condition.holds(&unknown, &labels()), "{condition:?}");
    }
}

#[test]
fn the_first_rule_that_matches_wins() {
    let rules = RuleSet {
        rules: vec![
            rule("drama", vec![genre("Drama")], Outcome::Standard),
            rule(
                "anime",
                vec![
                    genre("Animation"),
                    Condition::Tag {
                        any_of: texts(&["kids"]),
                    },
                ],
                Outcome::Rolling(PilotRolling),
            ),
            rule(
                "any",
                vec![Condition::Title {
                    pattern: "*".to_owned(),
                }],
                Outcome::Standard,
            ),
        ],
        defaults: Vec::new(),
    };
    let found = evaluate(&rules, &anime(), &labels());
    assert_eq!(
        found,
        Some(RuleMatch {
            rule: Some(1),
            outcome: Outcome::Rolling(PilotRolling)
        })
    );
}

#[test]
fn all_needs_every_condition_and_any_needs_one() {
    let mut rules = RuleSet {
        rules: vec![rule(
            "mixed",
            vec![genre("Drama"), genre("Adventure")],
            Outcome::Standard,
        )],
        defaults: Vec::new(),
    };
    assert_eq!(evaluate(&rules, &anime(), &labels()), None);
    rules.rules[0].combination = Combination::Any;
    assert!(evaluate(&rules, &anime(), &labels()).is_some());
}

#[test]
fn only_series_added_after_the_rule_are_its_business() {
    let rules = RuleSet {
        rules: vec![rule(
            "all",
            vec![Condition::Title {
                pattern: "*".to_owned(),
            }],
            Outcome::Standard,
        )],
        defaults: vec![InstanceDefault {
            instance: InstanceId(1),
            made_at: evening(5),
            newest_then: None,
            outcome: Outcome::Rolling(FirstSeasonRolling),
        }],
    };
    for (added, matches) in [(Some(evening(2)), true), (Some(evening(1)), false), (None, false)] {
        let series = Series { added, ..anime() };
        assert_eq!(evaluate(&rules, &series, &labels()).is_some(), matches, "{added:?}");
    }
}

#[test]
fn where_the_newest_series_was_known_later_ids_tell_what_is_new_whatever_the_clocks_say() {
    let title = Condition::Title {
        pattern: "*".to_owned(),
    };
    let mut rules = RuleSet {
        rules: vec![rule("all", vec![title], Outcome::Standard)],
        defaults: vec![InstanceDefault {
            instance: InstanceId(1),
            made_at: evening(20),
            newest_then: Some(SeriesId(6)),
            outcome: Outcome::Rolling(FirstSeasonRolling),
        }],
    };
    rules.rules[0].newest_then = BTreeMap::from([(InstanceId(1), SeriesId(8))]);
    for (id, by_rule, by_default) in [(6, false, false), (7, false, true), (8, false, true), (9, true, true)] {
        // Added in the very second in which the rule was made, or by a clock that is behind.
        for added in [evening(1), evening(0)] {
            let mut series = Series {
                added: Some(added),
                ..anime()
            };
            series.key.series = SeriesId(id);
            let found = evaluate(&rules, &series, &labels());
            assert_eq!(found.is_some_and(|found| found.rule == Some(0)), by_rule, "{id}");
            assert_eq!(found.is_some(), by_default, "{id}");
            assert_eq!(is_business(&rules, &series), by_default, "{id}");
        }
    }
}

#[test]
fn an_instances_default_holds_where_no_rule_matches() {
    let mut rules = RuleSet {
        rules: vec![rule("elsewhere", vec![genre("Animation")], Outcome::Standard)],
        defaults: vec![InstanceDefault {
            instance: InstanceId(1),
            made_at: evening(5),
            newest_then: None,
            outcome: Outcome::Rolling(FirstSeasonRolling),
        }],
    };
    rules.rules[0].instance = Some(InstanceId(2));
    let expected = Some(RuleMatch {
        rule: None,
        outcome: Outcome::Rolling(FirstSeasonRolling),
    });
    assert_eq!(evaluate(&rules, &anime(), &labels()), expected);
    let old = Series {
        added: Some(evening(4)),
        ..anime()
    };
    assert_eq!(evaluate(&rules, &old, &labels()), None);
}

#[test]
fn a_dry_run_shows_what_would_match_and_what_it_really_comes_to() {
    let rules = RuleSet {
        rules: vec![rule("anime", vec![genre("Animation")], Outcome::Rolling(PilotRolling))],
        defaults: Vec::new(),
    };
    let mut library = vec![anime(), anime(), anime(), series(), anime()];
    for (series, id) in library.iter_mut().zip(1..) {
        series.key.series.0 = id;
    }
    library[1].added = Some(evening(-5));
    library[4].key.instance = InstanceId(2);
    let enrolled = BTreeSet::from([library[2].key]);
    let rows = dry_run(
        &rules,
        &library,
        &BTreeMap::from([(InstanceId(1), labels())]),
        &enrolled,
    );
    let found: Vec<_> = rows
        .iter()
        .map(|row| (row.would_match.is_some(), row.applies, row.enrolled))
        .collect();
    assert_eq!(
        found,
        [
            (true, true, false),
            (true, false, false),
            (true, false, true),
            (false, false, false)
        ]
    );
}

#[test]
fn rules_are_kept_as_plain_json() {
    let text = r#"{"rules":[{"name":"Anime","madeAt":"2026-11-01T20:00:00Z","combination":"any","conditions":[
        {"field":"seriesType","anyOf":["anime"]},{"field":"year","from":2020},{"field":"title","pattern":"*"}],
        "outcome":"pilotRolling"}],"defaults":[{"instance":1,"madeAt":"2026-11-01T20:00:00Z","outcome":"standard"}]}"#;
    let rules: RuleSet = serde_json::from_str(text).unwrap();
    assert_eq!(rules.rules[0].outcome, Outcome::Rolling(PilotRolling));
    assert_eq!(rules.validate(), Ok(()));
    let again: RuleSet = serde_json::from_value(serde_json::to_value(&rules).unwrap()).unwrap();
    assert_eq!(again, rules);
    let wrong = text.replace("\"pilotRolling\"", "\"pilot\"");
    let error = serde_json::from_str::<RuleSet>(&wrong).unwrap_err().to_string();
    assert!(error.contains("\"pilot\" is neither \"standard\""), "{error}");
}

#[test]
fn every_fault_of_a_rule_set_is_named() {
    let default = InstanceDefault {
        instance: InstanceId(1),
        made_at: evening(1),
        newest_then: None,
        outcome: Outcome::Standard,
    };
    let rules = RuleSet {
        rules: vec![
            rule(" ", vec![genre("Drama")], Outcome::Standard),
            rule("Twice", vec![], Outcome::Standard),
            rule(
                "twice",
                vec![
                    Condition::Year {
                        from: Some(2020),
                        to: Some(2019),
                    },
                    Condition::Year { from: None, to: None },
                    Condition::Status {
                        any_of: texts(&["over"]),
                    },
                    Condition::Tag { any_of: vec![] },
                    genre(" "),
                    Condition::QualityProfile { any_of: vec![] },
                    Condition::Title {
                        pattern: " ".to_owned(),
                    },
                ],
                Outcome::Standard,
            ),
        ],
        defaults: vec![default, default],
    };
    let errors: Vec<String> = rules.validate().unwrap_err().iter().map(ToString::to_string).collect();
    assert_eq!(
        errors,
        [
            "rule 1: it needs a name",
            "rule 2: it needs at least one condition",
            "rule 3: another rule is named \"twice\" as well",
            "rule 3, condition 1: its first year 2020 is after its last year 2019",
            "rule 3, condition 2: it needs a first or a last year",
            "rule 3, condition 3: \"over\" is not a status; known are continuing, ended, upcoming, deleted",
            "rule 3, condition 4: it needs at least one tag",
            "rule 3, condition 5: a genre is empty",
            "rule 3, condition 6: it needs at least one quality profile",
            "rule 3, condition 7: it needs a title pattern",
            "defaults: instance 1 has more than one",
        ]
    );
}
