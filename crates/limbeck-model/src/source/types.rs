//! From the Rust type of a field to an SQL type.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use limbeck_sql::QualifiedName;
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{GenericArgument, PathArguments, Type};

use super::find::Key;
use super::held;
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
    pub(super) enumeration: Option<Key>,
    /// The labels that a text, or each of an array of texts, is one of.
    pub(super) one_of: Option<OneOf>,
    /// What a domain is over: the type that literals and the other ends of foreign keys are compared with.
    pub(super) base: Option<String>,
    /// The declared type in its midst, also within an array or a range: that type has to be there first.
    pub(super) uses: Option<Key>,
}

impl FieldType {
    /// A type of a name alone.
    pub(super) fn plain(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            nullable: false,
            enumeration: None,
            one_of: None,
            base: None,
            uses: None,
        }
    }

    /// The name of the type that values have, beneath domains.
    pub(super) fn value_type(&self) -> &str {
        self.base.as_deref().unwrap_or(&self.name)
    }
}

/// Which labels a text may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OneOf {
    pub(super) labels: Vec<String>,
    /// Whether it is an array of them.
    pub(super) is_array: bool,
    /// Whether its elements may be NULL.
    pub(super) null_elements: bool,
    /// The name of the check, where a convention gives one.
    pub(super) check: Option<String>,
}

/// Why a Rust type has no SQL type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TypeError {
    /// Where it shows within the slice that the type was parsed from.
    pub(super) span: Range<usize>,
    pub(super) message: String,
    pub(super) hint: String,
}

/// A type that a model declares.
#[derive(Clone)]
pub(super) struct DeclaredName {
    pub(super) name: QualifiedName,
    pub(super) sort: Sort,
}

/// The sort of a declared type.
#[derive(Clone)]
pub(super) enum Sort {
    Enum,
    /// An enum without a type of its own: a text that is one of its labels.
    Text {
        data_type: String,
        labels: Vec<String>,
    },
    /// A composite type.
    Composite,
    /// A domain over the type that a field holds, or that it names.
    Domain {
        held: Box<Type>,
        named: Option<String>,
    },
    /// A range type.
    Range,
    /// No type, but a set of columns to be flattened.
    Columns,
}

/// The types among the models, by where each is declared.
pub(super) type DeclaredNames = BTreeMap<Key, DeclaredName>;

/// Where the names of a type are looked up.
#[derive(Clone)]
struct Scope {
    module: ModuleId,
    /// What the parameters of an alias or newtype stand for, and where that is written.
    bound: Vec<(String, Type, Scope)>,
}

impl Scope {
    fn of(module: ModuleId) -> Self {
        Self {
            module,
            bound: Vec::new(),
        }
    }
}

/// How many aliases and newtypes a type may go through. Only a cycle needs more.
const DEPTH: usize = 32;

/// Finds SQL types.
pub(super) struct Types<'a> {
    pub(super) tree: &'a Tree,
    pub(super) declared: &'a DeclaredNames,
    /// Models with mistakes that leave nothing of them.
    pub(super) broken: &'a BTreeSet<Key>,
    /// What the configuration says.
    pub(super) configured: &'a BTreeMap<String, String>,
}

