//! Plans carried out on a real PostgreSQL, and judged by what is read back and by `pg_dump`.

#![allow(dead_code, reason = "each test binary uses a part")]

pub(crate) mod dump;
pub(crate) mod rows;

use limbeck_catalog::{Catalog, ReadOptions};
use limbeck_plan::{
    Answer, Answers, Fill, Options, Plan, Planned, PlannedStep, Probe, Rename, Request, Requirement, Side,
    plan,
};
use limbeck_postgres::{DatabaseError, Session, SessionOptions, connect};
use limbeck_server::{Scratch, ScratchDatabase};
use limbeck_sql::StatementKind;

/// How often a plan may come back with questions.
const ROUNDS: usize = 3;

/// How many cases run side by side: `pg_dump` and the server work while another one plans.
pub(crate) const AT_A_TIME: usize = 6;

/// A scratch server.
pub(crate) struct Bench {
    scratch: Scratch,
    pub(crate) dump: Option<dump::Dump>,
    empty: tokio::sync::OnceCell<State>,
    /// Databases that hold nothing any more, with sessions whose caches are warm.
    spare: std::sync::Mutex<Vec<(ScratchDatabase, Session)>>,
}

/// A database, and what was read from it.
pub(crate) struct State {
    pub(crate) database: ScratchDatabase,
    session: Session,
    pub(crate) catalog: Catalog,
    dumped: tokio::sync::OnceCell<Vec<String>>,
}

/// What is said about the way from one state to another.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hints {
    pub(crate) renames: Vec<Rename>,
    pub(crate) fills: Vec<Fill>,
    pub(crate) options: Options,
}

impl Bench {
    pub(crate) async fn start() -> Self {
        let scratch = limbeck_server::testing::scratch().await;
        let installation = limbeck_server::testing::installation().await;
        let dump = installation.program("pg_dump").map(dump::Dump::new);
        if dump.is_none() {
            eprintln!(
                "without the second witness: no pg_dump beside {}",
                installation.bin.display()
            );
        }
        let bench = Self {
            scratch,
            dump,
            empty: tokio::sync::OnceCell::new(),
            spare: std::sync::Mutex::default(),
        };
        bench.make_tablespaces().await;
        bench
    }

    /// The tablespaces that cases may use: those of a server are no part of a schema.
    async fn make_tablespaces(&self) {
        let state = self.state("").await;
        self.execute(&state, "SET allow_in_place_tablespaces = on").await;
        for name in ["fast", "\"Slow disk\""] {
            self.execute(&state, &format!("CREATE TABLESPACE {name} LOCATION ''"))
                .await;
        }
        self.drop(state).await;
    }

    pub(crate) fn server_version_num(&self) -> u32 {
        self.scratch.server_version_num()
    }

    /// Whether the server was built with ICU: then `initdb` found its collations.
    pub(crate) async fn has_icu(&self) -> bool {
        let query = "SELECT count(*) > 1 FROM pg_collation WHERE collprovider = 'i'";
        self.query(self.empty().await, query).await == Ok("t".to_owned())
    }

    /// A database that never held anything.
    async fn empty(&self) -> &State {
        self.empty.get_or_init(|| self.state("")).await
    }

    /// A database that holds nothing, as it was read.
    pub(crate) async fn blank(&self) -> State {
        let catalog = self.empty().await.catalog.clone();
        self.state_with("", catalog).await
    }

    /// A fresh database in which `sql` was run.
    pub(crate) async fn state(&self, sql: &str) -> State {
        let state = self.state_with(sql, Catalog::default()).await;
        let mut catalog = read(&state.session).await;
        let pinned = limbeck_sql::statements(sql)
            .iter()
            .filter_map(|statement| limbeck_sql::pinned_extension(statement.text))
            .collect();
        catalog.pin(&pinned);
        State { catalog, ..state }
    }

    /// A fresh database in which `sql` was run, which makes this catalogue of it.
    pub(crate) async fn state_with(&self, sql: &str, catalog: Catalog) -> State {
        let spare = self.spare.lock().unwrap().pop();
        let (database, session) = match spare {
            Some(spare) => spare,
            None => {
                let database = self.scratch.create_database().await.unwrap();
                let session = session(&database).await;
                (database, session)
            }
        };
        if !sql.is_empty() {
            // In a session of its own: what a script sets does not stay.
            let script = self::session(&database).await;
            run(&script, &without_meta_commands(sql))
                .await
                .unwrap_or_else(|error| panic!("{error:?}\n{sql}"));
            script.close().await;
        }
        State {
            database,
            session,
            catalog,
            dumped: tokio::sync::OnceCell::new(),
        }
    }

