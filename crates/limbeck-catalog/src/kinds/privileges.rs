//! Privileges (`relacl` and its like) and default privileges (`pg_default_acl`).

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use limbeck_sql::quote_identifier;
use serde::{Deserialize, Serialize};

use crate::object_id::parse_path;
use crate::{Kind, ObjectId};

/// The grantee that stands for all roles.
pub const PUBLIC: &str = "public";

/// The grantee that stands for the role that owns the object, whatever its name. No role can be called so.
pub const OWNER: &str = "pg_owner";

/// What one grantee may do with one object, or with objects that come later, as the difference from what such objects
/// are born with (`acldefault`). Of default privileges within a schema: what they add.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Privileges {
    /// What it may do besides, but not pass on.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub granted: BTreeSet<Privilege>,
    /// What it may do and pass on (`WITH GRANT OPTION`), born with or not.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub grantable: BTreeSet<Privilege>,
    /// What it was born with and may not do any more.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub revoked: BTreeSet<Privilege>,
}

impl Privileges {
    /// Whether they are those that the object is born with.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.granted.is_empty() && self.grantable.is_empty() && self.revoked.is_empty()
    }

    /// What a grantee is born with on an object that the current role makes under some default privileges of that
    /// grantee, as the difference from `acldefault`. Those within a schema add to those for all schemas.
    #[must_use]
    pub fn born_under<'a>(
        object: &ObjectId,
        grantee: &str,
        defaults: impl IntoIterator<Item = (&'a DefaultPrivilegesScope, &'a Self)>,
    ) -> Self {
        let (everywhere, in_schema): (Vec<_>, Vec<_>) = defaults
            .into_iter()
            .filter(|(scope, _)| scope.role.is_none() && scope.is_about(object))
            .partition(|(scope, _)| scope.schema.is_none());
        let mut born = everywhere
            .first()
            .map(|&(_, defaults)| defaults.clone())
            .unwrap_or_default();
        for (_, defaults) in in_schema {
            for &privilege in &defaults.granted {
                let is_held = born.revoked.remove(&privilege)
                    || born.grantable.contains(&privilege)
                    || privilege.is_born(object.kind, grantee);
                if !is_held {
                    born.granted.insert(privilege);
                }
            }
            for &privilege in &defaults.grantable {
                born.revoked.remove(&privilege);
                born.granted.remove(&privilege);
                born.grantable.insert(privilege);
            }
        }
        born
    }
}

/// One privilege, as `GRANT` names it. The order is that of PostgreSQL's documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Privilege {
    /// `SELECT`.
    Select,
    /// `INSERT`.
    Insert,
    /// `UPDATE`.
    Update,
    /// `DELETE`.
    Delete,
    /// `TRUNCATE`.
    Truncate,
    /// `REFERENCES`.
    References,
    /// `TRIGGER`.
    Trigger,
    /// `MAINTAIN`, from PostgreSQL 17.
    Maintain,
    /// `CREATE`.
    Create,
    /// `USAGE`.
    Usage,
    /// `EXECUTE`.
    Execute,
}

impl Privilege {
    const ALL: [Self; 11] = [
        Self::Select,
        Self::Insert,
        Self::Update,
        Self::Delete,
        Self::Truncate,
        Self::References,
        Self::Trigger,
        Self::Maintain,
        Self::Create,
        Self::Usage,
        Self::Execute,
    ];

    /// The privilege as `GRANT` names it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Select => "SELECT",
            Self::Insert => "INSERT",
            Self::Update => "UPDATE",
            Self::Delete => "DELETE",
            Self::Truncate => "TRUNCATE",
            Self::References => "REFERENCES",
            Self::Trigger => "TRIGGER",
            Self::Maintain => "MAINTAIN",
            Self::Create => "CREATE",
            Self::Usage => "USAGE",
            Self::Execute => "EXECUTE",
        }
    }

    /// The privilege of this name, as `aclexplode` prints it.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|privilege| privilege.as_str() == name)
    }

    /// Whether a grantee is born with the privilege on each new object of a kind: `acldefault`, and nothing else.
    #[must_use]
    pub fn is_born(self, kind: Kind, grantee: &str) -> bool {
        match grantee {
            OWNER => kind != Kind::Column,
            PUBLIC => match kind {
                kind if kind.is_routine() => self == Self::Execute,
                Kind::Type | Kind::Domain => self == Self::Usage,
                _ => false,
            },
            _ => false,
        }
    }
}

