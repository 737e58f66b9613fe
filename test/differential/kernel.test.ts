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
import { Enforcer } from "../../src/apps/agent/enforcer.ts";
import { readInterfaces } from "../../src/apps/agent/interfaces.ts";
import { modelOf } from "../../src/core/model/convert.ts";
import type { Model } from "../../src/core/model/model.ts";
import type { Verdict } from "../../src/core/model/verdict.ts";
import type { Flow } from "../../src/core/net/flow.ts";
import { ICMP, ICMPV6, UDPLITE } from "../../src/core/net/protocol.ts";
import { evaluate } from "../../src/core/spec/evaluate.ts";
import { Cluster } from "../../src/core/verdict/cluster.ts";
import { formatStep } from "../../src/core/verdict/format.ts";
import { judge } from "../../src/core/verdict/judge.ts";
import { Lab } from "../../src/dataplane/lab/lab.ts";
import type { ProbeResult } from "../../src/dataplane/lab/prober.ts";
import { topologyOf } from "../../src/dataplane/lab/topology.ts";
import { nftCommand } from "../../src/dataplane/nft/nft-command.ts";
import { requires } from "../requirements.ts";
import { admitted } from "./admitted.ts";
import { type Case, loadCase, saveCase, writeFlow } from "./case.ts";
import { generateCluster, node } from "./generate.ts";
import { addressesOf, generateFlow } from "./generate-flow.ts";
import { Random } from "./random.ts";
import { shrink } from "./shrink.ts";
import { NODES } from "./universe.ts";

const REGRESSIONS = join(import.meta.dirname, "../regressions");
const seed = Number(process.env.PICKET_SEED ?? Date.now() % 2 ** 32);
const wanted = Number(process.env.PICKET_PROBES ?? 2_000);
const PROBES_A_CLUSTER = 60;
/** By then everything in EXPECTED has turned up, or never will. */
const MOST_CLUSTERS = wanted / 4;

/** What must turn up in a run, or it proves little. */
const EXPECTED: readonly string[] = [
  ...["delivered", "dropped", "IPv4", "IPv6", "protocol 6", "protocol 17", "protocol 132"],
  ...["protocol 1", "protocol 58", "normal", "forward", "preDNAT", "untracked"],
];

