//! What each subcommand does.

use crate::{
    ask::{self, AskError},
    backup::{
        self, BackupError,
        relocation::{self, RelocationError},
    },
    clock::Clock,
    config::{Cli, CliCommand, Config, ConfigError, unread_variables},
    control::{self, ControlError, Request, Secret},
    db::connect::{self, ConnectError},
    descriptors,
    interrupts::Interrupts,
    logs, router,
    serve::{ServeError, serve},
    stats::{self, StatsError},
};
use std::{
    fmt::Display,
    io::{self, Write},
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    path::PathBuf,
    sync::OnceLock,
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    signal::{self, unix::SignalKind},
    time::timeout,
};
use tokio_util::sync::CancellationToken;

/// The time limit of a health check.
const HEALTH_LIMIT: Duration = Duration::from_secs(2);

/// Why a command failed. Each variant prints as one line.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The configuration is invalid.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Another program uses the address.
    #[error("port {} of {} is in use by another program; choose another with --addr", .0.port(), .0.ip())]
    InUse(SocketAddr),
    /// The address cannot be listened on.
    #[error("cannot listen at {0}: {1}")]
    Listen(SocketAddr, io::Error),
    /// The store cannot be opened.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// Moving the book to another store failed.
    #[error(transparent)]
    Move(#[from] RelocationError),
    /// The backup failed.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// The figures of a store cannot be read.
    #[error(transparent)]
    Stats(#[from] StatsError),
    /// A command on a store failed.
    #[error(transparent)]
    Control(#[from] ControlError),
    /// No password was read.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// Ctrl-C, or another signal that ends a program.
    #[error("interrupted")]
    Interrupted(SignalKind),
    /// The same, after the command was handed to another process.
    #[error(
        "interrupted; the command was handed to the process that serves {} and may still be carried out; its log says how it ends",
        .0.display()
    )]
    HandedOver(PathBuf, SignalKind),
    /// The program that was asked is not ready.
    #[error("{0} is not ready: {1}")]
    NotReady(SocketAddr, String),
    /// Serving failed.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// The system returned an error.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The command was carried out, but what it prints was not written: for example, the disk is full.
    #[error("cannot write to standard output: {0}")]
    Output(io::Error),
    /// A document cannot be serialized.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

impl CliError {
    /// The exit code of the program. After a signal it is the one that a shell reports of a program that the signal ends.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Interrupted(signal) | Self::HandedOver(_, signal) => {
                u8::try_from(128 + signal.as_raw_value()).unwrap_or(u8::MAX)
            }
            _ => 2,
        }
    }
}

/// Runs the command that the command line names.
///
/// # Errors
/// See [`CliError`].
pub fn run(cli: Cli) -> Result<(), CliError> {
    let unread = unread_variables(std::env::vars_os().map(|(name, _)| name))?;
    let config = Config::new(cli.options)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        outlive_file_limits();
        let command = cli.command.unwrap_or(CliCommand::Serve);
        let logs = match command {
            CliCommand::Serve => logs::of_a_service(config.log),
            _ => logs::of_a_command(),
        };
        if let Err(error) = logs {
            complain(error);
        }
        match command {
            CliCommand::Serve => {
                for name in unread {
                    tracing::warn!("nothing reads the environment variable {name}");
                }
                listen(config).await
            }
            CliCommand::Migrate => {
                connect::open(&config.database_url, config.store).await?.database.close().await;
                Ok(())
            }
            CliCommand::Move { from, to } => {
                // A line of progress that is not written does not stop the move; the last line reports it.
                let tell = |table: &str, rows| drop(print(format_args!("{table}: {rows}")));
                interruptible(relocation::run(&from, &to, tell)).await?;
                print("Everything has arrived and adds up. Serve it with --database-url; the file stays as it is.")
            }
            CliCommand::Backup { file } => {
                let report = interruptible(backup::backup(&config.database_url, &file)).await?;
                let backup::Report { households, facts, size } = report;
                let file = file.display();
                print(format_args!("{file} is whole. Households: {households}, transactions: {facts}, bytes: {size}."))
            }
            CliCommand::Restore { file } => {
                // The process that serves the database has another working directory.
                let request = Request::Restore(std::path::absolute(file)?);
                print(carry_out(async |handed| control::carry_out(&config, &request, handed).await).await?)
            }
            CliCommand::Password { email } => {
                print(carry_out(async |handed| set_password(&config, email, handed).await).await?)
            }
            CliCommand::Stats => print(stats::read(&config.database_url).await?),
            CliCommand::Health => health(config.leptos.site_addr).await,
            CliCommand::Openapi => print(serde_json::to_string_pretty(&router::document())?),
        }
    })
}

/// Runs a command until it is done or a signal ends it. Then the command is dropped, which restores the terminal and
/// removes the command's unfinished files.
async fn interruptible<T, E: Into<CliError>>(
    command: impl Future<Output = Result<T, E>>,
) -> Result<T, CliError> {
    let mut interrupts = Interrupts::of_a_command()?;
    tokio::select! {
        done = command => done.map_err(Into::into),
        signal = interrupts.any() => Err(CliError::Interrupted(signal)),
    }
}

