//! The derives that structs have besides.

use std::collections::BTreeSet;

use crate::Error;

/// What every struct has by itself.
const OWN: [&str; 8] = [
    "Clone",
    "Columns",
    "Debug",
    "PgEnum",
    "PgType",
    "Table",
    "View",
    "limbeck::Table",
];

/// The paths of derives, each once, without those that every struct has.
///
/// # Errors
/// What could not stand in `#[derive(…)]`.
pub(super) fn paths(given: &[String]) -> Result<Vec<String>, Error> {
    let mut known: BTreeSet<String> = OWN.map(str::to_owned).into();
    let mut paths = Vec::new();
    for derive in given {
        let path = written(derive).ok_or_else(|| {
            Error::usage(format!("`{derive}` is no path of a derive")).hint(
                "write it as it would stand in `#[derive(…)]`: `--derive sqlx::FromRow,serde::Serialize`",
            )
        })?;
        if known.insert(path.clone()) {
            paths.push(path);
        }
    }
    Ok(paths)
}

/// The path without blanks and without the colons of a crate's root.
fn written(derive: &str) -> Option<String> {
    let path: syn::Path = syn::parse_str(derive.trim()).ok()?;
    let segments = path.segments.iter();
    let names = segments.map(|segment| segment.arguments.is_none().then(|| segment.ident.to_string()));
    Some(names.collect::<Option<Vec<String>>>()?.join("::"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(given: &[&str]) -> Result<Vec<String>, String> {
        let given: Vec<String> = given.iter().map(|one| (*one).to_owned()).collect();
        paths(&given).map_err(|error| error.to_string())
    }

    #[test]
    fn each_is_there_once_and_as_it_is_written() {
        assert_eq!(
            of(&[
                "sqlx::FromRow",
                " serde :: Serialize ",
                "::serde::Serialize",
                "Debug",
                "Table",
                "PartialEq"
            ]),
            Ok(vec![
                "sqlx::FromRow".to_owned(),
                "serde::Serialize".to_owned(),
                "PartialEq".to_owned()
            ])
        );
        for wrong in [
            "",
            " ",
            "sqlx::",
            "sqlx::FromRow)]",
            "a b",
            "Vec<u8>",
            "1st",
            "Debug;",
        ] {
            let error = of(&["Eq", wrong]).unwrap_err();
            assert!(error.contains("is no path of a derive"), "{error}");
        }
    }
}
