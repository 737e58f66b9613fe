/**
 * The whole way: resources change, a stream converts what changed, a calculation follows. What that
 * adds up to is what the model of the resources that there are comes to, compiled from nothing.
 *
 * PICKET_SEED=… repeats a run, PICKET_CASES=… makes it longer or shorter.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { AnyResource } from "../../src/core/resources/kinds.ts";
import { resourceKey } from "../../src/core/resources/resource-key.ts";
import type { IsLocal } from "../states/batch.ts";
import { type Cluster, Followed } from "../states/followed.ts";
import { admitted } from "./admitted.ts";
import { generateCluster } from "./generate.ts";
import { Random, seedOfRun } from "./random.ts";

const STEPS_A_CLUSTER = 40;
const PLACES: Readonly<Record<string, IsLocal>> = {
  node: ({ node }) => node === "node-1",
  cluster: () => true,
};

const seed = seedOfRun();
/** Changes, in all. */
const cases = Number(process.env.PICKET_CASES ?? 2_000);

describe("a calculation that follows resources", () => {
  for (const [place, isLocal] of Object.entries(PLACES)) {
    it(`comes to what the model says of a ${place}, PICKET_SEED=${seed}`, () => {
      for (let i = 0; i * STEPS_A_CLUSTER < cases; i++) changeAtRandom(seed + i, isLocal);
    });
  }

  it("is as it was after a watch that begins again with an older state", () => {
    const older = clusterOf(new Random(seed));
    const newer = clusterOf(new Random(seed + 1));
    const followed = new Followed(() => true);
    followed.become(older);
    const before = followed.lines;
    followed.become(newer);
    assert.notDeepEqual(followed.lines, before);
    followed.become(older);
    assert.deepEqual(followed.lines, before);
    followed.become(new Map());
    followed.empty();
  });
});

/** A random cluster that becomes others: object by object, or all at once as it was some time ago. */
function changeAtRandom(clusterSeed: number, isLocal: IsLocal): void {
  const random = new Random(clusterSeed);
  const followed = new Followed(isLocal);
  const past = [clusterOf(random)];
  for (const [key, resource] of past[0] ?? []) followed.set(key, resource);
  const others = random.times(2, 3, () => clusterOf(random));
  const pool = others.flatMap((cluster) => [...cluster]);
  try {
    followed.flush();
    for (let i = 0; i < STEPS_A_CLUSTER; i++) {
      if (random.chance(3)) followed.become(random.pick(past) ?? new Map());
      else changeOne(followed, pool, random);
      if (random.chance(50)) followed.flush();
      if (random.chance(10)) past.push(new Map(followed.resources));
    }
    followed.become(new Map());
    followed.empty();
  } catch (error) {
    if (error instanceof Error) error.message = `PICKET_SEED=${clusterSeed}: ${error.message}`;
    throw error;
  }
}

/** Another object, another form of one, one that goes, or one that goes and comes in one batch. */
function changeOne(
  followed: Followed,
  pool: readonly (readonly [string, AnyResource])[],
  random: Random,
): void {
  const there = random.pick([...followed.resources]);
  const chosen = there && random.chance(60) ? there : random.pick(pool);
  if (!chosen) return;
  const [key, resource] = chosen;
  const how = random.below(100);
  if (how < 35) followed.set(key, undefined);
  if (how < 20) return;
  followed.set(key, how < 60 ? resource : edited(resource, pool, random));
}

/** The resource with a field of its spec as another of its kind has it; as it is, if that is refused. */
function edited(
  resource: AnyResource,
  pool: readonly (readonly [string, AnyResource])[],
  random: Random,
): AnyResource {
  const alike = pool.filter(([, { kind }]) => kind === resource.kind);
  const [, other] = random.pick(alike) ?? [];
  if (!other || !("spec" in resource) || !("spec" in other)) return resource;
  const [name, value] = random.pick(Object.entries(other.spec)) ?? [];
  if (name === undefined) return resource;
  try {
    return admitted({ ...resource, spec: { ...resource.spec, [name]: value } } as AnyResource);
  } catch {
    return resource;
  }
}

function clusterOf(random: Random): Cluster {
  return new Map(
    generateCluster(random)
      .map(admitted)
      .map((resource) => [resourceKey(resource), resource]),
  );
}
