//! `--rename` and `--fill`, as typed.

use limbeck_catalog::{Kind, ObjectId};
use limbeck_plan::{Fill, Rename};
use limbeck_sql::quote_identifier;

use crate::Error;

/// The fills for either way.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fills {
    pub(crate) up: Vec<Fill>,
    pub(crate) down: Vec<Fill>,
}

impl Fills {
    /// Understands `[down:][schema.]table.column=expression`.
    pub(crate) fn parse(texts: &[String]) -> Result<Self, Error> {
        let mut fills = Self::default();
        for text in texts {
            let usage = || {
                Error::usage(format!("`--fill {text}` cannot be understood"))
                    .hint("write `--fill public.users.name=\"'?'\"`, or `--fill down:public.users.name=\"'?'\"` for the way down")
            };
            let (column, expression) = split_at_equals(text).ok_or_else(usage)?;
            let (column, side) = match column.strip_prefix("down:") {
                Some(column) => (column, &mut fills.down),
                None => (column, &mut fills.up),
            };
            if expression.trim().is_empty() {
                return Err(usage());
            }
            let column = object(Kind::Column, column).ok_or_else(usage)?;
            side.push(Fill {
                column,
                expression: expression.to_owned(),
            });
        }
        Ok(fills)
    }
}

/// Understands `kind:[schema.]name[.name]=new_name`; the label of an enum is `label:[schema.]type.label=new_label`.
pub(crate) fn parse_renames(texts: &[String]) -> Result<Vec<Rename>, Error> {
    texts
        .iter()
        .map(|text| {
            let usage = || {
                Error::usage(format!("`--rename {text}` cannot be understood"))
                    .hint("write `--rename column:users.name=full_name`, `--rename table:users=people`, `--rename type:mood=feeling`, `--rename label:mood.sad=gloomy`")
            };
            let (from, to) = split_at_equals(text).ok_or_else(usage)?;
            let (kind, path) = from.split_once(':').ok_or_else(usage)?;
            if kind == "label" {
                return enum_label(path, &unquoted(to)).ok_or_else(usage);
            }
            let kind = Kind::ALL.into_iter().find(|known| known.as_str() == kind).ok_or_else(usage)?;
            let from = object(kind, path).ok_or_else(usage)?;
            rename(&from, &unquoted(to)).ok_or_else(usage)
        })
        .collect()
}

/// The rename of an object to another last name.
pub(crate) fn rename(from: &ObjectId, name: &str) -> Option<Rename> {
    if name.is_empty() {
        return None;
    }
    let mut to = from.clone();
    *to.path.last_mut()? = name.to_owned();
    Some(Rename::object(from.clone(), to))
}

/// The rename of a label: `[schema.]type.label`.
fn enum_label(path: &str, to: &str) -> Option<Rename> {
    // A label is named like a column: below its type.
    let label = object(Kind::Column, path).filter(|_| !to.is_empty())?;
    let enum_type = label.qualified_name()?;
    Some(Rename::enum_label(
        ObjectId::in_schema(Kind::Type, enum_type.schema, enum_type.name),
        label.name(),
        to,
    ))
}

/// An object by a path that may leave out the schema `public`.
fn object(kind: Kind, path: &str) -> Option<ObjectId> {
    let parse = |path: &str| format!("{} {path}", kind.as_str()).parse::<ObjectId>().ok();
    parse(path).or_else(|| parse(&format!("public.{path}")))
}

/// Splits at the first `=` outside double quotes.
fn split_at_equals(text: &str) -> Option<(&str, &str)> {
    let mut quoted = false;
    let position = text.char_indices().find_map(|(n, c)| {
        if c == '"' {
            quoted = !quoted;
        }
        (c == '=' && !quoted).then_some(n)
    })?;
    Some((&text[..position], &text[position + 1..]))
}

fn unquoted(name: &str) -> String {
    let name = name.trim();
    match name.strip_prefix('"').and_then(|name| name.strip_suffix('"')) {
        Some(quoted) => quoted.replace("\"\"", "\""),
        None => name.to_owned(),
    }
}

/// A column as `--fill` takes it.
pub(crate) fn fill_argument(column: &ObjectId, down: bool) -> String {
    let path = column
        .path
        .iter()
        .map(|part| quote_identifier(part))
        .collect::<Vec<_>>()
        .join(".");
    format!("--fill {}{path}=\"…\"", if down { "down:" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renames_are_understood() {
        let texts = [
            "column:users.name=full_name",
            "table:app.users=people",
            "type:\"Mood=x\"=\"Feeling\"",
            "label:mood.sad=gloomy",
        ];
        let renames = parse_renames(&texts.map(str::to_owned)).unwrap();
        let shown: Vec<String> = renames
            .iter()
            .map(|rename| match rename {
                Rename::Object { from, to } => format!("{from} -> {to}"),
                Rename::EnumLabel { enum_type, from, to }
                | Rename::EnumLabelRemoved { enum_type, from, to } => format!("{enum_type}: {from} -> {to}"),
            })
            .collect();
        assert_eq!(
            shown,
            [
                "column public.users.name -> column public.users.full_name",
                "table app.users -> table app.people",
                "type public.\"Mood=x\" -> type public.\"Feeling\"",
                "type public.mood: sad -> gloomy",
            ]
        );
        for wrong in [
            "users=people",
            "column:users",
            "colunm:users.name=x",
            "column:name=x",
            "table:users=",
        ] {
            assert!(parse_renames(&[wrong.to_owned()]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn fills_are_understood() {
        let fills =
            Fills::parse(&["users.name='a=b'".to_owned(), "down:app.users.age=0".to_owned()]).unwrap();
        assert_eq!(fills.up[0].column.to_string(), "column public.users.name");
        assert_eq!(fills.up[0].expression, "'a=b'");
        assert_eq!(fills.down[0].column.to_string(), "column app.users.age");
        for wrong in ["users.name", "users.name=", "name='x'"] {
            assert!(Fills::parse(&[wrong.to_owned()]).is_err(), "{wrong}");
        }
    }
}
