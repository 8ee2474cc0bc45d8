use crate::{Declaration, DraftStep, RevisionId};

use super::*;

fn id(text: &str) -> RevisionId {
    text.parse().unwrap()
}

fn rendered(draft: &Draft, template: &str) -> Result<String, TemplateError> {
    render(draft, template, &XArguments::default())
}

fn draft() -> Draft {
    let mut step = DraftStep::new("plans", "CREATE TABLE plans (\n    id bigint\n);\n");
    step.down = Some("DROP TABLE plans;".to_owned());
    step.down_options.allow_drop = true;
    step.up_requires = vec![DraftRequire {
        message: "users without an \"e-mail\" address".to_owned(),
        sql: "SELECT count(*) FROM users WHERE email IS NULL;".to_owned(),
    }];
    let mut index = DraftStep::new(
        "by_day",
        "CREATE INDEX CONCURRENTLY plans_day_idx ON plans (day);",
    );
    index.up_options.transaction = false;
    index.up_options.creates = Some("index public.plans_day_idx".to_owned());
    let mut slugs = DraftStep::new("slugs", "");
    slugs.up_options.rust = Some("fill_slugs".to_owned());
    slugs.down = Some(String::new());
    Draft {
        parents: vec![id("27c6a30d7c24"), id("5ab1c07f21e0")],
        steps: vec![step, index, slugs],
        declares: vec![Declaration {
            added: true,
            object: "table public.plans".to_owned(),
        }],
        ..Draft::new(
            id("8f3c2a91d0b4"),
            "Add meal plans\n\nThe second paragraph.",
            "2026-11-21T10:00:00Z",
        )
    }
}

#[test]
fn the_default_template_writes_the_format() {
    let draft = draft();
    let text = rendered(&draft, DEFAULT_TEMPLATE).unwrap();
    assert_eq!(rendered(&draft, DEFAULT_TEMPLATE).unwrap(), text);
    assert_eq!(
        file_name(&draft),
        "20261121T100000_8f3c2a91d0b4_add_meal_plans.sql"
    );
    insta::assert_snapshot!(text);
}

#[test]
fn the_least_draft_is_written_too() {
    let text = rendered(
        &Draft::new(id("a1"), "", "2026-11-21T10:00:00Z"),
        DEFAULT_TEMPLATE,
    )
    .unwrap();
    assert_eq!(
        text,
        "--\n-- limbeck: 1\n-- revision: a1\n-- revises:\n-- created: 2026-11-21T10:00:00Z\n"
    );
    let mut draft = Draft::new(id("a1"), "Merge", "2026-11-21T10:00:00Z");
    draft.branch_labels = vec!["x".to_owned(), "y".to_owned()];
    draft.depends_on = vec![id("b")];
    draft.replaces = vec![id("c"), id("d")];
    let text = rendered(&draft, DEFAULT_TEMPLATE).unwrap();
    assert!(
        text.ends_with("-- branch_labels: x, y\n-- depends_on: b\n-- replaces: c, d\n"),
        "{text}"
    );
}

#[test]
fn a_message_may_hold_what_html_or_a_template_would_change() {
    let mut draft = draft();
    draft.message = "A & B <c> \"d\" {{ e }} {% f %}".to_owned();
    draft.steps[0].up = "SELECT '{{ x }} & <y>';".to_owned();
    let text = rendered(&draft, DEFAULT_TEMPLATE).unwrap();
    assert!(text.starts_with("-- A & B <c> \"d\" {{ e }} {% f %}\n"), "{text}");
}

#[test]
fn comments_of_the_team_may_be_added() {
    let template = DEFAULT_TEMPLATE.replacen(
        "{% for step in steps %}",
        "\n-- Reviewed by: \n{% for step in steps %}",
        1,
    );
    let text = rendered(&draft(), &template).unwrap();
    assert!(text.contains("-- Reviewed by:"), "{text}");
}

