//! Policies: created, altered as far as `ALTER POLICY` goes, dropped.

use limbeck_catalog::{Definition, ObjectId, Policy, PolicyCommand};
use limbeck_sql::quote_identifier;

use super::{drop, put_in_place};
use crate::build::Builder;
use crate::fates::Fate;
use crate::grant::grantee;
use crate::place::Rank;
use crate::render;
use crate::sides::ObjectNumber;

/// Whether `ALTER POLICY` is enough: it can give a policy conditions and roles, but cannot take a condition away.
pub(super) fn is_alterable(before: &Policy, after: &Policy) -> bool {
    before.permissive == after.permissive
        && before.command == after.command
        && (before.using.is_none() || after.using.is_some())
        && (before.with_check.is_none() || after.with_check.is_some())
}

pub(super) fn build(builder: &mut Builder<'_, '_>, number: ObjectNumber, fate: Fate) {
    let sides = builder.sides;
    let id = sides.ids[number];
    if fate.goes() {
        let place = builder.place(number, Rank::TriggerDrop);
        let host = sides.home_before(number).and_then(|home| builder.removal(home));
        drop(builder, number, place, host);
    }
    let Some(Definition::Policy(after)) = sides.definition_after(number) else {
        return;
    };
    let statement = match sides.definition_before(number) {
        Some(Definition::Policy(before)) if !fate.comes() => alteration(id, before, after),
        _ => Some(creation(id, after)),
    };
    if let Some(statement) = statement {
        put_in_place(builder, number, fate, Rank::Policy, statement);
    }
}

/// `CREATE POLICY`, without what goes without saying.
fn creation(id: &ObjectId, policy: &Policy) -> String {
    let mut text = format!(
        "CREATE POLICY {} ON {}",
        quote_identifier(id.name()),
        render::relation(id)
    );
    if !policy.permissive {
        text.push_str(" AS RESTRICTIVE");
    }
    if policy.command != PolicyCommand::All {
        text.push_str(&format!(" FOR {}", policy.command.as_str()));
    }
    if !policy.roles.is_empty() {
        text.push_str(&roles(policy));
    }
    text.push_str(&conditions(policy.using.as_deref(), policy.with_check.as_deref()));
    text
}

/// `ALTER POLICY` with what differs.
fn alteration(id: &ObjectId, before: &Policy, after: &Policy) -> Option<String> {
    let changed = |before: &Option<String>, after: &Option<String>| after.clone().filter(|_| before != after);
    let using = changed(&before.using, &after.using);
    let with_check = changed(&before.with_check, &after.with_check);
    let mut text = String::new();
    if before.roles != after.roles {
        text.push_str(&roles(after));
    }
    text.push_str(&conditions(using.as_deref(), with_check.as_deref()));
    (!text.is_empty()).then(|| {
        format!(
            "ALTER POLICY {} ON {}{text}",
            quote_identifier(id.name()),
            render::relation(id)
        )
    })
}

fn roles(policy: &Policy) -> String {
    if policy.roles.is_empty() {
        return " TO PUBLIC".to_owned();
    }
    let names: Vec<String> = policy.roles.iter().map(|role| grantee(role)).collect();
    format!(" TO {}", names.join(", "))
}

fn conditions(using: Option<&str>, with_check: Option<&str>) -> String {
    let clause = |keyword: &str, condition: Option<&str>| {
        condition.map_or_else(String::new, |condition| {
            format!("\n    {keyword} {}", render::parenthesised(condition))
        })
    };
    clause("USING", using) + &clause("WITH CHECK", with_check)
}
