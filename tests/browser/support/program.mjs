// The program, on a free port of the loopback, with its files in a folder of its own.
import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** A busy machine needs its time for the demonstration data. */
const READY_WITHIN_MS = 240_000;

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export class Program {
  #process = null;
  #settings;
  folder;
  url;

  constructor(folder, port, metricsPort, settings) {
    this.folder = folder;
    this.url = `http://127.0.0.1:${port}`;
    const { PATH, HOME, TMPDIR } = process.env;
    this.#settings = {
      PATH,
      HOME,
      TMPDIR,
      ENVIRONMENT: "development",
      DATABASE_URL: `sqlite://${folder}/atalaya.db`,
      BIND_ADDRESS: `127.0.0.1:${port}`,
      METRICS_ADDRESS: `127.0.0.1:${metricsPort}`,
      BCRYPT_ROUNDS: "4",
      RATE_LIMIT_PER_MINUTE: "1000000",
      LOGIN_RATE_LIMIT_PER_MINUTE: "1000000",
      QUOTA_COMPANY: "none",
      MAX_LOGIN_ATTEMPTS: "1000",
      LOG_LEVEL: "warn",
      ...settings,
    };
  }

  /** A program with the demonstration data and what `seed.mjs` adds to it, which no other test changes. */
  static async withSeed(settings = {}) {
    const folder = await mkdtemp(join(tmpdir(), "server-"));
    await cp(process.env.ATALAYA_SEED, folder, { recursive: true });
    return Program.in(folder, settings);
  }

  static async in(folder, settings = {}) {
    const program = new Program(folder, await freePort(), await freePort(), settings);
    await program.start();
    return program;
  }

  async start() {
    const printed = createWriteStream(join(this.folder, "printed"), { flags: "a" });
    const child = spawn(process.env.ATALAYA_PROGRAM, ["serve"], { cwd: this.folder, env: this.#settings });
    child.stdout.pipe(printed, { end: false });
    child.stderr.pipe(printed, { end: false });
    this.#process = child;
    running.add(child);
    child.once("exit", () => running.delete(child));
    const end = Date.now() + READY_WITHIN_MS;
    while (!(await isReady(this.url))) {
      if (child.exitCode !== null || Date.now() > end) throw new Error(`not ready: ${await this.#lastLines()}`);
      await pause(100);
    }
  }

  async stop() {
    const child = this.#process;
    this.#process = null;
    if (!child || child.exitCode !== null) return;
    const exited = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGINT");
    const killer = setTimeout(() => child.kill("SIGKILL"), 20_000);
    await exited;
    clearTimeout(killer);
  }

  /** Stops it and leaves nothing behind. */
  async end() {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Another verb of the program, on the same database. */
  async run(verb, input = "") {
    const child = spawn(process.env.ATALAYA_PROGRAM, verb, { cwd: this.folder, env: this.#settings });
    let said = "";
    child.stdout.on("data", (data) => (said += data));
    child.stderr.on("data", (data) => (said += data));
    child.stdin.end(input);
    const status = await new Promise((resolve) => child.once("exit", resolve));
    if (status !== 0) throw new Error(`${verb.join(" ")}: ${said}`);
  }

  async #lastLines() {
    return (await readFile(join(this.folder, "printed"), "utf8")).split("\n").slice(-20).join("\n");
  }
}

async function isReady(url) {
  try {
    const answer = await fetch(`${url}/health/ready`);
    // A machine whose disk is nearly full may still be tested on.
    return answer.ok || (await answer.text()).includes("disk_space");
  } catch {
    return false;
  }
}

// However the tests end, nothing that they started goes on.
const running = new Set();
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));
