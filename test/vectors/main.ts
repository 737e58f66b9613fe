/**
 * `npm run vectors -- [--verbose] DIR`: puts every family of vectors that is in DIR to Picket, and
 * reports as `report.ts` says. Exits 1 if any case failed or any file could not be read, 2 if DIR has
 * no family that we know.
 */
import { families } from "./families.ts";
import { isClean, reportLines } from "./report.ts";
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
    const wanted = [...new Set(families.map((family) => family.file))].join(", ");
    return refuse(`${dir}: no vectors that this program knows; wanted any of ${wanted}`);
  }
  for (const line of reportLines(report, verbose)) process.stdout.write(`${line}\n`);
  return isClean(report) ? 0 : 1;
}

function refuse(message: string): number {
  process.stderr.write(`${message}\n`);
  return 2;
}

process.exitCode = main(process.argv.slice(2));