#[test]
fn templates_that_do_not_give_the_draft_are_refused() {
    let replaced = |from: &str, to: &str| {
        assert!(DEFAULT_TEMPLATE.contains(from), "{from}");
        DEFAULT_TEMPLATE.replace(from, to)
    };
    let cases = [
        ("unknown variable", replaced("{{ revision }}", "{{ revison }}")),
        ("unknown attribute", replaced("step.name", "step.title")),
        ("unknown filter", replaced("| join", "| glue")),
        ("broken template", replaced("{% endif %}", "")),
        ("no header", String::new()),
        ("other id", replaced("{{ revision }}", "123")),
        ("no down", replaced("step.down is not none", "false")),
        (
            "more SQL",
            replaced("{{ step.up.sql }}", "SET ROLE owner;\n{{ step.up.sql }}"),
        ),
        (
            "no options",
            replaced(
                "{{ \" \" ~ step.down.options if step.down.options else \"\" }}",
                "",
            ),
        ),
        ("no declared set", replaced("{% if declares %}", "{% if false %}")),
    ];
    let mut report = String::new();
    for (name, template) in cases {
        let error = rendered(&draft(), &template).expect_err(name);
        let line = error
            .line()
            .map_or_else(String::new, |line| format!(" (line {line})"));
        report.push_str(&format!("# {name}\n{error}{line}\n"));
        report.extend(error.hint().map(|hint| format!("hint: {hint}\n")));
        report.push('\n');
    }
    insta::assert_snapshot!(report);
}

#[test]
fn a_draft_that_the_format_cannot_hold_is_refused() {
    let mut with_marker = draft();
    with_marker.steps[0].up = "SELECT 1;\n-- limbeck:down plans\nSELECT 2;".to_owned();
    let mut with_key = draft();
    with_key.message = "limbeck: 1".to_owned();
    let mut with_newline = draft();
    with_newline.steps[0].up_requires[0].message = "two\nlines".to_owned();
    let mut unclosed = draft();
    unclosed.steps[1].up = "SELECT 'x".to_owned();
    for draft in [with_marker, with_key, with_newline, unclosed] {
        assert!(rendered(&draft, DEFAULT_TEMPLATE).is_err());
    }
}

#[test]
fn what_a_caller_gives_is_there_and_nothing_else() {
    let template = DEFAULT_TEMPLATE.replacen(
        "{% for step in steps %}",
        "\n-- Ticket: {{ x.ticket }}\n{% for step in steps %}",
        1,
    );
    let mut x = XArguments::default();
    x.add("ticket=AB-7 & <more>").unwrap();
    let text = render(&draft(), &template, &x).unwrap();
    assert!(text.contains("\n-- Ticket: AB-7 & <more>\n"), "{text}");

    let error = rendered(&draft(), &template).unwrap_err();
    assert_eq!(error.missing_argument(), Some("ticket"));
    let at = error.range().map(|range| &template[range]);
    assert_eq!(at, Some("x.ticket"));
    assert_eq!(error.hint().as_deref(), Some("give it, as in `-x ticket=VALUE`"));

    let mut x = XArguments::default();
    x.add("tickets=AB-7").unwrap();
    let error = render(&draft(), &template, &x).unwrap_err();
    assert_eq!(error.hint().as_deref(), Some("did you mean `x.tickets`?"));
}

#[test]
fn a_revision_with_other_sql_is_the_same_in_outline() {
    let draft = draft();
    let text = rendered(&draft, DEFAULT_TEMPLATE).unwrap();
    let outline = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        let revision = Revision::parse(Path::new("a.sql"), text.replace(from, to).as_bytes()).unwrap();
        outline_difference(&draft, &revision)
    };
    assert_eq!(outline("    id bigint", "  id int8 -- the key"), None);
    assert_eq!(
        outline("-- Add meal plans", "-- Licence\n-- Add meal plans"),
        None
    );
    assert_eq!(
        outline("revision: 8f3c2a91d0b4", "revision: a1").as_deref(),
        Some("identifier")
    );
    assert_eq!(
        outline(" allow=drop", "").as_deref(),
        Some("marker of the step `plans`")
    );
    assert_eq!(
        outline("-- + table public.plans", "-- + table public.plan").as_deref(),
        Some("declared set")
    );
}
