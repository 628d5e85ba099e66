//! What a request costs in a book of ten years, beside one that has only the days that are shown: `load book`.

use crate::{
    people::http,
    program::Program,
    seed::{Seeded, iso_day, seed},
    stores::Postgres,
};
use anyhow::{Context, Result, ensure};
use hdrhistogram::Histogram;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use std::{
    path::PathBuf,
    time::{Duration, Instant, SystemTime},
};
use uuid::Uuid;

/// What to measure.
#[derive(clap::Args)]
pub struct Books {
    /// The program under test.
    #[arg(long, default_value = "target/release/family-budget")]
    binary: PathBuf,
    /// Transactions of the large book.
    #[arg(long, default_value_t = 100_000)]
    large: usize,
    /// Transactions of the small book, of the same density: its days are the newest of the large one.
    #[arg(long, default_value_t = 1000)]
    small: usize,
    /// Calls of each kind, in each book.
    #[arg(long, default_value_t = 100)]
    rounds: usize,
}

/// A program with one household, and somebody who is signed in.
struct Book {
    program: Program,
    client: Client,
    cookie: String,
    seeded: Seeded,
    today: i64,
    _folder: tempfile::TempDir,
}

/// The calls that are measured.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Call {
    Today,
    Snapshot,
    Summary,
    PlanMonth,
    PlanSheet,
    Balances,
    History,
    List,
    ListOfArticle,
    ListOfAccount,
    AbsentTag,
    AbsentWord,
    Amounts,
    Record,
    Revise,
    Delete,
    Transfer,
    Split,
}

const CALLS: [(Call, &str); 18] = [
    (Call::Today, "page Today"),
    (Call::Snapshot, "snapshot"),
    (Call::Summary, "summary"),
    (Call::PlanMonth, "plan, one month"),
    (Call::PlanSheet, "plan, six months"),
    (Call::Balances, "balances"),
    (Call::History, "balances of a year"),
    (Call::List, "50 of the list"),
    (Call::ListOfArticle, "50 of a category"),
    (Call::ListOfAccount, "50 of an account"),
    (Call::AbsentTag, "absent tag"),
    (Call::AbsentWord, "search for an absent word, with count and sums"),
    (Call::Amounts, "search for amounts over 50, with count and sums"),
    (Call::Record, "record"),
    (Call::Revise, "revise"),
    (Call::Delete, "delete"),
    (Call::Transfer, "transfer"),
    (Call::Split, "split of two"),
];

