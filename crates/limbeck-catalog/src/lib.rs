//! A PostgreSQL schema as flat, ordered, comparable facts.
//!
//! A [`Catalog`] maps an [`ObjectId`] (a kind and a qualified name) to what PostgreSQL's system catalogues say of
//! that object, and carries the dependencies between objects. It holds no OIDs, so that two catalogues read from
//! two databases compare equal exactly when PostgreSQL describes both alike.
//!
//! One kind of object, one file: `kinds/` holds the typed facts, and (with the feature `read`) `read/` the query
//! that fills them.

mod catalog;
mod difference;
mod kinds;
mod object_id;
mod part;
#[cfg(feature = "read")]
mod read;

pub use catalog::{Catalog, Definition, Dependency, Object, Unread};
pub use difference::{Difference, DifferenceKind};
pub use kinds::aggregate::{
    Aggregate, AggregateFinish, AggregateKind, AggregateTransition, FinishModify, MovingAggregate, Parallel,
};
pub use kinds::cast::{Cast, CastContext, CastMethod};
pub use kinds::collation::{Collation, CollationProvider};
pub use kinds::column::{
    Column, ColumnSettings, ColumnStorage, Compression, Generated, GeneratedKind, Identity, IdentityKind,
    NotNullConstraint, StorageStrategy,
};
pub use kinds::composite_type::{Attribute, CompositeType};
pub use kinds::constraint::{
    CheckConstraint, Constraint, ConstraintKind, Deferrable, ExclusionConstraint, ForeignKey, KeyConstraint,
    MatchType, ReferentialAction,
};
pub use kinds::domain::{Domain, DomainConstraint};
pub use kinds::enum_type::EnumType;
pub use kinds::event_trigger::EventTrigger;
pub use kinds::extension::Extension;
pub use kinds::foreign::{ForeignDataWrapper, ForeignTable, Server, UserMapping};
pub use kinds::index::{ConstraintIndex, Index, IndexKey, IndexSettings, KeyOrder, KeyStatistics};
pub use kinds::partition::{Parents, PartitionKey, PartitionKeyPart, PartitionOf, PartitionStrategy};
pub use kinds::policy::{Policy, PolicyCommand};
pub use kinds::privileges::{
    DefaultPrivilegesObjects, DefaultPrivilegesScope, OWNER, PUBLIC, Privilege, Privileges,
};
pub use kinds::publication::{Publication, PublishedOperation, PublishedTable};
pub use kinds::range_type::RangeType;
pub use kinds::routine::Routine;
pub use kinds::rule::Rule;
pub use kinds::schema::Schema;
pub use kinds::sequence::{Sequence, SequenceOptions};
pub use kinds::statistics::{Statistics, StatisticsKind};
pub use kinds::table::{ReplicaIdentity, Table};
pub use kinds::text_search::{TextSearchConfiguration, TextSearchDictionary};
pub use kinds::trigger::Trigger;
pub use kinds::view::View;
pub use object_id::{Kind, ObjectId, ParseObjectIdError};
pub use part::{ParsePartError, Part, PartNotes};
#[cfg(feature = "read")]
pub use read::{
    ExcludePredicate, Fingerprint, ObjectPattern, ParseObjectPatternError, READER_VERSION, ReadError,
    ReadOptions, fingerprint, read,
};
