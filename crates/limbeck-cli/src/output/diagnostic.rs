//! Failures as a person reads them: the sentence, the place in the source, what PostgreSQL adds, what to do next.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet as Excerpt};
use limbeck_project::{Diagnostic, Error, Snippet};

use super::style;

/// A source line that is longer is not shown whole.
const WIDTH: usize = 120;

/// Every diagnostic of an error, with colours.
pub(crate) fn render(error: &Error) -> String {
    let mut text = String::new();
    for (n, diagnostic) in error.diagnostics().iter().enumerate() {
        if n > 0 {
            text.push('\n');
        }
        render_one(&mut text, diagnostic);
    }
    text
}

fn render_one(text: &mut String, diagnostic: &Diagnostic) {
    let message = printable(&diagnostic.message);
    let places: Vec<Place> = diagnostic.snippets.iter().map(Place::of).collect();
    let mut group = Group::with_title(Level::ERROR.primary_title(message));
    for place in &places {
        group = place.add_to(group);
    }
    let notes: Vec<String> = diagnostic.notes.iter().map(|note| printable(note)).collect();
    if !places.is_empty() {
        for note in &notes {
            group = group.element(Level::NOTE.no_name().message(note.as_str()));
        }
    }
    text.push_str(
        &Renderer::styled()
            .error(style::ERROR)
            .term_width(WIDTH)
            .render(&[group]),
    );
    text.push('\n');
    if places.is_empty() {
        for note in &notes {
            text.push_str("  ");
            text.push_str(&note.replace('\n', "\n  "));
            text.push('\n');
        }
    }
    if !diagnostic.hints.is_empty() {
        text.push('\n');
    }
    for hint in &diagnostic.hints {
        text.push_str(&format!(
            "{style}hint{style:#}: {}\n",
            printable(hint),
            style = style::HINT
        ));
    }
}

/// A place whose range was held against its source.
struct Place {
    path: String,
    line: usize,
    column: usize,
    label: Option<String>,
    excerpt: Option<(String, std::ops::Range<usize>)>,
}

impl Place {
    fn of(snippet: &Snippet) -> Self {
        let source = snippet.source.as_str();
        let start = boundary(source, snippet.range.start);
        let end = boundary(source, snippet.range.end).max(start);
        Self {
            path: snippet.path.display().to_string(),
            line: snippet.line,
            column: snippet.column,
            label: (!snippet.label.is_empty()).then(|| printable(&snippet.label)),
            excerpt: (!source.is_empty()).then(|| (source.to_owned(), start..end)),
        }
    }

    fn add_to<'a>(&'a self, group: Group<'a>) -> Group<'a> {
        match &self.excerpt {
            Some((source, range)) => group.element(
                Excerpt::source(source.as_str())
                    .path(self.path.as_str())
                    .annotation(
                        AnnotationKind::Primary
                            .span(range.clone())
                            .label(self.label.as_deref()),
                    ),
            ),
            None => {
                let origin = Origin::path(self.path.as_str());
                // Line 0 means the file as a whole.
                let origin = match self.line {
                    0 => origin,
                    line => origin.line(line).char_column(self.column),
                };
                let group = group.element(origin);
                match &self.label {
                    Some(label) => group.element(Level::NOTE.no_name().message(label.as_str())),
                    None => group,
                }
            }
        }
    }
}

/// The nearest boundary of characters at or before a byte.
fn boundary(source: &str, byte: usize) -> usize {
    let mut byte = byte.min(source.len());
    while !source.is_char_boundary(byte) {
        byte -= 1;
    }
    byte
}

