use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use proptest::prelude::*;

use super::*;

/// A history from a drawing: one revision a line, `id: parents`, then at will `~ dependencies`, `# labels`, and
/// declarations as `+a` and `-a`. In the text form `b: a ~ x # label +t`.
fn history(drawing: &str) -> History {
    try_history(drawing).unwrap()
}

fn try_history(drawing: &str) -> Result<History, GraphError> {
    History::from_revisions(
        drawing
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .map(revision)
            .collect(),
    )
}

fn revision(line: &str) -> Revision {
    let (id, rest) = line.split_once(':').unwrap();
    let mut parents = Vec::new();
    let mut depends_on = Vec::new();
    let mut labels = Vec::new();
    let mut declares = Vec::new();
    let mut to = 'p';
    for word in rest.split_whitespace() {
        match (word, word.strip_prefix('+'), word.strip_prefix('-')) {
            ("~", _, _) => to = 'd',
            ("#", _, _) => to = 'l',
            (_, Some(object), _) => declares.push(format!("-- + table {object}\n")),
            (_, _, Some(object)) => declares.push(format!("-- - table {object}\n")),
            _ if to == 'p' => parents.push(word),
            _ if to == 'd' => depends_on.push(word),
            _ => labels.push(word),
        }
    }
    let declares = if declares.is_empty() {
        String::new()
    } else {
        format!("-- limbeck:declares\n{}", declares.concat())
    };
    let text = format!(
        "-- limbeck: 1\n-- revision: {id}\n-- revises: {}\n-- created: 2026-11-21T10:00:00Z\n-- depends_on: {}\n\
         -- branch_labels: {}\n\n-- limbeck:up a\nSELECT '{id}';\n{declares}",
        parents.join(", "),
        depends_on.join(", "),
        labels.join(", ")
    );
    Revision::parse(Path::new(&format!("{id}.sql")), text.as_bytes()).unwrap()
}

fn set(ids: &str) -> BTreeSet<RevisionId> {
    ids.split_whitespace().map(|id| id.parse().unwrap()).collect()
}

fn names<'a>(revisions: impl IntoIterator<Item = &'a Revision>) -> String {
    revisions
        .into_iter()
        .map(|revision| revision.id.as_str())
        .collect::<Vec<_>>()
        .join(" ")
}

fn joined(ids: &BTreeSet<RevisionId>) -> String {
    ids.iter().map(RevisionId::as_str).collect::<Vec<_>>().join(" ")
}

const LINE: &str = "
    a1:
    b2: a1
    c3: b2
    d4: c3
";

/// Two branches that meet, and a base of its own that needs one of them.
const DIAMOND: &str = "
    a1:
    b1: a1 # left
    b2: a1 # right
    c1: b1
    m0: c1 b2
    x1: ~ b2 # other
    x2: x1
";

#[test]
fn heads_bases_and_children() {
    let history = history(DIAMOND);
    assert_eq!(joined(&history.heads()), "m0 x2");
    assert_eq!(joined(&history.bases()), "a1 x1");
    assert_eq!(names(history.children("a1")), "b1 b2");
    assert!(history.is_branch_point("a1") && !history.is_branch_point("b1"));
    assert_eq!(history.labelled("left").unwrap().id.as_str(), "b1");
    assert_eq!(history.len(), 7);
    assert!(History::default().is_empty());
}

#[test]
fn the_order_is_parents_and_dependencies_first_then_by_id() {
    let history = history(DIAMOND);
    assert_eq!(names(history.order_all()), "a1 b1 b2 c1 m0 x1 x2");
    assert_eq!(names(history.order(&set("x2"))), "a1 b2 x1 x2");
    assert_eq!(joined(&history.ancestors(&set("c1"))), "a1 b1 c1");
    assert_eq!(joined(&history.descendants(&set("b2"))), "b2 m0 x1 x2");
}

#[test]
fn a_new_head_does_not_move_what_was_there() {
    let before = names(history(DIAMOND).order_all());
    let after = names(history(&format!("{DIAMOND}\n a0: \n a2: a1\n")).order_all());
    let kept: Vec<&str> = after.split(' ').filter(|id| !["a0", "a2"].contains(id)).collect();
    assert_eq!(kept.join(" "), before);
}