impl fmt::Display for Privilege {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Which later objects default privileges are about. Displayed and parsed as in `ALTER DEFAULT PRIVILEGES`:
/// `for role app in schema public on tables`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DefaultPrivilegesScope {
    /// Whose objects; `None` for those of the current role.
    pub role: Option<String>,
    /// In which schema; `None` for objects in any.
    pub schema: Option<String>,
    /// What sort of objects.
    pub objects: DefaultPrivilegesObjects,
}

/// The sorts of objects that default privileges tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DefaultPrivilegesObjects {
    /// Schemas.
    Schemas,
    /// Sequences.
    Sequences,
    /// Tables, views and foreign tables.
    Tables,
    /// Functions, procedures and aggregates.
    Functions,
    /// Types and domains.
    Types,
}

impl DefaultPrivilegesObjects {
    const ALL: [Self; 5] = [
        Self::Schemas,
        Self::Sequences,
        Self::Tables,
        Self::Functions,
        Self::Types,
    ];

    /// As `ALTER DEFAULT PRIVILEGES` names them, in lower case.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Schemas => "schemas",
            Self::Sequences => "sequences",
            Self::Tables => "tables",
            Self::Functions => "functions",
            Self::Types => "types",
        }
    }

    /// What an object of a kind counts as, if default privileges are about it at all.
    #[must_use]
    pub fn of(kind: Kind) -> Option<Self> {
        match kind {
            Kind::Schema => Some(Self::Schemas),
            Kind::Sequence => Some(Self::Sequences),
            Kind::Table | Kind::ForeignTable | Kind::View | Kind::MaterializedView => Some(Self::Tables),
            Kind::Type | Kind::Domain => Some(Self::Types),
            kind if kind.is_routine() => Some(Self::Functions),
            _ => None,
        }
    }

    /// A kind of which they are.
    #[must_use]
    pub fn kind(self) -> Kind {
        match self {
            Self::Schemas => Kind::Schema,
            Self::Sequences => Kind::Sequence,
            Self::Tables => Kind::Table,
            Self::Functions => Kind::Function,
            Self::Types => Kind::Type,
        }
    }
}

impl DefaultPrivilegesScope {
    /// Whether an object counts among those, whoever makes it.
    #[must_use]
    pub fn is_about(&self, object: &ObjectId) -> bool {
        DefaultPrivilegesObjects::of(object.kind) == Some(self.objects)
            && (self.schema.is_none() || self.schema.as_deref() == object.schema())
    }
}

impl fmt::Display for DefaultPrivilegesScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(role) = &self.role {
            write!(f, "for role {} ", quote_identifier(role))?;
        }
        if let Some(schema) = &self.schema {
            write!(f, "in schema {} ", quote_identifier(schema))?;
        }
        write!(f, "on {}", self.objects.as_str())
    }
}

impl FromStr for DefaultPrivilegesScope {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (role, rest) = clause(text, "for role ").ok_or(())?;
        let (schema, rest) = clause(rest, "in schema ").ok_or(())?;
        let objects = DefaultPrivilegesObjects::ALL
            .into_iter()
            .find(|objects| rest.strip_prefix("on ") == Some(objects.as_str()))
            .ok_or(())?;
        Ok(Self {
            role,
            schema,
            objects,
        })
    }
}

