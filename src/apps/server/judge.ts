/**
 * Knows what is stored, what of it cannot be in force as written, and what becomes of its policy
 * tests; judges what would become of them after a change.
 */
import { ModelStream } from "../../core/model/stream.ts";
import { testedCluster } from "../../core/policy-test/cluster.ts";
import { type AssertionResult, type TestResult, testName } from "../../core/policy-test/result.ts";
import { runTests } from "../../core/policy-test/run.ts";
import { formatResult } from "../../core/policy-test/words.ts";
import { apiVersionOf } from "../../core/resources/kinds.ts";
import { problemReports } from "./report-problems.ts";
import { testReports } from "./report-tests.ts";
import type { StatusReport } from "./status-report.ts";
import { StoredCluster } from "./stored-cluster.ts";
import {
  CATALOG,
  changesTest,
  changesVerdicts,
  meanTheSame,
  type StoredUpdate,
  TESTS,
} from "./stored-update.ts";

/** Assertions that hold, and would not after a change. */
export interface Judgement {
  readonly broken: readonly Broken[];
  /** How many more there are than are told. */
  readonly more: number;
}

export interface Broken {
  /** The assertion's place in its manifest. */
  readonly path: string;
  /** Which test would fail, and by what. */
  readonly text: string;
}

/** How many broken assertions are told. */
const TOLD_AT_MOST = 5;

/** What would become of tests if these updates were kept. */
interface Candidate {
  readonly updates: readonly StoredUpdate[];
  readonly results: readonly TestResult[];
}

export class Judge {
  readonly #cluster = new StoredCluster();
  /** Of what is stored, until something else is. */
  #results: readonly TestResult[] | undefined;
  /** Only its problems are asked for. */
  readonly #stream = new ModelStream(() => {});
  /** What was judged last. */
  #candidate: Candidate | undefined;

  /** Takes what has come to be stored. What was judged before it came is not judged again. */
  take(updates: readonly StoredUpdate[]): void {
    const candidate = this.#candidate;
    const isOther = updates.some(({ key, object }) => {
      const replaced = { key, object, previous: this.#cluster.get(key)?.object };
      return changesVerdicts(replaced) || changesTest(replaced);
    });
    this.#cluster.take(updates);
    for (const { key } of updates) this.#convert(key);
    if (!isOther) return;
    const isKnown = candidate && meanTheSame(candidate.updates, updates);
    this.#results = isKnown ? candidate.results : undefined;
    this.#candidate = undefined;
  }

  /** Assertions that did not hold before break nothing; nor do tests that come with the updates. */
  judge(updates: readonly StoredUpdate[]): Judgement {
    const held = new Set(this.#resultsNow().flatMap(heldBy));
    const results = resultsOf(this.#cluster.with(updates));
    this.#candidate = { updates, results };
    const broken = results.flatMap((result) => brokenOf(result, held));
    const told = broken.slice(0, TOLD_AT_MOST);
    return { broken: told, more: broken.length - told.length };
  }

  /** What statuses do not say yet. */
  reports(): StatusReport[] {
    this.#stream.flush();
    const stored = (namespace: string, name: string) =>
      this.#cluster.get({ type: TESTS, namespace, name })?.object;
    return [
      ...problemReports(this.#cluster.stored, this.#stream.problems),
      ...testReports(this.#resultsNow(), stored),
    ];
  }

  #convert(key: StoredUpdate["key"]): void {
    const { type, namespace, name } = key;
    const kind = CATALOG.ofType(type);
    if (!kind) return;
    const text = `${apiVersionOf(kind)}/${kind.kind}/${namespace}/${name}`;
    this.#stream.update(text, this.#cluster.get(key)?.resource);
  }

  #resultsNow(): readonly TestResult[] {
    this.#results ??= resultsOf(this.#cluster);
    return this.#results;
  }
}

function resultsOf({ resources, tests }: StoredCluster): readonly TestResult[] {
  return tests.length === 0 ? [] : runTests(testedCluster(resources, tests), tests);
}

function heldBy({ test, assertions }: TestResult): string[] {
  return assertions.filter(({ failure }) => !failure).map((one) => assertionKey(test, one));
}

/** Equal for an assertion that still says the same. */
function assertionKey(test: TestResult["test"], { assertion }: AssertionResult): string {
  return `${testName(test)} ${JSON.stringify(assertion)}`;
}

function brokenOf({ test, assertions }: TestResult, held: ReadonlySet<string>): Broken[] {
  return assertions
    .filter((result) => result.failure && held.has(assertionKey(test, result)))
    .map((result) => ({
      path: result.path,
      text: `PolicyTest ${testName(test)} would fail: ${formatResult(result)}`,
    }));
}