#[test]
fn broken_graphs_are_explained() {
    let mut report = String::new();
    for (name, drawing) in [
        ("duplicate", "a1:\n b2: a1\n a1:"),
        ("missing parent", "a1:\n b2: zz"),
        ("missing parent, mistyped", "abcdef:\n b2: abcdeg"),
        ("missing dependency", "a1:\n b2: a1 ~ zz"),
        ("own parent", "a1: a1"),
        ("cycle", "a1:\n b2: a1 d4\n c3: b2\n d4: c3\n e5: d4"),
        ("cycle by a dependency", "a1: ~ c3\n b2: a1\n c3: b2"),
        ("label twice", "a1: # x\n b2: a1 # x"),
        ("label is an identifier", "a1:\n b2: a1 # a1"),
    ] {
        let error = try_history(drawing).expect_err(name);
        report.push_str(&format!("# {name}\n{error}\n"));
        for at in error.places() {
            let meant = &at.text[at.span.clone()];
            report.push_str(&format!(
                "  at {}:{}:{}: {meant}\n",
                at.path.display(),
                at.line,
                at.column
            ));
        }
        report.push_str(&format!("hint: {}\n\n", error.hint().unwrap_or_default()));
    }
    insta::assert_snapshot!(report);
}

fn target(target: &Target) -> String {
    match target {
        Target::At(ids) => joined(ids),
        Target::Before(ids) => format!("before {}", joined(ids)),
    }
}

#[test]
fn selectors_of_a_line() {
    let history = history(LINE);
    for (selector, current, expected) in [
        ("head", "", "d4"),
        ("heads", "", "d4"),
        ("base", "", "before a1"),
        ("current", "b2", "b2"),
        ("current", "", "before a1"),
        ("b2", "", "b2"),
        ("b", "", "b2"),
        ("+1", "", "a1"),
        ("+2", "b2", "d4"),
        ("-1", "c3", "before c3"),
        ("-3", "c3", "before a1 b2 c3"),
        ("b2+1", "", "c3"),
        ("head-1", "", "c3"),
        ("b2-1", "", "a1"),
        ("b2-2", "", "before a1"),
        ("base+2", "", "b2"),
        ("current+1", "b2", "c3"),
        (" +0 ", "b2", "b2"),
    ] {
        let found = history
            .resolve(selector, &set(current))
            .unwrap_or_else(|error| panic!("{selector}: {error}"));
        assert_eq!(target(&found), expected, "{selector}");
    }
}

#[test]
fn selectors_of_branches() {
    let history = history(DIAMOND);
    for (selector, current, expected) in [
        ("heads", "", "m0 x2"),
        ("left", "", "b1"),
        ("other@head", "", "x2"),
        ("left@heads", "", "m0"),
        ("other@base", "", "before x1"),
        ("left@base", "", "before b1"),
        ("other@x1", "", "x1"),
        ("other@+1", "", "x1"),
        ("other@+1", "m0 x1", "x2"),
        ("other@-1", "m0 x2", "before x2"),
        ("right@head-1", "", "b2"),
        ("-1", "m0", "before m0"),
        ("-2", "b1", "before a1 b1"),
        // A dependency is not undone while what needs it is there.
        ("-2", "x1", "before b2 x1"),
    ] {
        let found = history
            .resolve(selector, &set(current))
            .unwrap_or_else(|error| panic!("{selector}: {error}"));
        assert_eq!(target(&found), expected, "{selector}");
    }
}

