//! Steps outside a transaction: how one that was begun before is brought to its end.
//!
//! Such a step may die half-way and leave something behind. What its marker says of it (`creates=`, `drops=`,
//! `reindexes=`, `detaches=`), what the catalogue showed before its first attempt, and what it shows now together
//! tell what is left to do. `IF NOT EXISTS` cannot: it takes an invalid index for the index.

use limbeck_history::{Direction, Step, StepOptions};
use limbeck_postgres::DatabaseError;
use limbeck_sql::quote_literal;
use serde::Deserialize;

use crate::lease::value;
use crate::line::Line;

/// What a step outside a transaction is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aim {
    Creates,
    Drops,
    Reindexes,
    Detaches,
}

impl Aim {
    /// What undoes it; `None` where nothing of this kind does.
    fn opposite(self) -> Option<Self> {
        match self {
            Self::Creates => Some(Self::Drops),
            Self::Drops => Some(Self::Creates),
            Self::Reindexes | Self::Detaches => None,
        }
    }
}

/// What the options of one side of a step tell of it, with the object as they name it.
fn stated(options: &StepOptions) -> Option<(Aim, &str)> {
    let goals = [
        (Aim::Creates, &options.creates),
        (Aim::Drops, &options.drops),
        (Aim::Reindexes, &options.reindexes),
        (Aim::Detaches, &options.detaches),
    ];
    goals
        .into_iter()
        .find_map(|(aim, object)| Some((aim, object.as_deref()?)))
}

/// What a step outside a transaction is for, and the relation it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Goal {
    aim: Aim,
    /// The relation's name as `to_regclass` takes it.
    relation: String,
}

/// What the catalogue shows of a goal's relation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct Observation {
    /// The relation; none when it is not there.
    pub(crate) oid: Option<u32>,
    /// Its qualified name, quoted.
    pub(crate) name: Option<String>,
    /// For an index: `pg_index.indisvalid`.
    valid: Option<bool>,
    /// For a partition: the qualified name of the table that it belongs to, quoted.
    parent: Option<String>,
    /// For a partition: `pg_inherits.inhdetachpending`.
    detach_pending: Option<bool>,
    /// The server process that builds the index now.
    pub(crate) builder: Option<i32>,
}

/// What is left to do for a step that was begun before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// The step runs, as it would have the first time.
    Run,
    /// The step had come to its end.
    Done,
    /// This statement first, then the step.
    DropInvalid(String),
    /// This statement instead of the step.
    Finalize(String),
}

/// The kinds of objects that `to_regclass` finds, as a marker's options name them.
const RELATIONS: [&str; 5] = ["index", "table", "view", "materialized", "sequence"];

impl Goal {
    /// The goal of one side of a step: what its options tell, else the opposite of what the other side creates or
    /// drops. `None` where neither tells, or for an object that is no relation.
    pub(crate) fn of(step: &Step, direction: Direction) -> Option<Self> {
        let (own, other) = match direction {
            Direction::Up => (&step.up, &step.down),
            Direction::Down => (&step.down, &step.up),
        };
        let (aim, object) = own.as_ref().and_then(|side| stated(&side.options)).or_else(|| {
            let (aim, object) = stated(&other.as_ref()?.options)?;
            Some((aim.opposite()?, object))
        })?;
        let (kind, name) = object.split_once(' ')?;
        let name = name
            .strip_prefix("view ")
            .filter(|_| kind == "materialized")
            .unwrap_or(name);
        RELATIONS.contains(&kind).then(|| Self {
            aim,
            relation: name.trim().to_owned(),
        })
    }

    /// What the catalogue shows now.
    pub(crate) async fn observe(&self, session: &Line<'_>) -> Result<Observation, DatabaseError> {
        let query = format!("SELECT pg_catalog.to_json(o) FROM ({}) AS o", self.query());
        let Some(json) = value(session, &query).await? else {
            return Ok(Observation::default());
        };
        // The text is the server's own JSON of the query; what cannot be read is taken for not there.
        Ok(serde_json::from_str(&json).unwrap_or_default())
    }

