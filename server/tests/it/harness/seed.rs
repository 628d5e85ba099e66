//! A generated book of one household: accounts, a tree of categories, transactions, transfers, splits, plans, recurring
//! entries and the log of all that, written beneath the program, many rows a statement. Shared with `end2end/load`.
//!
//! The same numbers give the same book, but for its ids. A smaller book has the newest days of a larger one of the same
//! density. The kept sums of the accounts are left behind, as by an older program: the first change counts them.

use sqlx::{AssertSqlSafe, Connection, Executor, Row};
use sqlx_postgres::PgConnection;
use sqlx_sqlite::{SqliteConnectOptions, SqliteConnection};
use uuid::Uuid;

/// Transactions of a day: 100,000 in ten years.
const A_DAY: usize = 27;
/// Rows of one statement.
const ROWS: usize = 500;
/// Each of this many transactions of the older half belongs to one category, for merging it.
const IN_ONE: usize = 6;
const HOUR_MS: i64 = 3_600_000;

const NOTES: [&str; 16] = [
    "",
    "",
    "bread and milk",
    "хлеб и молоко",
    "lunch with Olga",
    "обед",
    "tickets #trip",
    "билеты #отпуск",
    "",
    "petrol",
    "бензин",
    "rent",
    "аренда",
    "pharmacy",
    "birthday present #gifts",
    "школа",
];

enum Store {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Store {
    async fn open(url: &str) -> sqlx::Result<Self> {
        if url.starts_with("sqlite:") {
            let options: SqliteConnectOptions = url.parse()?;
            Ok(Self::Sqlite(SqliteConnection::connect_with(&options).await?))
        } else {
            Ok(Self::Postgres(PgConnection::connect(url).await?))
        }
    }

    async fn run(&mut self, sql: String) -> sqlx::Result<()> {
        match self {
            Self::Sqlite(connection) => connection.execute(AssertSqlSafe(sql)).await.map(drop),
            Self::Postgres(connection) => connection.execute(AssertSqlSafe(sql)).await.map(drop),
        }
    }

    async fn id(&mut self, sql: String) -> sqlx::Result<Uuid> {
        match self {
            Self::Sqlite(connection) => connection.fetch_one(AssertSqlSafe(sql)).await?.try_get(0),
            Self::Postgres(connection) => connection.fetch_one(AssertSqlSafe(sql)).await?.try_get(0),
        }
    }

    /// An id as a literal.
    fn literal(&self, id: Uuid) -> String {
        match self {
            Self::Sqlite(_) => format!("x'{}'", id.simple()),
            Self::Postgres(_) => format!("'{id}'"),
        }
    }

    const fn truth(&self, value: bool) -> &'static str {
        match (self, value) {
            (Self::Sqlite(_), false) => "0",
            (Self::Sqlite(_), true) => "1",
            (Self::Postgres(_), false) => "false",
            (Self::Postgres(_), true) => "true",
        }
    }

    async fn close(self) -> sqlx::Result<()> {
        match self {
            Self::Sqlite(connection) => connection.close().await,
            Self::Postgres(connection) => connection.close().await,
        }
    }
}

/// Rows that wait to be written with one statement.
struct Rows {
    into: &'static str,
    values: Vec<String>,
}

impl Rows {
    const fn of(into: &'static str) -> Self {
        Self { into, values: Vec::new() }
    }

    async fn push(&mut self, store: &mut Store, row: String) -> sqlx::Result<()> {
        self.values.push(row);
        if self.values.len() == ROWS { self.write(store).await } else { Ok(()) }
    }

    async fn write(&mut self, store: &mut Store) -> sqlx::Result<()> {
        if self.values.is_empty() {
            return Ok(());
        }
        let sql = format!("insert into {} values {}", self.into, self.values.join(", "));
        self.values.clear();
        store.run(sql).await
    }
}

/// A small generator (xorshift), so that the book is the same each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(end).unwrap_or(1)).unwrap_or(0)
    }
}