impl Book {
    async fn make(books: &Books, postgres: Option<&Postgres>, count: usize) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let url = match postgres {
            Some(postgres) => postgres.database().await?,
            None => format!("sqlite://{}", folder.path().join("book.db").display()),
        };
        let (client, told) = (http()?, [("DATABASE_URL", url.as_str())]);
        let program = Program::measured_with(&books.binary, &told).await?;
        let form = json!({ "name": "Anna", "email": "anna@example.org", "password": "correct horse battery", "household": "Home", "currency": "EUR" });
        let path = format!("http://{}/api/v1/auth/register", program.address);
        let answer = client.post(path).json(&form).send().await?;
        ensure!(answer.status().is_success(), "registering: {}", answer.text().await?);
        let cookie = answer.headers().get("set-cookie").context("a session")?.to_str()?;
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        let path = format!("http://{}/api/v1/household", program.address);
        let household: Value = client.get(path).header("cookie", &cookie).send().await?.json().await?;
        let household: Uuid = household["id"].as_str().context("an id")?.parse()?;
        program.stop().await?;
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
        let today = i64::try_from(now.as_secs() / 86_400)?;
        let seeded = seed(&url, household, today, count).await?;
        let program = Program::measured_with(&books.binary, &told).await?;
        let book = Self { program, client, cookie, seeded, today, _folder: folder };
        // The first change counts the balances, which the seed has left behind.
        book.call(Call::Record).await?;
        Ok(book)
    }

    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Result<(Duration, Vec<u8>)> {
        let address = &self.program.address;
        let mut request = self
            .client
            .request(method, format!("http://{address}{path}"))
            .header("cookie", &self.cookie)
            .header("origin", format!("http://{address}"));
        if let Some(body) = body {
            request = request.json(&body);
        }
        let begun = Instant::now();
        let answer = request.send().await?;
        let status = answer.status();
        let bytes = answer.bytes().await?;
        let took = begun.elapsed();
        ensure!(status.is_success(), "{path}: {status}: {}", String::from_utf8_lossy(&bytes));
        Ok((took, bytes.to_vec()))
    }

    async fn get(&self, path: &str) -> Result<Duration> {
        Ok(self.ask(Method::GET, path, None).await?.0)
    }

    async fn post(&self, path: &str, body: Value) -> Result<(Duration, String)> {
        let (took, answer) = self.ask(Method::POST, path, Some(body)).await?;
        let answer: Value = serde_json::from_slice(&answer)?;
        Ok((took, answer["id"].as_str().unwrap_or_default().to_owned()))
    }

    async fn record(&self) -> Result<(Duration, String)> {
        let (article, center) = (self.seeded.article, self.seeded.center);
        let fact = json!({ "amount": "-1.25", "article_id": article, "financial_center_id": center, "comment": "bread" });
        self.post("/api/v1/facts", fact).await
    }

    async fn grid(&self, before: i64, after: i64) -> Result<Duration> {
        let month = |days: i64| iso_day(self.today + days)[..7].to_owned();
        let asked = json!({ "from": month(-before), "to": month(after) });
        Ok(self.ask(Method::POST, "/api/ui/plan_grid", Some(asked)).await?.0)
    }

    async fn call(&self, call: Call) -> Result<Duration> {
        let (article, center) = (self.seeded.article, self.seeded.center);
        match call {
            Call::Today => self.get("/").await,
            Call::Snapshot => self.get("/api/v1/snapshot").await,
            Call::Summary => self.get("/api/v1/summary").await,
            Call::PlanMonth => self.grid(0, 0).await,
            Call::PlanSheet => self.grid(92, 61).await,
            Call::Balances => self.get("/api/v1/financial-centers").await,
            Call::History => self.get(&format!("/api/v1/financial-centers/{center}/history")).await,
            Call::List => self.get("/api/v1/facts?limit=50").await,
            Call::ListOfArticle => self.get(&format!("/api/v1/facts?limit=50&article_id={article}")).await,
            Call::ListOfAccount => {
                self.get(&format!("/api/v1/facts?limit=50&financial_center_id={center}")).await
            }
            Call::AbsentTag => self.get("/api/v1/facts?limit=50&tag=nowhere").await,
            Call::AbsentWord => self.get("/api/v1/facts?limit=50&q=nowhere").await,
            Call::Amounts => self.get("/api/v1/facts?limit=50&q=%3E50").await,
            Call::Record => Ok(self.record().await?.0),
            Call::Revise => {
                let path = format!("/api/v1/facts/{}", self.record().await?.1);
                let (took, _) = self.ask(Method::PATCH, &path, Some(json!({ "amount": "-2" }))).await?;
                Ok(took)
            }
            Call::Delete => {
                let path = format!("/api/v1/facts/{}", self.record().await?.1);
                Ok(self.ask(Method::DELETE, &path, None).await?.0)
            }
            Call::Transfer => {
                let (_, answer) = self.ask(Method::GET, "/api/v1/financial-centers", None).await?;
                let answer: Value = serde_json::from_slice(&answer)?;
                let here = center.to_string();
                let other =
                    answer["items"].as_array().into_iter().flatten().find(|row| {
                        row["id"].as_str() != Some(here.as_str()) && row["currency"] == json!("EUR")
                    });
                let other = other.context("another account")?["id"].clone();
                let form = json!({ "from_financial_center_id": center, "to_financial_center_id": other, "amount": "5" });
                Ok(self.post("/api/v1/transfers", form).await?.0)
            }
            Call::Split => {
                let part = json!({ "article_id": article, "amount": "-1" });
                let form = json!({ "financial_center_id": center, "parts": [part, part] });
                Ok(self.post("/api/v1/splits", form).await?.0)
            }
        }
    }

    /// Merges the category with many rows into another one, while somebody else reads; returns what it took, the longest
    /// time of a reading meanwhile, and the bytes by which the program grew.
    async fn merge(&self) -> Result<(Duration, Duration, u64)> {
        let before = self.program.memory()?;
        let path = format!("/api/v1/articles/{}/merge", self.seeded.bulk);
        let body = json!({ "into": self.seeded.article });
        let merging = self.ask(Method::POST, &path, Some(body));
        tokio::pin!(merging);
        let (mut longest, mut most) = (Duration::ZERO, before);
        loop {
            tokio::select! {
                done = &mut merging => {
                    return Ok((done?.0, longest, most.max(self.program.memory()?).saturating_sub(before)));
                }
                read = self.get("/api/v1/facts?limit=50") => {
                    longest = longest.max(read?);
                    most = most.max(self.program.memory()?);
                }
            }
        }
    }
}

fn ms(times: &Histogram<u64>, quantile: f64) -> f64 {
    Duration::from_nanos(times.value_at_quantile(quantile)).as_secs_f64() * 1e3
}

/// Measures both engines and prints a table for each.
pub async fn run(books: &Books) -> Result<()> {
    ensure!(books.binary.exists(), "{} is not there: make release builds it", books.binary.display());
    let postgres = Postgres::given()?;
    for (name, postgres) in [("SQLite", None), ("PostgreSQL", Some(&postgres))] {
        eprintln!("{name}: writing the books");
        let large = Book::make(books, postgres, books.large).await?;
        let small = Book::make(books, postgres, books.small).await?;
        println!(
            "| {name} | {} transactions: median / p99 | {}: median / p99 | ratio of the medians |",
            books.large, books.small
        );
        println!("| --- | --- | --- | --- |");
        for (call, told) in CALLS {
            let (mut of_large, mut of_small) = (Histogram::<u64>::new(3)?, Histogram::<u64>::new(3)?);
            // The first calls fill caches.
            for round in 0..books.rounds + 3 {
                for (book, times) in [(&large, &mut of_large), (&small, &mut of_small)] {
                    let took = book.call(call).await.context(told)?;
                    if round >= 3 {
                        times.record(u64::try_from(took.as_nanos())?)?;
                    }
                }
            }
            println!(
                "| {told} | {:.1} / {:.1} ms | {:.1} / {:.1} ms | {:.2} |",
                ms(&of_large, 0.5),
                ms(&of_large, 0.99),
                ms(&of_small, 0.5),
                ms(&of_small, 0.99),
                ms(&of_large, 0.5) / ms(&of_small, 0.5)
            );
        }
        let (took, read, grown) = large.merge().await?;
        println!(
            "| merge of a category with {:.0} rows | {:.0} ms; the program grew by {:.0} MB | meanwhile a reading took at most {:.0} ms | |\n",
            books.large as f64 / 12.0,
            took.as_secs_f64() * 1e3,
            grown as f64 / 1e6,
            read.as_secs_f64() * 1e3
        );
        large.program.stop().await?;
        small.program.stop().await?;
    }
    Ok(())
}
