//! Tables, views, sets and their columns, as drivers call them.

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::{Data, DeriveInput, Field};

use super::{DRIVERS, Driver, Said, differs, flag, rule, said, value};
use crate::attributes::{AttributeError, FlattenModel, RenameRule, TableModel, ViewModel};

/// A struct, as far as a driver may call it and its columns otherwise.
struct Of<'m> {
    /// The attribute of ours.
    attribute: &'static str,
    /// `table` or `view`, and its name. A set has none.
    named: Option<(&'static str, &'m str)>,
    columns: Vec<Column<'m>>,
    flattened: &'m [FlattenModel],
}

/// A column of it.
struct Column<'m> {
    field: &'m Ident,
    name: &'m str,
    /// Whether a row that is inserted without it has a value, or NULL: nothing of a view, into which nobody inserts.
    has_own_value: bool,
}

/// Of a table and its columns.
pub(in crate::source) fn of_table(
    input: &DeriveInput,
    model: &TableModel,
    derives: &dyn Fn(&str) -> bool,
) -> Vec<AttributeError> {
    let named = Some(("table", model.name.value.as_str()));
    of_fields("table", named, input, model, derives)
}

/// Of a set of columns. What a driver calls one with a prefix is no mistake: tables may flatten the set with it.
pub(in crate::source) fn of_columns(
    input: &DeriveInput,
    model: &TableModel,
    derives: &dyn Fn(&str) -> bool,
) -> Vec<AttributeError> {
    of_fields("columns", None, input, model, derives)
}

fn of_fields(
    attribute: &'static str,
    named: Option<(&'static str, &str)>,
    input: &DeriveInput,
    model: &TableModel,
    derives: &dyn Fn(&str) -> bool,
) -> Vec<AttributeError> {
    if is_without(input, &model.flattened) {
        return Vec::new();
    }
    let of = Of {
        attribute,
        named,
        columns: columns(model),
        flattened: &model.flattened,
    };
    of.notices(input, derives)
}

/// Of a view and the columns that are read.
pub(in crate::source) fn of_view(
    input: &DeriveInput,
    model: &ViewModel,
    derives: &dyn Fn(&str) -> bool,
) -> Vec<AttributeError> {
    if is_without(input, &model.flattened) {
        return Vec::new();
    }
    let columns = model.columns.iter().map(|column| Column {
        field: column.field.field(),
        name: &column.name.value,
        has_own_value: true,
    });
    let of = Of {
        attribute: "view",
        named: Some(("view", &model.name.value)),
        columns: columns.collect(),
        flattened: &model.flattened,
    };
    of.notices(input, derives)
}

/// Whether no driver says anything, as of most structs.
fn is_without(input: &DeriveInput, flattened: &[FlattenModel]) -> bool {
    flattened.is_empty() && !DRIVERS.iter().any(|driver| is_used(driver, input))
}

fn is_used(driver: &Driver, input: &DeriveInput) -> bool {
    let Data::Struct(data) = &input.data else {
        return false;
    };
    let of_fields = data.fields.iter().flat_map(|field| &field.attrs);
    let mut attributes = input.attrs.iter().chain(of_fields);
    attributes.any(|attribute| attribute.path().is_ident(driver.attribute))
}

fn columns(model: &TableModel) -> Vec<Column<'_>> {
    let columns = model.columns.iter().map(|column| Column {
        field: column.field.field(),
        name: &column.name.value,
        has_own_value: match &column.nullable {
            _ if column.default.is_some() || column.identity.is_some() || column.generated.is_some() => true,
            Some(nullable) => nullable.value,
            None => is_option(&column.ty),
        },
    });
    columns.collect()
}

