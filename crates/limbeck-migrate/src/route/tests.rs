use super::*;
use crate::position::StepRecord;

/// A diamond: `a`, then `b` and `c` beside each other, then `m`. Two steps each, but for `m`, which has none.
fn history() -> History {
    let file = |id: &str, parents: &str, steps: usize| {
        let steps: String = (1..=steps)
            .map(|n| format!("-- limbeck:up s{n}\nSELECT {n};\n-- limbeck:down s{n}\nSELECT -{n};\n"))
            .collect();
        let text = format!(
            "-- {id}\n--\n-- limbeck: 1\n-- revision: {id}\n-- revises: {parents}\n-- created: \
             2026-01-01T00:00:00Z\n\n{steps}"
        );
        Revision::parse(format!("{id}.sql").as_ref(), text.as_bytes()).unwrap()
    };
    let revisions = vec![
        file("a", "", 2),
        file("b", "a", 2),
        file("c", "a", 2),
        file("m", "b, c", 0),
    ];
    History::from_revisions(revisions).unwrap()
}

fn position(history: &History, applied: &[&str]) -> Position {
    let ids: BTreeSet<RevisionId> = applied.iter().map(|id| id.parse().unwrap()).collect();
    Position {
        exists: true,
        heads: history.heads_of(&ids),
        applied: ids
            .into_iter()
            .map(|id| (id.clone(), history.get(&id).unwrap().checksum.clone()))
            .collect(),
        ..Position::default()
    }
}

fn record(history: &History, id: &str, n: usize, direction: Direction, state: StepState) -> StepRecord {
    let step = &history.get(id).unwrap().steps[n - 1];
    StepRecord {
        revision: id.parse().unwrap(),
        direction,
        n,
        name: step.name.clone(),
        sql_hash: side(step, direction).unwrap().hash.clone(),
        state,
        attempt: 1,
        before: None,
    }
}

/// `b: s1 s2, -a +b`: the revision, its steps, and how the heads change.
fn show(legs: &[Leg]) -> Vec<String> {
    legs.iter()
        .map(|leg| {
            let steps: Vec<_> = leg.steps.iter().map(|step| step.name.as_str()).collect();
            let (heads, gone) = match &leg.outcome {
                Outcome::Applied { heads } => (heads, ""),
                Outcome::Gone {
                    was_applied: true,
                    heads,
                } => (heads, ""),
                Outcome::Gone {
                    was_applied: false,
                    heads,
                } => (heads, " (was not applied)"),
                Outcome::Going => unreachable!(),
            };
            let change: String = heads
                .removed
                .iter()
                .map(|id| format!(" -{id}"))
                .chain(heads.added.iter().map(|id| format!(" +{id}")))
                .collect();
            format!("{}: {},{change}{gone}", leg.revision.id, steps.join(" "))
        })
        .collect()
}

fn up_to(history: &History, position: &Position, target: &str) -> Vec<String> {
    show(
        &up(
            history,
            position,
            &history.resolve(target, &position.heads).unwrap(),
        )
        .unwrap(),
    )
}

fn down_to(history: &History, position: &Position, target: &str) -> Vec<String> {
    let heads = begun_heads(history, position);
    show(&down(history, position, &history.resolve(target, &heads).unwrap()).unwrap())
}

#[test]
fn heads_follow_the_graph() {
    let history = history();
    assert_eq!(
        up_to(&history, &position(&history, &[]), "head"),
        ["a: s1 s2, +a", "b: s1 s2, -a +b", "c: s1 s2, +c", "m: , -b -c +m"]
    );
    assert_eq!(
        down_to(&history, &position(&history, &["a", "b", "c", "m"]), "base"),
        ["m: , -m +b +c", "c: s2 s1, -c", "b: s2 s1, -b +a", "a: s2 s1, -a"]
    );
    assert!(up_to(&history, &position(&history, &["a", "b", "c", "m"]), "head").is_empty());
}

#[test]
fn what_was_begun_goes_on_or_back() {
    let history = history();
    let mut position = position(&history, &["a"]);
    position.steps = vec![record(&history, "b", 1, Direction::Up, StepState::Done)];
    assert_eq!(up_to(&history, &position, "b"), ["b: s2, -a +b"]);
    assert_eq!(down_to(&history, &position, "-1"), ["b: s1, (was not applied)"]);
    assert_eq!(down_to(&history, &position, "a"), ["b: s1, (was not applied)"]);
    assert_eq!(
        down_to(&history, &position, "base"),
        ["b: s1, (was not applied)", "a: s2 s1, -a"]
    );
    // A branch that was not begun has nothing to do with it.
    assert_eq!(up_to(&history, &position, "c"), ["c: s1 s2, -a +c"]);
}

#[test]
fn what_was_half_undone_goes_on_or_comes_back() {
    let history = history();
    let mut position = position(&history, &["a", "b"]);
    position.steps = vec![record(&history, "b", 2, Direction::Down, StepState::Done)];
    assert_eq!(up_to(&history, &position, "b"), ["b: s2,"]);
    assert_eq!(down_to(&history, &position, "a"), ["b: s1, -b +a"]);
    // On the way to somewhere above it, it comes back first.
    assert_eq!(
        up_to(&history, &position, "head"),
        ["b: s2,", "c: s1 s2, +c", "m: , -b -c +m"]
    );
}

#[test]
fn a_step_that_did_not_end_is_gone_through_again_either_way() {
    let history = history();
    for state in [StepState::Running, StepState::Failed] {
        let mut position = position(&history, &["a"]);
        position.steps = vec![
            record(&history, "b", 1, Direction::Up, StepState::Done),
            record(&history, "b", 2, Direction::Up, state),
        ];
        assert_eq!(up_to(&history, &position, "b"), ["b: s2, -a +b"]);
        assert_eq!(down_to(&history, &position, "a"), ["b: s2 s1, (was not applied)"]);
    }
    let mut position = position(&history, &["a", "b"]);
    position.steps = vec![record(&history, "b", 2, Direction::Down, StepState::Running)];
    assert_eq!(up_to(&history, &position, "b"), ["b: s2,"]);
    assert_eq!(down_to(&history, &position, "a"), ["b: s2 s1, -b +a"]);
}

#[test]
fn a_step_that_stands_must_be_what_ran() {
    let history = history();
    let mut position = position(&history, &["a"]);
    let mut done = record(&history, "b", 1, Direction::Up, StepState::Done);
    done.sql_hash = "other".to_owned();
    position.steps = vec![done];
    let target = history.resolve("b", &position.heads).unwrap();
    let error = up(&history, &position, &target).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::StepEdited { step, .. } if step == "s1"));
}
