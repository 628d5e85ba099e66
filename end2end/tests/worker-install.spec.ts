import { expect, test } from "@playwright/test";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { createContext, runInContext } from "node:vm";

const OFFLINE = "/offline";
const files = [OFFLINE, "/offline.js", "/pkg/two/program.js"];
const text = `const BUILD = "two";\nconst FILES = ${JSON.stringify(files)};\n${readFileSync(resolve(__dirname, "../../frontend/shell/sw.js"), "utf8")}`;

/** Installs the worker of the build `two` where the page without a network is of this build; returns what it has stored. */
async function install(build: string, status = 200): Promise<string[]> {
  const stored: string[] = [];
  const path = (request: string | { path: string }) => (typeof request === "string" ? request : request.path);
  const answer = (request: string | { path: string }) => {
    if (path(request) !== OFFLINE) return new Response("");
    return new Response(`<html lang="en" data-build="${build}">`, { status });
  };
  const store = {
    addAll: async (requests: (string | { path: string })[]) => void stored.push(...requests.map(path)),
    put: async (request: string) => void stored.push(request),
  };
  let installed: Promise<void> = Promise.resolve();
  const hear = (name: string, run: (event: { waitUntil: (work: Promise<void>) => void }) => void) => {
    if (name === "install") run({ waitUntil: (work) => (installed = work) });
  };
  // The addresses of a worker are relative to its own.
  class Request {
    constructor(readonly path: string) {}
  }
  const browser = { addEventListener: hear, fetch: async (request: Request) => answer(request), caches: { open: async () => store }, Request };
  runInContext(text, createContext(browser));
  await installed;
  return stored.sort();
}

test("a worker is installed only while the server answers with the offline page of the same build", async () => {
  expect(await install("two")).toEqual([...files].sort());
  await expect(install("one"), "its files are not stored").rejects.toThrow("another build");
  await expect(install("two", 502)).rejects.toThrow();
});
