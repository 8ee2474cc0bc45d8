//! What holds of every graph.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

/// Any graph: each revision follows and depends on some of those before it, and the names are shuffled so that their
/// order tells nothing.
fn graphs() -> impl Strategy<Value = String> {
    let edges = prop::collection::vec((any::<u16>(), any::<u16>(), any::<u16>()), 1..25);
    edges.prop_map(|edges| {
        let name = |n: usize, salt: u16| format!("r{:04x}{n:02}", salt);
        let mut ids: Vec<String> = Vec::new();
        let mut drawing = String::new();
        for (n, (parents, dependencies, salt)) in edges.into_iter().enumerate() {
            let pick = |bits: u16, among: &[String]| -> Vec<String> {
                let recent = among.iter().rev().take(5).enumerate();
                recent
                    .filter(|(n, _)| bits >> (2 * n) & 3 == 3)
                    .map(|(_, id)| id.clone())
                    .collect()
            };
            let id = name(n, salt);
            let parents = pick(parents, &ids).join(" ");
            let dependencies = pick(dependencies, &ids).join(" ");
            drawing.push_str(&format!("{id}: {parents} ~ {dependencies}\n"));
            ids.push(id);
        }
        drawing
    })
}

/// Any set of applied revisions of a history: some of them, and what they need.
fn applied(history: &History, bits: u32) -> BTreeSet<RevisionId> {
    let order = history.order_all();
    let some = order
        .iter()
        .enumerate()
        .filter(|(n, _)| bits >> (n % 32) & 1 == 1);
    history.ancestors(some.map(|(_, revision)| &revision.id))
}

/// Any text that might be a selector, and many that are none.
fn selectors() -> impl Strategy<Value = String> {
    let pieces = prop::collection::vec(
        prop::sample::select(vec![
            "head",
            "heads",
            "base",
            "bases",
            "current",
            "a",
            "b2",
            "left",
            "@",
            "+",
            "-",
            ":",
            "1",
            "2",
            "0",
            "9",
            " ",
            "99999999999999999999",
            "r00",
            "é",
            "\0",
            "m0",
        ]),
        0..8,
    );
    prop_oneof![pieces.prop_map(|pieces| pieces.concat()), any::<String>()]
}

