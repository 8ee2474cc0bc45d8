use limbeck_history::StepSide;

use super::observation::Leftover;
use super::*;

fn goal(aim: Aim) -> Goal {
    Goal {
        aim,
        target: Target::Relation("public.x".to_owned()),
        table: None,
        skips: false,
        is_inferred: false,
    }
}

fn creates(object: &str) -> StepOptions {
    StepOptions {
        creates: Some(object.to_owned()),
        ..StepOptions::default()
    }
}

fn side(sql: &str, options: StepOptions) -> StepSide {
    StepSide {
        sql: sql.to_owned(),
        offset: 0,
        line: 1,
        options,
        requires: Vec::new(),
        hash: String::new(),
    }
}

fn step(up: StepSide, down: Option<StepSide>) -> Step {
    Step {
        number: 1,
        name: "x".to_owned(),
        up: Some(up),
        down,
    }
}

fn marked(up: StepOptions, down: Option<StepOptions>) -> Step {
    step(side("", up), down.map(|down| side("", down)))
}

fn there(oid: u32, valid: bool) -> Observation {
    Observation {
        oid: Some(oid),
        name: Some("public.x".to_owned()),
        valid: Some(valid),
        table: Some(9),
        ..Observation::default()
    }
}

fn partition(pending: Option<bool>) -> Observation {
    Observation {
        oid: Some(1),
        name: Some("public.x".to_owned()),
        parent: pending.map(|_| "public.p".to_owned()),
        detach_pending: pending,
        ..Observation::default()
    }
}

fn leaving(mut seen: Observation, leftovers: &[(u32, &str)]) -> Observation {
    let left = leftovers.iter().map(|(oid, name)| Leftover {
        oid: *oid,
        name: (*name).to_owned(),
    });
    seen.leftovers = Some(left.collect());
    seen
}

fn begun(before: &Observation) -> Past<'_> {
    Past::Begun {
        before: Some(before),
        is_edited: false,
    }
}

fn reverse(before: &Observation) -> Past<'_> {
    Past::Reverse { before: Some(before) }
}

const UNKNOWN: Past<'_> = Past::Begun {
    before: None,
    is_edited: false,
};

fn done(found: Found) -> Remedy {
    Remedy::nothing_to_do(found)
}

fn built_again(found: Found) -> Remedy {
    Remedy {
        found,
        drops: vec!["public.x".to_owned()],
        finalize: None,
        runs: true,
    }
}

#[test]
fn goals_are_of_what_can_be_looked_at() {
    let marked = |object: &str| marked(creates(object), None);
    let of = |object: &str| Goal::of(&marked(object), Direction::Up).map(|goal| goal.target);
    assert_eq!(
        of("index public.\"My Index\""),
        Some(Target::Relation("public.\"My Index\"".to_owned()))
    );
    assert_eq!(
        of("materialized view public.v"),
        Some(Target::Relation("public.v".to_owned()))
    );
    assert_eq!(of("role x"), None);
}

#[test]
fn a_side_without_a_goal_undoes_what_the_other_does() {
    let nothing = StepOptions::default;
    let drops = StepOptions {
        drops: Some("index public.x".to_owned()),
        ..nothing()
    };
    let reindexes = StepOptions {
        reindexes: Some("index public.x".to_owned()),
        ..nothing()
    };
    let one_way = marked(creates("index public.x"), Some(nothing()));
    assert_eq!(Goal::of(&one_way, Direction::Down), Some(goal(Aim::Drops)));
    let other_way = marked(drops.clone(), Some(nothing()));
    assert_eq!(Goal::of(&other_way, Direction::Down), Some(goal(Aim::Creates)));
    let up = marked(nothing(), Some(drops));
    assert_eq!(Goal::of(&up, Direction::Up), Some(goal(Aim::Creates)));
    let own = marked(creates("index public.y"), Some(reindexes));
    assert_eq!(Goal::of(&own, Direction::Down), Some(goal(Aim::Reindexes)));
    let attaches = step(
        side("ALTER TABLE p ATTACH PARTITION x DEFAULT", nothing()),
        Some(side("", nothing())),
    );
    assert_eq!(Goal::of(&attaches, Direction::Down), None);
}

#[test]
fn what_the_marker_says_wins_and_the_statement_adds_to_it() {
    let sql = "CREATE INDEX CONCURRENTLY IF NOT EXISTS x ON public.t (id)";
    let inferred = Goal::of(&step(side(sql, StepOptions::default()), None), Direction::Up).unwrap();
    assert_eq!(
        inferred,
        Goal {
            aim: Aim::Creates,
            target: Target::IndexOf {
                index: "x".to_owned(),
                table: "public.t".to_owned()
            },
            table: Some("public.t".to_owned()),
            skips: true,
            is_inferred: true,
        }
    );
    let said = Goal::of(&step(side(sql, creates("index public.x")), None), Direction::Up).unwrap();
    assert_eq!(
        said,
        Goal {
            target: Target::Relation("public.x".to_owned()),
            is_inferred: false,
            ..inferred
        }
    );
}

