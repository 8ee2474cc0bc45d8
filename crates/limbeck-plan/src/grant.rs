//! `GRANT` and `REVOKE` as data, so that neighbours can share a statement.

use std::collections::{BTreeMap, BTreeSet};

use limbeck_catalog::{Kind, OWNER, ObjectId, PUBLIC, Privilege, Privileges};
use limbeck_sql::quote_identifier;

use crate::render;

/// What a statement does with privileges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GrantVerb {
    Grant,
    GrantWithOption,
    Revoke,
    RevokeOption,
}

/// One `GRANT` or `REVOKE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Grant {
    pub(crate) verb: GrantVerb,
    pub(crate) privileges: Vec<Privilege>,
    /// What it is about, as SQL: `public.users`, `SCHEMA app`, `TABLES`.
    pub(crate) target: String,
    /// The columns of it, where only they are meant.
    pub(crate) columns: Vec<String>,
    pub(crate) grantees: Vec<String>,
    /// `ALTER DEFAULT PRIVILEGES …`, where it is about later objects.
    pub(crate) prefix: Option<String>,
}

/// What a grantee holds: each privilege, and whether it can be passed on. Of privileges that no side mentions nothing
/// is said.
pub(crate) type Held = BTreeMap<Privilege, bool>;

/// The privileges that some of the facts mention.
pub(crate) fn mentioned<'a>(facts: impl IntoIterator<Item = &'a Privileges>) -> BTreeSet<Privilege> {
    facts
        .into_iter()
        .flat_map(|facts| facts.granted.iter().chain(&facts.grantable).chain(&facts.revoked))
        .copied()
        .collect()
}

/// Of some privileges those that are held.
pub(crate) fn held(
    facts: &Privileges,
    is_born: impl Fn(Privilege) -> bool,
    among: &BTreeSet<Privilege>,
) -> Held {
    among
        .iter()
        .filter(|privilege| !facts.revoked.contains(privilege))
        .filter_map(|&privilege| {
            if facts.grantable.contains(&privilege) {
                Some((privilege, true))
            } else {
                (facts.granted.contains(&privilege) || is_born(privilege)).then_some((privilege, false))
            }
        })
        .collect()
}

/// The statements that lead from one to the other, on a target of which `grant` gives the rest.
pub(crate) fn transition(before: &Held, after: &Held, grant: &Grant) -> Vec<Grant> {
    let of = |verb: GrantVerb, privileges: Vec<Privilege>| Grant {
        verb,
        privileges,
        ..grant.clone()
    };
    let revoked = before.keys().filter(|privilege| !after.contains_key(privilege));
    let no_option = before
        .iter()
        .filter(|&(privilege, &option)| option && after.get(privilege) == Some(&false));
    let granted = after
        .iter()
        .filter(|&(privilege, &option)| !option && !before.contains_key(privilege));
    let with_option = after
        .iter()
        .filter(|&(privilege, &option)| option && before.get(privilege) != Some(&true));
    let keys = |(privilege, _): (&Privilege, &bool)| *privilege;
    [
        of(GrantVerb::Revoke, revoked.copied().collect()),
        of(GrantVerb::RevokeOption, no_option.map(keys).collect()),
        of(GrantVerb::Grant, granted.map(keys).collect()),
        of(GrantVerb::GrantWithOption, with_option.map(keys).collect()),
    ]
    .into_iter()
    .filter(|grant| !grant.privileges.is_empty())
    .collect()
}

impl Grant {
    /// A statement about an object, whose verb and privileges are still to come.
    pub(crate) fn on(object: &ObjectId, grantee: &str) -> Self {
        let mut columns = Vec::new();
        let target = match object.kind {
            Kind::Column => {
                columns.push(object.name().to_owned());
                render::relation(object)
            }
            kind if kind.has_columns() => object.sql_name(),
            Kind::Aggregate => format!("FUNCTION {}", object.sql_name()),
            Kind::Server => format!("FOREIGN SERVER {}", object.sql_name()),
            kind => format!("{} {}", kind.as_str().to_uppercase(), object.sql_name()),
        };
        Self {
            verb: GrantVerb::Grant,
            privileges: Vec::new(),
            target,
            columns,
            grantees: vec![grantee.to_owned()],
            prefix: None,
        }
    }

    /// Whether one statement can say both: the same of other columns, or the same to other grantees.
    pub(crate) fn can_take_in(&self, other: &Self) -> bool {
        let are_of_columns = !self.columns.is_empty() && !other.columns.is_empty();
        self.verb == other.verb
            && self.privileges == other.privileges
            && self.target == other.target
            && self.prefix == other.prefix
            && (self.columns == other.columns || are_of_columns && self.grantees == other.grantees)
    }

