//! How values of an exchanged type become values of the new one.

use limbeck_catalog::{Attribute, CompositeType, Definition, Domain, ObjectId};
use limbeck_sql::{QualifiedName, quote_identifier, quote_literal};

use super::{Fate, Fates};
use crate::probe::{Answer, Questions, Side};
use crate::retype;
use crate::sides::{ObjectNumber, Sides};

/// How a value of an exchanged type becomes one of the new type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Conversion {
    /// By itself.
    Plain,
    /// By a cast.
    Cast,
    /// By way of its text.
    Text,
    /// As this expression says.
    Expression(String),
    /// No expression can: an array of a domain over composite values with other attributes.
    Impossible,
}

/// A function that is there only while columns move over.
pub(crate) struct ArrayConversion {
    /// The statement that makes it.
    pub(crate) creation: String,
    /// The statement that drops it.
    pub(crate) removal: String,
    /// How a call of it begins.
    pub(crate) call: String,
}

impl Fates {
    /// Whether values of a domain are stored in another way than before.
    pub(super) fn is_over_another_type(&self, sides: &Sides<'_>, number: ObjectNumber) -> bool {
        self.conversions.contains_key(&number)
            || matches!(sides.definition_before(number), Some(Definition::Domain(domain))
                if sides
                    .type_number(&domain.data_type)
                    .is_some_and(|over| over != number && self.is_over_another_type(sides, over)))
    }

    /// How the value of an expression becomes one of the new type of the same name.
    pub(super) fn conversion(&self, sides: &Sides<'_>, expression: &str, data_type: &str) -> Conversion {
        let Some(number) = sides.type_number(data_type) else {
            return Conversion::Plain;
        };
        if self.of[number] != Fate::Replaced {
            return Conversion::Plain;
        }
        if let Some(conversion) = relabelled(sides, expression, data_type) {
            return conversion;
        }
        let conversion = match (sides.definition_before(number), sides.definition_after(number)) {
            (Some(Definition::Domain(before)), Some(Definition::Domain(after))) => {
                match self.conversions.get(&number) {
                    Some(conversion) => conversion.clone(),
                    None => match self.conversion(sides, expression, &before.data_type) {
                        Conversion::Expression(text) => {
                            Conversion::Expression(format!("{text}::{}", sides.ids[number].sql_name()))
                        }
                        _ if before.data_type.ends_with("[]") && data_type.ends_with("[]") => {
                            Conversion::Text
                        }
                        conversion => {
                            debug_assert_eq!(before.data_type, after.data_type);
                            conversion
                        }
                    },
                }
            }
            (Some(Definition::Composite(before)), Some(Definition::Composite(after)))
                if self.has_another_shape(sides, number, 0) =>
            {
                self.row(sides, number, expression, before, after)
            }
            _ => Conversion::Text,
        };
        match (conversion, sides.definition_before(number)) {
            (Conversion::Expression(_), Some(Definition::Composite(_))) if data_type.ends_with("[]") => {
                Conversion::Expression(format!("{}({expression})", array_function(sides.ids[number])))
            }
            (Conversion::Expression(_), _) if data_type.ends_with("[]") => Conversion::Impossible,
            (conversion, _) => conversion,
        }
    }

    /// Whether the text of an old value is none of the new type: attributes come, go or change places.
    fn has_another_shape(&self, sides: &Sides<'_>, number: ObjectNumber, depth: u8) -> bool {
        if self.of[number] != Fate::Replaced || depth > 32 {
            return false;
        }
        match (sides.definition_before(number), sides.definition_after(number)) {
            (Some(Definition::Composite(before)), Some(Definition::Composite(after))) => {
                before.attributes != after.attributes
                    || before.attributes.iter().any(|name| {
                        sides
                            .attribute(number, name)
                            .and_then(|attribute| type_of_attribute(sides.definition_before(attribute)))
                            .and_then(|data_type| sides.type_number(data_type))
                            .is_some_and(|inner| self.has_another_shape(sides, inner, depth + 1))
                    })
            }
            (Some(Definition::Enum(_)), _) => !sides.merged_labels(number).is_empty(),
            (Some(Definition::Domain(before)), _) => sides
                .type_number(&before.data_type)
                .is_some_and(|inner| self.has_another_shape(sides, inner, depth + 1)),
            (Some(Definition::Range(before)), _) => sides
                .type_number(&before.subtype)
                .is_some_and(|inner| self.has_another_shape(sides, inner, depth + 1)),
            _ => false,
        }
    }

