//! One table of a company with a million records of five fields, on SQLite and on PostgreSQL: pages of its list, and
//! how fast records are inserted.
//!
//! What is measured is the store, as the use cases ask it: a page with its total in one snapshot, and a thousand
//! records in one transaction.

use std::sync::Arc;
use std::time::{Duration, Instant};

use atalaya_application::companies::{Companies, CompanyService};
use atalaya_application::ports::store::Store;
use atalaya_application::ports::tables::{RecordSlice, Writing};
use atalaya_domain::access::{Operator, TenantScope};
use atalaya_domain::company::{CompanyName, DEFAULT_TIME_ZONE, NewCompany};
use atalaya_domain::id::{EntityId, FieldId, RecordId};
use atalaya_domain::mandate::{Attribution, DefineTables};
use atalaya_domain::tables::{
    DisplayName, EntityName, FieldName, FieldType, NewEntity, NewField, RecordQuery, RevisionKind, Rules, Table,
    TableAccess, Values,
};
use atalaya_infrastructure::persistence::Database;
use atalaya_infrastructure::runtime::SystemClock;
use atalaya_infrastructure::security::AuditKeys;
use atalaya_test_servers::Postgres;
use chrono::{DateTime, Utc};
use secrecy::SecretSlice;
use uuid::Uuid;

use crate::Outcome;
use crate::report::{self, Bar, Figure, progress};
use crate::statistics::percentile;

mod content;

use content::{Case, Draw, FIELDS};

/// Records of one transaction.
const AT_ONCE: usize = 1_000;
/// Records of a page.
const PAGE: u32 = 20;

/// How much and how often.
struct Plan {
    records: usize,
    /// Pages of each kind.
    asked: usize,
}

impl Plan {
    const FULL: Self = Self { records: 1_000_000, asked: 40 };
    const QUICK: Self = Self { records: 20_000, asked: 5 };
}

/// What a database has to reach.
struct Bars {
    /// The 95th percentile of a page, in milliseconds.
    page: f64,
    inserted: f64,
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
    let sqlite = on(&file, &plan, &Bars { page: 100.0, inserted: 10_000.0 })?;
    drop(folder);
    progress("PostgreSQL");
    let postgres = Arc::new(Postgres::durable());
    let database = postgres.create_database();
    let postgres = on(&database.url(), &plan, &Bars { page: 50.0, inserted: 20_000.0 })?;
    Ok(sqlite && postgres)
}

fn on(url: &str, plan: &Plan, bars: &Bars) -> Outcome<bool> {
    let database = Database::open(url, 2, Vec::new())?;
    database.key_audit(AuditKeys::new(&SecretSlice::from(vec![7; 32])));
    database.setup().migrate_up()?;
    let (filled, inserted) = Filled::with(&database, plan.records)?;
    let mut figures = vec![Figure {
        name: "records inserted a second",
        unit: "",
        values: inserted,
        bar: Bar::AtLeast(bars.inserted),
    }];
    for case in content::cases(plan.records) {
        figures.extend(filled.pages(&case, plan, bars)?);
    }
    report::table(&figures)
}

impl Filled {
    /// A table with so many records, and how many a second were inserted of each tenth of them.
    fn with(database: &Arc<Database>, records: usize) -> Outcome<(Self, Vec<f64>)> {
        let at = DateTime::UNIX_EPOCH + chrono::TimeDelta::days(20_000);
        let companies = CompanyService { platform: database.platform(), clock: Arc::new(SystemClock) };
        let company = NewCompany { name: CompanyName::parse("BCP")?, time_zone: DEFAULT_TIME_ZONE };
        let company = companies.create(&Operator::at_the_machine().platform_mandate(), &company)?.id;
        let scope = Operator::at_the_machine().mandate::<DefineTables>(company).scope();
        let store = database.store();
        let table = define(store.as_ref(), &scope, at)?;
        let writing = Writing { kind: RevisionKind::Created, by: Attribution::system(), at };
        let (mut draw, mut rates, mut made) = (Draw::new(), Vec::new(), 0);
        while made < records {
            let (until, mut took) = (made + records.div_ceil(10), Duration::ZERO);
            let first = made;
            while made < until {
                let new: Vec<(RecordId, Values)> =
                    (made..made + AT_ONCE).map(|number| (id(number, &mut draw), draw.values(number))).collect();
                let begin = Instant::now();
                store.transaction(&scope, |unit| unit.records().insert(&table, &new, &writing).map(drop))?;
                took += begin.elapsed();
                made += AT_ONCE;
            }
            progress(&format!("{made} records"));
            rates.push(rate(made - first, took));
        }
        Ok((Self { store, scope, table }, rates))
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

fn define(store: &dyn Store, scope: &TenantScope, at: DateTime<Utc>) -> Outcome<Table> {
    let id = EntityId::new(Uuid::from_u128(1));
    let entity = NewEntity {
        name: EntityName::parse("campaign")?,
        display_name: DisplayName::parse("campaign")?,
        description: None,
        access: TableAccess::default(),
        requires_if_match: false,
    };
    store.transaction(scope, |unit| unit.entities().insert(id, &entity, at).map(drop))?;
    let table = || -> Outcome<Table> {
        let found = store.query(scope, |view| view.entities().find(id))?;
        Ok(found.ok_or("the table was not found")?.opened_whole())
    };
    for (number, (name, kind)) in (1..).zip(FIELDS) {
        let field = new_field(name, kind)?;
        let table = table()?;
        let id = FieldId::new(Uuid::from_u128(number));
        store.transaction(scope, |unit| unit.entities().insert_field(&table, id, &field, at).map(drop))?;
    }
    table()
}

fn new_field(name: &str, kind: FieldType) -> Outcome<NewField> {
    Ok(NewField {
        name: FieldName::parse(name)?,
        display_name: DisplayName::parse(name)?,
        kind,
        required: false,
        max_length: None,
        target: None,
        rules: Rules::default(),
    })
}

/// Ids as a clock gives them: a hundred in each millisecond.
fn id(number: usize, draw: &mut Draw) -> RecordId {
    let number = u64::try_from(number).unwrap_or(u64::MAX);
    let millisecond = u128::from(1_700_000_000_000 + number / 100) << 80;
    let within = u128::from(number % 100) << 64;
    RecordId::new(Uuid::from_u128(millisecond | (7 << 76) | within | (2 << 62) | u128::from(draw.below(1 << 60))))
}

#[expect(clippy::cast_precision_loss, reason = "records of a benchmark stay far below 2^53")]
fn rate(records: usize, took: Duration) -> f64 {
    records as f64 / took.as_secs_f64()
}
