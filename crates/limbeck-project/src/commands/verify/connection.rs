//! What a connection came to: how safe it is, where it leads, and what its role may do there.

use std::time::Instant;

use limbeck_postgres::{
    Authentication, AuthenticationMethod, ChannelBinding, NeonHost, Pooling, RootCertificate, ServerIdentity,
    Session, Settings, TlsInfo,
};
use serde::Serialize;

use crate::{Error, error};

/// What the connection to the database came to.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct ConnectionReport {
    /// The host that answered: its name or address, or the folder of its socket.
    pub host: String,
    /// Whether that is this machine: a unix socket, or a loopback address.
    pub is_local: bool,
    /// What is between here and the server, and what that was learnt by.
    pub pooling: Pooling,
    /// TLS; `None` in clear.
    pub tls: Option<TlsInfo>,
    /// The roots that the server's certificate was checked against: `system`, or a file. `None` where it was not.
    pub root: Option<String>,
    /// How the role was let in, and whether the proof of its password was bound to the TLS connection.
    pub authentication: Authentication,
    /// Why the proof was not bound; `None` where it was.
    pub unbound: Option<Unbound>,
    /// How long an empty query takes to go and come back, in seconds: the median of several.
    pub round_trip: f64,
    /// The server is a standby: nothing can be written there.
    pub standby: bool,
    /// Transactions may write, as far as settings go.
    pub read_write: bool,
    /// The role and its rights.
    pub role: RoleReport,
    /// Settings of the role and of the database that could change what a run does.
    pub settings: Vec<SettingReport>,
    /// Event triggers that fire: they see, and may refuse, what a run does.
    pub event_triggers: Vec<String>,
    /// Neon, when it is Neon.
    pub neon: Option<NeonReport>,
}

/// Why the proof of a password was not bound to the TLS connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unbound {
    /// There is no TLS to bind to.
    NoTls,
    /// `channel_binding=disable`.
    Disabled,
    /// The server asked for no proof by SCRAM.
    NoScram,
    /// The signature of the server's certificate defines no binding.
    Certificate,
    /// The server did not offer it.
    NotOffered,
}

/// A role and its rights.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct RoleReport {
    /// Its name.
    pub name: String,
    /// It is a superuser.
    pub superuser: bool,
    /// It may make roles.
    pub create_role: bool,
    /// It may make databases, and with them scratch databases.
    pub create_database: bool,
    /// Policies of row security do not hold for it.
    pub bypass_row_security: bool,
    /// It may make schemas in the database.
    pub create_schema: bool,
    /// The configured schemas in which it may create.
    pub creates_in: Vec<String>,
    /// It owns the schema of Limbeck's own tables; `None` where that is not there yet.
    pub owns_version_schema: Option<bool>,
    /// It may end other sessions of its own, as taking over from a dead runner needs.
    pub ends_own_sessions: bool,
    /// It may end those of other roles (`pg_signal_backend`).
    pub ends_other_sessions: bool,
    /// It sees what other roles' sessions run (`pg_read_all_stats`).
    pub sees_other_sessions: bool,
}

