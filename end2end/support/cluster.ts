import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join, resolve } from "node:path";
import { freePort } from "./server";

const root = resolve(__dirname, "../..");

/** The cluster of `make cluster`: two processes behind a proxy, on PostgreSQL and Redis. */
export class Cluster {
  private said = "";
  private readonly heard: (() => void)[] = [];

  private constructor(
    readonly port: number,
    private readonly child: ChildProcess,
  ) {
    child.stdout?.on("data", (text: Buffer) => {
      this.said += text.toString();
      for (const tell of this.heard.splice(0)) tell();
    });
  }

  static async start(): Promise<Cluster> {
    const port = await freePort();
    const child = spawn("bash", [join(root, "scripts/cluster.sh")], {
      cwd: root,
      stdio: ["ignore", "pipe", "inherit"],
      env: {
        LEPTOS_SITE_ROOT: "target/run/site",
        LEPTOS_HASH_FILES: "false",
        FAMILY_BUDGET_SERVICE_WORKER: "off",
        FAMILY_BUDGET_BINARY: join(root, "target/debug/family-budget"),
        ...process.env,
        FAMILY_BUDGET_ADDR: `127.0.0.1:${port}`,
        FAMILY_BUDGET_LOGINS_PER_MINUTE: "0",
        RUST_LOG: "error",
      },
    });
    const cluster = new Cluster(port, child);
    await cluster.says(/Ctrl-C/);
    return cluster;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Waits until the script has printed something. */
  async says(what: RegExp): Promise<RegExpMatchArray> {
    for (;;) {
      const found = this.said.match(what);
      if (found) return found;
      if (this.child.exitCode != null) throw new Error(`the cluster ended: ${this.said}`);
      await Promise.race([new Promise<void>((done) => this.heard.push(done)), once(this.child, "exit")]);
    }
  }

  /** The number of live screens of each process; 0 for a process that is away. */
  async screens(): Promise<number[]> {
    const [, one, two] = await this.says(/measure: (\S+) and (\S+)/);
    const count = async (url: string) => {
      const text = await fetch(url).then((answer) => answer.text(), () => "");
      return Number(text.match(/^family_budget_sockets (\d+)/m)?.[1] ?? 0);
    };
    return [await count(one ?? ""), await count(two ?? "")];
  }

  /** Starts to restart the processes one after the other. */
  async roll(): Promise<void> {
    const [, pid] = await this.says(/kill -HUP (\d+)/);
    process.kill(Number(pid), "SIGHUP");
  }

  get rolled(): boolean {
    return /have been restarted/.test(this.said);
  }

  async stop(): Promise<void> {
    const [, pid] = await this.says(/kill -HUP (\d+)/);
    const ended = once(this.child, "exit");
    process.kill(Number(pid), "SIGINT");
    await ended;
  }
}
