/**
 * What a draft is said to change is what changes by `spec`, on random clusters and random drafts:
 * policies put in place, changed and deleted, staged ones enforced.
 *
 * PICKET_SEED=… repeats a run, PICKET_CLUSTERS=… makes it longer or shorter.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Analysis } from "../../src/core/analysis/analysis.ts";
import { analyse } from "../../src/core/analysis/analysis.ts";
import type { CommonPeer } from "../../src/core/analysis/common-peers.ts";
import { difference } from "../../src/core/analysis/difference.ts";
import { objectName } from "../../src/core/explanation/object-key.ts";
import { modelOf } from "../../src/core/model/convert.ts";
import { type Address, compareAddresses, formatAddress } from "../../src/core/net/address.ts";
import { type Drafted, drafted } from "../../src/core/preview/draft.ts";
import { promoted } from "../../src/core/preview/promote.ts";
import { turned } from "../../src/core/preview/recorded.ts";
import type { AnyResource } from "../../src/core/resources/kinds.ts";
import { evaluate } from "../../src/core/spec/evaluate.ts";
import { admitted } from "./admitted.ts";
import { writeFlow } from "./case.ts";
import { generateCluster } from "./generate.ts";
import { addressesOf, generateFlow } from "./generate-flow.ts";
import { Random, seedOfRun } from "./random.ts";

const FLOWS_A_CLUSTER = 150;
const seed = seedOfRun();
const clusters = Number(process.env.PICKET_CLUSTERS ?? 60);

describe("previews and spec", () => {
  it(`agree on ${clusters} random drafts, PICKET_SEED=${seed}`, () => {
    const seen = new Set<string>();
    for (let i = 0; i < clusters; i++) previewCluster(seed + i, seen);
    assert.deepEqual([...seen].sort(), ["added", "removed", "same", "staged"]);
  });
});

function previewCluster(clusterSeed: number, seen: Set<string>): void {
  const random = new Random(clusterSeed);
  const resources = generateCluster(random).map(admitted);
  const draft = generateDraft(random, resources);
  if (draft.isStaged) seen.add("staged");
  const [was, is] = [modelOf(resources), modelOf(draft.resources)];
  const [before, after] = [analyse(was), analyse(is)];
  const { changes } = difference(before, after);
  const addresses = addressesOf(was);
  for (let i = 0; i < FLOWS_A_CLUSTER; i++) {
    const flow = generateFlow(random, addresses);
    if (formatAddress(flow.source) === formatAddress(flow.destination)) continue;
    const [old, fresh] = [evaluate(was, flow).action, evaluate(is, flow).action];
    const wanted = old === fresh ? "same" : fresh === "Allow" ? "added" : "removed";
    seen.add(wanted);
    const words = `PICKET_SEED=${clusterSeed}: ${JSON.stringify(writeFlow(flow))}`;

    const change = changes.find(
      ({ from, to }) =>
        from.some((peer) => isAt(peer, before, after, flow.source)) &&
        to.some((peer) => isAt(peer, before, after, flow.destination)),
    );
    const said = change?.added.has(flow) ? "added" : change?.removed.has(flow) ? "removed" : "same";
    assert.equal(said, wanted, words);

    const recorded = [{ before: flow, after: flow, count: 1 }];
    const [one] = turned(recorded, before.cluster, after.cluster);
    assert.equal(one?.is ?? "same", wanted, words);
  }
}

/** Policies of another cluster put in, some of its own deleted, or its staged ones enforced. */
function generateDraft(
  random: Random,
  resources: readonly AnyResource[],
): Pick<Drafted, "resources"> & { readonly isStaged: boolean } {
  const staged = promoted(resources);
  if (staged.deleted.length > 0 && random.chance(50)) {
    return { ...drafted(resources, staged), isStaged: true };
  }
  const other = generateCluster(new Random(random.below(2 ** 31))).map(admitted);
  const put = random.some(other.filter(isPolicy), 0, 3);
  const deleted = random.some(resources.filter(isPolicy), 0, 2).map(objectName);
  return { ...drafted(resources, { put, deleted }), isStaged: false };
}

function isPolicy({ kind }: AnyResource): boolean {
  return kind.endsWith("NetworkPolicy");
}

/** Whether an address is the peer's on both sides, or in the range that both have of it. */
function isAt(
  { before: old, after: fresh, common }: CommonPeer,
  before: Analysis,
  after: Analysis,
  address: Address,
): boolean {
  if (before.peerAt(address) !== old || after.peerAt(address) !== fresh) return false;
  if (common.kind !== "outside") return true;
  const isPast = compareAddresses(common.first, address) > 0;
  return !isPast && compareAddresses(address, common.last) <= 0;
}
