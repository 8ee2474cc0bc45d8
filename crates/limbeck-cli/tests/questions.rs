//! Whether something was renamed: asked once where there is somebody to ask, and never guessed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    missing_docs,
    reason = "tests"
)]

mod support;

use support::TestFolder;
use support::project::{USER, project_without_database};
use support::terminal::{END_OF_INPUT, INTERRUPT, at_a_terminal};

const ASKED: &str = "revision --autogenerate -m Names";

/// A project with a revision, whose model has other columns by now.
fn renamed(from: &str, to: &str) -> TestFolder {
    let folder = project_without_database();
    let model = |columns: &str| USER.replace("    pub name: String,", columns);
    folder.write("src/user.rs", model(from));
    folder.succeed(&["revision", "--autogenerate", "-m", "Users"]);
    folder.write("src/user.rs", model(to));
    folder
}

fn one() -> TestFolder {
    renamed("pub name: String,", "pub full_name: String,")
}

/// What a second revision does, where there is one.
fn written(folder: &TestFolder) -> Option<String> {
    let files = folder.files();
    let mut revisions = files
        .iter()
        .filter(|(path, _)| path.extension().is_some_and(|extension| extension == "sql"))
        .map(|(_, text)| String::from_utf8_lossy(text).into_owned());
    let second = revisions.find(|text| text.contains("Names"))?;
    let (up, _) = second.split_once("-- limbeck:down").unwrap();
    let statements: Vec<&str> = up.lines().filter(|line| line.starts_with("ALTER")).collect();
    Some(statements.join("\n"))
}

#[test]
fn yes_renames() {
    let folder = one();
    let question = "Was it renamed? [y/N]";
    let Some(told) = at_a_terminal(&folder, ASKED, &[(question, "y\n")]) else {
        return;
    };
    assert!(told.starts_with("exit code: 0\n"), "{told}");
    assert!(
        told.contains("`column public.users.name` is gone and `column public.users.full_name` is new."),
        "{told}"
    );
    assert_eq!(told.matches(question).count(), 1, "{told}");
    assert_eq!(
        written(&folder).unwrap(),
        "ALTER TABLE public.users RENAME COLUMN name TO full_name;"
    );
}

/// Then it is a column that goes, and that is asked about as always.
#[test]
fn no_drops_where_that_is_agreed_to() {
    for (answer, exit) in [("n\n", "exit code: 4\n"), ("y\n", "exit code: 0\n")] {
        let folder = renamed("pub name: Option<String>,", "pub full_name: Option<String>,");
        let before = folder.files();
        let dialogue = [("Was it renamed? [y/N]", "n\n"), ("Shall it? [y/N]", answer)];
        let Some(told) = at_a_terminal(&folder, ASKED, &dialogue) else {
            return;
        };
        assert!(told.starts_with(exit), "{told}");
        if answer == "y\n" {
            let written = written(&folder).unwrap();
            assert!(
                written.contains("DROP COLUMN name") && written.contains("ADD COLUMN full_name"),
                "{written}"
            );
        } else {
            assert!(told.contains("--rename column:users.name=full_name"), "{told}");
            assert!(told.contains("all values of public.users.name"), "{told}");
            assert_eq!(folder.files(), before);
        }
    }
}

#[test]
fn nobody_who_answers_writes_nothing() {
    let question = "Was it renamed? [y/N]";
    let ends: [(&[(&str, &str)], &str); 3] = [
        (
            &[(question, END_OF_INPUT), ("Shall it? [y/N]", END_OF_INPUT)],
            "exit code: 4\n",
        ),
        (&[(question, INTERRUPT)], "exit code: 130\n"),
        (&[(question, "y"), ("y", INTERRUPT)], "exit code: 130\n"),
    ];
    for (dialogue, exit) in ends {
        let folder = one();
        let before = folder.files();
        let Some(told) = at_a_terminal(&folder, ASKED, dialogue) else {
            return;
        };
        assert!(told.starts_with(exit), "{told}");
        assert_eq!(folder.files(), before, "{told}");
    }
}

