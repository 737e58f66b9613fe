/**
 * The oracle and the exact algebra agree: a connection is in what `analysis` says passes exactly if
 * `spec` lets it pass, at random and at every boundary of what the rules name; and the parts into
 * which `analysis` divides a pair's connections have the steps that `verdict` gives one of them.
 *
 * PICKET_SEED=… repeats a run, PICKET_CASES=… makes it longer or shorter.
 */
import assert from "node:assert/strict";
import { globSync, mkdirSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, it } from "node:test";
import { type Analysis, analyse } from "../../src/core/analysis/analysis.ts";
import { modelOf } from "../../src/core/model/convert.ts";
import type { Model } from "../../src/core/model/model.ts";
import type { Policy } from "../../src/core/model/policy.ts";
import type { Verdict } from "../../src/core/model/verdict.ts";
import type { Address } from "../../src/core/net/address.ts";
import type { Flow } from "../../src/core/net/flow.ts";
import type { AnyResource } from "../../src/core/resources/kinds.ts";
import { evaluate } from "../../src/core/spec/evaluate.ts";
import { judge } from "../../src/core/verdict/judge.ts";
import { admitted } from "./admitted.ts";
import { boundaryAddresses, boundaryPackets, type Packet } from "./boundaries.ts";
import { type Case, loadCase, saveCase, writeFlow } from "./case.ts";
import { generateCluster } from "./generate.ts";
import { addressesOf, generateFlow } from "./generate-flow.ts";
import { Random, seedOfRun } from "./random.ts";
import { shrink } from "./shrink.ts";

const REGRESSIONS = join(import.meta.dirname, "../regressions");
const RANDOM_FLOWS = 150;
/** Where answers are policed too, which takes two rules that fit each other. */
const UNTRACKED_FLOWS = 400;
/** How often a connection's part of its pair is compared step by step. */
const STEPS_EVERY = 7;

const seed = seedOfRun();
const cases = Number(process.env.PICKET_CASES ?? 100_000);

/** What must turn up in a run; a generator that never makes it would prove nothing. */
const EXPECTED: readonly string[] = [
  ...["Allow", "Deny"],
  ...["normal", "forward", "untracked", "preDNAT"],
  ...["rule", "end-of-tier", "profile", "no-profile", "failsafe", "forward-default", "no-match"],
  ...["endpoint-to-host", "neighbour-discovery", "encapsulation"],
];

describe("spec and analysis", () => {
  it(`agree on ${cases} connections and their boundaries, PICKET_SEED=${seed}`, async (test) => {
    const seen = new Set<string>();
    let [clusters, flows] = [0, 0];
    while (flows < cases) flows += await compareCluster(seed + clusters++, seen);
    test.diagnostic(`PICKET_SEED=${seed}: ${flows} connections in ${clusters} clusters`);
    assert.deepEqual(
      EXPECTED.filter((what) => !seen.has(what)),
      [],
    );
  });

  for (const path of globSync("*.yaml", { cwd: REGRESSIONS })) {
    const found = loadCase(join(REGRESSIONS, path));
    if (found.request || found.flow.originalDestination) continue;
    it(`agree on ${path}`, () => {
      const { exact, oracle } = both(found);
      assert.equal(exact, oracle);
    });
  }
});

/** Compares connections of one random cluster and says how many. A difference is saved and thrown. */
async function compareCluster(clusterSeed: number, seen: Set<string>): Promise<number> {
  const random = new Random(clusterSeed);
  const resources = withTwins(random, generateCluster(random)).map(admitted);
  const model = modelOf(resources);
  const analysis = analyse(model);
  const flows = flowsOf(random, model);
  for (const [i, flow] of flows.entries()) {
    const meant = evaluate(model, flow);
    for (const feature of featuresOf(meant)) seen.add(feature);
    if (analysis.has(flow) !== (meant.action === "Allow")) {
      await report({ resources, flow }, clusterSeed);
    }
    const isRare = meant.steps.some(({ list }) => list === "untracked" || list === "preDNAT");
    if (isRare || i % STEPS_EVERY === 0) compareSteps(analysis, flow, clusterSeed);
  }
  return flows.length;
}

/**
 * For some pods another under the same policies, with other addresses: what the algebra answers
 * once for both it must tell apart where a rule does.
 */