/// A day as ISO text, from the number of days since 1970 (Howard Hinnant's algorithm).
pub fn iso_day(days: i64) -> String {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let (day, month) = (doy - (153 * mp + 2) / 5 + 1, if mp < 10 { mp + 3 } else { mp - 9 });
    let year = yoe + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

/// What was written, for measuring it.
pub struct Seeded {
    /// The account with most transactions.
    pub center: Uuid,
    /// A category with transactions in every month.
    pub article: Uuid,
    /// A category with a sixth of the older half of the transactions, and none of the newer.
    pub bulk: Uuid,
}

/// A household that is being written.
struct Writer {
    store: Store,
    household: Uuid,
    member: Uuid,
    seq: i64,
    chance: Chance,
    facts: Rows,
    log: Rows,
}

/// A transaction that is written.
struct Fact {
    id: Uuid,
    amount: i64,
    article: Uuid,
    center: Uuid,
    group: Option<(Uuid, &'static str)>,
    deleted: bool,
}

impl Writer {
    /// Writes the rows of one change, and the change.
    async fn change(&mut self, day: i64, rows: &[Fact]) -> sqlx::Result<()> {
        self.seq += 1;
        let (date, at) = (iso_day(day), day * 24 * HOUR_MS + 9 * HOUR_MS);
        let note = NOTES[self.chance.below(NOTES.len())];
        let (household, member) = (self.store.literal(self.household), self.store.literal(self.member));
        let mut entries = Vec::new();
        for row in rows {
            let Fact { id, amount, article, center, group, deleted } = row;
            let literal = |id: Uuid| self.store.literal(id);
            let (group_id, kind) = group.map_or_else(
                || ("null".to_owned(), "null".to_owned()),
                |(id, kind)| (literal(id), format!("'{kind}'")),
            );
            let gone = if *deleted { at.to_string() } else { "null".to_owned() };
            let value = format!(
                "({household}, {}, {amount}, {}, {}, '{date}', '{note}', '{}', {group_id}, {kind}, 1, {}, {member}, \
                 {member}, {at}, {at}, {gone})",
                literal(*id),
                literal(*article),
                literal(*center),
                note.to_lowercase(),
                self.seq
            );
            self.facts.push(&mut self.store, value).await?;
            let group = group.map_or_else(String::new, |(id, kind)| {
                format!("\"group\":{{\"id\":\"{id}\",\"kind\":\"{kind}\"}},")
            });
            entries.push(format!(
                "{{\"event\":\"budget_fact_created\",\"data\":{{\"id\":\"{id}\",\"amount\":\"{}{}.{:02}\",\
                 \"article_id\":\"{article}\",\"financial_center_id\":\"{center}\",\"date\":\"{date}\",\"comment\":\"{note}\",\
                 {group}\"version\":1,\"created_seq\":{},\"created_by\":\"{}\",\"updated_by\":\"{}\",\
                 \"created_at\":\"{date}T09:00:00.000Z\",\"updated_at\":\"{date}T09:00:00.000Z\"}}}}",
                if *amount < 0 { "-" } else { "" },
                amount.abs() / 100,
                amount.abs() % 100,
                self.seq,
                self.member,
                self.member
            ));
        }
        let value = format!("({household}, {}, {at}, {member}, '[{}]')", self.seq, entries.join(","));
        self.log.push(&mut self.store, value).await
    }
}

/// Writes the book of a household that was just founded, with so many transactions up to a day (days since 1970).
///
/// # Errors
/// If the store returns an error.
pub async fn seed(url: &str, household: Uuid, today: i64, count: usize) -> sqlx::Result<Seeded> {
    let mut store = Store::open(url).await?;
    store.run("begin".into()).await?;
    let here = store.literal(household);
    let member = store.id(format!("select id from members where household_id = {here}")).await?;
    let transfers = format!("select id from articles where household_id = {here} and kind = 'transfer'");
    let transfers = store.id(transfers).await?;
    let (no, yes) = (store.truth(false), store.truth(true));
    let mut centers = Vec::new();
    for n in 0..6 {
        let id = Uuid::now_v7();
        let currency = if n == 5 { "USD" } else { "EUR" };
        let sql = format!(
            "insert into financial_centers (household_id, id, name, folded, currency, opening_balance, archived, version, \
             created_at, updated_at, position) values ({here}, {}, 'Account {n}', 'account {n}', '{currency}', 100000, {no}, 1, 0, 0, {n})",
            store.literal(id)
        );
        store.run(sql).await?;
        centers.push(id);
    }
    let mut articles = Vec::new();
    for n in 0..48_usize {
        let id = Uuid::now_v7();
        // Eight at the top; the others stand below them.
        let parent =
            articles.get(n % 8).filter(|_| n >= 8).map_or("null".to_owned(), |id| store.literal(*id));
        let sql = format!(
            "insert into articles (household_id, id, name, folded, kind, parent_id, archived, version, created_at, updated_at) \
             values ({here}, {}, 'Category {n}', 'category {n}', '{}', {parent}, {no}, 1, 0, 0)",
            store.literal(id),
            if n % 8 == 7 { "income" } else { "expense" },
        );
        store.run(sql).await?;
        articles.push(id);
    }
    let bulk = articles[40];
    let usual: Vec<Uuid> = articles[8..40].to_vec();
    let mut writer = Writer {
        store,
        household,
        member,
        seq: 1,
        chance: Chance(0x9e37_79b9_7f4a_7c15),
        facts: Rows::of(
            "facts (household_id, id, amount, article_id, financial_center_id, date, comment, folded, group_id, group_kind, \
             version, created_seq, created_by, updated_by, created_at, updated_at, deleted_at)",
        ),
        log: Rows::of("change_log (household_id, seq, at, member_id, changes)"),
    };
    let mut written = 0;
    while written < count {
        let left = count - written;
        let day = today - i64::try_from((left - 1) / A_DAY).unwrap_or(0);
        let old = written * 2 < count;
        let center = centers[if writer.chance.below(2) == 0 { 0 } else { writer.chance.below(5) }];
        let amount = -i64::try_from(1 + writer.chance.below(9_999)).unwrap_or(1);
        let row = |amount, article, center, group| Fact {
            id: Uuid::now_v7(),
            amount,
            article,
            center,
            group,
            deleted: false,
        };
        let rows = match writer.chance.below(60) {
            0 if left >= 2 => {
                let group = Some((Uuid::now_v7(), "transfer"));
                vec![row(amount, transfers, centers[0], group), row(-amount, transfers, centers[1], group)]
            }
            1 if left >= 3 => {
                let group = Some((Uuid::now_v7(), "split"));
                let part = |chance: &mut Chance| usual[chance.below(usual.len())];
                let mut part = || row(amount, part(&mut writer.chance), center, group);
                vec![part(), part(), part()]
            }
            2 => vec![Fact { deleted: true, ..row(amount, usual[0], center, None) }],
            n => {
                let article =
                    if old && n % IN_ONE == 0 { bulk } else { usual[writer.chance.below(usual.len())] };
                vec![row(amount, article, center, None)]
            }
        };
        written += rows.len();
        writer.change(day, &rows).await?;
    }
    let Writer { mut store, mut facts, mut log, seq, .. } = writer;
    facts.write(&mut store).await?;
    log.write(&mut store).await?;
    let first = today - i64::try_from(count / A_DAY).unwrap_or(0);
    let by = store.literal(member);
    let mut plans =
        Rows::of("plans (household_id, article_id, month, amount, version, updated_by, updated_at)");
    let mut months: Vec<String> = (first..=today).map(|day| iso_day(day)[..7].to_owned()).collect();
    months.dedup();
    for month in months {
        for article in &usual {
            let article = store.literal(*article);
            plans.push(&mut store, format!("({here}, {article}, '{month}', 20000, 1, {by}, 0)")).await?;
        }
    }
    plans.write(&mut store).await?;
    let mut occurrences =
        Rows::of("occurrences (household_id, recurring_id, day, outcome, settled_by, settled_at)");
    for (n, article) in usual.iter().take(20).enumerate() {
        let id = store.literal(Uuid::now_v7());
        let (article, center) = (store.literal(*article), store.literal(centers[0]));
        let open = iso_day(today + 1);
        let sql = format!(
            "insert into recurring (household_id, id, target, amount, article_id, financial_center_id, comment, starts_on, \
             every_units, unit, from_month_end, automatic, open_from, next_on, version, created_by, updated_by, created_at, \
             updated_at) values ({here}, {id}, 'fact', -5000, {article}, {center}, 'subscription', '{}', 1, 'week', {no}, \
             {}, '{open}', '{open}', 1, {by}, {by}, 0, 0)",
            iso_day(first),
            if n % 2 == 0 { yes } else { no },
        );
        store.run(sql).await?;
        for day in (first..=today).step_by(7) {
            let row = format!("({here}, {id}, '{}', 'skipped', {by}, 0)", iso_day(day));
            occurrences.push(&mut store, row).await?;
        }
    }
    occurrences.write(&mut store).await?;
    store.run(format!("update households set seq = {seq} where id = {here}")).await?;
    store.run("commit".into()).await?;
    if matches!(store, Store::Postgres(_)) {
        // As the server does it by itself, a little later.
        store.run("vacuum analyze".into()).await?;
    }
    store.close().await?;
    Ok(Seeded { center: centers[0], article: usual[0], bulk })
}
