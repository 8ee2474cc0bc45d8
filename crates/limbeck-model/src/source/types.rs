//! From the Rust type of a field to an SQL type.

use std::collections::BTreeMap;
use std::ops::Range;

use limbeck_sql::QualifiedName;
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Fields, GenericArgument, PathArguments, Type};

use super::resolve::Resolved;
use super::slicer::ItemKind;
use super::tree::{ModuleId, Tree};
use super::type_table::{self, Meaning};

/// The SQL type of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FieldType {
    /// As it is written in DDL.
    pub(super) name: String,
    /// Whether the Rust type allows NULL.
    pub(super) nullable: bool,
    /// The enum model that it is, where it is one and no array.
    pub(super) enumeration: Option<(ModuleId, usize)>,
}

/// Why a Rust type has no SQL type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TypeError {
    /// Where it shows within the slice that the type was parsed from.
    pub(super) span: Range<usize>,
    pub(super) message: String,
    pub(super) hint: String,
}

/// The enum types among the models: where each is declared, and its name.
pub(super) type EnumNames = BTreeMap<(ModuleId, usize), QualifiedName>;

/// How many aliases and newtypes a type may go through. Only a cycle needs more.
const DEPTH: usize = 32;

/// Finds SQL types.
pub(super) struct Types<'a> {
    pub(super) tree: &'a Tree,
    pub(super) enums: &'a EnumNames,
    /// What the configuration says.
    pub(super) configured: &'a BTreeMap<String, String>,
}