#[test]
fn selectors_that_select_nothing_are_explained() {
    let line = history(LINE);
    let diamond = history(DIAMOND);
    let long = history("8f3c2a91d0b4:\n 8f3c11111111: 8f3c2a91d0b4\n 27c6a30d7c24: 8f3c11111111");
    let mut report = String::new();
    for (history, selector, current) in [
        (&line, "zz", ""),
        (&line, "haed", ""),
        (&long, "8f3c", ""),
        (&long, "27c6a30d7c25", ""),
        (&diamond, "head", ""),
        (&diamond, "lfet@head", ""),
        (&diamond, "left@x1", ""),
        (&diamond, "+1", "a1"),
        (&diamond, "+1", "m0 x1"),
        (&diamond, "-1", "b1 b2"),
        (&diamond, "-2", "m0"),
        (&diamond, "m0-1", ""),
        (&diamond, "base+1", ""),
        (&line, "+1", "d4"),
        (&line, "+3", "b2"),
        (&line, "-1", ""),
        (&line, "-3", "b2"),
        (&line, "a1-2", ""),
        (&line, "head+1", ""),
        (&line, "-1", "unknown"),
        (&line, "", ""),
        (&line, "a-b", ""),
        (&line, "@head", ""),
        (&line, "a1+99999999999999999999", ""),
    ] {
        let error = history.resolve(selector, &set(current)).expect_err(selector);
        let hint = error.hint().unwrap_or_default();
        report.push_str(&format!(
            "# `{selector}` at `{current}`\n{error}\nhint: {hint}\n\n"
        ));
    }
    insta::assert_snapshot!(report);
}

#[test]
fn one_revision_is_asked_for() {
    let history = history(DIAMOND);
    assert_eq!(history.resolve_one("left").unwrap().id.as_str(), "b1");
    assert!(history.resolve_one("heads").is_err());
    assert!(history.resolve_one("base").is_err());
}

#[test]
fn an_empty_history_has_a_head_and_a_base() {
    let history = History::default();
    let head = history.resolve("head", &BTreeSet::new()).unwrap();
    assert!(history.upgrade_path(&BTreeSet::new(), &head).unwrap().is_empty());
    assert!(history.resolve("-1", &BTreeSet::new()).is_err());
    assert!(history.resolve("+1", &BTreeSet::new()).is_err());
}

fn up(history: &History, current: &str, selector: &str) -> String {
    let target = history.resolve(selector, &set(current)).unwrap();
    names(history.upgrade_path(&set(current), &target).unwrap())
}

fn down(history: &History, current: &str, selector: &str) -> String {
    let target = history.resolve(selector, &set(current)).unwrap();
    names(history.downgrade_path(&set(current), &target).unwrap())
}

#[test]
fn paths_upwards() {
    let diamond = history(DIAMOND);
    assert_eq!(up(&diamond, "", "m0"), "a1 b1 b2 c1 m0");
    assert_eq!(up(&diamond, "b2", "m0"), "b1 c1 m0");
    assert_eq!(up(&diamond, "c1", "heads"), "b2 m0 x1 x2");
    assert_eq!(up(&diamond, "a1", "other@head"), "b2 x1 x2");
    assert_eq!(up(&diamond, "m0", "b1"), "");
    assert_eq!(up(&diamond, "m0", "base"), "");
    let unknown = diamond.upgrade_path(&set("gone"), &Target::At(set("m0")));
    assert_eq!(
        unknown.unwrap_err(),
        SelectorError::UnknownCurrent {
            id: "gone".parse().unwrap()
        }
    );
}

#[test]
fn paths_downwards() {
    let diamond = history(DIAMOND);
    assert_eq!(down(&diamond, "m0 x2", "base"), "x2 x1 m0 c1 b2 b1 a1");
    assert_eq!(down(&diamond, "m0 x2", "m0"), "");
    assert_eq!(down(&diamond, "m0 x2", "c1"), "m0");
    assert_eq!(down(&diamond, "m0 x2", "b2"), "x2 x1 m0");
    assert_eq!(down(&diamond, "m0 x2", "left@base"), "m0 c1 b1");
    assert_eq!(down(&diamond, "m0 x2", "other@base"), "x2 x1");
    assert_eq!(down(&diamond, "m0", "-1"), "m0");
    assert_eq!(down(&diamond, "b1", "c1"), "");
    let line = history(LINE);
    assert_eq!(down(&line, "d4", "-2"), "d4 c3");
    assert_eq!(down(&line, "d4", "b2"), "d4 c3");
}