/// A setting that is stored with a role or a database.
#[derive(Debug, Clone, Serialize)]
pub struct SettingReport {
    /// `role`, `database`, or `role in database`.
    pub of: String,
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// What is known of a database at Neon.
#[derive(Debug, Clone, Serialize)]
pub struct NeonReport {
    /// What its host's name tells.
    #[serde(flatten)]
    pub host: NeonHost,
    /// The `neon.` settings of the server, where it shows them.
    pub settings: Vec<(String, String)>,
}

/// How many round trips are measured.
const ROUND_TRIPS: usize = 5;

/// Settings of a role or a database that could change what a run does, or how long it may take.
const SETTINGS: [&str; 14] = [
    "statement_timeout",
    "lock_timeout",
    "transaction_timeout",
    "idle_in_transaction_session_timeout",
    "idle_session_timeout",
    "search_path",
    "role",
    "default_transaction_read_only",
    "default_transaction_isolation",
    "default_tablespace",
    "default_table_access_method",
    "event_triggers",
    "row_security",
    "session_replication_role",
];

/// Settings of Neon's own, none of them a secret.
const OF_NEON: [&str; 3] = ["neon.project_id", "neon.branch_id", "neon.endpoint_id"];

/// Looks at a session. `given` is what the user wrote; the session may lead past its pooler.
pub(super) async fn look(
    given: &Settings,
    session: &Session,
    version_schema: &str,
    schemas: &[String],
) -> Result<ConnectionReport, Error> {
    let facts = facts(session, version_schema, schemas).await?;
    let settings = stored_settings(session).await?;
    let event_triggers = event_triggers(session).await?;
    let neon = match given.neon() {
        Some(host) => Some(NeonReport {
            host,
            settings: neon_settings(session).await,
        }),
        None => None,
    };
    let tls = session.tls().cloned();
    let root = tls
        .as_ref()
        .filter(|tls| tls.identity != ServerIdentity::Unchecked);
    Ok(ConnectionReport {
        host: given.host().into_owned(),
        is_local: given.is_local(),
        pooling: session.pooling(),
        root: root.map(|_| match given.root_certificate() {
            Some(RootCertificate::File(file)) => file.display().to_string(),
            Some(RootCertificate::System) | None => "system".to_owned(),
        }),
        authentication: session.authentication(),
        unbound: unbound(given, session),
        round_trip: round_trip(session).await?,
        tls,
        standby: facts.standby,
        read_write: facts.read_write,
        role: facts.role,
        settings,
        event_triggers,
        neon,
    })
}

fn unbound(given: &Settings, session: &Session) -> Option<Unbound> {
    let Authentication { method, bound } = session.authentication();
    if bound {
        return None;
    }
    Some(match session.tls() {
        None => Unbound::NoTls,
        Some(_) if method != AuthenticationMethod::ScramSha256 => Unbound::NoScram,
        Some(_) if given.channel_binding() == ChannelBinding::Disable => Unbound::Disabled,
        Some(tls) if !tls.can_bind => Unbound::Certificate,
        Some(_) => Unbound::NotOffered,
    })
}

/// The median, in seconds.
async fn round_trip(session: &Session) -> Result<f64, Error> {
    let mut taken = Vec::with_capacity(ROUND_TRIPS);
    for _ in 0..ROUND_TRIPS {
        let begun = Instant::now();
        session.execute("").await.map_err(error::from_database)?;
        taken.push(begun.elapsed().as_secs_f64());
    }
    taken.sort_by(f64::total_cmp);
    Ok(taken.get(ROUND_TRIPS / 2).copied().unwrap_or_default())
}

struct Facts {
    standby: bool,
    read_write: bool,
    role: RoleReport,
}

async fn facts(session: &Session, version_schema: &str, schemas: &[String]) -> Result<Facts, Error> {
    let list: Vec<String> = schemas
        .iter()
        .map(|schema| limbeck_sql::quote_literal(schema))
        .collect();
    let sql = format!(
        "SELECT r.rolname, r.rolsuper, r.rolcreaterole, r.rolcreatedb, r.rolbypassrls, \
             pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE'), \
             (SELECT pg_catalog.pg_has_role(nspowner, 'USAGE') FROM pg_catalog.pg_namespace WHERE nspname = {}), \
             pg_catalog.has_function_privilege('pg_catalog.pg_terminate_backend(integer, bigint)', 'EXECUTE'), \
             pg_catalog.pg_has_role('pg_signal_backend', 'USAGE'), pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE'), \
             pg_catalog.pg_is_in_recovery(), pg_catalog.current_setting('transaction_read_only')::boolean \
         FROM pg_catalog.pg_roles r WHERE r.rolname = CURRENT_USER",
        limbeck_sql::quote_literal(version_schema)
    );
    let creatable = format!(
        "SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname::text = ANY (ARRAY[{}]::text[]) \
             AND pg_catalog.has_schema_privilege(oid, 'CREATE') ORDER BY 1",
        list.join(", ")
    );
    let rows = session.query_text(&sql).await.map_err(error::from_database)?;
    let creates_in = session
        .query_text(&creatable)
        .await
        .map_err(error::from_database)?;
    let row = rows.into_iter().next().unwrap_or_default();
    let text = |n: usize| row.get(n).cloned().flatten();
    let is = |n: usize| text(n).as_deref() == Some("t");
    let standby = is(10);
    Ok(Facts {
        standby,
        read_write: !standby && !is(11),
        role: RoleReport {
            name: text(0).unwrap_or_default(),
            superuser: is(1),
            create_role: is(2),
            create_database: is(3),
            bypass_row_security: is(4),
            create_schema: is(5),
            creates_in: creates_in.into_iter().flatten().flatten().collect(),
            owns_version_schema: text(6).map(|owns| owns == "t"),
            ends_own_sessions: is(7),
            ends_other_sessions: is(8),
            sees_other_sessions: is(9),
        },
    })
}

async fn stored_settings(session: &Session) -> Result<Vec<SettingReport>, Error> {
    let names: Vec<String> = SETTINGS
        .iter()
        .map(|name| limbeck_sql::quote_literal(name))
        .collect();
    let sql = format!(
        "SELECT CASE WHEN s.setrole = 0 THEN 'database' WHEN s.setdatabase = 0 THEN 'role' ELSE 'role in database' END, \
             pg_catalog.split_part(c, '=', 1), pg_catalog.substr(c, pg_catalog.strpos(c, '=') + 1) \
         FROM pg_catalog.pg_db_role_setting s, pg_catalog.unnest(s.setconfig) c \
         WHERE s.setdatabase IN (0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())) \
             AND s.setrole IN (0, (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = SESSION_USER)) \
             AND pg_catalog.split_part(c, '=', 1) IN ({}) ORDER BY 1, 2",
        names.join(", ")
    );
    let rows = session.query_text(&sql).await.map_err(error::from_database)?;
    let settings = rows.into_iter().filter_map(|row| {
        let [of, name, value] = <[_; 3]>::try_from(row).ok()?;
        Some(SettingReport {
            of: of?,
            name: name?,
            value: value?,
        })
    });
    Ok(settings.collect())
}

async fn event_triggers(session: &Session) -> Result<Vec<String>, Error> {
    let sql = "SELECT evtname FROM pg_catalog.pg_event_trigger WHERE evtenabled IN ('O', 'A') ORDER BY 1";
    let rows = session.query_text(sql).await.map_err(error::from_database)?;
    Ok(rows.into_iter().flatten().flatten().collect())
}

/// What the server shows of them; some of its versions show them to nobody.
async fn neon_settings(session: &Session) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for name in OF_NEON {
        let sql = format!("SELECT pg_catalog.current_setting('{name}', true)");
        let rows = session.query_text(&sql).await.unwrap_or_default();
        if let Some(value) = rows
            .into_iter()
            .flatten()
            .flatten()
            .next()
            .filter(|value| !value.is_empty())
        {
            found.push((name.to_owned(), value));
        }
    }
    found
}