impl Types<'_> {
    /// The SQL type of a Rust type that stands in a module.
    pub(super) fn sql_type(&self, ty: &Type, module: ModuleId) -> Result<FieldType, TypeError> {
        self.evaluate(ty, module, DEPTH)
    }

    /// Whether a type allows NULL, whatever else it is.
    pub(super) fn is_nullable(&self, ty: &Type, module: ModuleId) -> bool {
        self.nullable(ty, module, DEPTH)
    }

    /// Whether an external path means something.
    pub(super) fn is_known(&self, path: &[String]) -> bool {
        let path = path.join("::");
        self.configured.contains_key(&path) || type_table::meaning(&path).is_some()
    }

    fn nullable(&self, ty: &Type, module: ModuleId, depth: usize) -> bool {
        let Some(depth) = depth.checked_sub(1) else {
            return false;
        };
        match self.target(ty, module) {
            Target::External { path, arguments } => match type_table::meaning(&path) {
                Some(Meaning::Nullable) => true,
                Some(Meaning::Transparent) => arguments
                    .last()
                    .is_some_and(|inner| self.nullable(inner, module, depth)),
                _ => false,
            },
            Target::Held { inner, module } => self.nullable(&inner, module, depth),
            _ => false,
        }
    }

    fn evaluate(&self, ty: &Type, module: ModuleId, depth: usize) -> Result<FieldType, TypeError> {
        let unknown = |message: String, hint: &str| TypeError {
            span: ty.span().byte_range(),
            message,
            hint: hint.to_owned(),
        };
        let Some(depth) = depth.checked_sub(1) else {
            return Err(unknown(
                format!("the type `{}` refers to itself", shown(ty)),
                WAY_OUT,
            ));
        };
        let plain = |name: String| FieldType {
            name,
            nullable: false,
            enumeration: None,
        };
        match self.target(ty, module) {
            Target::Configured(name) => Ok(plain(name)),
            Target::Enum(key, name) => Ok(FieldType {
                enumeration: Some(key),
                ..plain(name.to_string())
            }),
            Target::Held { inner, module } => {
                self.evaluate(&inner, module, depth).map_err(|error| TypeError {
                    // The place is in another item: here the mistake is to use it.
                    span: ty.span().byte_range(),
                    ..error
                })
            }
            Target::Elements(element) => self.array(element, module, depth),
            Target::External { path, arguments } => match type_table::meaning(&path) {
                Some(Meaning::Sql(name)) => Ok(plain(name.to_owned())),
                Some(Meaning::Nullable | Meaning::Transparent | Meaning::Sequence)
                    if arguments.is_empty() =>
                {
                    Err(unknown(format!("`{}` lacks its argument", shown(ty)), WAY_OUT))
                }
                Some(meaning) => {
                    // `Cow<'static, T>` has its type last; `Vec<T, A>` does not exist on stable Rust.
                    let Some(inner) = arguments.last() else {
                        return Err(unknown(format!("`{}` lacks its argument", shown(ty)), WAY_OUT));
                    };
                    match meaning {
                        Meaning::Sequence => self.array(inner, module, depth),
                        Meaning::Nullable => Ok(FieldType {
                            nullable: true,
                            ..self.evaluate(inner, module, depth)?
                        }),
                        _ => self.evaluate(inner, module, depth),
                    }
                }
                None => Err(match type_table::advice(&path) {
                    Some(advice) => unknown(format!("the Rust type `{}` has no SQL type", shown(ty)), advice),
                    None => unknown(
                        format!("the SQL type of `{}` is not known", shown(ty)),
                        &configure(&path),
                    ),
                }),
            },
            Target::Local(path) => Err(unknown(
                format!("the SQL type of `{}` is not known", shown(ty)),
                &format!(
                    "{}; an enum of plain variants can derive `PgEnum`",
                    configure(&path)
                ),
            )),
            Target::Unresolved => Err(unknown(
                format!("`{}` is not found here", shown(ty)),
                &format!("import it by name, or {WAY_OUT}"),
            )),
            Target::Unsupported => Err(unknown(
                format!("the Rust type `{}` has no SQL type", shown(ty)),
                WAY_OUT,
            )),
        }
    }

    /// An array of an element type, which for bytes is `bytea`.
    fn array(&self, element: &Type, module: ModuleId, depth: usize) -> Result<FieldType, TypeError> {
        if let Target::External { path, .. } = self.target(element, module)
            && path == "std::primitive::u8"
        {
            return Ok(FieldType {
                name: "bytea".to_owned(),
                nullable: false,
                enumeration: None,
            });
        }
        let element_type = self.evaluate(element, module, depth)?;
        if element_type.name.ends_with(']') {
            return Err(TypeError {
                span: element.span().byte_range(),
                message: "an array of arrays has no SQL type".to_owned(),
                hint: WAY_OUT.to_owned(),
            });
        }
        Ok(FieldType {
            name: format!("{}[]", element_type.name),
            nullable: false,
            enumeration: None,
        })
    }

    /// What a type is, one step deep.
    fn target<'t>(&self, ty: &'t Type, module: ModuleId) -> Target<'t> {
        match ty {
            Type::Group(group) => self.target(&group.elem, module),
            Type::Paren(paren) => self.target(&paren.elem, module),
            Type::Reference(reference) => self.target(&reference.elem, module),
            Type::Slice(slice) => Target::Elements(&slice.elem),
            Type::Array(array) => Target::Elements(&array.elem),
            Type::Path(path) if path.qself.is_none() => self.path(&path.path, module),
            _ => Target::Unsupported,
        }
    }

    fn path<'t>(&self, path: &'t syn::Path, module: ModuleId) -> Target<'t> {
        let segments = segments(path);
        let absolute = path.leading_colon.is_some();
        let resolved = self
            .tree
            .resolve(module, &segments, absolute, &|path| self.is_known(path));
        let arguments = arguments(path);
        match (resolved, segments.as_slice()) {
            (Some(Resolved::Item(of, index)), _) => self.item(of, index, !arguments.is_empty()),
            (Some(Resolved::External(path)), _) => self.external(path.join("::"), arguments),
            (None, [name]) => match type_table::prelude(name) {
                Some(path) => self.external(path.to_owned(), arguments),
                None => Target::Unresolved,
            },
            _ => Target::Unresolved,
        }
    }

    fn external<'t>(&self, path: String, arguments: Vec<&'t Type>) -> Target<'t> {
        match self.configured.get(&path) {
            Some(name) => Target::Configured(name.clone()),
            None => Target::External { path, arguments },
        }
    }

    /// A type of the files that were read.
    fn item<'t>(&self, module: ModuleId, index: usize, has_arguments: bool) -> Target<'t> {
        let Some(slice) = self.tree.item(module, index) else {
            return Target::Unresolved;
        };
        let path = self
            .tree
            .module(module)
            .map(|module| module.path.join("::"))
            .unwrap_or_default();
        let path = format!("{path}::{}", slice.name);
        let by_crate = self.crate_path(module, &path);
        if let Some(name) = self
            .configured
            .get(&path)
            .or_else(|| self.configured.get(&by_crate?))
        {
            return Target::Configured(name.clone());
        }
        if let Some(name) = self.enums.get(&(module, index)) {
            return Target::Enum((module, index), name.clone());
        }
        let text = self
            .tree
            .module(module)
            .and_then(|of| self.tree.text(of.file).get(slice.range.clone()))
            .unwrap_or("");
        // What is generic holds whatever it is given, and is not looked into.
        let inner = match slice.kind {
            _ if has_arguments => None,
            ItemKind::TypeAlias => alias(text),
            ItemKind::Struct => newtype(text),
            _ => None,
        };
        match inner {
            Some(inner) => Target::Held { inner, module },
            None => Target::Local(path),
        }
    }

    /// A path with the crate's own name in place of `crate`.
    fn crate_path(&self, module: ModuleId, path: &str) -> Option<String> {
        let root = self.tree.crate_root(module);
        let (name, _) = self.tree.crates.iter().find(|(_, id)| **id == root)?;
        Some(format!("{name}{}", path.strip_prefix("crate")?))
    }
}

