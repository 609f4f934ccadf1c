//! One table of a company with a million records of five fields, on SQLite and on PostgreSQL: how fast files fill it,
//! and pages of its list.
//!
//! Files are imported over HTTP by the server, one after the other. Pages are asked of the store, as the use cases ask
//! it: a page with its total in one snapshot.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Instant;

use atalaya_application::ports::store::Store;
use atalaya_application::ports::tables::RecordSlice;
use atalaya_domain::access::{Operator, TenantScope};
use atalaya_domain::id::{CompanyId, EntityId};
use atalaya_domain::mandate::DefineTables;
use atalaya_domain::tables::{RecordQuery, Table};
use atalaya_infrastructure::persistence::Database;
use atalaya_test_servers::Postgres;
use serde_json::json;
use uuid::Uuid;

use crate::Outcome;
use crate::client::Client;
use crate::report::{self, Bar, Figure, progress};
use crate::server::{Installation, log_in, number, text};
use crate::statistics::{median, percentile};

mod content;

use content::{Case, Draw, FIELDS, HEADER, STATES};

/// Whose table it is, and somebody of another bank.
const ADMINISTRATOR: &str = "admin_interbank";
const STRANGER: &str = "admin_bcp";
/// Files that fill the table: of a million records, each has nearly 16 MiB.
const FILES: usize = 4;
/// Memory that an import may take besides, in MiB.
const MEMORY: f64 = 64.0;
/// What autovacuum does to the table some moments after an import.
const VACUUM: &str = "VACUUM (ANALYZE) records, record_values, record_counts";
/// How much longer a page may take beside the entity types of another bank.
const BESIDE_OTHERS: f64 = 1.2;
/// Records of a page.
const PAGE: u32 = 20;

/// How much and how often.
struct Plan {
    records: usize,
    /// Pages of each kind.
    asked: usize,
    /// Entity types of another bank.
    others: usize,
}

impl Plan {
    const FULL: Self = Self { records: 1_000_000, asked: 20, others: 500 };
    const QUICK: Self = Self { records: 20_000, asked: 5, others: 10 };
}

/// What a database has to reach.
struct Bars {
    /// The 95th percentile of a page, in milliseconds.
    page: f64,
    imported: f64,
}

/// A table with records.
struct Filled {
    store: Arc<dyn Store>,
    scope: TenantScope,
    table: Table,
}

/// Takes every figure on both databases, prints them, and says whether all bars are reached.
pub(crate) fn measure(quick: bool) -> Outcome<bool> {
    let plan = if quick { Plan::QUICK } else { Plan::FULL };
    let folder = tempfile::tempdir()?;
    let file = format!("sqlite://{}", folder.path().join("tables.db").display());
    progress("SQLite");
    let sqlite = on(&file, &plan, &Bars { page: 100.0, imported: 10_000.0 }, || ())?;
    drop(folder);
    progress("PostgreSQL");
    let postgres = Arc::new(Postgres::durable());
    let database = postgres.create_database();
    let bars = Bars { page: 50.0, imported: 20_000.0 };
    let postgres = on(&database.url(), &plan, &bars, || database.execute(VACUUM))?;
    Ok(sqlite && postgres)
}

fn on(url: &str, plan: &Plan, bars: &Bars, sweep: impl Fn()) -> Outcome<bool> {
    let installation = Installation::find()?.on(url.to_owned());
    let (filled, mut figures) = Filled::with(&installation, plan, bars)?;
    sweep();
    for case in content::cases(plan.records) {
        figures.extend(filled.pages(&case, plan, bars)?);
    }
    let alone = filled.usual_pages(plan)?;
    define_others(&installation, plan.others)?;
    figures.push(Figure {
        name: "a page beside another bank's entity types, against before",
        unit: "",
        values: vec![median(&filled.usual_pages(plan)?) / median(&alone)],
        bar: Bar::AtMost(BESIDE_OTHERS),
    });
    report::table(&figures)
}

/// Defines entity types of another bank.
fn define_others(installation: &Installation, number: usize) -> Outcome<()> {
    progress(&format!("{number} entity types of another bank"));
    let (server, _) = installation.start()?;
    let client = Client::with_token(server.address(), &log_in(&server, STRANGER)?);
    (0..number).try_for_each(|number| define(&client, &format!("table_{number}")).map(drop))
}

