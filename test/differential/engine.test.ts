/**
 * The oracle and the fast path agree: `spec` and `verdict` were written apart from the same text,
 * and must give the same answer with the same reasons on random clusters.
 *
 * PICKET_SEED=… repeats a run, PICKET_CASES=… makes it longer or shorter.
 */
import assert from "node:assert/strict";
import { globSync, mkdirSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, it } from "node:test";
import { modelOf } from "../../src/core/model/convert.ts";
import type { Model } from "../../src/core/model/model.ts";
import type { RequestVerdict } from "../../src/core/model/request-verdict.ts";
import type { Verdict } from "../../src/core/model/verdict.ts";
import { compareAddresses } from "../../src/core/net/address.ts";
import type { Flow } from "../../src/core/net/flow.ts";
import type { Request } from "../../src/core/net/request.ts";
import { evaluate } from "../../src/core/spec/evaluate.ts";
import { evaluateRequest } from "../../src/core/spec/request.ts";
import { Cluster } from "../../src/core/verdict/cluster.ts";
import { judge } from "../../src/core/verdict/judge.ts";
import { judgeRequest } from "../../src/core/verdict/request.ts";
import { admitted } from "./admitted.ts";
import { type Case, loadCase, saveCase, writeConnection } from "./case.ts";
import { requestLines, verdictLines } from "./engine-text.ts";
import { generateCluster } from "./generate.ts";
import { addressesOf, generateFlow } from "./generate-flow.ts";
import { generateRequest } from "./generate-request.ts";
import { Random, seedOfRun } from "./random.ts";
import { shrink } from "./shrink.ts";

const REGRESSIONS = join(import.meta.dirname, "../regressions");
const FLOWS_A_CLUSTER = 100;
const FLOWS_A_REQUEST = 3;
/** Of a hundred connections, how many were sent to another address than they arrive at. */
const TRANSLATED = 10;

const seed = seedOfRun();
const cases = Number(process.env.PICKET_CASES ?? 100_000);

/** What must turn up in a run; a generator that never makes it would prove nothing. */
const EXPECTED: readonly string[] = [
  ...["Allow", "Deny"],
  ...["normal", "forward", "untracked", "preDNAT"],
  ...["rule", "end-of-tier", "profile", "no-profile", "failsafe", "forward-default", "no-match"],
  ...["endpoint-to-host", "neighbour-discovery", "encapsulation", "invalid-state"],
  ...["log of rule", "log of profile"],
  ...["normal", "forward", "untracked", "preDNAT"].map((list) => `pending ${list}`),
  ...["Deny", "None", "Allow"].map((action) => `endpoint-to-host ${action}`),
  ...["request Allow", "request Deny", "request BadRequest", "request pending", "request log"],
];

describe("spec and verdict", () => {
  it(`agree on ${cases} random connections, PICKET_SEED=${seed}`, async (test) => {
    test.diagnostic(`PICKET_SEED=${seed}`);
    const seen = new Set<string>();
    for (let i = 0; i * FLOWS_A_CLUSTER < cases; i++) {
      await judgeCluster(seed + i, seen);
    }
    assert.deepEqual(
      EXPECTED.filter((what) => !seen.has(what)),
      [],
    );
  });

  for (const path of globSync("*.yaml", { cwd: REGRESSIONS })) {
    it(`agree on ${path}`, () => {
      const { fast, oracle } = bothLines(loadCase(join(REGRESSIONS, path)));
      assert.deepEqual(fast, oracle);
    });
  }
});

/**
 * Judges connections of one random cluster, and requests in them, both ways; adds what turned up to
 * `seen`. A difference is saved, shrunk, and thrown.
 */