    /// What the catalogue shows when a statement runs, as an SQL expression of type `jsonb`; `{}` for nothing there.
    pub(crate) fn seen(&self) -> String {
        format!(
            "(SELECT coalesce((SELECT pg_catalog.jsonb_strip_nulls(pg_catalog.to_jsonb(o) - 'builder') FROM (
{}
) AS o), '{{}}'))",
            self.query()
        )
    }

    fn query(&self) -> String {
        format!(
            "  SELECT c.oid::pg_catalog.int8 AS oid, pg_catalog.format('%I.%I', n.nspname, c.relname) AS name,
    i.indisvalid AS valid, h.inhdetachpending AS detach_pending,
    CASE WHEN p.oid IS NOT NULL THEN pg_catalog.format('%I.%I', pn.nspname, p.relname) END AS parent,
    (SELECT b.pid FROM pg_catalog.pg_stat_progress_create_index AS b
      WHERE b.datname = pg_catalog.current_database() AND b.index_relid = c.oid
        AND b.pid <> pg_catalog.pg_backend_pid() LIMIT 1) AS builder
  FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = c.oid
  LEFT JOIN pg_catalog.pg_inherits AS h ON h.inhrelid = c.oid AND c.relispartition
  LEFT JOIN pg_catalog.pg_class AS p ON p.oid = h.inhparent
  LEFT JOIN pg_catalog.pg_namespace AS pn ON pn.oid = p.relnamespace
  WHERE c.oid = pg_catalog.to_regclass({})",
            quote_literal(&self.relation),
        )
    }

    /// What is left to do. `before` is what was seen before the first attempt; `None` stands for whatever made the
    /// step necessary, where that was not seen.
    pub(crate) fn remedy(&self, before: Option<&Observation>, now: &Observation) -> Remedy {
        match self.aim {
            Aim::Creates => {
                if before.is_some_and(|before| before.oid.is_some()) || now.oid.is_none() {
                    return Remedy::Run;
                }
                match (now.valid, &now.name) {
                    (Some(false), Some(name)) => {
                        Remedy::DropInvalid(format!("DROP INDEX CONCURRENTLY {name}"))
                    }
                    _ => Remedy::Done,
                }
            }
            Aim::Drops => {
                let was_there = before.is_none_or(|before| before.oid.is_some());
                if was_there && now.oid.is_none() {
                    Remedy::Done
                } else {
                    Remedy::Run
                }
            }
            Aim::Reindexes => match before {
                Some(before) if before.oid.is_some() && now.oid.is_some() && before.oid != now.oid => {
                    Remedy::Done
                }
                _ => Remedy::Run,
            },
            Aim::Detaches => {
                if before.is_some_and(|before| before.detach_pending.is_none()) {
                    return Remedy::Run;
                }
                match (now.detach_pending, &now.parent, &now.name) {
                    (Some(true), Some(parent), Some(name)) => {
                        Remedy::Finalize(format!("ALTER TABLE {parent} DETACH PARTITION {name} FINALIZE"))
                    }
                    (None, _, _) if now.oid.is_some() => Remedy::Done,
                    _ => Remedy::Run,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use limbeck_history::StepSide;

    use super::*;

    fn goal(aim: Aim) -> Goal {
        Goal {
            aim,
            relation: "public.x".to_owned(),
        }
    }

    fn creates(object: &str) -> StepOptions {
        StepOptions {
            creates: Some(object.to_owned()),
            ..StepOptions::default()
        }
    }

    fn step(up: StepOptions, down: Option<StepOptions>) -> Step {
        let side = |options| StepSide {
            sql: String::new(),
            offset: 0,
            line: 1,
            options,
            requires: Vec::new(),
            hash: String::new(),
        };
        Step {
            number: 1,
            name: "x".to_owned(),
            up: Some(side(up)),
            down: down.map(side),
        }
    }

    fn there(oid: u32, valid: bool) -> Observation {
        Observation {
            oid: Some(oid),
            name: Some("public.x".to_owned()),
            valid: Some(valid),
            ..Observation::default()
        }
    }

    fn partition(pending: Option<bool>) -> Observation {
        Observation {
            oid: Some(1),
            name: Some("public.x".to_owned()),
            parent: pending.map(|_| "public.p".to_owned()),
            detach_pending: pending,
            ..Observation::default()
        }
    }

    #[test]
    fn goals_are_of_relations() {
        let step = |object: &str| step(creates(object), None);
        assert_eq!(
            Goal::of(&step("index public.\"My Index\""), Direction::Up),
            Some(Goal {
                aim: Aim::Creates,
                relation: "public.\"My Index\"".to_owned()
            })
        );
        assert_eq!(Goal::of(&step("database x"), Direction::Up), None);
    }

    #[test]
    fn a_side_without_a_goal_undoes_what_the_other_does() {
        let nothing = StepOptions::default;
        let drops = StepOptions {
            drops: Some("index public.x".to_owned()),
            ..nothing()
        };
        let reindexes = StepOptions {
            reindexes: Some("index public.x".to_owned()),
            ..nothing()
        };
        let one_way = step(creates("index public.x"), Some(nothing()));
        assert_eq!(Goal::of(&one_way, Direction::Down), Some(goal(Aim::Drops)));
        let other_way = step(drops.clone(), Some(nothing()));
        assert_eq!(Goal::of(&other_way, Direction::Down), Some(goal(Aim::Creates)));
        let up = step(nothing(), Some(drops));
        assert_eq!(Goal::of(&up, Direction::Up), Some(goal(Aim::Creates)));
        let own = step(creates("index public.y"), Some(reindexes.clone()));
        assert_eq!(Goal::of(&own, Direction::Down), Some(goal(Aim::Reindexes)));
        let none = step(reindexes, Some(nothing()));
        assert_eq!(Goal::of(&none, Direction::Down), None);
    }

    #[test]
    fn creating() {
        let (absent, goal) = (Observation::default(), goal(Aim::Creates));
        assert_eq!(goal.remedy(Some(&absent), &absent), Remedy::Run);
        assert_eq!(goal.remedy(Some(&absent), &there(1, true)), Remedy::Done);
        assert_eq!(
            goal.remedy(Some(&absent), &there(1, false)),
            Remedy::DropInvalid("DROP INDEX CONCURRENTLY public.x".to_owned())
        );
        // Somebody else's: the step fails by itself and says so.
        assert_eq!(goal.remedy(Some(&there(1, true)), &there(1, true)), Remedy::Run);
        assert_eq!(goal.remedy(None, &there(1, true)), Remedy::Done);
    }

    #[test]
    fn dropping() {
        let (absent, goal) = (Observation::default(), goal(Aim::Drops));
        assert_eq!(goal.remedy(Some(&there(1, true)), &absent), Remedy::Done);
        assert_eq!(goal.remedy(Some(&there(1, true)), &there(1, false)), Remedy::Run);
        assert_eq!(goal.remedy(Some(&absent), &absent), Remedy::Run);
        assert_eq!(goal.remedy(None, &absent), Remedy::Done);
    }

    #[test]
    fn reindexing() {
        let goal = goal(Aim::Reindexes);
        assert_eq!(goal.remedy(Some(&there(1, true)), &there(1, true)), Remedy::Run);
        assert_eq!(goal.remedy(Some(&there(1, true)), &there(2, true)), Remedy::Done);
        assert_eq!(goal.remedy(None, &there(2, true)), Remedy::Run);
    }

    #[test]
    fn detaching() {
        let goal = goal(Aim::Detaches);
        let before = partition(Some(false));
        assert_eq!(goal.remedy(Some(&before), &partition(Some(false))), Remedy::Run);
        assert_eq!(
            goal.remedy(Some(&before), &partition(Some(true))),
            Remedy::Finalize("ALTER TABLE public.p DETACH PARTITION public.x FINALIZE".to_owned())
        );
        assert_eq!(goal.remedy(Some(&before), &partition(None)), Remedy::Done);
        assert_eq!(goal.remedy(Some(&partition(None)), &partition(None)), Remedy::Run);
    }
}
