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
import type { Decision, Step, Verdict } from "../../src/core/model/verdict.ts";
import type { Flow } from "../../src/core/net/flow.ts";
import { evaluate } from "../../src/core/spec/evaluate.ts";
import { Cluster } from "../../src/core/verdict/cluster.ts";
import { judge } from "../../src/core/verdict/judge.ts";
import { admitted } from "./admitted.ts";
import { type Case, loadCase, saveCase, writeFlow } from "./case.ts";
import { generateCluster } from "./generate.ts";
import { addressesOf, generateFlow } from "./generate-flow.ts";
import { Random } from "./random.ts";
import { shrink } from "./shrink.ts";

const REGRESSIONS = join(import.meta.dirname, "../regressions");
const FLOWS_A_CLUSTER = 100;

const seed = Number(process.env.PICKET_SEED ?? Date.now() % 2 ** 32);
const cases = Number(process.env.PICKET_CASES ?? 100_000);

/** What must turn up in a run; a generator that never makes it would prove nothing. */
const EXPECTED: readonly string[] = [
  ...["Allow", "Deny"],
  ...["normal", "forward", "untracked", "preDNAT"],
  ...["rule", "end-of-tier", "profile", "no-profile", "failsafe", "forward-default", "no-match"],
  ...["endpoint-to-host", "neighbour-discovery", "encapsulation", "invalid-state"],
  ...["log of rule", "log of profile"],
];

describe("spec and verdict", () => {
  it(`agree on ${cases} random connections, PICKET_SEED=${seed}`, async (test) => {
    test.diagnostic(`PICKET_SEED=${seed}`);
    const seen = new Set<string>();
    for (let i = 0; i * FLOWS_A_CLUSTER < cases; i++) {
      for await (const { action, steps } of judgeCluster(seed + i)) {
        seen.add(action);
        for (const { list, decision, logs } of steps) {
          seen.add(list).add(decision.by);
          for (const log of logs) seen.add(`log of ${log.by}`);
        }
      }
    }
    assert.deepEqual(
      EXPECTED.filter((what) => !seen.has(what)),
      [],
    );
  });

  for (const path of globSync("*.yaml", { cwd: REGRESSIONS })) {
    it(`agree on ${path}`, () => {
      const { resources, flow } = loadCase(join(REGRESSIONS, path));
      const model = modelOf(resources);
      assert.deepEqual(texts(judge(new Cluster(model), flow)), texts(evaluate(model, flow)));
    });
  }
});

/** Judges connections of one random cluster both ways; a difference is saved, shrunk, and thrown. */
async function* judgeCluster(clusterSeed: number): AsyncGenerator<Verdict> {
  const random = new Random(clusterSeed);
  const resources = generateCluster(random).map(admitted);
  const model = modelOf(resources);
  const cluster = new Cluster(model);
  const addresses = addressesOf(model);
  for (let i = 0; i < FLOWS_A_CLUSTER; i++) {
    const flow = generateFlow(random, addresses);
    const verdict = judge(cluster, flow);
    if (!sameVerdict(verdict, evaluate(model, flow)))
      await report({ resources, flow }, clusterSeed);
    yield verdict;
  }
}

async function report({ resources, flow }: Case, clusterSeed: number): Promise<never> {
  const small = await shrink(resources, (fewer) => differs(fewer, flow));
  const model = modelOf(small);
  mkdirSync(REGRESSIONS, { recursive: true });
  const path = join(REGRESSIONS, `engine-${clusterSeed}.yaml`);
  saveCase(path, { resources: small, flow }, `Found by PICKET_SEED=${clusterSeed}.`);
  assert.deepEqual(
    texts(judge(new Cluster(model), flow)),
    texts(evaluate(model, flow)),
    `PICKET_SEED=${clusterSeed}: ${JSON.stringify(writeFlow(flow))}, ` +
      `shrunk to ${relative(process.cwd(), path)}; actual is verdict's, expected is spec's`,
  );
  throw new Error(`PICKET_SEED=${clusterSeed}: the shrunk case agrees; ${path}`);
}

/** Manifests that are cut too short to be read are no counterexample. */
function differs(resources: Case["resources"], flow: Flow): boolean {
  try {
    const model = modelOf(resources);
    return !sameVerdict(judge(new Cluster(model), flow), evaluate(model, flow));
  } catch {
    return false;
  }
}

function sameVerdict(a: Verdict, b: Verdict): boolean {
  return texts(a).join("\n") === texts(b).join("\n");
}

/** A verdict as lines to compare and to read. */
function texts({ action, steps }: Verdict): string[] {
  return [action, ...steps.map(stepText)];
}

function stepText({ node, endpoint, kind, direction, list, action, decision, logs }: Step): string {
  const where = `${node} ${kind} ${endpoint} ${list} ${direction}`;
  const logged = logs.map((log) => ` log ${decisionText(log)}`).join("");
  return `${where}: ${action} ${decisionText(decision)}${logged}`;
}

function decisionText(decision: Decision): string {
  switch (decision.by) {
    case "rule":
      return `${decision.tier} ${policyText(decision.policy)} ${decision.rule} ${decision.path}`;
    case "profile":
      return `profile ${decision.profile} ${decision.rule} ${decision.path}`;
    case "end-of-tier":
      return `end of ${decision.tier} ${policyText(decision.policy)}`;
    default:
      return decision.by;
  }
}

function policyText({ kind, namespace, name }: { kind: string; namespace: string; name: string }) {
  return `${kind}/${namespace}/${name}`;
}