describe("real packets", { skip: requires({ root: true, tools: ["nft", "ip"] }) }, () => {
  it(`fare as the engine says, PICKET_SEED=${seed}`, async (test) => {
    test.diagnostic(`PICKET_SEED=${seed}`);
    const seen = new Map<string, number>();
    let probes = 0;
    await using bench = await Bench.open();
    const missing = () => EXPECTED.filter((what) => !seen.has(what));
    for (let i = 0; (probes < wanted || missing().length > 0) && i < MOST_CLUSTERS; i++) {
      for (const traits of await tryCluster(bench, seed + i)) {
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
      await using bench = await Bench.open();
      await bench.become(modelOf(resources));
      assert.equal(await difference(bench, modelOf(resources), flow), undefined);
    });
  }
});

/** Brings one cluster about, probes it, and tells of each conclusive probe what it was about. */
async function tryCluster(bench: Bench, clusterSeed: number): Promise<string[][]> {
  const resources = generateCluster(new Random(clusterSeed)).map(admitted);
  const model = modelOf(resources);
  const cluster = new Cluster(model);
  const random = new Random(clusterSeed ^ 0x5eed);
  const addresses = addressesOf(model);
  await bench.become(model);
  const flows = Array.from({ length: PROBES_A_CLUSTER }, () => generateFlow(random, addresses));
  const tried = flows.filter((flow) => bench.canTry(flow));
  const results = await bench.probe(tried);
  const told: string[][] = [];
  for (const [i, flow] of tried.entries()) {
    const result = results[i];
    if (!result) continue;
    const verdict = evaluate(model, flow);
    assert.equal(judge(cluster, flow).action, verdict.action);
    const fate = compare(verdict, result);
    // A packet may be late on a loaded machine: only a difference that stays is one.
    const stays = fate === "differs" ? await difference(bench, model, flow) : undefined;
    if (stays !== undefined) await report(bench, { resources, flow }, stays, clusterSeed);
    if (fate !== "tells nothing") told.push(traitsOf(flow, verdict, result));
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
async function difference(bench: Bench, model: Model, flow: Flow): Promise<string | undefined> {
  if (!bench.canTry(flow)) return undefined;
  const [result] = await bench.probe([flow]);
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
  bench: Bench,
  { resources, flow }: Case,
  first: string,
  clusterSeed: number,
): Promise<never> {
  const small = await shrink(resources, (fewer) => stillDiffers(bench, fewer, flow));
  const model = modelOf(small);
  await bench.become(model);
  const what = await difference(bench, model, flow);
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
  bench: Bench,
  resources: Case["resources"],
  flow: Flow,
): Promise<boolean> {
  let model: Model;
  try {
    model = modelOf(resources);
  } catch {
    return false;
  }
  const nodes = new Set(topologyOf(model).nodes.map(({ name }) => name));
  if (!NODES.every(({ name }) => nodes.has(name))) return false;
  await bench.become(model);
  return (await difference(bench, model, flow)) !== undefined;
}

function traitsOf(flow: Flow, verdict: Verdict, result: ProbeResult): string[] {
  const lists = new Set(verdict.steps.map((step) => step.list));
  return [result.outcome, `IPv${flow.source.family}`, `protocol ${flow.protocol}`, ...lists];
}

/** A lab with an enforcer for each node, both following one cluster after the other. */
class Bench {
  readonly lab: Lab;
  readonly #enforcers: readonly Enforcer[];
  readonly #close: () => Promise<void>;
  #revision = 0;

  private constructor(lab: Lab, enforcers: readonly Enforcer[], close: () => Promise<void>) {
    this.lab = lab;
    this.#enforcers = enforcers;
    this.#close = close;
  }

  static async open(): Promise<Bench> {
    const lab = await Lab.prepare(
      topologyOf(modelOf(NODES.map(({ name, v4, v6 }) => node(name, [v4, v6])))),
    );
    const tables = NODES.map(({ name }) => ({
      node: name,
      nft: nftCommand({ netns: lab.netnsOf(name) }),
      interfaces: () => readInterfaces(lab.netnsOf(name)),
    }));
    const enforcers = tables.map((options) => new Enforcer(options));
    return new Bench(lab, enforcers, async () => {
      await Promise.all(enforcers.map((enforcer) => enforcer.stop()));
      await Promise.all(tables.map(({ nft }) => nft.close()));
      await lab.down();
    });
  }

  /** Makes lab and kernel those of `model`. */
  async become(model: Model): Promise<void> {
    this.#revision++;
    await this.lab.update(topologyOf(model));
    for (const enforcer of this.#enforcers)
      enforcer.enforce({ model, refused: [], revision: this.#revision });
    await Promise.all(this.#enforcers.map((enforcer) => enforcer.enforced(this.#revision)));
  }

  probe(flows: readonly Flow[]): Promise<ProbeResult[]> {
    return this.lab.probeAll(
      flows.map((flow) => ({ ...flow, from: this.lab.placeOf(flow.source) })),
    );
  }

  /**
   * Not every flow is a first packet to the kernel: connection tracking takes ICMP errors and
   * replies without a request for invalid, and UDP-Lite too, whose checksum it takes for UDP's.
   * What a workload sends to itself never leaves it.
   */
  canTry(flow: Flow): boolean {
    const { protocol, icmp, source } = flow;
    if (protocol === ICMP && icmp?.type !== 8) return false;
    if (protocol === ICMPV6 && icmp?.type !== 128) return false;
    if (protocol === UDPLITE) return false;
    return this.lab.placeOf(source) !== this.lab.placeOf(flow.destination);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#close();
  }
}
