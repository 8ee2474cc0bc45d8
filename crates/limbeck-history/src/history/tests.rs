mod drawing;
mod properties;
mod selectors;

use std::collections::BTreeSet;
use std::path::Path;

use super::*;

/// A history from a drawing; see [`drawing`].
fn drawn(drawing: &str) -> History {
    history(&drawing::listed(drawing))
}

/// A history from a list: one revision a line, `id: parents`, then at will `~ dependencies`, `# labels`, and
/// declarations as `+a` and `-a`. In the text form `b: a ~ x # label +t`. Unlike a drawing it can be wrong.
fn history(list: &str) -> History {
    try_history(list).unwrap()
}

fn try_history(list: &str) -> Result<History, GraphError> {
    History::from_revisions(
        list.lines()
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
    a1 --- b2 --- c3 --- d4
";

/// Two branches that meet, and a base of its own that needs one of them.
const DIAMOND: &str = r"
    a1 --- b1[left] --- c1 --- m0
      \                       /
       --- b2[right] ---------
                    .
                     ... x1[other] --- x2
";

#[test]
fn heads_bases_and_children() {
    let history = drawn(DIAMOND);
    assert_eq!(joined(&history.heads()), "m0 x2");
    assert_eq!(joined(&history.unneeded()), "m0 x2");
    assert_eq!(joined(&drawn("a\n .\n  ... b").heads()), "a b");
    assert_eq!(joined(&drawn("a\n .\n  ... b").unneeded()), "b");
    assert_eq!(joined(&history.bases()), "a1 x1");
    assert_eq!(names(history.children("a1")), "b1 b2");
    assert!(history.is_branch_point("a1") && !history.is_branch_point("b1"));
    assert_eq!(history.labelled("left").unwrap().id.as_str(), "b1");
    assert_eq!(history.len(), 7);
    assert!(History::default().is_empty());
}

#[test]
fn the_order_is_parents_and_dependencies_first_then_by_id() {
    let history = drawn(DIAMOND);
    assert_eq!(names(history.order_all()), "a1 b1 b2 c1 m0 x1 x2");
    assert_eq!(names(history.order(&set("x2"))), "a1 b2 x1 x2");
    assert_eq!(joined(&history.ancestors(&set("c1"))), "a1 b1 c1");
    assert_eq!(joined(&history.descendants(&set("b2"))), "b2 m0 x1 x2");
    let follows = |id: &str, other: &str| history.follows(&id.parse().unwrap(), &other.parse().unwrap());
    assert!(follows("m0", "a1") && follows("x2", "x1"));
    assert!(!follows("x1", "b2") && !follows("a1", "b1") && !follows("a1", "a1"));
}

#[test]
fn a_new_head_does_not_move_what_was_there() {
    let before = names(drawn(DIAMOND).order_all());
    let after = names(
        drawn(
            r"
       --- a2
      /
    a1 --- b1 --- c1 --- m0
      \                 /
       --- b2 ----------
             .
              ... x1 --- x2
    a0
            ",
        )
        .order_all(),
    );
    let kept: Vec<&str> = after.split(' ').filter(|id| !["a0", "a2"].contains(id)).collect();
    assert_eq!(kept.join(" "), before);
}

#[test]
fn a_forest_with_merges() {
    let history = drawn(
        r"
    a --- b --- c ----- m --- n
     \                 /
      --- d --- e -----
     /
    f --- g
    h
        ",
    );
    assert_eq!(joined(&history.heads()), "g h n");
    assert_eq!(joined(&history.bases()), "a f h");
    assert_eq!(names(history.children("f")), "d g");
    assert_eq!(joined(&history.ancestors(&set("d"))), "a d f");
    assert_eq!(names(history.order_all()), "a b c f d e g h m n");
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
    let diamond = drawn(DIAMOND);
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
    let diamond = drawn(DIAMOND);
    assert_eq!(down(&diamond, "m0 x2", "base"), "x2 x1 m0 c1 b2 b1 a1");
    assert_eq!(down(&diamond, "m0 x2", "m0"), "");
    assert_eq!(down(&diamond, "m0 x2", "c1"), "m0");
    assert_eq!(down(&diamond, "m0 x2", "b2"), "x2 x1 m0");
    assert_eq!(down(&diamond, "m0 x2", "left@base"), "m0 c1 b1");
    assert_eq!(down(&diamond, "m0 x2", "other@base"), "x2 x1");
    assert_eq!(down(&diamond, "m0", "-1"), "m0");
    assert_eq!(down(&diamond, "c1", "right@current"), "");
    assert_eq!(down(&diamond, "b1", "c1"), "");
    let line = drawn(LINE);
    assert_eq!(down(&line, "d4", "-2"), "d4 c3");
    assert_eq!(down(&line, "d4", "b2"), "d4 c3");
}

#[test]
fn heads_follow_what_is_applied_and_undone() {
    let history = drawn(DIAMOND);
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
fn a_merge_is_one_head_and_undone_it_is_several_again() {
    let history = drawn(
        r"
      --- d --- o
     /         /
    a --- c ---
     \         \
      --- b --- m --- n
        ",
    );
    assert_eq!(up(&history, "b c", "n"), "m n");
    assert_eq!(down(&history, "n", "m"), "n");
    assert_eq!(down(&history, "m", "-1"), "m");
    let heads = |current: &str, id: &str, direction| {
        joined(&history.heads_after(&set(current), &id.parse().unwrap(), direction))
    };
    assert_eq!(heads("b c", "m", Direction::Up), "m");
    assert_eq!(heads("m", "m", Direction::Down), "b c");
    // A parent of two merges is a head again only when neither is there.
    assert_eq!(heads("m o", "m", Direction::Down), "b o");
    assert_eq!(heads("b o", "o", Direction::Down), "b c d");
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
    let line = drawn(LINE);
    let hash = |history: &History, heads: &str| history.chain_hash(&set(heads));
    assert_eq!(hash(&line, "b2"), hash(&drawn("a1 --- b2"), "b2"));
    assert_ne!(hash(&line, "b2"), hash(&line, "c3"));
    // Nothing but the SQL and the order counts.
    assert_eq!(hash(&line, "b2"), hash(&history("a1: +t\n b2: a1 # x"), "b2"));
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