impl Types<'_> {
    /// The SQL type of a Rust type that stands in a module.
    pub(super) fn sql_type(&self, ty: &Type, module: ModuleId) -> Result<FieldType, TypeError> {
        self.evaluate(ty, &Scope::of(module), DEPTH)
    }

    /// The subtype of a Rust type of ranges, and whether it is one.
    pub(super) fn subtype(&self, ty: &Type, module: ModuleId) -> Result<Option<FieldType>, TypeError> {
        let scope = Scope::of(module);
        let element = match self.target(ty, &scope) {
            Target::Range(element) => element.clone(),
            Target::External { path, arguments } if type_table::meaning(&path) == Some(Meaning::Range) => {
                let Some(element) = arguments.last() else {
                    return Ok(None);
                };
                (*element).clone()
            }
            _ => return Ok(None),
        };
        self.evaluate(&element, &scope, DEPTH).map(Some)
    }

    /// The set of columns that a type is, and whether it is an `Option` of it.
    pub(super) fn columns(&self, ty: &Type, module: ModuleId) -> Option<(Key, bool)> {
        self.columns_in(ty, &Scope::of(module), DEPTH)
    }

    fn columns_in(&self, ty: &Type, scope: &Scope, depth: usize) -> Option<(Key, bool)> {
        let depth = depth.checked_sub(1)?;
        match self.target(ty, scope) {
            Target::Declared(key) => {
                let sort = &self.declared.get(&key)?.sort;
                matches!(sort, Sort::Columns).then_some((key, false))
            }
            Target::Held { inner, scope } => self.columns_in(&inner, &scope, depth),
            Target::External { path, arguments } => {
                let (key, is_optional) = self.columns_in(arguments.last()?, scope, depth)?;
                match type_table::meaning(&path)? {
                    Meaning::Nullable => Some((key, true)),
                    // Of what is transparent otherwise, the crate `limbeck` makes nothing a set.
                    Meaning::Transparent if path == "std::boxed::Box" => Some((key, is_optional)),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Whether a type allows NULL, whatever else it is.
    pub(super) fn is_nullable(&self, ty: &Type, module: ModuleId) -> bool {
        self.nullable(ty, &Scope::of(module), DEPTH)
    }

    /// Whether what a type lacks is told where it is declared: it is a model with mistakes, or in a file that could not
    /// be read.
    pub(super) fn is_told(&self, ty: &Type, module: ModuleId) -> bool {
        let Type::Path(path) = ty else {
            return false;
        };
        let segments = segments(&path.path);
        let absolute = path.path.leading_colon.is_some();
        let resolved = self
            .tree
            .resolve(module, &segments, absolute, &|path| self.is_known(path));
        let is_told = match resolved {
            Some(Resolved::Item(of, index)) => self.broken.contains(&(of, index)),
            None => segments.last().is_some_and(|name| self.tree.may_hide(name)),
            _ => false,
        };
        let mut inner = arguments(&path.path).into_iter();
        is_told || inner.any(|inner| self.is_told(inner, module))
    }

    /// Whether an external path means something.
    pub(super) fn is_known(&self, path: &[String]) -> bool {
        let path = path.join("::");
        self.configured.contains_key(&path) || type_table::meaning(&path).is_some()
    }

    fn nullable(&self, ty: &Type, scope: &Scope, depth: usize) -> bool {
        let Some(depth) = depth.checked_sub(1) else {
            return false;
        };
        match self.target(ty, scope) {
            Target::External { path, arguments } => match type_table::meaning(&path) {
                Some(Meaning::Nullable) => true,
                Some(Meaning::Transparent) => arguments
                    .last()
                    .is_some_and(|inner| self.nullable(inner, scope, depth)),
                _ => false,
            },
            Target::Held { inner, scope } => self.nullable(&inner, &scope, depth),
            _ => false,
        }
    }

    fn evaluate(&self, ty: &Type, scope: &Scope, depth: usize) -> Result<FieldType, TypeError> {
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
        match self.target(ty, scope) {
            Target::Configured(name) => Ok(FieldType::plain(name)),
            Target::Declared(key) => {
                let Some(declared) = self.declared.get(&key) else {
                    return Err(unknown(format!("`{}` is not found here", shown(ty)), WAY_OUT));
                };
                let mut found = FieldType::plain(declared.name.to_string());
                found.uses = Some(key);
                match &declared.sort {
                    Sort::Enum => found.enumeration = Some(key),
                    Sort::Text { data_type, labels } => {
                        found.name.clone_from(data_type);
                        found.uses = None;
                        found.enumeration = Some(key);
                        found.one_of = Some(OneOf {
                            labels: labels.clone(),
                            is_array: false,
                            null_elements: false,
                            check: None,
                        });
                    }
                    Sort::Composite | Sort::Range => {}
                    Sort::Columns => {
                        return Err(unknown(
                            format!("`{}` is a set of columns, and no column", declared.name.name),
                            "take it apart: `#[column(flatten)]`",
                        ));
                    }
                    Sort::Domain {
                        named: Some(name), ..
                    } => found.base = Some(name.clone()),
                    Sort::Domain { held, named: None } => {
                        // What is wrong with the held type is told where the domain is declared.
                        let held = self.evaluate(held, &Scope::of(key.0), depth).ok();
                        found.base = held.map(|held| held.value_type().to_owned());
                    }
                }
                Ok(found)
            }
            Target::Held { inner, scope } => {
                self.evaluate(&inner, &scope, depth).map_err(|error| TypeError {
                    // The place is in another item: here the mistake is to use it.
                    span: ty.span().byte_range(),
                    ..error
                })
            }
            Target::Range(element) => self.range(element, scope, depth),
            Target::Elements(element) => self.array(element, scope, depth),
            Target::External { path, arguments } => match type_table::meaning(&path) {
                Some(Meaning::Sql(name)) => Ok(FieldType::plain(name)),
                Some(Meaning::Nullable | Meaning::Transparent | Meaning::Sequence | Meaning::Range)
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
                        Meaning::Sequence => self.array(inner, scope, depth),
                        Meaning::Range => self.range(inner, scope, depth),
                        Meaning::Nullable => Ok(FieldType {
                            nullable: true,
                            ..self.evaluate(inner, scope, depth)?
                        }),
                        _ => self.evaluate(inner, scope, depth),
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
                    "{}; an enum of plain variants can derive `PgEnum`, a struct `PgType`",
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
    fn array(&self, element: &Type, scope: &Scope, depth: usize) -> Result<FieldType, TypeError> {
        if let Target::External { path, .. } = self.target(element, scope)
            && path == "std::primitive::u8"
        {
            return Ok(FieldType::plain("bytea"));
        }
        let found = self.evaluate(element, scope, depth)?;
        if found.name.ends_with(']') {
            return Err(TypeError {
                span: element.span().byte_range(),
                message: "an array of arrays has no SQL type".to_owned(),
                hint: WAY_OUT.to_owned(),
            });
        }
        let one_of = found.one_of.map(|one_of| OneOf {
            is_array: true,
            null_elements: found.nullable,
            ..one_of
        });
        Ok(FieldType {
            uses: found.uses,
            one_of,
            ..FieldType::plain(format!("{}[]", found.name))
        })
    }

    /// The range type over a subtype.
    fn range(&self, element: &Type, scope: &Scope, depth: usize) -> Result<FieldType, TypeError> {
        let subtype = self.evaluate(element, scope, depth)?;
        match type_table::range_over(&super::sql_type::base(&subtype.name)) {
            Some(name) => Ok(FieldType::plain(name)),
            None => Err(TypeError {
                span: element.span().byte_range(),
                message: format!("PostgreSQL has no range type over `{}`", subtype.name),
                hint: "declare one: `#[derive(PgType)] #[pg_type(name = \"…\", range)]` on a newtype of the range"
                    .to_owned(),
            }),
        }
    }

    /// What a type is, one step deep.
    fn target<'t>(&self, ty: &'t Type, scope: &Scope) -> Target<'t> {
        match ty {
            Type::Group(group) => self.target(&group.elem, scope),
            Type::Paren(paren) => self.target(&paren.elem, scope),
            Type::Reference(reference) => self.target(&reference.elem, scope),
            Type::Slice(slice) => Target::Elements(&slice.elem),
            Type::Array(array) => Target::Elements(&array.elem),
            Type::Path(path) if path.qself.is_none() => self.path(&path.path, scope),
            Type::Tuple(tuple) => match self.bounds(tuple, scope) {
                Some(element) => Target::Range(element),
                None => Target::Unsupported,
            },
            _ => Target::Unsupported,
        }
    }

    /// The `T` of `(Bound<T>, Bound<T>)`, by which ranges of any bounds are written.
    fn bounds<'t>(&self, tuple: &'t syn::TypeTuple, scope: &Scope) -> Option<&'t Type> {
        let mut elements = tuple
            .elems
            .iter()
            .map(|element| match self.target(element, scope) {
                Target::External { path, arguments } if type_table::is_bound(&path) => {
                    arguments.first().copied()
                }
                _ => None,
            });
        match (elements.next(), elements.next(), elements.next()) {
            (Some(Some(lower)), Some(Some(upper)), None) if shown(lower) == shown(upper) => Some(lower),
            _ => None,
        }
    }

    fn path<'t>(&self, path: &'t syn::Path, scope: &Scope) -> Target<'t> {
        let segments = segments(path);
        let absolute = path.leading_colon.is_some();
        if let [name] = segments.as_slice()
            && let Some((_, ty, of)) = scope.bound.iter().find(|(bound, ..)| bound == name)
        {
            return Target::Held {
                inner: Box::new(ty.clone()),
                scope: of.clone(),
            };
        }
        let module = scope.module;
        let resolved = self
            .tree
            .resolve(module, &segments, absolute, &|path| self.is_known(path));
        let arguments = arguments(path);
        match (resolved, segments.as_slice()) {
            (Some(Resolved::Item(of, index)), _) => self.item(of, index, &arguments, scope),
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
    fn item<'t>(&self, module: ModuleId, index: usize, arguments: &[&Type], scope: &Scope) -> Target<'t> {
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
        if self.declared.contains_key(&(module, index)) {
            return Target::Declared((module, index));
        }
        let text = self
            .tree
            .module(module)
            .and_then(|of| self.tree.text(of.file).get(slice.range.clone()))
            .unwrap_or("");
        let found = match slice.kind {
            ItemKind::TypeAlias => held::alias(text),
            ItemKind::Struct => held::newtype(text),
            _ => None,
        };
        match found {
            // One that is given too many arguments does not compile.
            Some(found) if found.parameters.len() >= arguments.len() => {
                let bound = found.parameters.into_iter().zip(arguments);
                let bound = bound.map(|(name, ty)| (name, (*ty).clone(), scope.clone()));
                Target::Held {
                    inner: found.ty,
                    scope: Scope {
                        module,
                        bound: bound.collect(),
                    },
                }
            }
            _ => Target::Local(path),
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
    /// A type that a model declares.
    Declared(Key),
    /// The type behind an alias or within a newtype, and where its names are looked up.
    Held {
        inner: Box<Type>,
        scope: Scope,
    },
    /// `(Bound<T>, Bound<T>)`.
    Range(&'t Type),
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