    /// Empties a database by the plan for it, to be used again; one that is then not as good as new is dropped.
    pub(crate) async fn recycle(&self, state: State) {
        const EVERYTHING: &str = r"
            SELECT pg_describe_object(classid, objid, objsubid) FROM pg_depend WHERE objid >= 16384
            UNION ALL SELECT format('%s %s %s', oid, nspname, nspacl) FROM pg_namespace WHERE nspname !~ '^pg_(toast_)?temp_'
            UNION ALL SELECT defaclacl::text FROM pg_default_acl
            UNION ALL SELECT count(*)::text FROM pg_init_privs
            UNION ALL SELECT count(*)::text FROM pg_description
            UNION ALL SELECT count(*)::text FROM pg_seclabel
            ORDER BY 1";
        let empty = self.empty().await;
        let is_empty = match self.plan(&state, empty, &Hints::default()).await {
            Ok(plan) => plan.unsupported.is_empty() && self.apply(&state, &plan).await.is_ok(),
            Err(_) => false,
        };
        if is_empty && self.query(&state, EVERYTHING).await == self.query(empty, EVERYTHING).await {
            self.spare.lock().unwrap().push((state.database, state.session));
        } else {
            self.drop(state).await;
        }
    }

    /// A role that cannot log in, unless there is one of this name.
    pub(crate) async fn make_role(&self, name: &str) {
        self.scratch.ensure_role(name).await.unwrap();
    }

    /// The statements that a fresh database takes, one after the other.
    pub(crate) async fn what_works<'a>(&self, statements: &[&'a str]) -> Vec<&'a str> {
        let database = self.scratch.create_database().await.unwrap();
        let session = session(&database).await;
        let mut taken = Vec::new();
        for statement in statements {
            if run(&session, statement).await.is_ok() {
                taken.push(*statement);
            }
        }
        session.close().await;
        self.scratch.drop_database(database).await.unwrap();
        taken
    }

    pub(crate) async fn drop(&self, state: State) {
        state.session.close().await;
        self.scratch.drop_database(state.database).await.unwrap();
    }

    /// The plan from one state to another, its questions answered on the states' own databases.
    pub(crate) async fn plan(&self, from: &State, to: &State, hints: &Hints) -> Result<Plan, String> {
        let mut answers = Answers::new();
        for _ in 0..=ROUNDS {
            let request = Request {
                current: &from.catalog,
                wanted: &to.catalog,
                renames: &hints.renames,
                fills: &hints.fills,
                answers: &answers,
                options: hints.options,
            };
            match plan(&request).map_err(|error| error.to_string())? {
                Planned::Plan(plan) => return Ok(plan),
                Planned::Questions(probes) => {
                    assert!(!probes.is_empty());
                    for probe in probes {
                        let session = match probe.side {
                            Side::Current => &from.session,
                            Side::Wanted => &to.session,
                        };
                        let answer = answer(session, &probe).await;
                        assert!(answers.insert(probe.id, answer).is_none(), "asked twice");
                    }
                }
            }
        }
        Err("too many questions".to_owned())
    }

    /// What a step requires, and what is counted.
    async fn counts<'p>(
        &self,
        at: &State,
        step: &PlannedStep<'p>,
    ) -> Result<Vec<(&'p Requirement, String)>, String> {
        let mut counts = Vec::new();
        for requirement in step.actions.iter().flat_map(|action| &action.requires) {
            counts.push((requirement, self.query(at, &requirement.query).await?));
        }
        Ok(counts)
    }

    /// Whether a plan's requirements tell that a plan cannot be carried out, and it cannot.
    pub(crate) async fn is_refused(&self, at: &State, plan: &Plan) -> Result<(), String> {
        for step in plan.steps() {
            let counts = self.counts(at, &step).await?;
            let is_told = counts.iter().any(|(_, count)| count != "0");
            let sql = if step.transactional {
                format!("BEGIN;\n{}COMMIT;", step.sql())
            } else {
                step.sql()
            };
            match (run(&at.session, &sql).await, is_told) {
                (Ok(()), false) => {}
                (Err(_), true) => return Ok(()),
                (Ok(()), true) => return Err(format!("told, and done: {counts:?}\n{sql}")),
                (Err(error), false) => return Err(format!("not told: {error:?}\n{sql}")),
            }
        }
        Err(format!("neither told nor refused:\n{}", plan.sql()))
    }

    /// Carries a plan out.
    pub(crate) async fn apply(&self, at: &State, plan: &Plan) -> Result<(), String> {
        for step in plan.steps() {
            let counts = self.counts(at, &step).await?;
            let is_told = counts.iter().any(|(_, count)| count != "0");
            let sql = if step.transactional {
                format!("BEGIN;\n{}COMMIT;", step.sql())
            } else {
                step.sql()
            };
            run(&at.session, &sql)
                .await
                .map_err(|error| format!("{error:?}\n{sql}"))?;
            if is_told {
                return Err(format!("told, and done: {counts:?}\n{sql}"));
            }
        }
        Ok(())
    }

    /// Turns the database of `at` into `to`, and holds what is read back against it: the catalogue, the next plan,
    /// and what `pg_dump` prints. Returns the plan, and `at` as it is then.
    pub(crate) async fn go(&self, at: State, to: &State, hints: &Hints) -> Result<(Plan, State), String> {
        let (plan, reached) = self.reach(at, to, hints).await?;
        if let Some(dump) = &self.dump {
            let ours = reached.dumped.get_or_init(|| dump.print(&reached.database));
            let theirs = to.dumped.get_or_init(|| dump.print(&to.database));
            let (ours, theirs) = tokio::join!(ours, theirs);
            if ours != theirs {
                // What is printed is no fixed point: once more, from what was printed.
                let ours = self.reprinted(dump, &reached).await;
                let theirs = self.reprinted(dump, to).await;
                if ours != theirs {
                    return Err(format!(
                        "pg_dump: {}\nof\n{}",
                        dump::difference(&ours, &theirs),
                        plan.sql()
                    ));
                }
            }
        }
        Ok((plan, reached))
    }

    /// As [`Bench::go`], but without `pg_dump`.
    pub(crate) async fn reach(&self, at: State, to: &State, hints: &Hints) -> Result<(Plan, State), String> {
        let plan = self.plan(&at, to, hints).await?;
        if !plan.unsupported.is_empty() {
            return Err(format!("unsupported: {:?}", plan.unsupported));
        }
        self.apply(&at, &plan).await?;
        let reached = State {
            catalog: read(&at.session).await,
            dumped: tokio::sync::OnceCell::new(),
            ..at
        };
        let rest = self.plan(&reached, to, &Hints::default()).await?;
        if !rest.actions.is_empty() {
            return Err(format!("left over:\n{}\nof\n{}", rest.sql(), plan.sql()));
        }
        if !reached.catalog.unread.is_subset(&to.catalog.unread) {
            return Err(format!(
                "unread: {:?} and not {:?}\nof\n{}",
                reached.catalog.unread,
                to.catalog.unread,
                plan.sql()
            ));
        }
        Ok((plan, reached))
    }

    /// Turns the database of `at` into an empty one, and holds it against one that never held anything.
    pub(crate) async fn clear(&self, at: State) -> Result<State, String> {
        let empty = self.empty().await;
        let (plan, at) = self.reach(at, empty, &Hints::default()).await?;
        // Whatever users make depends on something.
        let everything = "SELECT pg_describe_object(classid, objid, objsubid) FROM pg_depend \
                          WHERE objid >= 16384 ORDER BY 1";
        let (left, none) = (
            self.query(&at, everything).await?,
            self.query(empty, everything).await?,
        );
        if left == none {
            Ok(at)
        } else {
            Err(format!("left:\n{left}\nof\n{}", plan.sql()))
        }
    }

    async fn reprinted(&self, dump: &dump::Dump, state: &State) -> Vec<String> {
        let again = self.state(&dump.raw(&state.database).await).await;
        let printed = dump.print(&again.database).await;
        self.drop(again).await;
        printed
    }

    pub(crate) async fn query(&self, at: &State, sql: &str) -> Result<String, String> {
        let rows = at
            .session
            .query_text(sql)
            .await
            .map_err(|error| format!("{error:?}\n{sql}"))?;
        let lines: Vec<String> = rows
            .into_iter()
            .map(|row| {
                let fields: Vec<String> = row
                    .into_iter()
                    .map(|field| field.unwrap_or_else(|| "∅".to_owned()))
                    .collect();
                fields.join("|")
            })
            .collect();
        Ok(lines.join("\n"))
    }

    pub(crate) async fn execute(&self, at: &State, sql: &str) {
        run(&at.session, sql)
            .await
            .unwrap_or_else(|error| panic!("{error:?}\n{sql}"));
    }
}