async function judgeCluster(clusterSeed: number, seen: Set<string>): Promise<void> {
  const random = new Random(clusterSeed);
  const resources = generateCluster(random).map(admitted);
  const model = modelOf(resources);
  const cluster = new Cluster(model);
  const addresses = addressesOf(model);
  for (let i = 0; i < FLOWS_A_CLUSTER; i++) {
    const flow = generateFlow(random, addresses, TRANSLATED);
    const verdict = judge(cluster, flow);
    if (!same(verdictLines(verdict), verdictLines(evaluate(model, flow)))) {
      await report({ resources, flow }, clusterSeed);
    }
    for (const feature of featuresOf(verdict)) seen.add(feature);
    if (i % FLOWS_A_REQUEST > 0) continue;
    const request = generateRequest(random, flow);
    const answers = judgeBoth(model, cluster, request);
    if (!answers) continue;
    const [fast, oracle] = answers;
    if (!same(requestLines(fast), requestLines(oracle))) {
      await report({ resources, flow, request }, clusterSeed);
    }
    for (const feature of requestFeaturesOf(fast)) seen.add(feature);
  }
}

/** The fast path's verdict and the oracle's; undefined when no workload is there to be asked. */
function judgeBoth(
  model: Model,
  cluster: Cluster,
  request: Request,
): readonly [RequestVerdict, RequestVerdict] | undefined {
  const endpoint = workloadAt(model, request.flow);
  if (!endpoint) return undefined;
  return [judgeRequest(cluster, endpoint, request), evaluateRequest(model, endpoint, request)];
}

function workloadAt({ workloads }: Model, { destination }: Flow) {
  return workloads.find(({ addresses }) =>
    addresses.some((own) => compareAddresses(own, destination) === 0),
  );
}

function* featuresOf({ action, steps }: Verdict): Generator<string> {
  yield action;
  for (const { list, action, decision, logs, pending } of steps) {
    if (decision.by === "endpoint-to-host") yield `endpoint-to-host ${action}`;
    yield list;
    yield decision.by;
    if (pending) yield `pending ${list}`;
    for (const log of logs) yield `log of ${log.by}`;
  }
}

function* requestFeaturesOf({ action, logs, pending }: RequestVerdict): Generator<string> {
  yield `request ${action}`;
  if (logs.length > 0) yield "request log";
  if (pending) yield "request pending";
}

async function report(found: Case, clusterSeed: number): Promise<never> {
  const small = { ...found, resources: await shrink(found.resources, differs(found)) };
  mkdirSync(REGRESSIONS, { recursive: true });
  const path = join(REGRESSIONS, `engine-${clusterSeed}.yaml`);
  saveCase(path, small, `Found by PICKET_SEED=${clusterSeed}.`);
  const { fast, oracle } = bothLines(small);
  assert.deepEqual(
    fast,
    oracle,
    `PICKET_SEED=${clusterSeed}: ${JSON.stringify(writeConnection(found))}, ` +
      `shrunk to ${relative(process.cwd(), path)}; actual is verdict's, expected is spec's`,
  );
  throw new Error(`PICKET_SEED=${clusterSeed}: the shrunk case agrees; ${path}`);
}

/** Manifests that are cut too short to be read are no counterexample. */
function differs(found: Case): (resources: Case["resources"]) => boolean {
  return (resources) => {
    try {
      const { fast, oracle } = bothLines({ ...found, resources });
      return !same(fast, oracle);
    } catch {
      return false;
    }
  };
}

/** Both verdicts on a case: of its request if it has one, else of its connection. */
function bothLines({ resources, flow, request }: Case) {
  const model = modelOf(resources);
  const cluster = new Cluster(model);
  if (!request) {
    const fast = verdictLines(judge(cluster, flow));
    return { fast, oracle: verdictLines(evaluate(model, flow)) };
  }
  const answers = judgeBoth(model, cluster, request);
  if (!answers) throw new Error("no workload is where the request goes");
  const [fast, oracle] = answers.map(requestLines);
  return { fast: fast ?? [], oracle: oracle ?? [] };
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.join("\n") === b.join("\n");
}