/// However many there are, it is one question, whose answer may be wrong.
#[test]
fn several_are_told_apart_by_number() {
    const TWO: &str = "pub name: Option<String>,\n    pub note: Option<String>,";
    const OTHERS: &str = "pub full_name: Option<String>,\n    pub remark: Option<String>,";
    let question = "Which were renamed?";
    let folder = renamed(TWO, OTHERS);
    let dialogue = [
        (question, "1 2\n"),
        ("cannot be both", "5\n"),
        ("`5` is none of the numbers", "1, 4\n"),
    ];
    let Some(told) = at_a_terminal(&folder, ASKED, &dialogue) else {
        return;
    };
    assert!(told.starts_with("exit code: 0\n"), "{told}");
    let pairs = "    1  `column public.users.name` to `column public.users.full_name`\n    \
                 2  `column public.users.name` to `column public.users.remark`\n    \
                 3  `column public.users.note` to `column public.users.full_name`\n    \
                 4  `column public.users.note` to `column public.users.remark`\n";
    assert!(told.contains(pairs), "{told}");
    assert_eq!(told.matches(question).count(), 1, "{told}");
    assert_eq!(
        written(&folder).unwrap(),
        "ALTER TABLE public.users RENAME COLUMN name TO full_name;\n\
         ALTER TABLE public.users RENAME COLUMN note TO remark;"
    );
    // None of them: both are dropped, which nobody agrees to.
    for answer in ["\n", END_OF_INPUT] {
        let folder = renamed(TWO, OTHERS);
        let before = folder.files();
        let dialogue = [(question, answer), ("Shall it? [y/N]", "n\n")];
        let told = at_a_terminal(&folder, ASKED, &dialogue).unwrap();
        assert!(told.starts_with("exit code: 4\n"), "{told}");
        assert_eq!(folder.files(), before);
    }
}

/// What has another type or may be NULL is no likely rename.
#[test]
fn what_differs_is_not_asked_about() {
    for (from, to) in [
        ("pub name: String,", "pub full_name: Option<String>,"),
        ("pub name: Option<String>,", "pub full_name: Option<i32>,"),
    ] {
        let folder = renamed(from, to);
        let Some(told) = at_a_terminal(&folder, ASKED, &[("Shall it? [y/N]", "n\n")]) else {
            return;
        };
        assert!(told.starts_with("exit code: 4\n"), "{told}");
        assert!(!told.contains("renamed?"), "{told}");
    }
}

/// What got or lost a constraint with its new name is, where nothing is more like it.
#[test]
fn what_is_in_other_constraints_is_asked_about() {
    const RENAMED: &str = "ALTER TABLE public.users RENAME COLUMN name TO full_name;";
    for (from, to) in [
        (
            "#[column(unique)]\n    pub name: Option<String>,",
            "pub full_name: Option<String>,",
        ),
        (
            "pub name: Option<i64>,",
            "#[column(references = User::id)]\n    pub full_name: Option<i64>,",
        ),
        (
            "#[column(check = \"name <> ''\")]\n    pub name: Option<String>,",
            "pub full_name: Option<String>,",
        ),
    ] {
        let folder = renamed(from, to);
        let Some(told) = at_a_terminal(&folder, ASKED, &[("Was it renamed? [y/N]", "y\n")]) else {
            return;
        };
        assert!(told.starts_with("exit code: 0\n"), "{told}");
        let written = written(&folder).unwrap();
        assert!(written.starts_with(RENAMED), "{written}");
        assert!(written.contains("CONSTRAINT"), "{written}");
    }
}

/// Without a terminal, with `--no-input`, and in CI nothing is guessed, and the ways out are told.
#[test]
fn where_nobody_is_asked_the_ways_out_are_told() {
    let folder = one();
    let before = folder.files();
    let alone = folder.run_with_input(&["revision", "--autogenerate", "-m", "Names"], "y\ny\n");
    let mut told = vec![alone];
    told.extend(at_a_terminal(
        &folder,
        "--no-input revision --autogenerate -m Names",
        &[],
    ));
    for told in told {
        assert!(told.starts_with("exit code: 4\n"), "{told}");
        assert!(!told.contains("renamed? [y/N]"), "{told}");
        for way in [
            "renamed_from = \"…\"",
            "--rename column:users.name=full_name",
            "--allow-drop",
        ] {
            assert!(told.contains(way), "{way}: {told}");
        }
    }
    assert_eq!(folder.files(), before);
}