#[test]
fn heads_follow_what_is_applied_and_undone() {
    let history = history(DIAMOND);
    let id = |text: &str| text.parse::<RevisionId>().unwrap();
    let after = |current: &str, revision: &str, direction| {
        joined(&history.heads_after(&set(current), &id(revision), direction))
    };
    assert_eq!(after("", "a1", Direction::Up), "a1");
    assert_eq!(after("b1", "b2", Direction::Up), "b1 b2");
    assert_eq!(after("b2 c1", "m0", Direction::Up), "m0");
    assert_eq!(after("m0", "x1", Direction::Up), "m0 x1");
    assert_eq!(after("m0 x1", "m0", Direction::Down), "b2 c1 x1");
    assert_eq!(after("a1", "a1", Direction::Down), "");
}

#[test]
fn ranges() {
    let line = history(LINE);
    let range = |text: &str| names(line.range(text).unwrap());
    assert_eq!(range("b2:c3"), "b2 c3");
    assert_eq!(range("b2:"), "b2 c3 d4");
    assert_eq!(range(":b2"), "a1 b2");
    assert_eq!(range(":"), "a1 b2 c3 d4");
    assert_eq!(range("c3:b2"), "");
    assert!(line.range("b2").is_err());
    assert!(line.range("a:b:c").is_err());
    assert_eq!(names(history(DIAMOND).range("b2:m0").unwrap()), "b2 m0");
}

#[test]
fn the_managed_set_folds_along_the_graph() {
    let managed = |drawing: &str| {
        history(drawing)
            .managed()
            .into_iter()
            .collect::<Vec<_>>()
            .join(", ")
    };
    assert_eq!(managed("a: +t +u\n b: a -t\n c: b +v"), "table u, table v");
    assert_eq!(managed("a: +t\n b: a -t\n c: b +t"), "table t");
    // One branch takes it back, the other knows nothing of that.
    assert_eq!(managed("a: +t\n b: a -t\n c: a +v\n m: b c"), "table v");
    // Both branches have it anew; one takes its own back.
    assert_eq!(managed("a:\n b: a +t\n c: a +t\n d: b -t\n m: c d"), "table t");
    // A dependency is a way, too.
    assert_eq!(managed("a: +t\n b: ~ a -t"), "");
    let history = history("a: +t\n b: a -t");
    assert_eq!(history.managed_at(&set("a")).len(), 1);
}

#[test]
fn the_chain_is_what_was_run_in_order() {
    let hash = |drawing: &str, heads: &str| history(drawing).chain_hash(&set(heads));
    assert_eq!(hash(LINE, "b2"), hash("a1:\n b2: a1", "b2"));
    assert_ne!(hash(LINE, "b2"), hash(LINE, "c3"));
    // Nothing but the SQL and the order counts.
    assert_eq!(hash(LINE, "b2"), hash("a1: +t\n b2: a1 # x", "b2"));
}

#[test]
fn a_folder_is_read_by_the_names_of_its_files() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("2_b.sql", &revision("b: a").text);
    write("1_a.SQL", &revision("a:").text);
    write(".hidden.sql", "not looked at");
    write("README.md", "not looked at");
    std::fs::create_dir(folder.path().join("old")).unwrap();
    let history = History::read(folder.path()).unwrap();
    assert_eq!(names(history.order_all()), "a b");
    let files: Vec<_> = history
        .files()
        .iter()
        .map(|path| path.file_name().unwrap().to_owned())
        .collect();
    assert_eq!(files, ["1_a.SQL", "2_b.sql"]);
    assert_eq!(
        names(
            History::from_files(&[("x.sql", &revision("a:").text)])
                .unwrap()
                .order_all()
        ),
        "a"
    );
}

#[test]
fn every_broken_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("1.sql", ""),
        ("2.sql", &*revision("a:").text),
        ("3.sql", "SELECT 1;"),
    ] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let HistoryError::Revisions(errors) = History::read(folder.path()).unwrap_err() else {
        panic!("two files")
    };
    let files: Vec<_> = errors
        .iter()
        .map(|error| error.path.file_name().unwrap().to_owned())
        .collect();
    assert_eq!(files, ["1.sql", "3.sql"]);
    let missing = History::read(&folder.path().join("nowhere")).unwrap_err();
    assert!(
        missing.hint().is_some_and(|hint| hint.contains("limbeck init")),
        "{missing}"
    );
}

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
