//! The DDL of composite types, domains and range types.

use limbeck_sql::{QualifiedName, quote_identifier};

use super::Declared;
use super::ddl::{Ddl, constraint_name, is_one_of};
use super::types::FieldType;
use super::writer::Writer;
use crate::attributes::{AttributeModel, DomainModel, RangeModel, Spanned, TypeModel, TypeSort};

impl Ddl<'_, TypeModel> {
    /// `CREATE TYPE` or `CREATE DOMAIN`. `types` are those of the attributes, or the one that it is over.
    pub(super) fn create(&self, types: &[Option<FieldType>]) -> Declared {
        let model = &self.found.model;
        let mut writer = Writer::new(self.at(model.ident.span()));
        writer.push(match &model.sort {
            TypeSort::Domain(_) => "CREATE DOMAIN ",
            TypeSort::Composite(_) | TypeSort::Range(_) => "CREATE TYPE ",
        });
        writer.push_from(&self.name.to_string(), self.at(model.name.span));
        writer.push(" AS ");
        let first = types.first().and_then(Option::as_ref);
        match &model.sort {
            TypeSort::Composite(attributes) => self.attributes(&mut writer, attributes, types),
            TypeSort::Domain(domain) => self.domain(&mut writer, domain, first),
            TypeSort::Range(range) => self.range(&mut writer, range, first),
        }
        writer.finish()
    }

    /// `CREATE TYPE` without a definition, where a function takes the type before it is made: the one that gives its
    /// values their canonical form.
    pub(super) fn mention(&self) -> Option<Declared> {
        let TypeSort::Range(range) = &self.found.model.sort else {
            return None;
        };
        let canonical = range.canonical.as_ref()?;
        let mut writer = Writer::new(self.at(canonical.span));
        writer.push(&format!("CREATE TYPE {}", self.name));
        Some(writer.finish())
    }

    fn attributes(&self, writer: &mut Writer, attributes: &[AttributeModel], types: &[Option<FieldType>]) {
        writer.push("(");
        let mut separator = "\n    ";
        for (attribute, found) in attributes.iter().zip(types) {
            let Some(found) = found else { continue };
            writer.push(separator);
            writer.within(self.at(attribute.field.span()), |writer| {
                writer.push_from(
                    &quote_identifier(&attribute.name.value),
                    self.at(attribute.name.span),
                );
                writer.push(" ");
                self.data_type(writer, &found.name, &attribute.ty, attribute.data_type.as_ref());
                self.collation(writer, attribute.collation.as_ref());
            });
            separator = ",\n    ";
        }
        writer.push(if separator == "\n    " { ")" } else { "\n)" });
    }

    fn domain(&self, writer: &mut Writer, domain: &DomainModel, over: Option<&FieldType>) {
        let name = over.map_or("", |found| &found.name);
        self.data_type(writer, name, &domain.ty, domain.data_type.as_ref());
        self.collation(writer, domain.collation.as_ref());
        if let Some(default) = &domain.default {
            self.default(writer, default);
        }
        if domain.not_null {
            writer.push(" NOT NULL");
        }
        if let Some((one_of, over)) = over.and_then(|over| Some((over.one_of.as_ref()?, over))) {
            writer.push(&format!(
                "\n    CHECK ({})",
                is_one_of("VALUE", one_of, &over.name)
            ));
        }
        for check in &domain.checks {
            writer.push("\n    ");
            writer.within(self.at(check.span), |writer| {
                constraint_name(writer, check.name.as_ref());
                writer.push("CHECK ");
                writer.parentheses_from(&check.expression.value, self.at(check.expression.span));
            });
        }
    }

    fn range(&self, writer: &mut Writer, range: &RangeModel, over: Option<&FieldType>) {
        let name = over.map_or("", |found| &found.name);
        writer.push("RANGE (SUBTYPE = ");
        self.data_type(writer, name, &range.ty, range.subtype.as_ref());
        for (word, value) in [
            ("SUBTYPE_OPCLASS", &range.operator_class),
            ("SUBTYPE_DIFF", &range.subtype_diff),
            ("CANONICAL", &range.canonical),
        ] {
            if let Some(value) = value {
                writer.push(&format!(", {word} = "));
                writer.push_from(&value.value, self.at(value.span));
            }
        }
        if let Some(collation) = &range.collation {
            writer.push(", COLLATION = ");
            writer.push_from(&quote_identifier(&collation.value), self.at(collation.span));
        }
        if let Some(multirange) = &range.multirange {
            let name = QualifiedName::new(&self.name.schema, &multirange.value);
            writer.push(", MULTIRANGE_TYPE_NAME = ");
            writer.push_from(&name.to_string(), self.at(multirange.span));
        }
        writer.push(")");
    }

    fn data_type(&self, writer: &mut Writer, name: &str, ty: &syn::Type, said: Option<&Spanned<String>>) {
        use syn::spanned::Spanned as _;
        let span = said.map_or_else(|| ty.span(), |said| said.span);
        writer.push_from(name, self.at(span));
    }

    /// `COMMENT ON`, for the type and each attribute.
    pub(super) fn comments(&self) -> Vec<Declared> {
        let model = &self.found.model;
        let what = match &model.sort {
            TypeSort::Domain(_) => "DOMAIN",
            TypeSort::Composite(_) | TypeSort::Range(_) => "TYPE",
        };
        let attributes: &[AttributeModel] = match &model.sort {
            TypeSort::Composite(attributes) => attributes,
            TypeSort::Domain(_) | TypeSort::Range(_) => &[],
        };
        let of_type = model
            .comment
            .iter()
            .map(|comment| self.comment(&format!("{what} {}", self.name), comment));
        let of_attributes = attributes.iter().filter_map(|attribute| {
            let on = format!("COLUMN {}.{}", self.name, quote_identifier(&attribute.name.value));
            Some(self.comment(&on, attribute.comment.as_ref()?))
        });
        of_type.chain(of_attributes).collect()
    }
}
