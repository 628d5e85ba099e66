import { expect, test } from "@playwright/test";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { freePort } from "../support/server";

const examples = resolve(__dirname, "../../server/proxy");

/** A process of the program that has the files of one build. */
async function processOf(build: string): Promise<{ port: number; stop: () => void }> {
  const port = await freePort();
  const server = createServer((request, answer) => {
    const has = request.url?.startsWith(`/pkg/${build}/`) || request.url === "/readyz";
    answer.writeHead(has ? 200 : 404).end(has ? build : "");
  });
  await new Promise<void>((done) => server.listen(port, "127.0.0.1", done));
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return { port, stop };
}

/** Starts an example configuration, with other addresses, before these processes. */
type Start = (folder: string, port: number, processes: number[]) => ChildProcess;

const caddy: Start = (folder, port, [first, second]) =>
  spawn("caddy", ["run", "--config", join(examples, "Caddyfile"), "--adapter", "caddyfile"], {
    stdio: "ignore",
    env: {
      ...process.env,
      HOME: folder,
      XDG_DATA_HOME: folder,
      XDG_CONFIG_HOME: folder,
      CADDY_ADMIN: `unix/${folder}/admin`,
      FAMILY_BUDGET_SITE: `http://127.0.0.1:${port}`,
      FAMILY_BUDGET_FIRST: `127.0.0.1:${first}`,
      FAMILY_BUDGET_SECOND: `127.0.0.1:${second}`,
    },
  });

const nginx: Start = (folder, port, processes) => {
  const example = readFileSync(join(examples, "nginx.conf"), "utf8");
  const addresses = [3001, 3002].reduce((text, own, at) => text.replace(`127.0.0.1:${own}`, `127.0.0.1:${processes[at]}`), example);
  writeFileSync(join(folder, "site.conf"), addresses.replace("listen 127.0.0.1:8080", `listen 127.0.0.1:${port}`));
  const places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${folder}/${name};`).join(" ");
  const all = `daemon off; pid ${folder}/pid; error_log stderr crit; events {} http { access_log off; ${places} include ${folder}/site.conf; }`;
  writeFileSync(join(folder, "nginx.conf"), all);
  const program = existsSync("/usr/sbin/nginx") ? "/usr/sbin/nginx" : "nginx";
  return spawn(program, ["-p", folder, "-c", join(folder, "nginx.conf")], { stdio: "ignore" });
};

for (const [name, start] of [["Caddy", caddy], ["nginx", nginx]] as const) {
  test(`the example for ${name} asks the other process for a file that one does not have`, async () => {
    const folder = mkdtempSync(join(tmpdir(), "family-budget-proxy-"));
    const [old, young] = [await processOf("old"), await processOf("young")];
    const port = await freePort();
    const proxy = start(folder, port, [old.port, young.port]);
    const ask = (path: string) => fetch(`http://127.0.0.1:${port}${path}`).catch(() => undefined);
    try {
      await expect.poll(async () => (await ask("/readyz"))?.status).toBe(200);
      // Several times, because the processes take turns.
      for (let time = 0; time < 4; time += 1) {
        for (const build of ["old", "young"]) expect(await (await ask(`/pkg/${build}/program.js`))?.text()).toBe(build);
        expect((await ask("/pkg/gone/program.js"))?.status).toBe(404);
      }
      old.stop();
      expect(await (await ask("/pkg/young/program.js"))?.text()).toBe("young");
    } finally {
      const ended = once(proxy, "exit");
      proxy.kill("SIGTERM");
      await ended;
      old.stop();
      young.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
}
