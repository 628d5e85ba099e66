import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(__dirname, "../..");

/** Ports below the range from which the system takes those of outgoing connections. Each process begins elsewhere. */
const ports = { first: 12_000, count: 20_000, next: (process.pid * 7919) % 20_000 };

/**
 * A port that is free now, and that no outgoing connection takes. The program gets it by an option, so that it restarts
 * on the same one.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = ports.first + (ports.next++ % ports.count);
    const probe = createServer();
    const free = await new Promise<boolean>((done) => probe.once("error", () => done(false)).listen(port, "127.0.0.1", () => done(true)));
    if (!free) continue;
    probe.close();
    await once(probe, "close");
    return port;
  }
}

/** A Wednesday in the middle of a month, so that no test depends on the day on which it runs. */
const NOON = "2026-11-25 11:00:00";

/**
 * The library that changes a program's clock. Its command makes a semaphore that is named after the command's process, and fails if a
 * killed one of the same number has left its own; the next one has another number.
 */
function libraryOfClock(attempts = 5): string {
  try {
    return execFileSync("faketime", ["-m", "-f", "+0", "printenv", "LD_PRELOAD"], { encoding: "utf8" }).trim();
  } catch (error) {
    if (attempts > 1 && String(error).includes("sem_open")) return libraryOfClock(attempts - 1);
    throw error;
  }
}
const faketime = libraryOfClock();

/** The real program with a database of its own. */
export class Server {
  private child?: ChildProcess;

  private constructor(
    readonly port: number,
    private readonly folder: string,
    private readonly ahead: number,
    /** What its environment has besides; counts from the next start on. */
    public also: NodeJS.ProcessEnv,
  ) {}

  /** Its clock begins at `time`, in UTC, and continues across restarts: libfaketime gives the real program another time. */
  static async start(time = NOON, also: NodeJS.ProcessEnv = {}): Promise<Server> {
    const ahead = Math.round((Date.parse(`${time.replace(" ", "T")}Z`) - Date.now()) / 1000);
    const server = new Server(await freePort(), mkdtempSync(join(tmpdir(), "family-budget-")), ahead, also);
    await server.run();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async run(): Promise<void> {
    const binary = process.env.FAMILY_BUDGET_BINARY ?? join(root, "target/debug/family-budget");
    this.child = spawn(binary, {
      cwd: root,
      stdio: ["ignore", "ignore", "inherit"],
      env: {
        LEPTOS_SITE_ROOT: "target/run/site",
        LEPTOS_HASH_FILES: "false",
        // A worker would answer what a test holds back or loses.
        FAMILY_BUDGET_SERVICE_WORKER: "off",
        ...process.env,
        FAMILY_BUDGET_ADDR: `127.0.0.1:${this.port}`,
        FAMILY_BUDGET_LOGINS_PER_MINUTE: "0",
        DATABASE_URL: `sqlite://${this.folder}/book.db`,
        RUST_LOG: "warn",
        LD_PRELOAD: faketime,
        FAKETIME: `${this.ahead < 0 ? "" : "+"}${this.ahead}`,
        // Timers are not affected.
        FAKETIME_DONT_FAKE_MONOTONIC: "1",
        TZ: "UTC",
        ...this.also,
      },
    });
    await this.ready();
  }

  /** Waits until the program is ready; cargo leptos itself does not. */
  private async ready(): Promise<void> {
    for (const started = Date.now(); Date.now() - started < 30_000; ) {
      const answer = await fetch(`${this.url}/readyz`).catch(() => undefined);
      if (answer?.ok) return;
      if (this.child?.exitCode != null) throw new Error(`the server ended with ${this.child.exitCode}`);
      // Between two looks the processor belongs to the program that starts.
      await new Promise((done) => setTimeout(done, 5));
    }
    throw new Error("the server did not become ready");
  }

  /** Kills the program, as a power cut would. */
  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<number | null> {
    const child = this.child;
    // One that a signal ended has no code.
    if (!child || child.exitCode != null || child.signalCode != null) return child?.exitCode ?? null;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
    return child.exitCode;
  }

  /** Copies the book; the result puts it back, as from a backup. The program is restarted each time. */
  async restorable(): Promise<() => Promise<void>> {
    await this.kill("SIGTERM");
    const copy = mkdtempSync(join(tmpdir(), "family-budget-copy-"));
    cpSync(this.folder, copy, { recursive: true, filter: (path) => !path.endsWith(".sock") });
    await this.run();
    return async () => {
      await this.kill("SIGTERM");
      rmSync(this.folder, { recursive: true });
      cpSync(copy, this.folder, { recursive: true });
      rmSync(copy, { recursive: true });
      await this.run();
    };
  }

  async stop(): Promise<void> {
    await this.kill("SIGTERM");
    rmSync(this.folder, { recursive: true, force: true });
  }
}