    /// A composite value made anew from its attributes.
    fn row(
        &self,
        sides: &Sides<'_>,
        number: ObjectNumber,
        expression: &str,
        before: &CompositeType,
        after: &CompositeType,
    ) -> Conversion {
        let mut fields = Vec::new();
        for name in &after.attributes {
            let field = format!("({expression}).{}", quote_identifier(name));
            let attribute = sides
                .attribute(number, name)
                .filter(|_| before.attributes.contains(name));
            let types = attribute.and_then(|attribute| {
                Some((
                    type_of_attribute(sides.definition_before(attribute))?,
                    type_of_attribute(sides.definition_after(attribute))?,
                ))
            });
            fields.push(match types {
                Some((old, new)) if old == new => match self.conversion(sides, &field, old) {
                    Conversion::Impossible => return Conversion::Impossible,
                    conversion => converted(&field, new, &conversion).unwrap_or(field),
                },
                Some(_) => field,
                None => "NULL".to_owned(),
            });
        }
        Conversion::Expression(format!(
            "CASE WHEN {expression} IS DISTINCT FROM NULL THEN ROW({})::{} END",
            fields.join(", "),
            sides.ids[number].sql_name()
        ))
    }

    /// The statement that makes the function by which arrays of an exchanged composite type move over, where something
    /// calls it.
    pub(crate) fn array_conversion(
        &self,
        sides: &Sides<'_>,
        number: ObjectNumber,
        old: &QualifiedName,
    ) -> Option<ArrayConversion> {
        let element_of = |number: ObjectNumber| {
            let Some(Definition::Composite(_)) = sides.definition_before(number) else {
                return None;
            };
            match self.conversion(sides, "$1[n]", &sides.ids[number].sql_name()) {
                Conversion::Expression(text) => Some(text),
                _ => None,
            }
        };
        let element = element_of(number)?;
        let (new, function) = (sides.ids[number].sql_name(), array_function(sides.ids[number]));
        let call = format!("{function}(");
        let is_called = |text: &str| text.contains(&call);
        let mut columns = self.retypes.values().filter_map(|retype| retype.using.as_deref());
        // One array may lie within another.
        let mut others = self
            .exchanged
            .iter()
            .filter(|&&other| other != number)
            .filter_map(|&other| element_of(other));
        let is_needed = columns.any(is_called) || others.any(|text| is_called(&text));
        is_needed.then(|| ArrayConversion {
            creation: format!(
                "CREATE FUNCTION {function}({old}[]) RETURNS {new}[] LANGUAGE sql AS $$\n    \
                 SELECT coalesce(array_agg({element} ORDER BY n), '{{}}')\n    \
                 FROM generate_subscripts($1, 1) AS n\n    \
                 HAVING $1 IS NOT NULL\n$$"
            ),
            removal: format!("DROP FUNCTION {function}({old}[])"),
            call,
        })
    }
}

/// The enum type that the values of another type come to, some of whose labels go and are replaced.
pub(crate) struct Relabelling {
    /// The enum type.
    pub(crate) enum_type: ObjectNumber,
    /// How the values lie in those of the other type.
    pub(crate) within: Within,
}

/// How the values of an enum type lie in those of another type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Within {
    /// They are its values; it may be a domain.
    Themselves,
    /// They are the elements of its arrays.
    Array,
    /// In arrays of a domain over arrays, or in ranges: no expression reaches them.
    Deeper,
}

