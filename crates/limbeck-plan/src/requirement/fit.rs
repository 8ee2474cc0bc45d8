//! Values that do not fit into a column's new type.

use limbeck_catalog::{Column, Definition, EnumType, Kind, ObjectId};
use limbeck_sql::{quote_identifier, quote_literal};

use super::{Requirement, Statement, requirement};
use crate::render;
use crate::sides::ObjectNumber;

/// A type with what stands in its parentheses: `character varying(20)`, `numeric(10,2)`.
struct Sized<'a> {
    name: &'a str,
    sizes: Vec<i64>,
}

impl<'a> Sized<'a> {
    fn parse(text: &'a str) -> Self {
        let parts = text.strip_suffix(')').and_then(|text| text.split_once('('));
        let (name, sizes) = parts.unwrap_or((text, ""));
        Self {
            name,
            sizes: sizes
                .split(',')
                .filter_map(|size| size.trim().parse().ok())
                .collect(),
        }
    }

    fn is_text(&self) -> bool {
        matches!(self.name, "text" | "character varying" | "character")
    }

    /// How many characters there is room for; `None` for any number.
    fn characters(&self) -> Option<i64> {
        self.sizes.first().copied()
    }

    /// The range of an integer.
    fn range(&self) -> Option<(i64, i64)> {
        match self.name {
            "smallint" => Some((i64::from(i16::MIN), i64::from(i16::MAX))),
            "integer" => Some((i64::from(i32::MIN), i64::from(i32::MAX))),
            "bigint" => Some((i64::MIN, i64::MAX)),
            _ => None,
        }
    }

    /// The digits before and after the point of a `numeric` that says how many.
    fn digits(&self) -> Option<(i64, i64)> {
        match (self.name, self.sizes.as_slice()) {
            ("numeric", [precision]) => Some((*precision, 0)),
            ("numeric", [precision, scale]) => Some((precision - scale, *scale)),
            _ => None,
        }
    }
}

/// Whether values that fit into both types are the same in both.
pub(super) fn is_same_family(one: &str, other: &str) -> bool {
    let (one, other) = (Sized::parse(one), Sized::parse(other));
    let is_text = |sized: &Sized<'_>| sized.is_text() && sized.name != "character";
    is_text(&one) && is_text(&other) || one.range().is_some() && other.range().is_some()
}

