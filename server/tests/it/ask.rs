//! Asking for a password on a terminal, which `script` provides; every Debian has it.

use crate::harness::{PATIENCE, with_usual_signals};
use std::process::Stdio;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    process::{Child, Command},
    time::timeout,
};

/// A shell on a terminal that runs a command that asks for a password, and then prints the terminal's
/// settings.
struct Terminal {
    child: Child,
    said: String,
}

impl Terminal {
    fn open() -> Self {
        let folder = std::env::temp_dir().join("there-is-no-such-book.db");
        // The shell survives Ctrl-C; the command that it started ends.
        let line = format!(
            "trap : INT; {} password anna@example.org --database-url sqlite://{}; echo ended with $?; stty -a; echo over",
            env!("CARGO_BIN_EXE_family-budget"),
            folder.display(),
        );
        let mut command = Command::from(with_usual_signals("script"));
        command.args(["--quiet", "--flush", "--echo", "always", "--command", &line, "/dev/null"]);
        command.env_clear().env("PATH", "/usr/bin:/bin").env("SHELL", "/bin/sh").kill_on_drop(true);
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
        Self { child, said: String::new() }
    }

    async fn types(&mut self, keys: &str) {
        let keyboard = self.child.stdin.as_mut().expect("its keyboard");
        keyboard.write_all(keys.as_bytes()).await.expect("it is typed");
    }

    /// Waits until the terminal shows a text.
    async fn shows(&mut self, text: &str) {
        let shown = async {
            while !self.said.contains(text) {
                let mut bytes = [0; 1024];
                let screen = self.child.stdout.as_mut().expect("its screen");
                let count = screen.read(&mut bytes).await.expect("it can be read");
                assert!(count > 0, "it ends without {text}: {}", self.said);
                self.said.push_str(&String::from_utf8_lossy(&bytes[..count]));
            }
        };
        let in_time = timeout(PATIENCE, shown).await;
        assert!(in_time.is_ok(), "it never shows {text}: {}", self.said);
    }

    /// Whether echo is on at the end, according to `stty`.
    async fn echoes(&mut self) -> bool {
        self.shows("over\r\n").await;
        let words: Vec<&str> = self.said.split_whitespace().collect();
        assert!(words.contains(&"echo") != words.contains(&"-echo"), "{}", self.said);
        words.contains(&"echo")
    }
}

#[tokio::test]
async fn ctrl_c_at_either_prompt_restores_echo() {
    for prompts in 1..=2 {
        let mut terminal = Terminal::open();
        terminal.shows("New password for anna@example.org: ").await;
        if prompts == 2 {
            terminal.types("a secret\n").await;
            terminal.shows("The same again: ").await;
        }
        terminal.types("\u{3}").await;
        terminal.shows("ended with 130").await;
        assert!(terminal.echoes().await, "{}", terminal.said);
        assert!(!terminal.said.contains("a secret"), "{}", terminal.said);
    }
}

#[tokio::test]
async fn a_typed_password_is_not_echoed_and_what_follows_is() {
    let mut terminal = Terminal::open();
    terminal.shows("New password for anna@example.org: ").await;
    terminal.types("a secret\n").await;
    terminal.shows("The same again: ").await;
    terminal.types("another secret\n").await;
    terminal.shows("the two passwords differ").await;
    terminal.shows("ended with 2").await;
    assert!(terminal.echoes().await, "{}", terminal.said);
    assert!(!terminal.said.contains("secret"), "{}", terminal.said);
}