/// What a type is.
enum Target<'t> {
    Configured(String),
    Enum((ModuleId, usize), QualifiedName),
    /// The type behind an alias or within a newtype, and the module that its names are looked up in.
    Held {
        inner: Box<Type>,
        module: ModuleId,
    },
    /// A slice or an array.
    Elements(&'t Type),
    External {
        path: String,
        arguments: Vec<&'t Type>,
    },
    /// A type of the files that were read, of no known meaning.
    Local(String),
    Unresolved,
    Unsupported,
}

const WAY_OUT: &str = "name its SQL type: `#[column(type = \"…\")]`";

fn configure(path: &str) -> String {
    format!("{WAY_OUT}, or for all columns `\"{path}\" = \"…\"` under `[types]` in limbeck.toml")
}

/// The type of `type Name = …;`, unless it is generic.
fn alias(text: &str) -> Option<Box<Type>> {
    use syn::parse::Parser;
    let parser = |input: syn::parse::ParseStream<'_>| {
        syn::Attribute::parse_outer(input)?;
        input.parse::<syn::Visibility>()?;
        input.parse::<syn::Token![type]>()?;
        input.parse::<syn::Ident>()?;
        input.parse::<syn::Token![=]>()?;
        let ty: Type = input.parse()?;
        input.parse::<syn::Token![;]>()?;
        Ok(Box::new(ty))
    };
    parser.parse_str(text).ok()
}

/// The type of the one field of `struct Name(…);`, unless it is generic.
fn newtype(text: &str) -> Option<Box<Type>> {
    let input: DeriveInput = syn::parse_str(text).ok()?;
    if !input.generics.params.is_empty() {
        return None;
    }
    match input.data {
        Data::Struct(data) => match data.fields {
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                fields.unnamed.into_iter().next().map(|field| Box::new(field.ty))
            }
            _ => None,
        },
        _ => None,
    }
}

/// The names of a path.
pub(super) fn segments(path: &syn::Path) -> Vec<String> {
    use syn::ext::IdentExt;
    path.segments
        .iter()
        .map(|segment| segment.ident.unraw().to_string())
        .collect()
}

/// The types among the arguments of a path's last segment.
fn arguments(path: &syn::Path) -> Vec<&Type> {
    match path.segments.last().map(|segment| &segment.arguments) {
        Some(PathArguments::AngleBracketed(arguments)) => arguments
            .args
            .iter()
            .filter_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// A type as it is written, without the blanks between its tokens.
fn shown(ty: &Type) -> String {
    ty.to_token_stream()
        .to_string()
        .replace(" :: ", "::")
        .replace(":: ", "::")
        .replace(" < ", "<")
        .replace(" > ", ">")
        .replace(" >", ">")
        .replace("< ", "<")
        .replace(" ,", ",")
        .replace("& ", "&")
        .replace("[ ", "[")
        .replace(" ]", "]")
        .replace(" <", "<")
}
