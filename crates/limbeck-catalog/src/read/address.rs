//! PostgreSQL's own way to point at an object, and which of our objects it stands for.

use std::collections::HashMap;

use tokio_postgres::types::Oid;

use crate::ObjectId;

/// The system catalogues that addresses point into: their OIDs, which are the same on every server.
pub(super) mod class {
    use tokio_postgres::types::Oid;

    pub(in crate::read) const TYPE: Oid = 1247;
    pub(in crate::read) const PROC: Oid = 1255;
    pub(in crate::read) const CLASS: Oid = 1259;
    pub(in crate::read) const CAST: Oid = 2605;
    pub(in crate::read) const ATTRDEF: Oid = 2604;
    pub(in crate::read) const CONSTRAINT: Oid = 2606;
    pub(in crate::read) const NAMESPACE: Oid = 2615;
    pub(in crate::read) const REWRITE: Oid = 2618;
    pub(in crate::read) const TRIGGER: Oid = 2620;
    pub(in crate::read) const EXTENSION: Oid = 3079;
    pub(in crate::read) const FOREIGN_SERVER: Oid = 1417;
    pub(in crate::read) const USER_MAPPING: Oid = 1418;
    pub(in crate::read) const FOREIGN_DATA_WRAPPER: Oid = 2328;
    pub(in crate::read) const POLICY: Oid = 3256;
    pub(in crate::read) const STATISTIC_EXT: Oid = 3381;
    pub(in crate::read) const EVENT_TRIGGER: Oid = 3466;
    pub(in crate::read) const PUBLICATION: Oid = 6104;
    pub(in crate::read) const PUBLICATION_REL: Oid = 6106;
    pub(in crate::read) const PUBLICATION_NAMESPACE: Oid = 6237;
    pub(in crate::read) const COLLATION: Oid = 3456;
    pub(in crate::read) const TS_DICT: Oid = 3600;
    pub(in crate::read) const TS_CONFIG: Oid = 3602;
}

/// The first OID that `initdb` does not give away: whatever users make has a greater one.
pub(super) const FIRST_USER_OID: Oid = 16_384;

/// `(classid, objid, objsubid)`, as `pg_depend` and `pg_description` have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Address {
    /// The system catalogue.
    pub(super) class: Oid,
    /// The row in it.
    pub(super) object: Oid,
    /// A column's number, else 0.
    pub(super) part: i32,
}

impl Address {
    /// A whole object.
    pub(super) fn whole(class: Oid, object: Oid) -> Self {
        Self {
            class,
            object,
            part: 0,
        }
    }

    /// A column of a relation.
    pub(super) fn column(relation: Oid, number: i16) -> Self {
        Self {
            class: class::CLASS,
            object: relation,
            part: number.into(),
        }
    }
}

/// Which object an address belongs to. Several addresses may lead to one object: a table's row type belongs to the
/// table, a constraint's index to the constraint.
#[derive(Default)]
pub(super) struct Addresses {
    objects: HashMap<Address, (ObjectId, Role)>,
}

/// What an address is to the object that it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The object itself.
    Itself,
    /// Something that comes and goes with the object, and has no identity here.
    Part,
}

impl Addresses {
    /// Says where an object stands.
    pub(super) fn insert(&mut self, address: Address, id: ObjectId) {
        self.objects.insert(address, (id, Role::Itself));
    }

    /// Says where a part of an object stands.
    pub(super) fn insert_part(&mut self, address: Address, id: ObjectId) {
        self.objects.insert(address, (id, Role::Part));
    }

    /// All addresses, in no order, with the objects that they belong to.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Address, &ObjectId)> {
        self.objects.iter().map(|(address, (id, _))| (address, id))
    }

    /// The object at exactly this address.
    pub(super) fn get(&self, address: Address) -> Option<&ObjectId> {
        self.objects.get(&address).map(|(id, _)| id)
    }

    /// The object at exactly this address, if it is no part of another.
    pub(super) fn itself(&self, address: Address) -> Option<&ObjectId> {
        match self.objects.get(&address)? {
            (id, Role::Itself) => Some(id),
            (_, Role::Part) => None,
        }
    }

    /// The object that an address belongs to: a view's column belongs to the view.
    pub(super) fn containing(&self, address: Address) -> Option<(&ObjectId, Role)> {
        match self.objects.get(&address) {
            Some((id, role)) => Some((id, *role)),
            None if address.part == 0 => None,
            None => {
                let (id, _) = self.objects.get(&Address::whole(address.class, address.object))?;
                Some((id, Role::Part))
            }
        }
    }
}
