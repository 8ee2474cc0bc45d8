//! A scratch server, databases on it, and short ways to look at what was read.

#![allow(dead_code, reason = "each test binary uses a part")]

use limbeck_catalog::{Catalog, Definition, ObjectId, ReadOptions};
use limbeck_postgres::{Session, SessionOptions, connect};
use limbeck_server::Scratch;

/// A session of the superuser in a fresh database.
pub(crate) async fn empty_database(scratch: &Scratch) -> Session {
    let database = scratch.create_database().await.unwrap();
    connect(
        database.settings(),
        &SessionOptions::running("limbeck tests", "public"),
    )
    .await
    .unwrap()
}

/// A session of the superuser in a fresh database in which `sql` was run.
pub(crate) async fn database(scratch: &Scratch, sql: &str) -> Session {
    let session = empty_database(scratch).await;
    if let Err(error) = session.execute(sql).await {
        panic!("{error:?}\n{sql}");
    }
    session
}

/// Everything in the database of a session.
pub(crate) async fn read(session: &Session) -> Catalog {
    limbeck_catalog::read(session.client(), &ReadOptions::default())
        .await
        .unwrap()
}

/// What a fresh database holds after `sql`.
pub(crate) async fn catalog(sql: &str) -> Catalog {
    let scratch = limbeck_server::testing::scratch().await;
    let session = database(&scratch, sql).await;
    read(&session).await
}

pub(crate) fn id(text: &str) -> ObjectId {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// The definition of the object with this identity.
pub(crate) fn definition<'a>(catalog: &'a Catalog, object: &str) -> &'a Definition {
    catalog.definition(&id(object)).unwrap_or_else(|| {
        let ids: Vec<String> = catalog.objects.keys().map(ToString::to_string).collect();
        panic!("no {object} among {ids:#?}")
    })
}

pub(crate) fn comment<'a>(catalog: &'a Catalog, object: &str) -> Option<&'a str> {
    catalog.objects[&id(object)].comment.as_deref()
}

/// The identities of all objects but `public` and `plpgsql`, as text.
pub(crate) fn objects(catalog: &Catalog) -> Vec<String> {
    catalog
        .objects
        .keys()
        .map(ToString::to_string)
        .filter(|text| text != "schema public" && text != "extension plpgsql")
        .collect()
}

/// What an object needs, as text.
pub(crate) fn needs(catalog: &Catalog, object: &str) -> Vec<String> {
    catalog
        .referenced_by(&id(object))
        .map(ToString::to_string)
        .collect()
}

/// What was not read: `kind: name`.
pub(crate) fn unread(catalog: &Catalog) -> Vec<String> {
    catalog
        .unread
        .iter()
        .map(|unread| format!("{}: {}", unread.kind, unread.name))
        .collect()
}
