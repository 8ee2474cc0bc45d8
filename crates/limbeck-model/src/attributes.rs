//! The parser of the attributes of models, shared by the derive and the source reader.
//!
//! Parsing never stops at the first mistake: it gives what could be understood, and an [`AttributeError`] for each
//! mistake, so that one typo does not take the whole model away from the models that refer to it.

mod arguments;
mod column;
mod constraint;
mod doc_comment;
mod error;
mod exclusion;
mod field_path;
mod flatten;
mod foreign_key;
mod generics;
mod identity;
mod index;
mod name;
mod pg_enum;
mod pg_type;
mod rename_rule;
mod settings;
mod spanned;
mod table;
mod view;

#[cfg(feature = "source")]
pub(crate) use arguments::{is_one_type, nearest};
pub use column::{ColumnModel, DefaultValue};
pub use constraint::{CheckModel, Deferrable, KeyModel};
pub use error::AttributeError;
pub use exclusion::ExclusionModel;
pub use field_path::FieldPath;
pub use flatten::FlattenModel;
pub use foreign_key::{Action, ForeignKeyModel};
pub use identity::{IdentityKind, IdentityModel, IdentityOption};
pub use index::{IndexKeyModel, IndexKeyOf, IndexModel, IndexStorage, NullsOrder};
pub use name::NAME_BYTES;
pub use pg_enum::{EnumModel, LabelModel, RemovedLabel};
pub use pg_type::{AttributeModel, DomainModel, RangeModel, TypeModel, TypeSort};
pub use rename_rule::RenameRule;
pub use settings::{
    ColumnSettings, PartitionBy, PartitionKey, PartitionModel, ReplicaIdentity, RowSecurity, TableSettings,
};
pub use spanned::Spanned;
pub use table::TableModel;
pub use view::{ViewColumnModel, ViewModel};
