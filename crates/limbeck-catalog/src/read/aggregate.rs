//! Aggregate functions (`pg_proc`, `pg_aggregate`).

use tokio_postgres::types::Oid;

use super::ReadError;
use super::address::{Address, class};
use super::operator_class::operator_name;
use super::reader::Reader;
use super::routine::{function_name, signature, take_function_name};
use super::rows::Fields;
use crate::{
    Aggregate, AggregateFinish, AggregateKind, AggregateTransition, Definition, FinishModify, Kind,
    MovingAggregate, ObjectId, Parallel,
};

fn sql() -> String {
    format!(
        "
SELECT p.oid, p.pronamespace, p.proname, {}, pg_get_function_arguments(p.oid),
       pg_get_function_result(p.oid), a.aggkind,
       {}, format_type(a.aggtranstype, NULL), a.aggtransspace, a.agginitval, {}, a.aggfinalextra, a.aggfinalmodify,
       {}, format_type(a.aggmtranstype, NULL), a.aggmtransspace, a.aggminitval, {}, a.aggmfinalextra,
       a.aggmfinalmodify, {}, {}, {}, {}, {},
       p.proparallel
FROM pg_proc p JOIN pg_aggregate a ON a.aggfnoid = p.oid
WHERE p.pronamespace = ANY ($1)
      AND NOT EXISTS (SELECT FROM pg_depend d
                      WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')",
        signature("p"),
        function_name("a.aggtransfn"),
        function_name("a.aggfinalfn"),
        function_name("a.aggmtransfn"),
        function_name("a.aggmfinalfn"),
        function_name("a.aggminvtransfn"),
        function_name("a.aggcombinefn"),
        function_name("a.aggserialfn"),
        function_name("a.aggdeserialfn"),
        operator_name("a.aggsortop"),
    )
}

/// Reads all aggregates but those of extensions.
pub(super) async fn read(reader: &mut Reader<'_>) -> Result<(), ReadError> {
    let mut rows = reader.rows("aggregates", &sql()).await?;
    while let Some(mut row) = rows.next().await? {
        let oid: Oid = row.take()?;
        let schema: Oid = row.take()?;
        let name: String = row.take()?;
        let Some(name) = reader.qualified_name(schema, &name) else {
            continue;
        };
        let id = ObjectId::routine(Kind::Aggregate, name.schema, name.name, row.take::<String>()?);
        let arguments = row.take()?;
        let result = row.take()?;
        let kind = match row.take_char()? {
            'o' => AggregateKind::OrderedSet,
            'h' => AggregateKind::HypotheticalSet,
            _ => AggregateKind::Plain,
        };
        let transition =
            transition(&mut row)?.ok_or_else(|| ReadError::inconsistent(&id, "its transition function"))?;
        let moving = self::transition(&mut row)?;
        let moving = moving
            .zip(take_function_name(&mut row)?)
            .map(|(transition, inverse)| MovingAggregate { transition, inverse });
        let aggregate = Aggregate {
            arguments,
            result,
            kind,
            transition,
            moving,
            combine: take_function_name(&mut row)?,
            serialize: take_function_name(&mut row)?,
            deserialize: take_function_name(&mut row)?,
            sort_operator: row.take()?,
            parallel: match row.take_char()? {
                's' => Parallel::Safe,
                'r' => Parallel::Restricted,
                _ => Parallel::Unsafe,
            },
        };
        let address = Address::whole(class::PROC, oid);
        reader.insert_in_schema(address, schema, &id, Definition::Aggregate(aggregate));
    }
    Ok(())
}

/// One way to gather rows, where the aggregate has it.
fn transition(row: &mut Fields) -> Result<Option<AggregateTransition>, ReadError> {
    let function = take_function_name(row)?;
    let state: Option<String> = row.take()?;
    let space = row.take()?;
    let initial = row.take()?;
    let finish = take_function_name(row)?;
    let extra = row.take()?;
    let modify = match row.take_char()? {
        's' => FinishModify::Shareable,
        'w' => FinishModify::ReadWrite,
        _ => FinishModify::ReadOnly,
    };
    Ok(function.map(|function| AggregateTransition {
        function,
        state: state.unwrap_or_default(),
        space,
        initial,
        finish: finish.map(|function| AggregateFinish {
            function,
            extra,
            modify,
        }),
    }))
}
