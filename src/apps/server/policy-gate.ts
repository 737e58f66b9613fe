/**
 * The gate of the API: a write after which an assertion of a stored PolicyTest no longer holds is
 * refused. Assertions that did not hold before keep nobody out; nor do tests that come with the write.
 *
 * While there is a test, a write that can change verdicts waits for all of them to be judged; other
 * writes, statuses among them, wait for nothing.
 */

import { isDeepStrictEqual } from "node:util";
import { Catalog } from "../../control/apiserver/catalog.ts";
import { detailsOf, Refusal, resourceName } from "../../control/apiserver/status.ts";
import type { Change, Storage } from "../../control/storage/storage.ts";
import { testedCluster } from "../../core/policy-test/cluster.ts";
import { type AssertionResult, type TestResult, testName } from "../../core/policy-test/result.ts";
import { runTests } from "../../core/policy-test/run.ts";
import { formatResult } from "../../core/policy-test/words.ts";
import { admit } from "../../core/resources/admit.ts";
import { type AnyResource, KINDS } from "../../core/resources/kinds.ts";
import { policyTest } from "../../core/resources/policy-test.ts";
import type { Resource, ResourceKind } from "../../core/resources/resource.ts";

/** How many broken assertions a refusal tells. */
const TOLD_AT_MOST = 5;

const TESTS = resourceName(policyTest);
const CATALOG = new Catalog(KINDS);

interface Judged {
  readonly revision: number;
  readonly results: readonly TestResult[];
}

/** What would become of tests if these changes were kept. */
interface Candidate {
  readonly changes: readonly Change[];
  readonly results: readonly TestResult[];
}

export class PolicyGate {
  readonly #storage: Storage;
  /** What is stored, admitted once, by uid and revision. */
  #read = new Map<string, AnyResource>();
  /** A judgement of what is stored. */
  #judged: Judged | undefined;
  #candidate: Candidate | undefined;
  #hasTests: boolean;
  readonly close: () => void;

  constructor(storage: Storage) {
    this.#storage = storage;
    this.#hasTests = hasTests(storage);
    this.close = storage.subscribe((changes) => this.#follow(changes));
  }

  /**
   * Judges what a transaction under way has written since `revision`. Throws a {@link Refusal} when an
   * assertion held before and does not now.
   */
  guard(revision: number): void {
    if (!this.#hasTests || this.#storage.revision === revision) return;
    const changes = this.#storage.changes(revision);
    if (changes === "Expired") return;
    const [first] = changes.filter(changesVerdicts);
    const kind = first && CATALOG.ofType(first.key.type);
    if (!kind) return;
    const objects = this.#objects();
    const before = this.#judgedAt(revision, () => reverted(objects, changes));
    const held = new Set(before.flatMap(heldBy));
    this.#candidate = { changes, results: this.#judge(objects, revision) };
    const broken = this.#candidate.results.flatMap((result) => brokenOf(result, held));
    if (broken.length > 0) throw refusal(kind, first.key.name, broken);
  }

  /** What becomes of every stored test as things stand. */
  results(): readonly TestResult[] {
    if (!this.#hasTests) return [];
    return this.#judgedAt(this.#storage.revision, () => this.#objects());
  }

  /** Of what was stored at `revision`, which is the newest that is kept. */
  #judgedAt(revision: number, objects: () => Objects): readonly TestResult[] {
    if (this.#judged?.revision !== revision) {
      this.#judged = { revision, results: this.#judge(objects(), revision) };
    }
    return this.#judged.results;
  }

  /** `kept` is the newest revision that stays: what is written after it may be undone. */
  #judge(objects: Objects, kept: number): readonly TestResult[] {
    const read = new Map<string, AnyResource>();
    const resources = Array.from(objects.values()).flatMap(({ kind, object }) => {
      const { uid, resourceVersion } = object.metadata;
      const key = `${uid} ${resourceVersion}`;
      const isKept = Number(resourceVersion) <= kept;
      const resource = (isKept ? this.#read.get(key) : undefined) ?? admittedAs(kind, object);
      if (resource && isKept) read.set(key, resource);
      return resource ?? [];
    });
    this.#read = read;
    const tests = resources.filter((one) => one.kind === "PolicyTest");
    return runTests(testedCluster(resources, tests), tests);
  }

  #objects(): Objects {
    const objects: Objects = new Map();
    for (const kind of KINDS) {
      const type = resourceName(kind);
      const page = this.#storage.list({ type });
      for (const object of page === "Expired" ? [] : page.objects) {
        objects.set(keyText({ type, ...placeOf(object) }), { kind, object });
      }
    }
    return objects;
  }

  /** What is kept was judged already, or changes neither verdicts nor tests, or is judged when asked. */
  #follow(changes: readonly Change[]): void {
    if (changes.some(({ key }) => key.type === TESTS)) this.#hasTests = hasTests(this.#storage);
    const candidate = this.#candidate;
    const judged = this.#judged;
    this.#candidate = undefined;
    this.#judged = undefined;
    const { revision } = this.#storage;
    if (candidate && isDeepStrictEqual(candidate.changes, changes)) {
      this.#judged = { revision, results: candidate.results };
    } else if (judged && judged.revision + changes.length === revision) {
      const isOther = changes.some((change) => changesVerdicts(change) || changesTest(change));
      if (!isOther) this.#judged = { ...judged, revision };
    }
  }
}