    /// Takes another statement in that it can take in.
    pub(crate) fn take_in(&mut self, other: &Self) {
        if self.columns == other.columns {
            self.grantees.extend(other.grantees.iter().cloned());
        } else {
            self.columns.extend(other.columns.iter().cloned());
        }
    }

    /// The statement.
    pub(crate) fn sql(&self) -> String {
        let columns = if self.columns.is_empty() {
            String::new()
        } else {
            format!(" ({})", render::identifiers(&self.columns))
        };
        let privileges: Vec<String> = self
            .privileges
            .iter()
            .map(|privilege| format!("{privilege}{columns}"))
            .collect();
        let grantees: Vec<String> = self.grantees.iter().map(|name| grantee(name)).collect();
        let (verb, to, option) = match self.verb {
            GrantVerb::Grant => ("GRANT", "TO", ""),
            GrantVerb::GrantWithOption => ("GRANT", "TO", " WITH GRANT OPTION"),
            GrantVerb::Revoke => ("REVOKE", "FROM", ""),
            GrantVerb::RevokeOption => ("REVOKE GRANT OPTION FOR", "FROM", ""),
        };
        let statement = format!(
            "{verb} {} ON {} {to} {}{option}",
            privileges.join(", "),
            self.target,
            grantees.join(", ")
        );
        match &self.prefix {
            Some(prefix) => format!("{prefix} {statement}"),
            None => statement,
        }
    }
}

/// A grantee or an owner as SQL. Migrations run as the owner.
pub(crate) fn grantee(name: &str) -> String {
    match name {
        PUBLIC => "PUBLIC".to_owned(),
        OWNER => "CURRENT_USER".to_owned(),
        role => quote_identifier(role).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(object: &str, grantee: &str, privileges: &[Privilege]) -> Grant {
        Grant {
            privileges: privileges.to_vec(),
            ..Grant::on(&object.parse().unwrap(), grantee)
        }
    }

    fn take_in(grant: &mut Grant, other: &Grant) -> bool {
        let can_be = grant.can_take_in(other);
        if can_be {
            grant.take_in(other);
        }
        can_be
    }

    #[test]
    fn one_statement_says_the_same_of_several() {
        let mut a = on("column a.t.a", "x", &[Privilege::Select, Privilege::Update]);
        assert!(take_in(
            &mut a,
            &on("column a.t.\"B\"", "x", &[Privilege::Select, Privilege::Update])
        ));
        assert!(!take_in(
            &mut a,
            &on("table a.t", "x", &[Privilege::Select, Privilege::Update])
        ));
        assert_eq!(a.sql(), "GRANT SELECT (a, \"B\"), UPDATE (a, \"B\") ON a.t TO x");
        let mut table = on("table a.t", PUBLIC, &[Privilege::Select]);
        assert!(take_in(
            &mut table,
            &on("table a.t", "Mr. X", &[Privilege::Select])
        ));
        assert!(!take_in(&mut table, &on("table a.t", "z", &[Privilege::Insert])));
        assert!(!take_in(&mut table, &on("table a.u", "z", &[Privilege::Select])));
        assert_eq!(table.sql(), "GRANT SELECT ON a.t TO PUBLIC, \"Mr. X\"");
    }

    #[test]
    fn targets_are_named_as_grant_wants_them() {
        let cases = [
            ("schema app", "SCHEMA app"),
            ("materialized view a.m", "a.m"),
            ("aggregate a.f()", "FUNCTION a.f()"),
            ("procedure a.f(integer)", "PROCEDURE a.f(integer)"),
            ("server s", "FOREIGN SERVER s"),
            ("foreign data wrapper w", "FOREIGN DATA WRAPPER w"),
        ];
        for (object, target) in cases {
            assert_eq!(on(object, "x", &[]).target, target);
        }
        let owner = on("domain a.d", OWNER, &[Privilege::Usage]);
        assert_eq!(owner.sql(), "GRANT USAGE ON DOMAIN a.d TO CURRENT_USER");
    }

    #[test]
    fn transitions_touch_only_what_changes() {
        let of = |held: &[(Privilege, bool)]| held.iter().copied().collect::<Held>();
        let before = of(&[
            (Privilege::Select, false),
            (Privilege::Insert, true),
            (Privilege::Delete, true),
            (Privilege::Update, false),
        ]);
        let after = of(&[
            (Privilege::Select, true),
            (Privilege::Insert, false),
            (Privilege::Trigger, false),
            (Privilege::Update, false),
        ]);
        let sql: Vec<String> = transition(&before, &after, &on("table a.t", "x", &[]))
            .iter()
            .map(Grant::sql)
            .collect();
        assert_eq!(
            sql,
            [
                "REVOKE DELETE ON a.t FROM x",
                "REVOKE GRANT OPTION FOR INSERT ON a.t FROM x",
                "GRANT TRIGGER ON a.t TO x",
                "GRANT SELECT ON a.t TO x WITH GRANT OPTION",
            ]
        );
    }
}
