//! The table.

use hdrhistogram::Histogram;
use std::time::Duration;

/// The result of an open-loop run.
pub struct OpenLoop {
    pub sockets: usize,
    pub households: usize,
    /// From the first packet to `welcome`, in nanoseconds.
    pub handshake: Histogram<u64>,
    /// From the scheduled send time to the arrival, in nanoseconds.
    pub latency: Histogram<u64>,
    pub deliveries: u64,
    pub seconds: Duration,
    pub cpu_per_delivery: Duration,
    /// In bytes.
    pub memory_per_socket: u64,
}

/// One household compared with the bare loop; times in nanoseconds.
pub struct FanOut {
    pub sockets: usize,
    pub bytes: usize,
    pub rounds: usize,
    /// Per pair: the median from the response to the last socket.
    pub ours: Vec<u64>,
    /// Per pair: the median from sending the write to the last socket.
    pub whole: Vec<u64>,
    /// Per pair: the bare loop's median.
    pub theirs: Vec<u64>,
    /// All rounds of both.
    pub tails: (Histogram<u64>, Histogram<u64>),
    pub bursts: Vec<Burst>,
}

/// Many changes at once.
pub struct Burst {
    pub events: usize,
    /// Until the last write was answered.
    pub written: Duration,
    /// Until the last socket had the last change.
    pub took: Duration,
    /// The time of the bare loop.
    pub bare_took: Duration,
}

/// Sockets that opened and closed.
pub struct Churn {
    pub sockets: usize,
    /// After each round: the program's memory in bytes, and its open descriptors.
    pub rounds: Vec<(u64, usize)>,
}

/// Clients that read beside clients that do not; medians of each pair in nanoseconds.
pub struct Slow {
    pub sockets: usize,
    pub deaf: usize,
    pub alone: Vec<u64>,
    pub beside: Vec<u64>,
    /// The largest growth of the program's memory, in bytes.
    pub memory: u64,
    /// When the last client that never reads was closed.
    pub closed: Duration,
}

/// Everybody lost their socket and reconnected.
pub struct Back {
    pub sockets: usize,
    pub households: usize,
    /// Changes that each of them missed.
    pub missed: i64,
    /// From the first reconnect until all had everything.
    pub took: Duration,
    /// Reads of the log.
    pub reads: f64,
}

/// All results.
pub struct Table {
    pub loops: Vec<OpenLoop>,
    pub fan: Option<FanOut>,
    pub slow: Option<Slow>,
    pub churn: Option<Churn>,
    pub back: Option<Back>,
}

fn ms(nanos: u64) -> f64 {
    Duration::from_nanos(nanos).as_secs_f64() * 1e3
}

