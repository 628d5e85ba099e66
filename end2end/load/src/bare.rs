//! The baseline of a fan-out: one thread that writes a ready frame to each of its sockets. No database, no
//! sign-in, no second thread.

use crate::socket::{Board, Client};
use anyhow::{Context, Result};
use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    process::Stdio,
    sync::Arc,
    time::Instant,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt},
    process::{Child, Command},
};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

/// The side of the loop: reads `sockets n`, then `write bytes times` from its input, answers `ok` first and
/// then writes, as a program answers the writer before it notifies the others.
pub fn serve() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?);
    let mut sockets: Vec<TcpStream> = Vec::new();
    for line in std::io::stdin().lines() {
        let line = line?;
        let words: Vec<&str> = line.split(' ').collect();
        match words.as_slice() {
            ["sockets", count] => {
                println!("ok");
                for _ in 0..count.parse()? {
                    sockets.push(upgrade(listener.accept()?.0)?);
                }
            }
            ["write", bytes, times] => {
                let (frame, times) = (frame(bytes.parse()?), times.parse::<usize>()?);
                println!("ok");
                for _ in 0..times {
                    for socket in &mut sockets {
                        socket.write_all(&frame)?;
                    }
                }
            }
            _ => anyhow::bail!("what is {line:?}?"),
        }
    }
    Ok(())
}

fn upgrade(mut stream: TcpStream) -> Result<TcpStream> {
    stream.set_nodelay(true)?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let head = String::from_utf8(head)?;
    let key = head.lines().find_map(|line| line.strip_prefix("Sec-WebSocket-Key: ")).context("a key")?;
    let accept = derive_accept_key(key.trim().as_bytes());
    write!(
        stream,
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
    )?;
    Ok(stream)
}

/// A text frame with a text of this many bytes (126 to 65,535) that looks like a change.
fn frame(bytes: usize) -> Vec<u8> {
    let tail = ",\"seq\":1}";
    let mut text = String::from("{\"comment\":\"t00000000000000000001\",\"x\":\"");
    while text.len() + tail.len() + 1 < bytes {
        text.push('x');
    }
    text.push('"');
    text.push_str(tail);
    let length = u16::try_from(text.len()).unwrap_or(u16::MAX).to_be_bytes();
    let mut frame = vec![0x81, 126, length[0], length[1]];
    frame.extend_from_slice(text.as_bytes());
    frame
}

/// The loop in a process of its own, seen from outside.
pub struct Bare {
    child: Child,
    answers: tokio::io::Lines<tokio::io::BufReader<tokio::process::ChildStdout>>,
    /// What its sockets record.
    pub board: Arc<Board>,
    _clients: Vec<Client>,
}

impl Bare {
    /// Starts the loop with this many sockets.
    pub async fn start(sockets: usize) -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("bare")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let output = child.stdout.take().context("an output")?;
        let mut answers = tokio::io::BufReader::new(output).lines();
        let address = answers.next_line().await?.context("an address")?;
        let mut bare = Self { child, answers, board: Board::new()?, _clients: Vec::new() };
        bare.tell(&format!("sockets {sockets}")).await?;
        for _ in 0..sockets {
            bare._clients.push(Client::bare(&address, &bare.board).await?);
        }
        Ok(bare)
    }

    async fn tell(&mut self, line: &str) -> Result<Instant> {
        let input = self.child.stdin.as_mut().context("an input")?;
        input.write_all(format!("{line}\n").as_bytes()).await?;
        self.answers.next_line().await?.context("an answer")?;
        Ok(Instant::now())
    }

    /// Writes a frame of this many bytes to every socket, this many times; returns when it began.
    pub async fn write(&mut self, bytes: usize, times: usize) -> Result<Instant> {
        self.tell(&format!("write {bytes} {times}")).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_has_the_requested_length() {
        for bytes in [200, 450, 1000] {
            let frame = frame(bytes);
            assert_eq!(frame.len(), bytes + 4);
            assert!(frame.ends_with(b",\"seq\":1}"));
        }
    }
}