impl Of<'_> {
    fn notices(&self, input: &DeriveInput, derives: &dyn Fn(&str) -> bool) -> Vec<AttributeError> {
        let mut notices = Vec::new();
        let Data::Struct(data) = &input.data else {
            return notices;
        };
        for driver in DRIVERS.iter().filter(|driver| is_used(driver, input)) {
            let of_struct = said(&input.attrs, driver.attribute);
            notices.extend(self.name(driver, &of_struct));
            let rule = rule(&of_struct, driver);
            let mut by_rule = None;
            for field in &data.fields {
                let Some(ident) = &field.ident else { continue };
                let of_field = said(&field.attrs, driver.attribute);
                if let Some(column) = self.columns.iter().find(|column| column.field == ident) {
                    notices.extend(self.column(driver, &of_field, column));
                    notices.extend(never_inserted(driver, &of_field, column));
                    let is_named = value(&of_field, Some(driver.column)).is_some();
                    let is_apart = [driver.skip, driver.flatten]
                        .into_iter()
                        .any(|word| flag(&of_field, word).is_some());
                    if let Some((rule, span)) = rule
                        && !is_named
                        && !is_apart
                    {
                        self.by_rule(driver, (rule, span), column, &mut by_rule, &mut notices);
                    }
                } else if let Some(flatten) = self.flattened.iter().find(|flatten| flatten.field == *ident) {
                    notices.extend(prefixed(driver, &of_field, flatten));
                }
            }
            notices.extend(by_rule);
        }
        if !self.flattened.is_empty() && derives("sqlx::FromRow") {
            notices.extend(data.fields.iter().filter_map(|field| self.not_taken_apart(field)));
        }
        notices
    }

    /// The name of the table or view.
    fn name(&self, driver: &Driver, of_struct: &[Said]) -> Option<AttributeError> {
        let (what, ours) = self.named?;
        let (theirs, span) = value(of_struct, driver.table)?;
        (theirs != ours).then(|| {
            let hint = format!("write `#[{what}(name = \"{theirs}\")]`, or name theirs `{ours}`");
            differs(driver, span, theirs, what, ours, hint)
        })
    }

    /// What a field says of its own column.
    fn column(&self, driver: &Driver, of_field: &[Said], column: &Column<'_>) -> Option<AttributeError> {
        let (attribute, ours) = (driver.attribute, column.name);
        let what = self.named.map_or("table", |(what, _)| what);
        if let Some(span) = flag(of_field, driver.skip) {
            let message = format!("`{attribute}` leaves this field out, and it is the column `{ours}`");
            let hint = format!("write `#[column(skip)]`, if the {what} has no such column");
            return Some(AttributeError::new(span, message).with_hint(hint));
        }
        if let Some(span) = flag(of_field, driver.flatten) {
            let message = format!("`{attribute}` takes this field apart, and it is the one column `{ours}`");
            let hint = format!(
                "if its fields are columns of this {what}, derive `Columns` for its struct, and write `#[column(flatten)]`"
            );
            return Some(AttributeError::new(span, message).with_hint(hint));
        }
        let (theirs, span) = value(of_field, Some(driver.column))?;
        let is_with_prefix = self.named.is_none() && theirs.ends_with(ours);
        if theirs == ours || is_with_prefix {
            return None;
        }
        let hint = format!("write `#[column(name = \"{theirs}\")]`, or name theirs `{ours}`");
        Some(differs(driver, span, theirs, "column", ours, hint))
    }

    /// What the struct says of the columns that have no names of their own. Of a rule that is not ours the first is told.
    fn by_rule(
        &self,
        driver: &Driver,
        (rule, span): (RenameRule, Span),
        column: &Column<'_>,
        first: &mut Option<AttributeError>,
        notices: &mut Vec<AttributeError>,
    ) {
        let (attribute, ours) = (driver.attribute, column.name);
        let field = column.field.unraw().to_string();
        let theirs = driver.case.apply_to_field(rule, &field);
        if theirs == ours {
            return;
        }
        if rule.apply_to_field(&field) == ours {
            let message = format!(
                "by this name `{attribute}` looks for the column `{theirs}`, and it is named `{ours}`: its rule finds other words"
            );
            let hint = format!(
                "write `#[column(name = \"{theirs}\")]`, or `#[{attribute}({} = \"{ours}\")]`",
                driver.column
            );
            notices.push(AttributeError::new(column.field.span(), message).with_hint(hint));
        } else if first.is_none() {
            let hint = format!(
                "write `#[{}(rename_all = \"{}\")]`, or remove theirs",
                self.attribute,
                rule_name(rule)
            );
            let message = format!(
                "by this rule `{attribute}` looks for the column `{theirs}`, and it is named `{ours}`"
            );
            *first = Some(AttributeError::new(span, message).with_hint(hint));
        }
    }

    /// A flattened field that is one column to sqlx: such a query compiles, and finds none.
    fn not_taken_apart(&self, field: &Field) -> Option<AttributeError> {
        let ident = field.ident.as_ref()?;
        let flatten = self.flattened.iter().find(|flatten| flatten.field == *ident)?;
        let of_field = said(&field.attrs, "sqlx");
        let is_said = ["flatten", "skip"]
            .into_iter()
            .any(|word| flag(&of_field, Some(word)).is_some());
        (!is_said).then(|| {
            let message = format!(
                "`sqlx` looks for one column `{}`, and this field is flattened",
                ident.unraw()
            );
            AttributeError::new(flatten.span, message).with_hint("write `#[sqlx(flatten)]` too")
        })
    }
}

/// A set that a driver takes apart too, but by names without the prefix.
fn prefixed(driver: &Driver, of_field: &[Said], flatten: &FlattenModel) -> Option<AttributeError> {
    let prefix = flatten.prefix.as_ref()?;
    // Diesel's structs name their columns in full.
    let span = flag(of_field, driver.flatten).filter(|_| driver.attribute == "sqlx")?;
    let message = format!(
        "`{}` looks for these columns by their names in the set, and here they begin with `{}`",
        driver.attribute, prefix.value
    );
    let hint = format!(
        "give them the set's names in the query, as in `SELECT {}name AS name`",
        prefix.value
    );
    Some(AttributeError::new(span, message).with_hint(hint))
}

/// A column without a value that a driver leaves out of inserted rows.
fn never_inserted(driver: &Driver, of_field: &[Said], column: &Column<'_>) -> Option<AttributeError> {
    let span = flag(of_field, driver.skip_insertion)?;
    (!column.has_own_value).then(|| {
        let message = format!(
            "`{}` never inserts `{}`, which has no value of its own",
            driver.attribute, column.name
        );
        AttributeError::new(span, message).with_hint(
            "give the column a default, make it `identity` or `generated`, or let it be NULL: `Option`, or `nullable`",
        )
    })
}

fn rule_name(rule: RenameRule) -> &'static str {
    let known = RenameRule::ALL.iter().find(|(_, known)| *known == rule);
    known.map_or("", |(name, _)| name)
}

fn is_option(ty: &syn::Type) -> bool {
    matches!(ty, syn::Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Option"))
}