/// Runs a command that may be handed over to the process that serves the file, as [`interruptible`] does.
async fn carry_out<E: Into<CliError>>(
    command: impl AsyncFnOnce(&OnceLock<PathBuf>) -> Result<String, E>,
) -> Result<String, CliError> {
    let handed_over = OnceLock::new();
    let done = interruptible(command(&handed_over)).await;
    match (done, handed_over.into_inner()) {
        (Err(CliError::Interrupted(signal)), Some(path)) => Err(CliError::HandedOver(path, signal)),
        (done, _) => done,
    }
}

async fn set_password(
    config: &Config,
    email: String,
    handed_over: &OnceLock<PathBuf>,
) -> Result<String, CliError> {
    let new = Secret(ask::new_password(&email).await?);
    Ok(control::carry_out(config, &Request::Password { email, new }, handed_over).await?)
}

/// Prints a line of a command. If its reader has closed the pipe, as `| head -1` does, it has read enough:
/// that is no error. `println!` panics instead.
fn print(line: impl Display) -> Result<(), CliError> {
    let mut output = io::stdout().lock();
    match writeln!(output, "{line}").and_then(|()| output.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.map_err(CliError::Output),
    }
}

/// Prints what went wrong. If nobody reads standard error, it cannot be reported anywhere.
pub fn complain(line: impl Display) {
    drop(writeln!(io::stderr(), "family-budget: {line:#}"));
}

async fn listen(mut config: Config) -> Result<(), CliError> {
    config.check_hashes()?;
    config.check_backup_folder()?;
    config.limits.sockets = descriptors::sockets(config.limits.sockets);
    let addr = config.leptos.site_addr;
    let listener = TcpListener::bind(addr).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => CliError::InUse(addr),
        _ => CliError::Listen(addr, error),
    })?;
    descriptors::make_room(&listener, config.limits.sockets);
    let shutdown = CancellationToken::new();
    tokio::spawn(stop_on_signal(shutdown.clone()));
    let clock = Clock::default();
    #[cfg(feature = "trial")]
    {
        tokio::spawn(doom_on_signal());
        tokio::spawn(jump_on_signal(clock.clone()));
    }
    Ok(serve(config, listener, clock, shutdown).await?)
}

/// Checks a running program the way a supervisor does.
async fn health(mut addr: SocketAddr) -> Result<(), CliError> {
    if addr.ip().is_unspecified() {
        // It listens on every address; connect over loopback.
        addr.set_ip(if addr.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() });
    }
    let asking = async {
        let mut stream = TcpStream::connect(addr).await?;
        stream.write_all(format!("GET /readyz HTTP/1.0\r\nHost: {addr}\r\n\r\n").as_bytes()).await?;
        let mut answer = Vec::new();
        stream.take(1024).read_to_end(&mut answer).await?;
        Ok::<_, io::Error>(String::from_utf8_lossy(&answer).into_owned())
    };
    let status = match timeout(HEALTH_LIMIT, asking).await {
        Ok(Ok(answer)) => answer.lines().next().unwrap_or("no answer").to_owned(),
        Ok(Err(error)) => error.to_string(),
        Err(_) => "no answer in time".to_owned(),
    };
    if status.contains(" 200 ") { Ok(()) } else { Err(CliError::NotReady(addr, status)) }
}

async fn stop_on_signal(shutdown: CancellationToken) {
    match Interrupts::of_a_service() {
        Ok(mut interrupts) => drop(interrupts.any().await),
        Err(error) => return tracing::warn!(%error, "a signal ends the process at once"),
    }
    shutdown.cancel();
    tracing::info!("stopping");
}

/// Turns hitting a file size limit (`ulimit -f`) into a write error instead of the end of the process.
fn outlive_file_limits() {
    // SIGXFSZ, which has the same number on Linux and macOS. A signal with a listener no longer kills the
    // process.
    let listening = signal::unix::signal(SignalKind::from_raw(25));
    if let Err(error) = listening {
        tracing::debug!(%error, "a limit on the size of files would end the process");
    }
}

/// For tests: after SIGUSR1 the next commit ends the process.
#[cfg(feature = "trial")]
async fn doom_on_signal() {
    if let Ok(mut told) = signal::unix::signal(SignalKind::user_defined1()) {
        told.recv().await;
        app::trial::DOOMED.store(true, std::sync::atomic::Ordering::SeqCst);
    }
}

/// For tests: SIGUSR2 moves the clock forty days ahead; the next one moves it back.
#[cfg(feature = "trial")]
async fn jump_on_signal(clock: Clock) {
    const JUMP: Duration = Duration::from_secs(40 * 24 * 60 * 60);
    let Ok(mut told) = signal::unix::signal(SignalKind::user_defined2()) else { return };
    loop {
        told.recv().await;
        clock.advance(JUMP);
        told.recv().await;
        clock.go_back(JUMP);
    }
}