/// With few sockets the difference is hidden by the thousand that were open before.
fn memory(run: &OpenLoop) -> String {
    if run.sockets > 1_000 {
        format!("{:.2} KB", float(run.memory_per_socket) / 1000.0)
    } else {
        "–".to_owned()
    }
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

fn float(count: u64) -> f64 {
    // Counts and nanoseconds of a run are far below 2^53.
    Duration::from_nanos(count).as_secs_f64() * 1e9
}

/// Prints the whole table as Markdown.
pub fn print(Table { loops, fan, slow, churn, back }: &Table) {
    println!(
        "| sockets (households) | connect p50 / p99 | event p50 / p99 / max | deliveries/s | memory a socket | CPU a delivery |"
    );
    println!("| --- | --- | --- | --- | --- | --- |");
    for run in loops {
        println!(
            "| {} ({}) | {:.1} / {:.1} ms | {:.1} / {:.1} / {:.1} ms | {:.0} | {} | {:.1} µs |",
            run.sockets,
            run.households,
            ms(run.handshake.value_at_quantile(0.5)),
            ms(run.handshake.value_at_quantile(0.99)),
            ms(run.latency.value_at_quantile(0.5)),
            ms(run.latency.value_at_quantile(0.99)),
            ms(run.latency.max()),
            float(run.deliveries) / run.seconds.as_secs_f64(),
            memory(run),
            run.cpu_per_delivery.as_secs_f64() * 1e6,
        );
    }
    if let Some(fan) = fan {
        print_fan_out(fan);
    }
    if let Some(slow) = slow {
        let ratios: Vec<f64> = slow
            .beside
            .iter()
            .zip(&slow.alone)
            .map(|(beside, alone)| float(*beside) / float(*alone))
            .collect();
        println!();
        println!(
            "| {} sockets beside {} that never read | alone | beside | ratio |",
            slow.sockets, slow.deaf
        );
        println!("| --- | --- | --- | --- |");
        println!(
            "| one event, from the answer to the last of the {}: median of {} pairs | {:.1} ms | {:.1} ms | {:.2} |",
            slow.sockets,
            slow.alone.len(),
            median(&slow.alone.iter().map(|value| ms(*value)).collect::<Vec<_>>()),
            median(&slow.beside.iter().map(|value| ms(*value)).collect::<Vec<_>>()),
            median(&ratios),
        );
        println!("| the last that never read is gone after | | {:.1} s | |", slow.closed.as_secs_f64());
        println!("| the program's memory grew by at most | | {:.1} MB | |", float(slow.memory) / 1e6);
    }
    if let Some(back) = back {
        println!();
        println!(
            "| {} sockets of {} households come back within 5 s, {} changes behind | |",
            back.sockets, back.households, back.missed
        );
        println!("| --- | --- |");
        println!("| until everybody has everything | {:.2} s |", back.took.as_secs_f64());
        println!(
            "| readings of the log, a household | {:.2} |",
            back.reads / float(u64::try_from(back.households).unwrap_or(1))
        );
    }
    if let Some(churn) = churn {
        println!();
        println!("| {} sockets come and go | memory afterwards | open descriptors |", churn.sockets);
        println!("| --- | --- | --- |");
        for (round, (memory, descriptors)) in churn.rounds.iter().enumerate() {
            println!("| round {} | {:.1} MB | {descriptors} |", round + 1, float(*memory) / 1e6);
        }
    }
}

fn print_fan_out(fan: &FanOut) {
    println!();
    println!(
        "| one household, {} sockets, {} bytes a frame | program | bare loop | ratio |",
        fan.sockets, fan.bytes
    );
    println!("| --- | --- | --- | --- |");
    let floats = |values: &[u64]| values.iter().map(|value| ms(*value)).collect::<Vec<_>>();
    let (ours, whole, theirs) = (floats(&fan.ours), floats(&fan.whole), floats(&fan.theirs));
    let ratios = |values: &[f64]| median(&values.iter().zip(&theirs).map(|(a, b)| a / b).collect::<Vec<_>>());
    println!(
        "| one event, from the answer to the last socket: median of {} × {} rounds | {:.1} ms | {:.1} ms | {:.2} |",
        fan.ours.len(),
        fan.rounds,
        median(&ours),
        median(&theirs),
        ratios(&ours),
    );
    println!(
        "| the same, from sending the write | {:.1} ms | {:.1} ms | {:.2} |",
        median(&whole),
        median(&theirs),
        ratios(&whole)
    );
    let tails = (ms(fan.tails.0.value_at_quantile(0.99)), ms(fan.tails.1.value_at_quantile(0.99)));
    println!(
        "| the same, from the answer, p99 | {:.1} ms | {:.1} ms | {:.2} |",
        tails.0,
        tails.1,
        tails.0 / tails.1
    );
    let rate =
        |events: usize, took: Duration| float(u64::try_from(events).unwrap_or(u64::MAX)) / took.as_secs_f64();
    let ours: Vec<f64> = fan.bursts.iter().map(|burst| rate(burst.events, burst.took)).collect();
    let theirs: Vec<f64> = fan.bursts.iter().map(|burst| rate(burst.events, burst.bare_took)).collect();
    let written: Vec<f64> = fan.bursts.iter().map(|burst| rate(burst.events, burst.written)).collect();
    let ratio: Vec<f64> = ours.iter().zip(&theirs).map(|(a, b)| a / b).collect();
    println!(
        "| a burst of {} changes, events/s until the last socket has the last one | {:.0} | {:.0} | {:.2} |",
        fan.bursts.first().map_or(0, |burst| burst.events),
        median(&ours),
        median(&theirs),
        median(&ratio),
    );
    println!("| its writes, answered a second | {:.0} | | |", median(&written));
}
