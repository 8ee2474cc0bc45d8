//! Doc comments as PostgreSQL comments.

use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// The text of a doc comment: one leading space less a line, surrounding blank lines dropped.
pub(super) fn text(attributes: &[Attribute]) -> Option<String> {
    let mut lines = Vec::new();
    for attribute in attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("doc"))
    {
        if let Meta::NameValue(meta) = &attribute.meta
            && let Expr::Lit(ExprLit {
                lit: Lit::Str(literal),
                ..
            }) = &meta.value
        {
            lines.extend(literal.value().split('\n').map(str::to_owned));
        }
    }
    let text = lines
        .iter()
        .map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end())
        .collect::<Vec<_>>()
        .join("\n");
    let text = text.trim_matches('\n');
    (!text.trim().is_empty()).then(|| text.to_owned())
}