async fn session(database: &ScratchDatabase) -> Session {
    connect(
        database.settings(),
        &SessionOptions::running("limbeck tests", "public"),
    )
    .await
    .unwrap()
}

/// Runs a script as revisions are run: bodies of routines may name what comes later.
async fn run(session: &Session, sql: &str) -> Result<(), DatabaseError> {
    session.execute("SET check_function_bodies = off").await?;
    session.execute(sql).await?;
    session.execute("RESET check_function_bodies").await
}

async fn read(session: &Session) -> Catalog {
    let options = ReadOptions {
        undisturbed: true,
        ..ReadOptions::default()
    };
    limbeck_catalog::read(session.client(), &options).await.unwrap()
}

async fn answer(session: &Session, probe: &Probe) -> Answer {
    session.execute("BEGIN").await.unwrap();
    let mut failed = None;
    for statement in &probe.setup {
        if let Err(error) = session.execute(statement).await {
            failed = Some(error);
            break;
        }
    }
    let answer = match failed {
        Some(error) => Err(error),
        None => session.query_text(&probe.read).await,
    };
    session.execute("ROLLBACK").await.unwrap();
    match answer {
        Ok(rows) => {
            let [row] = rows.as_slice() else {
                panic!("{} rows for {probe:?}", rows.len());
            };
            Answer::Text(row[0].clone().unwrap_or_else(|| panic!("NULL for {probe:?}")))
        }
        Err(error) => Answer::Failed {
            sqlstate: error.sqlstate().unwrap_or_default().to_owned(),
            message: error.message().to_owned(),
        },
    }
}

/// The statements of a `pg_dump` file, which may hold lines for psql and what sets the session.
pub(crate) fn without_meta_commands(dump: &str) -> String {
    limbeck_sql::statements(dump)
        .iter()
        .filter(|statement| statement.kind != StatementKind::MetaCommand)
        .map(|statement| format!("{};\n", statement.text))
        .collect()
}
