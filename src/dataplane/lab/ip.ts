/**
 * The `ip` command in bulk. Starting a process from Node costs more than what `ip` then does, so one
 * small shell starts all that a set of changes needs, each with a batch of its namespace's commands.
 */
import { spawn, spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";

/**
 * Commands of `ip` without the word `ip`, in order, by the namespace (`ip netns`) that they mean;
 * "" is this process's own. Those whose family does not show begin with `-4` or `-6`, and come after
 * all others of the namespace.
 */
export type Commands = ReadonlyMap<string, readonly string[]>;

/** Runs them all, several namespaces at a time. Throws at the first that is refused. */
export async function ip(commands: Commands): Promise<void> {
  const groups = inGroups([...commands]).map((group) => group.flatMap(batchesOf));
  await Promise.all(groups.map((batches) => runBatches(batches)));
}

/** The same for what is to go away: goes on past refusals, because it may be gone already. */
export async function ipDelete(commands: Commands): Promise<void> {
  const batches = [...commands].flatMap(batchesOf).map(forced);
  await runBatches(batches);
}

/** The same, waiting for it. */
export function ipDeleteSync(commands: Commands): void {
  const batches = [...commands].flatMap(batchesOf).map(forced);
  if (batches.length === 0) return;
  const { error } = spawnSync("sh", ["-s"], { input: scriptOf(batches), env: environment() });
  if (error) throw notStarted(error);
}

interface Batch {
  readonly options: readonly string[];
  readonly lines: readonly string[];
}

/** `ip` takes the family of a whole batch, not of a line. */
function batchesOf([netns, lines]: readonly [string, readonly string[]]): Batch[] {
  const options = netns === "" ? [] : ["-n", netns];
  const withOption = (option: string): string[] =>
    lines.filter((line) => line.startsWith(`${option} `)).map((line) => line.slice(3));
  return [
    { options, lines: lines.filter((line) => !/^-[46] /.test(line)) },
    { options: [...options, "-4"], lines: withOption("-4") },
    { options: [...options, "-6"], lines: withOption("-6") },
  ].filter((batch) => batch.lines.length > 0);
}

function forced(batch: Batch): Batch {
  return { ...batch, options: [...batch.options, "-force"] };
}

function inGroups<T>(items: readonly T[]): T[][] {
  const count = Math.min(4, availableParallelism());
  return Array.from({ length: count }, (_, group) => items.filter((_, i) => i % count === group));
}

async function runBatches(batches: readonly Batch[]): Promise<void> {
  if (batches.length === 0) return;
  const shell = spawn("sh", ["-s"], { env: environment() });
  let complaint = "";
  shell.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint += text;
  });
  shell.stdout.resume();
  // A shell that stopped at a refusal reads no further, and says why on its own.
  shell.stdin.on("error", () => {});
  shell.stdin.end(scriptOf(batches));
  const status = await new Promise<number | null>((resolve, reject) => {
    shell.once("error", (cause) => reject(notStarted(cause)));
    shell.once("close", resolve);
  });
  if (status !== 0) throw refused(batches, complaint);
}

/** Ends with status 1 at the first batch that fails, and says its number last. */
function scriptOf(batches: readonly Batch[]): string {
  const ended = (i: number): string =>
    batches[i]?.options.includes("-force") ? "" : ` || { echo "batch ${i}" >&2; exit 1; }`;
  return batches
    .map(({ options, lines }, i) =>
      [`ip ${options.join(" ")} -batch - <<'END'${ended(i)}`, ...lines, "END", ""].join("\n"),
    )
    .concat("exit 0\n")
    .join("");
}

/** Debian keeps `ip` where the PATH of some logins does not look. */
function environment(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${process.env.PATH ?? ""}:/usr/sbin:/sbin`, LC_ALL: "C" };
}

function notStarted(cause: Error): Error {
  return new Error(`cannot run a shell: ${cause.message}`, { cause });
}

function refused(batches: readonly Batch[], complaint: string): Error {
  const batch = batches[Number(/^batch (\d+)$/m.exec(complaint)?.[1])];
  const line = batch?.lines[Number(/Command failed -:(\d+)/.exec(complaint)?.[1] ?? 1) - 1];
  const reason = complaint.replace(/^(Command failed -:|batch )\d+$/gm, "").trim();
  if (reason.includes("not found")) return new Error(`${reason} (Debian package iproute2)`);
  return new Error(`ip ${batch?.options.join(" ")} ${line}: ${reason}`);
}