/// The text without what would steer a terminal: messages come from servers and files too.
fn printable(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_control() && c != '\n' && c != '\t' {
                '\u{fffd}'
            } else {
                c
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use limbeck_project::Failure;

    use super::*;

    fn plain(diagnostics: Vec<Diagnostic>) -> String {
        let text = render(&Error::several(Failure::Failed, diagnostics));
        anstream::adapter::strip_str(&text).to_string()
    }

    fn snippet(source: &str, meant: &str, label: &str) -> Snippet {
        let start = source.find(meant).unwrap();
        let before = &source[..start];
        Snippet {
            path: "src/models/user.rs".into(),
            source: source.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before.rsplit('\n').next().unwrap().chars().count() + 1,
            range: start..start + meant.len(),
            label: label.to_owned(),
        }
    }

    const MODEL: &str =
        "#[derive(Table)]\n#[table(name = \"users\")]\npub struct User {\n    pub né: Monney,\n}\n";

    #[test]
    fn a_sentence_and_hints() {
        let diagnostic = Diagnostic::new("the variable `NEON_DATABASE_URL` is not set")
            .hint("set it in `.env`")
            .hint("or set `url = \"embedded:\"` in `limbeck.toml`");
        assert_snapshot!(plain(vec![diagnostic]), @r#"
        error: the variable `NEON_DATABASE_URL` is not set

        hint: set it in `.env`
        hint: or set `url = "embedded:"` in `limbeck.toml`
        "#);
    }

    #[test]
    fn a_place_notes_and_a_hint() {
        let diagnostic = Diagnostic::new("the type `Monney` is not known")
            .at(snippet(MODEL, "Monney", "no such type"))
            .note("SQLSTATE: 42704")
            .hint("add `#[column(type = \"…\")]`");
        assert_snapshot!(plain(vec![diagnostic]), @r#"
        error: the type `Monney` is not known
         --> src/models/user.rs:4:13
          |
        4 |     pub né: Monney,
          |             ^^^^^^ no such type
          |
          = SQLSTATE: 42704

        hint: add `#[column(type = "…")]`
        "#);
    }

    #[test]
    fn notes_without_a_place() {
        let diagnostic =
            Diagnostic::new("password authentication failed for user `anna`").note("SQLSTATE: 28P01\nmore");
        assert_snapshot!(plain(vec![diagnostic]), @"
        error: password authentication failed for user `anna`
          SQLSTATE: 28P01
          more
        ");
    }

    #[test]
    fn two_places() {
        let diagnostic = Diagnostic::new("two models declare the table `users`")
            .at(snippet(MODEL, "User", "here"))
            .at(Snippet {
                path: "src/models/person.rs".into(),
                ..snippet(MODEL, "users", "and here")
            });
        assert_snapshot!(plain(vec![diagnostic]), @r#"
        error: two models declare the table `users`
         --> src/models/user.rs:3:12
          |
        3 | pub struct User {
          |            ^^^^ here
          |
         ::: src/models/person.rs:2:17
          |
        2 | #[table(name = "users")]
          |                 ^^^^^ and here
        "#);
    }

    #[test]
    fn several_diagnostics() {
        assert_snapshot!(plain(vec![Diagnostic::new("the first").hint("do this"), Diagnostic::new("the second")]), @"
        error: the first

        hint: do this

        error: the second
        ");
    }

    #[test]
    fn a_place_without_its_source() {
        let place = Snippet {
            source: String::new(),
            range: 0..0,
            ..snippet(MODEL, "User", "not UTF-8 from here on")
        };
        assert_snapshot!(plain(vec![Diagnostic::new("the file is not UTF-8").at(place)]), @"
        error: the file is not UTF-8
        --> src/models/user.rs:3:12
         = not UTF-8 from here on
        ");
    }

    #[test]
    fn a_range_that_does_not_fit_its_source_does_no_harm() {
        let inside_a_character = MODEL.find('é').unwrap() + 1;
        for range in [inside_a_character..inside_a_character, 900..1000, 0..1000] {
            let place = Snippet {
                range,
                ..snippet(MODEL, "User", "here")
            };
            assert!(plain(vec![Diagnostic::new("wrong").at(place)]).contains("src/models/user.rs"));
        }
    }

    #[test]
    fn a_terminal_is_not_steered() {
        let text = render(&Error::new(
            Failure::Failed,
            Diagnostic::new("bad \u{1b}]0;title\u{7} text"),
        ));
        assert!(!text.contains("\u{1b}]0"), "{text:?}");
    }
}