/// Takes a keyword and the name after it off the front of a text, if they stand there.
fn clause<'a>(text: &'a str, keyword: &str) -> Option<(Option<String>, &'a str)> {
    let Some(rest) = text.strip_prefix(keyword) else {
        return Some((None, text));
    };
    // A name in quotes may hold a blank.
    let end = match rest.strip_prefix('"') {
        None => rest.find(' ')?,
        Some(quoted) => {
            let mut end = 1;
            let mut characters = quoted.chars().peekable();
            while let Some(character) = characters.next() {
                end += character.len_utf8();
                if character == '"' && characters.next_if_eq(&'"').is_none() {
                    break;
                }
                if character == '"' {
                    end += 1;
                }
            }
            end
        }
    };
    let (name, rest) = rest.split_at_checked(end)?;
    let (path, "") = parse_path(name)? else {
        return None;
    };
    Some((path.into_iter().next(), rest.strip_prefix(' ')?))
}

impl ObjectId {
    /// The privileges of a grantee on an object: [`PUBLIC`], [`OWNER`], or a role's name.
    pub fn privileges(grantee: impl Into<String>, object: &Self) -> Self {
        Self {
            kind: Kind::Privileges,
            path: vec![grantee.into()],
            signature: Some(object.to_string()),
        }
    }

    /// The default privileges of a grantee.
    pub fn default_privileges(grantee: impl Into<String>, scope: &DefaultPrivilegesScope) -> Self {
        Self {
            kind: Kind::DefaultPrivileges,
            path: vec![grantee.into()],
            signature: Some(scope.to_string()),
        }
    }

    /// The object that privileges are on.
    #[must_use]
    pub fn object_of_privileges(&self) -> Option<Self> {
        match (self.kind, &self.signature) {
            (Kind::Privileges, Some(signature)) => signature.parse().ok(),
            _ => None,
        }
    }

    /// Which objects default privileges are about.
    #[must_use]
    pub fn default_privileges_scope(&self) -> Option<DefaultPrivilegesScope> {
        match (self.kind, &self.signature) {
            (Kind::DefaultPrivileges, Some(signature)) => signature.parse().ok(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_object_of_privileges_reads_back() {
        for text in [
            "privileges reader(table public.users)",
            "privileges public(function public.f(integer, text))",
            "privileges \"Mr. X\"(column public.\"U (s)\".\"e\"\"mail\")",
            "privileges pg_owner(foreign data wrapper w)",
        ] {
            let id: ObjectId = text.parse().unwrap();
            assert_eq!(id.to_string(), text);
            let object = id.object_of_privileges().unwrap();
            assert_eq!(ObjectId::privileges(id.name(), &object), id);
        }
    }

    #[test]
    fn what_holds_in_a_schema_is_added() {
        let of = |granted: &[Privilege], grantable: &[Privilege], revoked: &[Privilege]| Privileges {
            granted: granted.iter().copied().collect(),
            grantable: grantable.iter().copied().collect(),
            revoked: revoked.iter().copied().collect(),
        };
        let scope = |text: &str| text.parse::<DefaultPrivilegesScope>().unwrap();
        let (all, app, other) = (
            scope("on functions"),
            scope("in schema app on functions"),
            scope("for role x on functions"),
        );
        let everywhere = of(&[], &[], &[Privilege::Execute]);
        let in_app = of(&[Privilege::Execute], &[], &[]);
        let of_another = of(&[], &[Privilege::Execute], &[]);
        let defaults = || [(&all, &everywhere), (&app, &in_app), (&other, &of_another)];
        let born = |object: &str| Privileges::born_under(&object.parse().unwrap(), PUBLIC, defaults());
        assert_eq!(born("function app.f()"), Privileges::default());
        assert_eq!(born("procedure public.f()"), everywhere);
        assert_eq!(born("table app.t"), Privileges::default());
    }

    #[test]
    fn scopes_read_back() {
        for text in [
            "default privileges reader(on tables)",
            "default privileges public(in schema public on functions)",
            "default privileges reader(for role app on schemas)",
            "default privileges reader(for role \"a \"\" b\" in schema \"in schema \" on types)",
        ] {
            let id: ObjectId = text.parse().unwrap();
            let scope = id.default_privileges_scope().unwrap();
            assert_eq!(ObjectId::default_privileges(id.name(), &scope), id);
            assert_eq!(id.to_string(), text);
        }
        assert!("on frogs".parse::<DefaultPrivilegesScope>().is_err());
    }
}