function withTwins(random: Random, resources: readonly AnyResource[]): AnyResource[] {
  const twins = resources.flatMap((resource): AnyResource[] => {
    if (resource.kind !== "Pod" || !random.chance(60)) return [];
    const { metadata, status } = resource;
    const podIPs = status?.podIPs?.map(({ ip = "" }) => ({ ip: moved(ip) }));
    const name = `${metadata.name}-twin`;
    return [
      { ...resource, metadata: { ...metadata, name }, status: { ...status, podIPs: podIPs ?? [] } },
    ];
  });
  return [...resources, ...twins];
}

/** To another of the nets that rules name, mostly. */
function moved(ip: string): string {
  return ip.includes(":") ? `${ip}00` : ip.replace(/^10.0.0./, "10.0.1.1");
}

/** Random connections, every boundary of packets, and packets at every boundary of addresses. */
function flowsOf(random: Random, model: Model): Flow[] {
  const addresses = addressesOf(model);
  const ofFamily = { 4: boundaryPackets(model, 4), 6: boundaryPackets(model, 6) };
  const between = (one: Address, packets: readonly Packet[]): Flow[] => {
    const peers = addresses.filter(({ family }) => family === one.family);
    return packets.map((packet) => {
      const peer = random.pick(peers) ?? one;
      const [source, destination] = random.chance(50) ? [one, peer] : [peer, one];
      return { source, destination, ...packet };
    });
  };
  const count = model.policies.some(isUntracked) ? UNTRACKED_FLOWS : RANDOM_FLOWS;
  return [
    ...Array.from({ length: count }, () => generateFlow(random, addresses)),
    ...random.some(addresses, 1, 1).flatMap((one) => between(one, ofFamily[one.family])),
    ...boundaryAddresses(model).flatMap((one) =>
      between(one, random.some(ofFamily[one.family], 1, 2)),
    ),
  ];
}

function isUntracked({ doNotTrack, staged }: Policy): boolean {
  return doNotTrack && !staged;
}

/** A connection is in exactly one part of its pair, which has the verdict's steps. */
function compareSteps(analysis: Analysis, flow: Flow, clusterSeed: number): void {
  const [from, to] = [analysis.peerAt(flow.source), analysis.peerAt(flow.destination)];
  // Of ranges any address stands for all: the rules see no difference, and steps name none.
  const parts = analysis.verdicts(from, to).filter(({ connections }) => connections.has(flow));
  const { action, steps } = judge(analysis.cluster, flow);
  const expected = [{ action, steps: steps.map(({ logs: _, pending: __, ...step }) => step) }];
  assert.deepEqual(
    parts.map(({ connections: _, ...part }) => part),
    expected,
    `PICKET_SEED=${clusterSeed}: ${JSON.stringify(writeFlow(flow))}`,
  );
}

function* featuresOf({ action, steps }: Verdict): Generator<string> {
  yield action;
  for (const { list, decision } of steps) {
    yield list;
    yield decision.by;
  }
}

async function report(found: Case, clusterSeed: number): Promise<never> {
  const small = { ...found, resources: await shrink(found.resources, differs(found)) };
  mkdirSync(REGRESSIONS, { recursive: true });
  const path = join(REGRESSIONS, `analysis-${clusterSeed}.yaml`);
  saveCase(path, small, `Found by PICKET_SEED=${clusterSeed}.`);
  const { exact, oracle } = both(small);
  throw new Error(
    `PICKET_SEED=${clusterSeed}: ${JSON.stringify(writeFlow(found.flow))}: analysis says ${exact}, ` +
      `spec ${oracle}; shrunk to ${relative(process.cwd(), path)}`,
  );
}

/** Manifests that are cut too short to be read are no counterexample. */
function differs(found: Case): (resources: Case["resources"]) => boolean {
  return (resources) => {
    try {
      const { exact, oracle } = both({ ...found, resources });
      return exact !== oracle;
    } catch {
      return false;
    }
  };
}

function both({ resources, flow }: Case): Record<"exact" | "oracle", Verdict["action"]> {
  const model = modelOf(resources);
  const exact = analyse(model).has(flow) ? "Allow" : "Deny";
  return { exact, oracle: evaluate(model, flow).action };
}
