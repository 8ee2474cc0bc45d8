//! What composite types, domains and range types are made of.

use syn::spanned::Spanned;

use super::super::ModelError;
use super::super::find::{FoundModels, Key};
use super::super::tree::Tree;
use super::super::type_order;
use super::super::types::{FieldType, TypeError, Types};
use super::{Checked, defaults};
use crate::attributes::{Spanned as At, TypeSort};

/// What composite types, domains and range types are made of.
pub(super) fn check(
    tree: &Tree,
    models: &FoundModels,
    types: &Types<'_>,
    checked: &mut Checked,
    errors: &mut Vec<ModelError>,
) {
    for (key, found) in &models.types {
        let mut quiet = Vec::new();
        let errors = if found.declared { &mut *errors } else { &mut quiet };
        let mut held = |ty: &syn::Type, said: &Option<At<String>>, is_range: bool| {
            if let Some(said) = said {
                return Some(FieldType::plain(said.value.trim()));
            }
            let result = if is_range {
                types.subtype(ty, found.module).and_then(|subtype| {
                    subtype.ok_or_else(|| TypeError {
                        span: ty.span().byte_range(),
                        message: "a range type holds a range".to_owned(),
                        hint: "write one of `std::ops`, as in `struct Prices(Range<Decimal>);`, or name the subtype: `type = \"…\"`".to_owned(),
                    })
                })
            } else {
                types.sql_type(ty, found.module)
            };
            result
                .map_err(|TypeError { span, message, hint }| {
                    if types.is_told(ty, found.module) {
                        return;
                    }
                    let hint = hint.replace("#[column(type", "#[pg_type(type");
                    errors.push(found.error_at(tree, span, message, Some(hint)));
                })
                .ok()
        };
        let of = match &found.model.sort {
            TypeSort::Composite(attributes) => attributes
                .iter()
                .map(|attribute| held(&attribute.ty, &attribute.data_type, false))
                .collect(),
            TypeSort::Domain(domain) => vec![held(&domain.ty, &domain.data_type, false)],
            TypeSort::Range(range) => vec![held(&range.ty, &range.subtype, true)],
        };
        if let (TypeSort::Domain(domain), Some(Some(over))) = (&found.model.sort, of.first())
            && let Some(default) = &domain.default
        {
            errors.extend(defaults::check(
                tree,
                found,
                &found.model.name.value,
                default,
                over,
                models,
            ));
        }
        if let TypeSort::Composite(attributes) = &found.model.sort {
            for (attribute, _) in attributes
                .iter()
                .zip(&of)
                .filter(|(_, found)| found.as_ref().is_some_and(|found| found.one_of.is_some()))
            {
                let message = format!(
                    "`{}` is an enum that is stored as text with a check, and an attribute has none",
                    attribute.name.value
                );
                let hint = "put a domain in between: `#[derive(PgType)] #[pg_type(name = \"…\")]` on a newtype of the enum".to_owned();
                errors.push(found.error(tree, attribute.ty.span(), message, Some(hint)));
            }
        }
        let uses = of.iter().flatten().filter_map(|found| found.uses);
        checked.uses.insert(*key, uses.collect());
        checked.types.insert(*key, of);
    }
    let keys: Vec<Key> = models.types.keys().copied().collect();
    for key in type_order::ordered(&keys, &checked.uses).1 {
        if let Some(found) = models.types.get(&key).filter(|found| found.declared) {
            let message = format!("`{}` is made of itself", found.model.ident);
            let hint = "hold the inner one in a table of its own, or as `jsonb`".to_owned();
            errors.push(found.error(tree, found.model.ident.span(), message, Some(hint)));
        }
    }
}
