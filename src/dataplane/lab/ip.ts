/** The `ip` command in batches: one process for many changes, in order, stopping at the first error. */
import { spawn, spawnSync } from "node:child_process";

/**
 * `lines` are commands of `ip` without the word `ip`; with `netns` they mean that namespace. Those
 * whose family does not show begin with `-4` or `-6`, and come after all others.
 */
export async function ip(lines: readonly string[], netns?: string): Promise<void> {
  for (const batch of batchesOf(lines)) {
    const { status, complaint } = await run(batch.lines, [...inside(netns), ...batch.options]);
    if (status !== 0) throw refused(batch.lines, complaint, netns);
  }
}

/** The same for what is to go away: goes on past errors, because it may be gone already. */
export async function ipDelete(lines: readonly string[], netns: string): Promise<void> {
  for (const batch of batchesOf(lines)) {
    await run(batch.lines, [...inside(netns), ...batch.options, "-force"]);
  }
}

/** The same, waiting for it. */
export function ipDeleteSync(lines: readonly string[]): void {
  if (lines.length === 0) return;
  const input = `${lines.join("\n")}\n`;
  const { error } = spawnSync("ip", ["-force", "-batch", "-"], { input, env: environment() });
  if (error) throw notStarted(error);
}

interface Batch {
  readonly options: readonly string[];
  readonly lines: readonly string[];
}

/** `ip` takes the family of a whole batch, not of a line. */
function batchesOf(lines: readonly string[]): Batch[] {
  const of = (option: string): string[] =>
    lines.filter((line) => line.startsWith(`${option} `)).map((line) => line.slice(3));
  return [
    { options: [], lines: lines.filter((line) => !/^-[46] /.test(line)) },
    { options: ["-4"], lines: of("-4") },
    { options: ["-6"], lines: of("-6") },
  ];
}

interface Ended {
  readonly status: number | null;
  readonly complaint: string;
}

async function run(lines: readonly string[], options: readonly string[]): Promise<Ended> {
  if (lines.length === 0) return { status: 0, complaint: "" };
  const child = spawn("ip", [...options, "-batch", "-"], { env: environment() });
  let complaint = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint += text;
  });
  child.stdout.resume();
  // An `ip` that stopped at an error reads no further, and says why on its own.
  child.stdin.on("error", () => {});
  child.stdin.end(`${lines.join("\n")}\n`);
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once("error", (cause) => reject(notStarted(cause)));
    child.once("close", resolve);
  });
  return { status, complaint };
}

function inside(netns: string | undefined): string[] {
  return netns === undefined ? [] : ["-n", netns];
}

/** Debian keeps `ip` where the PATH of some logins does not look. */
function environment(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${process.env.PATH ?? ""}:/usr/sbin:/sbin`, LC_ALL: "C" };
}

function notStarted(cause: Error): Error {
  return new Error(`cannot run ip (Debian package iproute2): ${cause.message}`, { cause });
}

function refused(lines: readonly string[], complaint: string, netns?: string): Error {
  const number = Number(/Command failed -:(\d+)/.exec(complaint)?.[1] ?? 1);
  const reason = complaint.replace(/Command failed -:\d+/g, "").trim();
  const where = netns === undefined ? "ip" : `ip -n ${netns}`;
  return new Error(`${where} ${lines[number - 1]}: ${reason}`);
}