type Objects = Map<string, { readonly kind: ResourceKind; readonly object: Resource }>;

function hasTests(storage: Storage): boolean {
  const page = storage.list({ type: TESTS, limit: 1 });
  return page !== "Expired" && page.objects.length > 0;
}

function reverted(objects: Objects, changes: readonly Change[]): Objects {
  const before = new Map(objects);
  for (const { key, previous } of [...changes].reverse()) {
    const kind = CATALOG.ofType(key.type);
    if (previous && kind) before.set(keyText(key), { kind, object: previous });
    else before.delete(keyText(key));
  }
  return before;
}

function admittedAs(kind: ResourceKind, object: Resource): AnyResource | undefined {
  const admission = admit(kind, object);
  return admission.admitted ? admission.resource : undefined;
}

function placeOf({ metadata }: Resource): { readonly namespace: string; readonly name: string } {
  return { namespace: metadata.namespace ?? "", name: metadata.name };
}

function keyText({ type, namespace, name }: Change["key"]): string {
  return `${type} ${namespace}/${name}`;
}

/** Whether a write can have changed a verdict. Only core kinds have a status that policy reads. */
function changesVerdicts({ key, object, previous }: Change): boolean {
  const kind = CATALOG.ofType(key.type);
  if (!kind || kind === policyTest) return false;
  return !isDeepStrictEqual(meaningOf(kind, object), meaningOf(kind, previous));
}

function changesTest({ key, object, previous }: Change): boolean {
  if (key.type !== TESTS) return false;
  return !isDeepStrictEqual(meaningOf(policyTest, object), meaningOf(policyTest, previous));
}

function meaningOf(kind: ResourceKind, object: Resource | undefined): unknown {
  if (!object) return undefined;
  const { metadata, ...rest } = object;
  const { labels, annotations, deletionTimestamp } = metadata;
  const { status: _, ...withoutStatus } = rest as { readonly status?: unknown };
  const content = kind.group === "" ? rest : withoutStatus;
  return { ...content, metadata: { labels, annotations, deletionTimestamp } };
}

function heldBy({ test, assertions }: TestResult): string[] {
  return assertions.filter(({ failure }) => !failure).map((one) => assertionKey(test, one));
}

/** Equal for an assertion that still says the same. */
function assertionKey(test: TestResult["test"], { assertion }: AssertionResult): string {
  return `${testName(test)} ${JSON.stringify(assertion)}`;
}

interface Broken {
  readonly test: TestResult["test"];
  readonly result: AssertionResult;
}

function brokenOf({ test, assertions }: TestResult, held: ReadonlySet<string>): Broken[] {
  return assertions
    .filter((result) => result.failure && held.has(assertionKey(test, result)))
    .map((result) => ({ test, result }));
}

function refusal(kind: ResourceKind, name: string, broken: readonly Broken[]): Refusal {
  const told = broken.slice(0, TOLD_AT_MOST);
  const texts = told.map(
    ({ test, result }) => `PolicyTest ${testName(test)} would fail: ${formatResult(result)}`,
  );
  const more =
    broken.length > told.length ? [`${broken.length - told.length} more would fail`] : [];
  const detail = [...texts, ...more].join("; ");
  const causes = told.map(({ result }, i) => ({
    reason: "PolicyTestWouldFail",
    message: texts[i] ?? "",
    field: result.path,
  }));
  const message = `${resourceName(kind)} "${name}" is forbidden: ${detail}`;
  return new Refusal(403, "Forbidden", message, { ...detailsOf(kind, name), causes });
}
