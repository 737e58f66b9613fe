/**
 * The kernel agrees: random clusters are built as network namespaces and enforced by the agent's
 * own code, and real packets must fare as the engine and the oracle say. One cluster follows the
 * other in the same table, so that every change between random states is tried as well.
 *
 * PICKET_SEED=… repeats a run, PICKET_PROBES=… makes it longer or shorter.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Enforcer } from "../../src/apps/agent/enforcer.ts";
import { readInterfaces } from "../../src/apps/agent/interfaces.ts";
import { modelOf } from "../../src/core/model/convert.ts";
import type { Model } from "../../src/core/model/model.ts";
import type { Verdict } from "../../src/core/model/verdict.ts";
import type { Flow } from "../../src/core/net/flow.ts";
import { ICMP, ICMPV6 } from "../../src/core/net/protocol.ts";
import { evaluate } from "../../src/core/spec/evaluate.ts";
import { Cluster } from "../../src/core/verdict/cluster.ts";
import { judge } from "../../src/core/verdict/judge.ts";
import { Lab } from "../../src/dataplane/lab/lab.ts";
import type { ProbeResult } from "../../src/dataplane/lab/prober.ts";
import { placeOf, topologyOf } from "../../src/dataplane/lab/topology.ts";
import { nftCommand } from "../../src/dataplane/nft/nft-command.ts";
import { requires } from "../requirements.ts";
import { admitted } from "./admitted.ts";
import { writeFlow } from "./case.ts";
import { generateCluster } from "./generate.ts";
import { addressesOf, generateFlow } from "./generate-flow.ts";
import { Random } from "./random.ts";
import { NODES } from "./universe.ts";

const seed = Number(process.env.PICKET_SEED ?? Date.now() % 2 ** 32);
const wanted = Number(process.env.PICKET_PROBES ?? 2_000);
const PROBES_A_CLUSTER = 60;
/** So many clusters in a row without a conclusive probe mean that the lab does not work. */
const MOST_CLUSTERS = wanted;

/** What must turn up in a run, or it proves little. */
const EXPECTED: readonly string[] = [
  ...["delivered", "dropped", "IPv4", "IPv6", "protocol 6", "protocol 17", "protocol 132"],
  ...["protocol 1", "protocol 58", "normal", "forward", "preDNAT", "untracked"],
];

describe("real packets", { skip: requires({ root: true, tools: ["nft", "ip"] }) }, () => {
  it(`fare as the engine says, PICKET_SEED=${seed}`, async (test) => {
    test.diagnostic(`PICKET_SEED=${seed}`);
    const bench = await Bench.open(modelFor(seed));
    const seen = new Map<string, number>();
    let probes = 0;
    try {
      for (let i = 0; probes < wanted && i < MOST_CLUSTERS; i++) {
        for (const what of await tryCluster(bench, seed + i)) {
          probes++;
          for (const trait of what) seen.set(trait, (seen.get(trait) ?? 0) + 1);
        }
      }
    } finally {
      await bench.close();
    }
    test.diagnostic(`${probes} probes: ${[...seen].map(([what, n]) => `${what} ${n}`).join(", ")}`);
    assert.ok(probes >= wanted, `only ${probes} of ${wanted} probes told something`);
    assert.deepEqual(
      EXPECTED.filter((what) => !seen.has(what)),
      [],
    );
  });
});

function modelFor(clusterSeed: number): Model {
  return modelOf(generateCluster(new Random(clusterSeed)).map(admitted));
}

/** Brings one cluster about, probes it, and tells of each conclusive probe what it was about. */
async function tryCluster(bench: Bench, clusterSeed: number): Promise<string[][]> {
  const model = modelFor(clusterSeed);
  const cluster = new Cluster(model);
  const random = new Random(clusterSeed ^ 0x5eed);
  const addresses = addressesOf(model);
  await bench.become(model);
  const flows = Array.from({ length: PROBES_A_CLUSTER }, () => generateFlow(random, addresses));
  const tried = flows.filter((flow) => canBeTried(bench.lab, flow));
  const results = await bench.probe(tried);
  return tried.flatMap((flow, i) => {
    const result = results[i];
    if (!result || result.outcome === "unsent") return [];
    const verdict = evaluate(model, flow);
    assert.equal(judge(cluster, flow).action, verdict.action);
    const expected = expectation(verdict, result);
    if (expected === undefined) return [];
    const got = result.outcome === "delivered" && result.answered !== false;
    assert.equal(
      got ? "Allow" : "Deny",
      expected,
      `PICKET_SEED=${clusterSeed}: ${JSON.stringify(writeFlow(flow))} ` +
        `${JSON.stringify(result)} ${JSON.stringify(verdict.steps, null, 1)}`,
    );
    return [traits(flow, verdict, result)];
  });
}

/**
 * Not every flow is a first packet to the kernel: connection tracking takes ICMP errors and replies
 * without a request for invalid, and what a workload sends to itself never leaves it.
 */
function canBeTried(lab: Lab, flow: Flow): boolean {
  if (flow.protocol === ICMP && flow.icmp?.type !== 8) return false;
  if (flow.protocol === ICMPV6 && flow.icmp?.type !== 128) return false;
  const from = placeOf(lab.topology, flow.source);
  const to = placeOf(lab.topology, flow.destination);
  return from !== to;
}

/** Where no reply is waited for, a verdict that only the reply's way explains tells nothing. */
function expectation(verdict: Verdict, result: ProbeResult): "Allow" | "Deny" | undefined {
  const untracked = verdict.steps.some((step) => step.list === "untracked");
  const answers = result.answered !== undefined;
  if (untracked && verdict.action === "Deny" && result.outcome === "delivered" && !answers) return;
  return verdict.action;
}

function traits(flow: Flow, verdict: Verdict, result: ProbeResult): string[] {
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

  static async open(model: Model): Promise<Bench> {
    const lab = await Lab.prepare(topologyOf(model));
    const tables = NODES.map(({ name }) => ({
      node: name,
      nft: nftCommand({ netns: lab.netnsOf(name) }),
      interfaces: () => readInterfaces(lab.netnsOf(name)),
    }));
    const enforcers = tables.map((options) => new Enforcer(options));
    return new Bench(lab, enforcers, async () => {
      await Promise.all(enforcers.map((enforcer) => enforcer.stop()));
      await Promise.all(tables.map(({ nft }) => nft.close()));
      lab.down();
    });
  }

  /** Makes lab and kernel those of `model`. */
  async become(model: Model): Promise<void> {
    this.#revision++;
    await this.lab.update(topologyOf(model));
    for (const enforcer of this.#enforcers) enforcer.enforce({ model, revision: this.#revision });
    await Promise.all(this.#enforcers.map((enforcer) => enforcer.enforced(this.#revision)));
  }

  probe(flows: readonly Flow[]): Promise<ProbeResult[]> {
    return this.lab.probeAll(
      flows.map((flow) => ({ ...flow, from: placeOf(this.lab.topology, flow.source) })),
    );
  }

  close(): Promise<void> {
    return this.#close();
  }
}
