/**
 * The kernel agrees: random clusters are built as network namespaces and enforced by the agent's
 * own code, and real packets must fare as the engine and the oracle say. One cluster follows the
 * other in the same table, so that every change between random states is tried as well.
 *
 * PICKET_SEED=… repeats a run, PICKET_PROBES=… makes it longer or shorter.
 */
import assert from "node:assert/strict";
import { globSync, mkdirSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, it } from "node:test";
import { modelOf } from "../../src/core/model/convert.ts";
import type { Model } from "../../src/core/model/model.ts";
import type { Verdict } from "../../src/core/model/verdict.ts";
import type { Flow } from "../../src/core/net/flow.ts";
import { evaluate } from "../../src/core/spec/evaluate.ts";
import { Cluster } from "../../src/core/verdict/cluster.ts";
import { formatStep } from "../../src/core/verdict/format.ts";
import { judge } from "../../src/core/verdict/judge.ts";
import type { ProbeResult } from "../../src/dataplane/lab/prober.ts";
import { topologyOf } from "../../src/dataplane/lab/topology.ts";
import { requires } from "../requirements.ts";
import { admitted } from "./admitted.ts";
import { type Case, loadCase, saveCase, writeFlow } from "./case.ts";
import { generateCluster } from "./generate.ts";
import { addressesOf, generateFlow } from "./generate-flow.ts";
import { generateTellingFlows } from "./generate-telling-flow.ts";
import { PolicedNodes } from "./policed-nodes.ts";
import { Random, seedOfRun } from "./random.ts";
import { shrink } from "./shrink.ts";
import { traitsOf } from "./traits.ts";
import { NODES } from "./universe.ts";

const REGRESSIONS = join(import.meta.dirname, "../regressions");
const seed = seedOfRun();
const wanted = Number(process.env.PICKET_PROBES ?? 2_000);
const PROBES_A_CLUSTER = 60;
const TELLING_PROBES = 15;
/** By then everything in EXPECTED has turned up, or never will. */
const MOST_CLUSTERS = wanted / 4;

/** What must turn up in a run, or it proves little. */
const EXPECTED: readonly string[] = [
  ...["delivered", "dropped", "IPv4", "IPv6", "protocol 6", "protocol 17", "protocol 132"],
  ...["protocol 1", "protocol 58", "normal", "forward", "preDNAT", "untracked"],
  ...["failsafe", "failsafe as set", "encapsulation", "tunnel out of a workload"],
  ...["endpoint-to-host Allow", "endpoint-to-host None", "endpoint-to-host Deny"],
  ...["to a service", "from a service", "backend off its port", "staged"],
  ...["kube-admin", "kube-baseline"],
];

describe("real packets", { skip: requires({ root: true, tools: ["nft", "ip"] }) }, () => {
  it(`fare as the engine says, PICKET_SEED=${seed}`, async (test) => {
    test.diagnostic(`PICKET_SEED=${seed}`);
    const seen = new Map<string, number>();
    let probes = 0;
    await using nodes = await PolicedNodes.open();
    const missing = () => EXPECTED.filter((what) => !seen.has(what));
    for (let i = 0; (probes < wanted || missing().length > 0) && i < MOST_CLUSTERS; i++) {
      for (const traits of await tryCluster(nodes, seed + i)) {
        probes++;
        for (const trait of traits) seen.set(trait, (seen.get(trait) ?? 0) + 1);
      }
    }
    test.diagnostic(`${probes} probes: ${[...seen].map(([what, n]) => `${what} ${n}`).join(", ")}`);
    assert.ok(probes >= wanted, `only ${probes} of ${wanted} probes told something`);
    assert.deepEqual(missing(), []);
  });

  for (const path of globSync("*.yaml", { cwd: REGRESSIONS })) {
    it(`fare as the engine says in ${path}`, async () => {
      const { resources, flow } = loadCase(join(REGRESSIONS, path));
      await using nodes = await PolicedNodes.open();
      await nodes.become(resources);
      assert.equal(await difference(nodes, modelOf(resources), flow), undefined);
    });
  }
});