#[test]
fn creating() {
    let (absent, goal) = (Observation::default(), goal(Aim::Creates));
    assert_eq!(goal.remedy(Past::Nothing, &there(1, false)), Remedy::RUN);
    assert_eq!(goal.remedy(begun(&absent), &absent), Remedy::RUN);
    assert_eq!(goal.remedy(begun(&absent), &there(1, true)), done(Found::Done));
    assert_eq!(
        goal.remedy(begun(&absent), &there(1, false)),
        built_again(Found::InvalidIndex)
    );
    // Somebody else's: the step fails by itself and says so.
    assert_eq!(goal.remedy(begun(&there(1, true)), &there(1, true)), Remedy::RUN);
    let elsewhere = Observation {
        elsewhere: Some(true),
        ..there(1, false)
    };
    assert_eq!(goal.remedy(begun(&absent), &elsewhere), Remedy::RUN);
    assert!(goal.is_barred(Past::Nothing, &there(1, false)));
    assert!(goal.is_barred(begun(&there(1, false)), &there(1, false)));
    assert!(!goal.is_barred(begun(&absent), &there(1, false)));
    assert!(!goal.is_barred(Past::Nothing, &there(1, true)));
    // Its text is another one since: what is there is the former index.
    let edited = Past::Begun {
        before: Some(&absent),
        is_edited: true,
    };
    assert_eq!(
        goal.remedy(edited, &there(1, true)),
        built_again(Found::FormerIndex)
    );
    // On the way up again, where the way down has died.
    let before = there(1, true);
    assert_eq!(goal.remedy(reverse(&before), &there(1, true)), done(Found::Done));
    assert_eq!(
        goal.remedy(reverse(&before), &there(1, false)),
        built_again(Found::InvalidIndex)
    );
    assert_eq!(goal.remedy(reverse(&before), &absent), Remedy::RUN);
}

#[test]
fn creating_what_may_be_there() {
    let goal = Goal {
        skips: true,
        ..goal(Aim::Creates)
    };
    let invalid = there(1, false);
    for past in [Past::Nothing, begun(&invalid), begun(&Observation::default())] {
        assert_eq!(goal.remedy(past, &invalid), built_again(Found::InvalidIndex));
    }
    assert_eq!(goal.remedy(Past::Nothing, &there(1, true)), Remedy::RUN);
    let elsewhere = Observation {
        elsewhere: Some(true),
        ..there(1, true)
    };
    assert!(goal.mistakes(&elsewhere));
    assert!(!goal.mistakes(&there(1, true)));
}

#[test]
fn dropping() {
    let (absent, goal) = (Observation::default(), goal(Aim::Drops));
    let before = there(1, true);
    assert_eq!(goal.remedy(begun(&before), &absent), done(Found::Done));
    assert_eq!(goal.remedy(begun(&before), &there(1, false)), Remedy::RUN);
    assert_eq!(goal.remedy(begun(&absent), &absent), Remedy::RUN);
    assert_eq!(goal.remedy(UNKNOWN, &absent), done(Found::Done));
    // Another index has got the name.
    let another = Observation {
        table: Some(8),
        ..there(2, true)
    };
    assert_eq!(goal.remedy(begun(&before), &another), done(Found::Done));
    // On the way back from building it: ours is dropped, what was there before is not.
    assert_eq!(goal.remedy(reverse(&absent), &there(1, false)), Remedy::RUN);
    assert_eq!(goal.remedy(reverse(&absent), &absent), done(Found::Done));
    assert_eq!(
        goal.remedy(reverse(&before), &there(1, true)),
        done(Found::NotOurs)
    );
}

#[test]
fn reindexing() {
    let goal = goal(Aim::Reindexes);
    assert_eq!(goal.remedy(begun(&there(1, true)), &there(1, true)), Remedy::RUN);
    assert_eq!(
        goal.remedy(begun(&there(1, true)), &there(2, true)),
        done(Found::Done)
    );
    assert_eq!(goal.remedy(UNKNOWN, &there(2, true)), Remedy::RUN);
    let leftovers = |names: &[&str], runs| Remedy {
        found: Found::Leftovers,
        drops: names.iter().map(|&name| name.to_owned()).collect(),
        finalize: None,
        runs,
    };
    // What was there before is not ours.
    let before = leaving(there(1, true), &[(5, "public.x_ccnew")]);
    let now = |oid| leaving(there(oid, true), &[(5, "public.x_ccnew"), (6, "public.x_ccold")]);
    assert_eq!(
        goal.remedy(begun(&before), &now(2)),
        leftovers(&["public.x_ccold"], false)
    );
    assert_eq!(
        goal.remedy(begun(&before), &now(1)),
        leftovers(&["public.x_ccold"], true)
    );
    assert_eq!(
        goal.remedy(reverse(&before), &now(2)),
        leftovers(&["public.x_ccold"], true)
    );
    assert_eq!(goal.remedy(UNKNOWN, &now(2)), Remedy::RUN);
}

#[test]
fn detaching_and_attaching_again() {
    let detaching = goal(Aim::Detaches);
    let finalize = Some("ALTER TABLE public.p DETACH PARTITION public.x FINALIZE".to_owned());
    let before = partition(Some(false));
    assert_eq!(
        detaching.remedy(begun(&before), &partition(Some(false))),
        Remedy::RUN
    );
    assert_eq!(
        detaching.remedy(begun(&before), &partition(Some(true))),
        Remedy {
            found: Found::PendingDetach,
            finalize: finalize.clone(),
            runs: false,
            ..Remedy::RUN
        }
    );
    assert_eq!(
        detaching.remedy(begun(&before), &partition(None)),
        done(Found::Done)
    );
    assert_eq!(
        detaching.remedy(begun(&partition(None)), &partition(None)),
        Remedy::RUN
    );
    let attaching = goal(Aim::Attaches);
    assert_eq!(
        attaching.remedy(reverse(&before), &partition(Some(true))),
        Remedy {
            found: Found::PendingDetach,
            finalize,
            ..Remedy::RUN
        }
    );
    assert_eq!(
        attaching.remedy(reverse(&before), &partition(Some(false))),
        done(Found::Done)
    );
    assert_eq!(attaching.remedy(reverse(&before), &partition(None)), Remedy::RUN);
}