impl Filled {
    /// A table that files were imported into: how many records a second of each file, and the memory that the largest
    /// one took.
    fn with(installation: &Installation, plan: &Plan, bars: &Bars) -> Outcome<(Self, Vec<Figure>)> {
        let (server, _) = installation.start()?;
        let client = Client::with_token(server.address(), &log_in(&server, ADMINISTRATOR)?);
        let entity = define(&client, "campaign")?;
        let (mut draw, mut rates, mut taken) = (Draw::new(), Vec::new(), Vec::new());
        let of_a_file = plan.records.div_ceil(FILES);
        for file in 0..FILES {
            let first = file * of_a_file;
            let mut rows = HEADER.to_owned();
            for number in first..first + of_a_file {
                writeln!(rows, "{}", draw.line(number))?;
            }
            server.forget_most_resident()?;
            let resident = server.resident()?;
            let begin = Instant::now();
            client.upload(&format!("/api/entities/{entity}/records:import"), &rows)?;
            rates.push(rate(of_a_file, begin.elapsed().as_secs_f64()));
            taken.push(mebibytes(server.most_resident()?.saturating_sub(resident)));
            progress(&format!("{} records", first + of_a_file));
        }
        let company = number(&serde_json::from_str(&client.read("/auth/me")?)?, "/empresa_id")?;
        drop(server);
        let scope = Operator::at_the_machine().mandate::<DefineTables>(CompanyId::new(i64::try_from(company)?)).scope();
        let store = Database::open(installation.database(), 2, Vec::new())?.store();
        let found = store.query(&scope, |view| view.entities().find(EntityId::new(entity)))?;
        let table = found.ok_or("the table was not found")?.opened_whole();
        let figure = |name, unit, values, bar| Figure { name, unit, values, bar };
        let figures = vec![
            figure("records imported a second", "", rates, Bar::AtLeast(bars.imported)),
            figure("memory that an import took", "MiB", taken, Bar::AtMost(MEMORY)),
        ];
        Ok((Self { store, scope, table }, figures))
    }

    /// How long pages of the table in its usual order take, in milliseconds.
    fn usual_pages(&self, plan: &Plan) -> Outcome<Vec<f64>> {
        let page = |_| {
            let begin = Instant::now();
            self.page(&RecordQuery::everything(), 0)?;
            Ok(begin.elapsed().as_secs_f64() * 1e3)
        };
        (0..plan.asked).map(page).collect()
    }

    /// Pages of one kind, each for another value: the median and the 95th percentile of the time that they take.
    fn pages(&self, case: &Case, plan: &Plan, bars: &Bars) -> Outcome<[Figure; 2]> {
        let mut draw = Draw::new();
        let mut took = Vec::new();
        // The first two only warm up.
        for turn in 0..plan.asked + 2 {
            let query = (case.query)(&mut draw);
            let begin = Instant::now();
            self.page(&query, case.offset)?;
            if turn >= 2 {
                took.push(begin.elapsed());
            }
        }
        let p95 = percentile(&mut took, 95);
        progress(&format!("{}: {p95:.1} ms", case.name));
        let values = took.iter().map(|took| took.as_secs_f64() * 1e3).collect();
        Ok([
            Figure { name: case.name, unit: "ms", values, bar: Bar::None },
            Figure { name: "  p95", unit: "ms", values: vec![p95], bar: Bar::AtMost(bars.page) },
        ])
    }

    fn page(&self, query: &RecordQuery, offset: u64) -> Outcome<()> {
        let slice = RecordSlice { offset, limit: PAGE };
        self.store.query_apart(&self.scope, |view| {
            view.records().count(&self.table, query)?;
            view.records().list(&self.table, query, &slice).map(drop)
        })?;
        Ok(())
    }
}

/// Defines a table and gives its id.
fn define(client: &Client, name: &str) -> Outcome<Uuid> {
    let entity = client.create("/api/metadata/entities", &json!({ "name": name, "display_name": name }))?;
    let id = text(&entity, "/id")?;
    for (name, kind) in FIELDS {
        let field = match kind {
            "CHOICE" => json!({ "name": name, "display_name": name, "field_type": kind, "choices": STATES }),
            _ => json!({ "name": name, "display_name": name, "field_type": kind }),
        };
        client.create(&format!("/api/metadata/entities/{id}/fields"), &field)?;
    }
    Ok(id.parse()?)
}

#[expect(clippy::cast_precision_loss, reason = "records of a benchmark stay far below 2^53")]
fn rate(records: usize, seconds: f64) -> f64 {
    records as f64 / seconds
}

#[expect(clippy::cast_precision_loss, reason = "memory of a process stays far below 2^53 bytes")]
fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}