/** Brings one cluster about, probes it, and tells of each conclusive probe what it was about. */
async function tryCluster(nodes: PolicedNodes, clusterSeed: number): Promise<string[][]> {
  const resources = generateCluster(new Random(clusterSeed)).map(admitted);
  const model = modelOf(resources);
  const cluster = new Cluster(model);
  const random = new Random(clusterSeed ^ 0x5eed);
  const addresses = addressesOf(model);
  await nodes.become(resources);
  const flows = [
    ...Array.from({ length: PROBES_A_CLUSTER }, () => generateFlow(random, addresses)),
    ...generateTellingFlows(random, model, addresses, TELLING_PROBES),
  ];
  const tried = flows.filter((flow) => nodes.canTry(flow));
  const results = await nodes.probe(tried);
  const told: string[][] = [];
  for (const [i, flow] of tried.entries()) {
    const result = results[i];
    if (!result) continue;
    const verdict = evaluate(model, flow);
    assert.equal(judge(cluster, flow).action, verdict.action);
    const fate = compare(verdict, result);
    // A packet may be late on a loaded machine: only a difference that stays is one.
    const stays = fate === "differs" ? await difference(nodes, model, flow) : undefined;
    if (stays !== undefined) await report(nodes, { resources, flow }, stays, clusterSeed);
    if (fate !== "tells nothing") told.push([result.outcome, ...traitsOf(model, flow, verdict)]);
  }
  return told;
}

/** Where no reply is waited for, a verdict that only the reply's way explains tells nothing. */
function compare(verdict: Verdict, result: ProbeResult): "agrees" | "differs" | "tells nothing" {
  if (result.outcome === "unsent") return "tells nothing";
  const delivered = result.outcome === "delivered";
  const passed = delivered && result.answered !== false;
  if (passed === (verdict.action === "Allow")) return "agrees";
  const untracked = verdict.steps.some((step) => step.list === "untracked");
  return untracked && delivered && result.answered === undefined ? "tells nothing" : "differs";
}

/** What is wrong when `flow` is tried in the cluster that is up, or undefined when nothing is. */
async function difference(
  nodes: PolicedNodes,
  model: Model,
  flow: Flow,
): Promise<string | undefined> {
  if (!nodes.canTry(flow)) return undefined;
  const [result] = await nodes.probe([flow]);
  const verdict = evaluate(model, flow);
  if (!result || compare(verdict, result) !== "differs") return undefined;
  const steps = verdict.steps.map((step) => `  ${formatStep(step)}`);
  return [
    `${JSON.stringify(writeFlow(flow))}`,
    `  packet ${result.outcome}, answered ${result.answered}, verdict ${verdict.action}:`,
    ...steps,
  ].join("\n");
}

async function report(
  nodes: PolicedNodes,
  { resources, flow }: Case,
  first: string,
  clusterSeed: number,
): Promise<never> {
  const small = await shrink(resources, (fewer) => stillDiffers(nodes, fewer, flow));
  const model = modelOf(small);
  await nodes.become(small);
  const what = await difference(nodes, model, flow);
  mkdirSync(REGRESSIONS, { recursive: true });
  const path = join(REGRESSIONS, `kernel-${clusterSeed}.yaml`);
  saveCase(path, { resources: small, flow }, `Found by PICKET_SEED=${clusterSeed}.`);
  assert.fail(
    `PICKET_SEED=${clusterSeed}: ${first}\nshrunk to ${relative(process.cwd(), path)}: ` +
      `${what ?? "there it agrees, so what was in force before has a part in it"}`,
  );
}

/** Manifests that are cut too short to be read, or lack a node, are no counterexample. */
async function stillDiffers(
  nodes: PolicedNodes,
  resources: Case["resources"],
  flow: Flow,
): Promise<boolean> {
  let model: Model;
  try {
    model = modelOf(resources);
  } catch {
    return false;
  }
  const names = new Set(topologyOf(model).nodes.map(({ name }) => name));
  if (!NODES.every(({ name }) => names.has(name))) return false;
  await nodes.become(resources);
  return (await difference(nodes, model, flow)) !== undefined;
}
