/**
 * `npm run vectors -- DIR`: puts every family of vectors that is in DIR to Picket. Prints a line a
 * family, then the ids that failed. Exits 1 if any failed, 2 if DIR has no family that we know.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { families } from "./families.ts";
import type { Family, Outcome, VectorFile } from "./family.ts";

const USAGE = "usage: npm run vectors -- DIR   (DIR holds selectors.json, ordering.json, …)";

function main(args: readonly string[]): number {
  const [dir] = args;
  if (dir === undefined || args.length > 1) return refuse(USAGE);
  const found = families.filter((family) => existsSync(join(dir, family.file)));
  if (found.length === 0) {
    const wanted = families.map((family) => family.file).join(", ");
    return refuse(`${dir}: no vectors that this program knows; wanted any of ${wanted}`);
  }
  const failed = found.flatMap((family) => {
    const outcomes = run(family, join(dir, family.file));
    const failures = outcomes.filter((outcome) => !outcome.ok);
    print(`${family.name} ${outcomes.length - failures.length}/${outcomes.length}`);
    return failures;
  });
  for (const { id, why } of failed) print(why === undefined ? id : `${id}  ${why}`);
  return failed.length === 0 ? 0 : 1;
}

function run(family: Family, path: string): Outcome[] {
  const file = JSON.parse(readFileSync(path, "utf8")) as VectorFile;
  const cases = file.cases.filter((one) => one.disputed === undefined);
  return family.run({ ...file, cases }, dirname(path));
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function refuse(message: string): number {
  process.stderr.write(`${message}\n`);
  return 2;
}

process.exitCode = main(process.argv.slice(2));