proptest! {
    #[test]
    fn the_order_visits_each_once_after_what_it_needs(drawing in graphs()) {
        let history = history(&drawing);
        let order = history.order_all();
        let place: BTreeMap<_, _> = order.iter().enumerate().map(|(n, revision)| (&revision.id, n)).collect();
        prop_assert_eq!(place.len(), history.len());
        prop_assert_eq!(order.len(), history.len());
        for revision in order {
            for needed in revision.needs() {
                prop_assert!(place[needed] < place[&revision.id]);
            }
        }
    }

    #[test]
    fn heads_tell_all_that_is_applied(drawing in graphs(), bits: u32) {
        let history = history(&drawing);
        let applied = applied(&history, bits);
        prop_assert_eq!(history.ancestors(&history.heads_of(&applied)), applied);
    }

    #[test]
    fn down_mirrors_up(drawing in graphs(), from: u32, to: u32) {
        let history = history(&drawing);
        let current = history.heads_of(&applied(&history, from));
        let target = Target::At(history.heads_of(&applied(&history, to)));
        let up = history.upgrade_path(&current, &target).unwrap();
        let mut heads = current.clone();
        for revision in &up {
            let applied = history.ancestors(&heads);
            prop_assert!(!applied.contains(&revision.id));
            prop_assert!(revision.needs().all(|needed| applied.contains(needed)));
            heads = history.heads_after(&heads, &revision.id, Direction::Up);
        }
        let added: BTreeSet<RevisionId> = up.iter().map(|revision| revision.id.clone()).collect();
        let down = history.downgrade_path(&heads, &Target::Before(added)).unwrap();
        prop_assert_eq!(names(down.iter().copied()), names(up.iter().rev().copied()));
        for revision in &down {
            let applied = history.ancestors(&heads);
            let is_needed = applied.iter().any(|id| history.get(id).unwrap().needs().any(|id| *id == revision.id));
            prop_assert!(!is_needed);
            heads = history.heads_after(&heads, &revision.id, Direction::Down);
        }
        prop_assert_eq!(heads, current);
    }

    #[test]
    fn every_way_up_visits_what_is_needed_once_and_parents_first(drawing in graphs(), from: u32, to: u32) {
        let history = history(&drawing);
        let applied_before = applied(&history, from);
        let wanted = applied(&history, to);
        let current = history.heads_of(&applied_before);
        let path = history.upgrade_path(&current, &Target::At(history.heads_of(&wanted))).unwrap();
        let mut now = applied_before.clone();
        for revision in path {
            prop_assert!(revision.needs().all(|needed| now.contains(needed)), "{}", revision.id);
            prop_assert!(now.insert(revision.id.clone()), "{} twice", revision.id);
        }
        prop_assert_eq!(now, &applied_before | &wanted);
    }

    #[test]
    fn every_way_down_undoes_what_stands_above_once_and_children_first(drawing in graphs(), from: u32, to: u32) {
        let history = history(&drawing);
        let applied_before = applied(&history, from);
        let target = history.heads_of(&applied(&history, to));
        let current = history.heads_of(&applied_before);
        let path = history.downgrade_path(&current, &Target::At(target.clone())).unwrap();
        let mut now = applied_before.clone();
        for revision in path {
            prop_assert!(now.remove(&revision.id), "{} twice", revision.id);
            let is_needed = now.iter().any(|id| history.get(id).unwrap().needs().any(|id| *id == revision.id));
            prop_assert!(!is_needed, "{}", revision.id);
        }
        // What stands above the target is gone, and nothing else.
        let stands_above = |id: &RevisionId| {
            target.iter().any(|below| below != id && history.ancestors([id]).contains(below))
        };
        let expected: BTreeSet<RevisionId> =
            applied_before.iter().filter(|id| !stands_above(id)).cloned().collect();
        prop_assert_eq!(now, expected);
    }

    #[test]
    fn a_merge_of_all_heads_is_the_one_head_until_it_is_undone(drawing in graphs()) {
        let before = history(&drawing).heads();
        let merged = history(&format!("{drawing}merge: {}", joined(&before)));
        let id: RevisionId = "merge".parse().unwrap();
        prop_assert_eq!(joined(&merged.heads()), "merge");
        let up = merged.heads_after(&before, &id, Direction::Up);
        prop_assert_eq!(joined(&up), "merge");
        let down = merged.heads_after(&up, &id, Direction::Down);
        prop_assert_eq!(down, before.clone());
        let path = merged.upgrade_path(&before, &merged.resolve("head", &before).unwrap()).unwrap();
        prop_assert_eq!(names(path), "merge");
        let back = merged.resolve("-1", &up).unwrap();
        prop_assert_eq!(names(merged.downgrade_path(&up, &back).unwrap()), "merge");
    }

    #[test]
    fn every_beginning_that_no_other_shares_is_a_name(drawing in graphs(), chosen: prop::sample::Index) {
        let history = history(&drawing);
        let order = history.order_all();
        let revision = chosen.get(&order);
        for length in 1..=revision.id.as_str().len() {
            let beginning = &revision.id.as_str()[..length];
            let sharing = order.iter().filter(|other| other.id.as_str().starts_with(beginning)).count();
            match history.resolve_one(beginning) {
                Ok(found) => {
                    prop_assert_eq!(&found.id, &revision.id);
                    prop_assert!(sharing == 1 || beginning == revision.id.as_str());
                }
                Err(SelectorError::Ambiguous { candidates, .. }) => prop_assert_eq!(candidates.len(), sharing),
                Err(error) => prop_assert!(false, "{}", error),
            }
        }
    }

    #[test]
    fn steps_up_and_steps_down_are_inverse(drawing in graphs(), chosen: prop::sample::Index, count in 0_usize..6) {
        let history = history(&drawing);
        let order = history.order_all();
        let start = chosen.get(&order);
        if let Ok(end) = history.resolve_one(&format!("{}+{count}", start.id))
            && let Ok(back) = history.resolve_one(&format!("{}-{count}", end.id))
        {
            prop_assert_eq!(&back.id, &start.id);
        }
    }

    #[test]
    fn no_text_makes_the_names_panic(drawing in graphs(), bits: u32, one in selectors(), other in selectors()) {
        for history in [history(&drawing), drawn(DIAMOND), History::default()] {
            let current = history.heads_of(&applied(&history, bits));
            for current in [current, set("unknown"), BTreeSet::new()] {
                let _ = history.resolve(&one, &current);
                let _ = history.revisions(&one, &current);
                let _ = history.range(&one, &current);
                let _ = history.range(&format!("{one}:{other}"), &current);
            }
            let _ = history.script_ends(&one, &other);
            let _ = asks_database(&one);
        }
    }

    #[test]
    fn going_back_by_steps_is_going_back_at_once(drawing in graphs(), bits: u32, count in 1_usize..6) {
        let history = history(&drawing);
        let current = history.heads_of(&applied(&history, bits));
        if let Ok(target) = history.resolve(&format!("-{count}"), &current) {
            prop_assert_eq!(history.downgrade_path(&current, &target).unwrap().len(), count);
        }
    }

    #[test]
    fn the_managed_set_of_a_line_is_its_last_word(changes in prop::collection::vec((0_u8..4, any::<bool>()), 1..20)) {
        let mut drawing = String::new();
        let mut expected = BTreeSet::new();
        for (n, (object, added)) in changes.iter().enumerate() {
            let parent = n.checked_sub(1).map_or_else(String::new, |n| format!("r{n:02}"));
            let sign = if *added { '+' } else { '-' };
            drawing.push_str(&format!("r{n:02}: {parent} {sign}t{object}\n"));
            let object = format!("table t{object}");
            if *added { expected.insert(object); } else { expected.remove(&object); }
        }
        prop_assert_eq!(history(&drawing).managed(), expected);
    }
}
