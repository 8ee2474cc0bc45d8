//! What selectors select.

use super::*;

fn target(target: &Target) -> String {
    match target {
        Target::At(ids) => joined(ids),
        Target::Before(ids) => format!("before {}", joined(ids)),
    }
}

#[test]
fn selectors_of_a_line() {
    let history = drawn(LINE);
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
    let history = drawn(DIAMOND);
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
        // A revision names its branch as a label does.
        ("c1@head", "", "m0"),
        ("x2@base", "", "before x1"),
        ("b2@-1", "b1 b2", "before b2"),
        ("b2@+1", "a1", "b2"),
        ("left@current", "b1 b2", "b1"),
        ("left@current-1", "c1", "b1"),
        // A branch of which the database has nothing is before its first revision, not before all.
        ("right@current", "c1", "before b2"),
        ("right@current+1", "c1", "b2"),
        ("other@current", "", "before x1"),
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
    let line = drawn(LINE);
    let diamond = drawn(DIAMOND);
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
        (&diamond, "+1", ""),
        (&diamond, "a1@+1", "a1"),
        (&diamond, "right@-1", "c1 x1"),
        (&diamond, "zz@head", ""),
        (&long, "8f3c@head", ""),
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
fn revisions_are_asked_for() {
    let (line, diamond) = (drawn(LINE), drawn(DIAMOND));
    for (history, selector, current, expected) in [
        (&diamond, "left", "", "b1"),
        (&diamond, "heads", "", "m0 x2"),
        (&diamond, "current", "b1 b2", "b1 b2"),
        // As a revision, `-1` is the one before; as a target, it is what to undo.
        (&line, "-1", "c3", "b2"),
        (&line, "+1", "c3", "d4"),
        (&line, "+1", "", "a1"),
        (&diamond, "left@-1", "c1", "b1"),
        (&diamond, " other@+1 ", "x1", "x2"),
        (&diamond, "right@+1", "c1", "b2"),
    ] {
        let found = history.revisions(selector, &set(current)).unwrap();
        assert_eq!(names(found), expected, "{selector} at {current}");
    }
}

#[test]
fn what_is_no_revision_is_explained() {
    let (line, diamond) = (drawn(LINE), drawn(DIAMOND));
    let mut report = String::new();
    for (history, selector) in [
        (&diamond, "heads"),
        (&diamond, "base"),
        (&diamond, "current"),
        (&line, "-1"),
        (&line, "b2-2"),
        (&History::default(), "head"),
    ] {
        let error = history.resolve_one(selector).expect_err(selector);
        let hint = error.hint().unwrap_or_default();
        report.push_str(&format!("# `{selector}`\n{error}\nhint: {hint}\n\n"));
    }
    insta::assert_snapshot!(report);
}

#[test]
fn an_ambiguous_prefix_lists_no_more_than_helps() {
    let list: String = (0..14).map(|n| format!("ab{n:02}:\n")).collect();
    let error = history(&list).resolve_one("ab").unwrap_err().to_string();
    assert!(error.ends_with("`ab08`, `ab09` and 4 more"), "{error}");
    let error = history(&list).resolve_one("ab1").unwrap_err().to_string();
    assert!(error.ends_with(": `ab10`, `ab11`, `ab12`, `ab13`"), "{error}");
}

#[test]
fn identifiers_are_of_any_length() {
    let long = "a".repeat(1024);
    let history = history(&format!("x:\n {long}: x\n 1: {long}\n 12: 1"));
    assert_eq!(names(history.order_all()), format!("x {long} 1 12"));
    let find = |selector: &str| history.resolve_one(selector).unwrap().id.to_string();
    assert_eq!(find("a"), long);
    assert_eq!(find("x+1"), long);
    // The whole of one is no beginning of another.
    assert_eq!(find("1"), "1");
    assert_eq!(find("1+1"), "12");
}

#[test]
fn an_empty_history_has_a_head_and_a_base() {
    let history = History::default();
    let head = history.resolve("head", &BTreeSet::new()).unwrap();
    assert!(history.upgrade_path(&BTreeSet::new(), &head).unwrap().is_empty());
    assert!(history.resolve("-1", &BTreeSet::new()).is_err());
    assert!(history.resolve("+1", &BTreeSet::new()).is_err());
}

#[test]
fn ranges() {
    let line = drawn(LINE);
    for (range, current, expected) in [
        ("b2:c3", "", "b2 c3"),
        ("b2:", "", "b2 c3 d4"),
        (":b2", "", "a1 b2"),
        (":", "", "a1 b2 c3 d4"),
        ("base:head", "", "a1 b2 c3 d4"),
        ("c3:b2", "", ""),
        ("b2:base", "", ""),
        ("b2+1:head", "", "c3 d4"),
        ("b2:head-1", "", "b2 c3"),
        // A number of steps counts from the other side.
        ("-1:c3", "", "b2 c3"),
        ("-3:c3", "", "a1 b2 c3"),
        ("-1:", "", "c3 d4"),
        ("b2:+1", "", "b2 c3"),
        (":+2", "", "a1 b2"),
        // With nothing to count from, from the ends.
        ("+2:", "", "b2 c3 d4"),
        (":-1", "", "a1 b2 c3"),
        ("current:", "c3", "c3 d4"),
        (":current", "c3", "a1 b2 c3"),
        (":current", "", ""),
        ("current:", "", "a1 b2 c3 d4"),
        ("-1:current", "c3", "b2 c3"),
        ("current:+1", "b2", "b2 c3"),
        ("current+1:", "b2", "c3 d4"),
        ("-1:+1", "c3", "b2 c3 d4"),
    ] {
        let found = line
            .range(range, &set(current))
            .unwrap_or_else(|error| panic!("{range}: {error}"));
        assert_eq!(names(found), expected, "{range} at {current}");
    }
    let diamond = drawn(DIAMOND);
    for (range, expected) in [
        ("b2:m0", "b2 m0"),
        ("left@base:left@head", "b1 c1 m0"),
        (":left@base", "a1"),
        ("other@base:other@head", "x1 x2"),
        // Before a merge there are several.
        ("-1:m0", "b2 c1 m0"),
    ] {
        assert_eq!(
            names(diamond.range(range, &set("")).unwrap()),
            expected,
            "{range}"
        );
    }
    for wrong in ["b2", "a:b:c", "zz:", "b2:+9", "-9:b2", "-1:+9"] {
        assert!(line.range(wrong, &set("b2")).is_err(), "{wrong}");
    }
}

#[test]
fn a_range_asks_a_database_only_where_it_must() {
    for (range, expected) in [
        ("a:b", false),
        ("-1:b", false),
        ("a:+1", false),
        (":", false),
        ("-2:", false),
        ("current:", true),
        (":current", true),
        ("current-1:b", true),
        ("x@current:", true),
        ("-1:+1", true),
    ] {
        assert_eq!(Range::parse(range).unwrap().asks_database(), expected, "{range}");
    }
    for (selector, expected) in [
        ("head", false),
        ("a+1", false),
        ("+1", true),
        ("x@-1", true),
        ("current-1", true),
    ] {
        assert_eq!(asks_database(selector), expected, "{selector}");
    }
}

#[test]
fn a_script_has_two_ends() {
    let line = drawn(LINE);
    let ends = |from: &str, to: &str| {
        let (applied, to) = line.script_ends(from, to).map_err(|error| error.to_string())?;
        Ok::<_, String>(format!("{} -> {}", joined(&applied), target(&to)))
    };
    assert_eq!(ends("base", "head").unwrap(), " -> d4");
    assert_eq!(ends("b2", "head").unwrap(), "a1 b2 -> d4");
    assert_eq!(ends("b2", "+1").unwrap(), "a1 b2 -> c3");
    assert_eq!(ends("head", "-1").unwrap(), "a1 b2 c3 d4 -> before d4");
    assert_eq!(ends("-1", "c3").unwrap(), "a1 b2 -> c3");
    for (from, to) in [
        ("current", "head"),
        ("base", "current"),
        ("-1", "+1"),
        ("current-1", "head"),
    ] {
        let error = ends(from, to).unwrap_err();
        assert!(
            error.contains("depends on where a database is"),
            "{from}:{to}: {error}"
        );
    }
}
