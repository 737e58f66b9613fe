/**
 * `npm run vectors -- [--verbose] DIR`: puts every family of vectors that is in DIR to Picket. Prints
 * a line a family, then the ids that failed; with --verbose also those that differ on purpose, each
 * with its row in docs/reference/differences.md. Exits 1 if any failed or could not be read, 2 if DIR
 * has no family that we know.
 */
import { families } from "./families.ts";
import type { FamilyReport } from "./run.ts";
import { runVectors } from "./run.ts";

const USAGE =
  "usage: npm run vectors -- [--verbose] DIR   (DIR holds selectors.json, ordering.json, …)";

function main(args: readonly string[]): number {
  const verbose = args.includes("--verbose");
  const [dir, ...more] = args.filter((arg) => arg !== "--verbose");
  if (dir === undefined || more.length > 0) return refuse(USAGE);
  const report = runVectors(dir);
  for (const line of report.unread) refuse(line);
  if (report.families.length === 0) {
    const wanted = families.map((family) => family.file).join(", ");
    return refuse(`${dir}: no vectors that this program knows; wanted any of ${wanted}`);
  }
  for (const family of report.families) print(summary(family));
  const outcomes = report.families.flatMap((family) => family.outcomes);
  for (const { id, purpose } of outcomes) {
    if (verbose && purpose !== undefined) print(`${id}  on purpose: ${purpose}`);
  }
  const failed = outcomes.filter(({ ok, purpose }) => !ok && purpose === undefined);
  for (const { id, why } of failed) print(why === undefined ? id : `${id}  ${why}`);
  return failed.length === 0 && report.unread.length === 0 ? 0 : 1;
}

/** `effective-selectors 480/483, 3 on purpose`. */
function summary({ name, outcomes }: FamilyReport): string {
  const passed = outcomes.filter(({ ok }) => ok).length;
  const meant = outcomes.filter(({ purpose }) => purpose !== undefined).length;
  return `${name} ${passed}/${outcomes.length}${meant > 0 ? `, ${meant} on purpose` : ""}`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function refuse(message: string): number {
  process.stderr.write(`${message}\n`);
  return 2;
}

process.exitCode = main(process.argv.slice(2));