/// What labels are replaced in values of a type, where some are: of an enum type, of domains, arrays and ranges of it.
pub(crate) fn relabelling(sides: &Sides<'_>, data_type: &str) -> Option<Relabelling> {
    let mut base = sides.type_number(data_type)?;
    let mut arrays = usize::from(data_type.ends_with("[]"));
    let mut is_range = false;
    let mut depth = 0;
    loop {
        let inner = match sides.definition_before(base)? {
            Definition::Enum(_) => break,
            Definition::Domain(domain) => &domain.data_type,
            Definition::Range(range) => {
                is_range = true;
                &range.subtype
            }
            _ => return None,
        };
        arrays += usize::from(inner.ends_with("[]"));
        base = sides.type_number(inner)?;
        depth += 1;
        if depth > 32 {
            return None;
        }
    }
    let within = match arrays {
        _ if is_range => Within::Deeper,
        0 => Within::Themselves,
        1 => Within::Array,
        _ => Within::Deeper,
    };
    (!sides.merged_labels(base).is_empty()).then_some(Relabelling {
        enum_type: base,
        within,
    })
}

/// The value of an expression with other labels in place of those that go, where some do.
fn relabelled(sides: &Sides<'_>, expression: &str, data_type: &str) -> Option<Conversion> {
    let Relabelling { enum_type, within } = relabelling(sides, data_type)?;
    let merged = sides.merged_labels(enum_type);
    let quoted = |(from, to): &(String, String)| [quote_literal(from), quote_literal(to)];
    let text = match within {
        Within::Array => merged
            .iter()
            .map(quoted)
            .fold(format!("{expression}::text[]"), |text, [from, to]| {
                format!("array_replace({text}, {from}, {to})")
            }),
        Within::Themselves => {
            let cases: Vec<String> = merged
                .iter()
                .map(quoted)
                .map(|[from, to]| format!(" WHEN {from} THEN {to}"))
                .collect();
            format!(
                "CASE {expression}::text{} ELSE {expression}::text END",
                cases.concat()
            )
        }
        Within::Deeper => return Some(Conversion::Impossible),
    };
    Some(Conversion::Expression(format!("({text})::{data_type}")))
}

/// The function by which arrays of an exchanged composite type become arrays of the new one. Nothing else can have its
/// name, since its argument is of a type that no other function knows.
fn array_function(id: &ObjectId) -> QualifiedName {
    let name = format!("{}_from_old", id.name());
    QualifiedName::new(
        id.schema().unwrap_or_default(),
        limbeck_sql::truncate_identifier(&name),
    )
}

fn type_of_attribute(definition: Option<&Definition>) -> Option<&str> {
    match definition? {
        Definition::Attribute(Attribute { data_type, .. }) => Some(data_type),
        _ => None,
    }
}

/// The expression of `USING`.
pub(super) fn converted(expression: &str, data_type: &str, conversion: &Conversion) -> Option<String> {
    match conversion {
        Conversion::Plain => None,
        Conversion::Expression(text) => Some(text.clone()),
        Conversion::Cast => Some(format!("{expression}::{data_type}")),
        Conversion::Text | Conversion::Impossible => {
            let text = if data_type.ends_with("[]") {
                "text[]"
            } else {
                "text"
            };
            Some(format!("{expression}::{text}::{data_type}"))
        }
    }
}

/// How values of what a domain is over become values of what it will be over: tried on scratch. `None` while the
/// question is open.
pub(super) fn base_conversion(
    questions: &mut Questions<'_>,
    sides: &Sides<'_>,
    number: ObjectNumber,
    before: &Domain,
    after: &Domain,
) -> Option<Conversion> {
    let id = sides.ids[number];
    let attempts = [
        (Conversion::Plain, String::new()),
        (Conversion::Cast, format!(" USING value::{}", after.data_type)),
    ];
    let mut open = false;
    for (conversion, using) in attempts {
        let mut setup = retype::wanted_types(sides, number);
        setup.push(format!(
            "CREATE TEMPORARY TABLE limbeck_probe (value {})",
            before.data_type
        ));
        setup.push(format!(
            "ALTER TABLE limbeck_probe ALTER COLUMN value TYPE {}{using}",
            after.data_type
        ));
        let topic = format!(
            "convert{using} {} of {id} to {}",
            before.data_type, after.data_type
        );
        match questions.ask(&topic, Side::Current, setup, "SELECT ''".to_owned()) {
            Some(Answer::Text(_)) if !open => return Some(conversion),
            Some(_) => {}
            None => open = true,
        }
    }
    (!open).then_some(Conversion::Text)
}
