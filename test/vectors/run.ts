/** Runs the families of vectors that a directory has. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { reasonOf } from "../../src/core/text/reason.ts";
import { families } from "./families.ts";
import type { Family, Outcome, VectorFile } from "./family.ts";

export interface FamilyReport {
  readonly name: string;
  readonly outcomes: readonly Outcome[];
}

export interface Report {
  readonly families: readonly FamilyReport[];
  /** Files whose cases nobody judged, and why: `x.json: no family of this name`. */
  readonly unread: readonly string[];
}

const DIFFERENCES = join(import.meta.dirname, "../../docs/reference/differences.md");

/** Puts every family in `dir` to Picket. What is not a case of any family is told, never left out. */
export function runVectors(dir: string, known: readonly Family[] = families): Report {
  const documented = documentedDifferences(readFileSync(DIFFERENCES, "utf8"));
  const reports: FamilyReport[] = [];
  const unread: string[] = [];
  for (const file of filesIn(dir, known)) {
    const own = known.filter((family) => family.file === file);
    const vectors = own.length === 0 ? "no family of this name" : read(join(dir, file));
    if (typeof vectors === "string") {
      unread.push(`${file}: ${vectors}`);
      continue;
    }
    for (const family of own) {
      const outcomes = outcomesOf(family, vectors, dirname(join(dir, file)));
      if (typeof outcomes === "string") unread.push(`${file}: ${outcomes}`);
      // Of families that share a file, those that have cases there.
      else if (outcomes.length > 0 || own.length === 1) {
        const found = outcomes.map((outcome) => withReason(outcome, documented));
        reports.push({ name: family.name, outcomes: found });
      }
    }
  }
  return { families: reports, unread };
}

/** The families' files that are there, in the order of the families; then the unknown, by name. */
function filesIn(dir: string, known: readonly Family[]): string[] {
  const ours = new Set(known.map(({ file }) => file));
  const found = [...ours].filter((file) => existsSync(join(dir, file)));
  const others = globSync(["*.json", "verdicts-k8s/*.json"], { cwd: dir });
  return [...found, ...others.filter((file) => !ours.has(file)).sort()];
}

/** The cases of a file but the disputed ones, or why it cannot be read. */
function read(path: string): VectorFile | string {
  let file: unknown;
  try {
    file = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    return reasonOf(error);
  }
  const { cases, ...rest } = (file ?? {}) as Partial<VectorFile>;
  if (!Array.isArray(cases)) return "has no list of cases";
  if (!cases.every((one) => typeof one?.id === "string")) return "has a case without an id";
  return { ...rest, cases: cases.filter((one) => one.disputed === undefined) };
}

/** What the family says of its cases, or why it could not even begin. */
function outcomesOf(family: Family, vectors: VectorFile, dir: string): Outcome[] | string {
  try {
    return family.run(vectors, dir);
  } catch (error) {
    return reasonOf(error);
  }
}

/** A difference on purpose that has no row in the reference is a failure. */
function withReason(outcome: Outcome, documented: ReadonlySet<string>): Outcome {
  const { id, purpose } = outcome;
  if (purpose === undefined || documented.has(purpose)) return outcome;
  return { id, ok: false, why: `no row of docs/reference/differences.md is "${purpose}"` };
}

/** The first cells of the rows of all tables. */
export function documentedDifferences(markdown: string): ReadonlySet<string> {
  const rows = markdown.matchAll(/^\| (.+?) \| /gm);
  return new Set(Array.from(rows, ([, cell]) => cell ?? ""));
}