impl Statement<'_, '_, '_> {
    /// What of a column does not fit into its new type, where that is known of the types.
    pub(super) fn fits(&self, number: ObjectNumber) -> Option<Requirement> {
        let sides = self.builder.sides;
        let (before, after) = (sides.column_before(number)?, sides.column_after(number)?);
        let (old, new) = (
            self.enum_of(number, before, false),
            self.enum_of(number, after, true),
        );
        match (old, new) {
            (Some((id, old)), Some((_, new))) => self.labels(number, before, id, old, new),
            (None, Some((id, new))) => self.text_as_enum(number, before, after, id, new),
            (Some(_), None) => None,
            (None, None) => {
                let retype = self.builder.fates.retypes.get(&number)?;
                // An explicit cast cuts without a word.
                retype.using.is_none().then(|| self.size(number, before, after))?
            }
        }
    }

    /// The enum type that a column, or an element of it, is of.
    fn enum_of(&self, number: ObjectNumber, column: &Column, after: bool) -> Option<(&ObjectId, &EnumType)> {
        let sides = self.builder.sides;
        let needs = if after {
            &sides.needs_after
        } else {
            &sides.needs_before
        };
        needs[number].iter().find_map(|&needed| {
            let definition = if after {
                sides.definition_after(needed)
            } else {
                sides.definition_before(needed)
            };
            match definition? {
                Definition::Enum(found) if sides.is_of_type(&column.data_type, needed) => {
                    Some((sides.ids[needed], found))
                }
                _ => None,
            }
        })
    }

    /// Labels that go.
    fn labels(
        &self,
        number: ObjectNumber,
        column: &Column,
        id: &ObjectId,
        before: &EnumType,
        after: &EnumType,
    ) -> Option<Requirement> {
        let sides = self.builder.sides;
        let merged = sides
            .number(id)
            .map_or(&[][..], |number| sides.merged_labels(number));
        let gone: Vec<String> = before
            .labels
            .iter()
            .filter(|label| !after.labels.contains(label) && !merged.iter().any(|(from, _)| from == *label))
            .map(|label| quote_literal(self.done.label_before(id, label)))
            .collect();
        if gone.is_empty() {
            return None;
        }
        let (relation, name) = self.place(number);
        let (verb, condition) = if column.data_type.ends_with("[]") {
            let type_name = self.done.before(id).sql_name();
            let array = format!("ARRAY[{}]::{type_name}[]", gone.join(", "));
            ("holds", format!("{name} && {array}"))
        } else {
            let condition = match gone.as_slice() {
                [only] => format!("{name} = {only}"),
                several => format!("{name} IN ({})", several.join(", ")),
            };
            ("is", condition)
        };
        Some(requirement(
            format!("rows of {relation} where {name} {verb} {}", gone.join(" or ")),
            format!("SELECT count(*) FROM {relation} WHERE {condition}"),
        ))
    }

    /// Texts that are no label.
    fn text_as_enum(
        &self,
        number: ObjectNumber,
        before: &Column,
        after: &Column,
        id: &ObjectId,
        new: &EnumType,
    ) -> Option<Requirement> {
        let is_text = matches!(Sized::parse(&before.data_type).name, "text" | "character varying");
        if !is_text || after.data_type.ends_with("[]") || new.labels.is_empty() {
            return None;
        }
        let labels: Vec<String> = new.labels.iter().map(|label| quote_literal(label)).collect();
        let (relation, name) = self.place(number);
        Some(requirement(
            format!("rows of {relation} where {name} is no value of {}", id.sql_name()),
            format!(
                "SELECT count(*) FROM {relation} WHERE {name} NOT IN ({})",
                labels.join(", ")
            ),
        ))
    }

    /// Texts that are too long, and numbers that are too large.
    fn size(&self, number: ObjectNumber, before: &Column, after: &Column) -> Option<Requirement> {
        let (old, new) = (Sized::parse(&before.data_type), Sized::parse(&after.data_type));
        let (relation, name) = self.place(number);
        if old.is_text() && new.is_text() {
            let room = new.characters()?;
            if old.characters().is_some_and(|before| before <= room) {
                return None;
            }
            // Blanks at the end are cut.
            let length = match old.name {
                "character" => format!("length({name})"),
                _ => format!("length(rtrim({name}))"),
            };
            return Some(requirement(
                format!("rows of {relation} where {name} is longer than {room} characters"),
                format!("SELECT count(*) FROM {relation} WHERE {length} > {room}"),
            ));
        }
        let message = format!(
            "rows of {relation} where {name} is too large for {}",
            after.data_type
        );
        if let (Some(before), Some((least, greatest))) = (old.range(), new.range()) {
            return (before.0 < least).then(|| {
                let query = format!(
                    "SELECT count(*) FROM {relation} WHERE {name} NOT BETWEEN {least} AND {greatest}"
                );
                requirement(message, query)
            });
        }
        let (room, scale) = new.digits()?;
        let is_enough = match (old.name, old.digits()) {
            ("numeric", Some((before, before_scale))) => {
                before < room || before == room && before_scale <= scale
            }
            ("smallint", _) => room >= 5,
            ("integer", _) => room >= 10,
            ("bigint", _) => room >= 19,
            ("numeric", None) => false,
            _ => return None,
        };
        (!is_enough && scale >= 0 && room >= 0).then(|| {
            // It is greater than any number, and fits everywhere.
            let is_number = match old.name {
                "numeric" => format!(" AND {name} <> 'NaN'"),
                _ => String::new(),
            };
            let query = format!(
                "SELECT count(*) FROM {relation} WHERE abs(round({name}, {scale})) >= 1e{room}{is_number}"
            );
            requirement(message, query)
        })
    }

    /// A column's relation and name as they are called then, as SQL.
    fn place(&self, number: ObjectNumber) -> (String, String) {
        let id = self.done.before(self.builder.sides.ids[number]);
        debug_assert!(id.kind == Kind::Column, "only columns have types");
        (render::relation(&id), quote_identifier(id.name()).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::Sized;

    #[test]
    fn types_are_taken_apart() {
        assert_eq!(Sized::parse("character varying(20)").characters(), Some(20));
        assert_eq!(Sized::parse("text").characters(), None);
        assert_eq!(Sized::parse("numeric(10,2)").digits(), Some((8, 2)));
        assert_eq!(Sized::parse("numeric(5)").digits(), Some((5, 0)));
        assert_eq!(Sized::parse("numeric").digits(), None);
        assert_eq!(Sized::parse("numeric(10,2)[]").digits(), None);
        assert_eq!(Sized::parse("smallint").range(), Some((-32768, 32767)));
    }
}
