/** A difference of two clusters is what comparing them pair by pair finds. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Analysis, analyse } from "../../src/core/analysis/analysis.ts";
import type { ConnectionSet } from "../../src/core/analysis/connection-set.ts";
import {
  addedWitness,
  type Difference,
  difference,
  removedWitness,
} from "../../src/core/analysis/difference.ts";
import { modelOf } from "../../src/core/model/convert.ts";
import type { Model } from "../../src/core/model/model.ts";
import type { Address } from "../../src/core/net/address.ts";
import { admitted } from "./admitted.ts";
import { boundaryAddresses } from "./boundaries.ts";
import { generateCluster } from "./generate.ts";
import { Random, seedOfRun } from "./random.ts";

const CLUSTERS = 40;
const seed = seedOfRun();

describe("difference", () => {
  it(`is what comparing address by address finds, PICKET_SEED=${seed}`, () => {
    let changes = 0;
    for (let i = 0; i < CLUSTERS; i++) changes += compareOne(seed + i);
    assert.ok(changes > CLUSTERS, `only ${changes} changes were seen`);
  });
});

/** Compares a random cluster with the same without some of its policies, and says how much changed. */
function compareOne(clusterSeed: number): number {
  const random = new Random(clusterSeed);
  const model = modelOf(generateCluster(random).map(admitted));
  const [before, after] = [fewer(random, model), fewer(random, model)].map(analyse);
  assert.ok(before && after);
  const found = difference(before, after);
  assert.deepEqual([found.onlyBefore, found.onlyAfter], [[], []]);
  compareWitnesses(before, after, found);
  const lookup = lookupOf(found);
  const addresses = boundaryAddresses(model);
  for (const source of random.some(addresses, 12, 12)) {
    for (const destination of addresses) {
      if (source.family !== destination.family || source === destination) continue;
      const connections = (one: Analysis) =>
        one.connections(one.peerAt(source), one.peerAt(destination));
      const was: ConnectionSet = connections(before);
      const is: ConnectionSet = connections(after);
      const known = lookup(before, after, source, destination);
      const expected = was.equals(is) ? "" : `${was} to ${is}`;
      assert.equal(known, expected, `PICKET_SEED=${clusterSeed}`);
    }
  }
  return found.changes.length;
}

function fewer(random: Random, model: Model): Model {
  return { ...model, policies: model.policies.filter(() => random.chance(80)) };
}

/** What a difference says of two addresses: "" for no change. */
function lookupOf({ changes }: Difference) {
  return (before: Analysis, after: Analysis, source: Address, destination: Address): string => {
    const isOf = (address: Address) => {
      const [was, is] = [before.peerAt(address), after.peerAt(address)];
      return (one: { before: unknown; after: unknown }) => one.before === was && one.after === is;
    };
    const [isFrom, isTo] = [isOf(source), isOf(destination)];
    const found = changes.filter(({ from, to }) => from.some(isFrom) && to.some(isTo));
    assert.ok(found.length <= 1, "a pair is in two changes");
    return found.map((change) => `${change.before} to ${change.after}`).join();
  };
}

function compareWitnesses(before: Analysis, after: Analysis, { changes }: Difference): void {
  for (const change of changes) {
    const [added, removed] = [addedWitness(change), removedWitness(change)];
    assert.equal(added === undefined, change.added.isEmpty);
    assert.equal(removed === undefined, change.removed.isEmpty);
    if (added) assert.deepEqual([before.has(added), after.has(added)], [false, true]);
    if (removed) assert.deepEqual([before.has(removed), after.has(removed)], [true, false]);
  }
}
