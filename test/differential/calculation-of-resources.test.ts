/**
 * The whole way: resources change, a stream converts what changed, a calculation follows. What that
 * adds up to is what the model of the resources that there are comes to, compiled from nothing.
 *
 * PICKET_SEED=… repeats a run, PICKET_CASES=… makes it longer or shorter.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { modelOf } from "../../src/core/model/convert.ts";
import { type Endpoint, endpointName } from "../../src/core/model/endpoint.ts";
import { ModelStream } from "../../src/core/model/stream.ts";
import { Calculation } from "../../src/core/policy/calculation.ts";
import type { AnyResource } from "../../src/core/resources/kinds.ts";
import { resourceKey } from "../../src/core/resources/resource-key.ts";
import { batchOutcome, type IsLocal } from "../states/batch.ts";
import { Follower } from "../states/follower.ts";
import { exactLines, type Outcome } from "../states/outcome.ts";
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
const cases = Number(process.env.PICKET_CASES ?? 8_000);

type Cluster = ReadonlyMap<string, AnyResource>;

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
  const chosen = random.chance(70) ? random.pick(pool) : random.pick([...followed.resources]);
  if (!chosen) return;
  const [key, resource] = chosen;
  const how = random.below(100);
  if (how < 40) followed.set(key, undefined);
  if (how < 25) return;
  followed.set(key, resource);
}

function clusterOf(random: Random): Cluster {
  return new Map(
    generateCluster(random)
      .map(admitted)
      .map((resource) => [resourceKey(resource), resource]),
  );
}

/** Resources, and who hears of them. */
class Followed {
  readonly resources = new Map<string, AnyResource>();
  readonly #isLocal: IsLocal;
  readonly #follower: Follower;
  readonly #stream: ModelStream;

  constructor(isLocal: IsLocal) {
    this.#isLocal = isLocal;
    this.#follower = new Follower((options) => new Calculation(options), isLocal);
    this.#follower.inSync();
    this.#stream = new ModelStream((update) => this.#follower.tell(update));
  }

  set(key: string, resource: AnyResource | undefined): void {
    if (resource) this.resources.set(key, resource);
    else this.resources.delete(key);
    this.#stream.update(key, resource);
  }

  /** As a watch tells it that begins again: all that there is, and what was and is no more. */
  become(cluster: Cluster): void {
    for (const [key, resource] of cluster) this.set(key, resource);
    for (const key of [...this.resources.keys()]) if (!cluster.has(key)) this.set(key, undefined);
    this.flush();
  }

  /** Demands what the model of the resources says, of updates and of resources alike. */
  flush(): void {
    this.#stream.flush();
    this.#follower.flush();
    const model = modelOf(this.resources.values());
    const keyed = {
      model,
      workloads: new Map(model.workloads.map((one) => [nameOf(one), one])),
      hostEndpoints: new Map(model.hostEndpoints.map((one) => [nameOf(one), one])),
    };
    assert.deepEqual(this.lines, exactLines(batchOutcome(keyed, this.#isLocal)));
  }

  get lines(): string[] {
    return exactLines(named(this.#follower.outcome));
  }

  /** What is always there goes too, and nothing is left. */
  empty(): void {
    assert.equal(this.resources.size, 0);
    this.#follower.empty();
  }
}

/** Endpoints by what they are called: a model knows no keys. */
function named(outcome: Outcome): Outcome {
  const endpoints = Array.from(
    outcome.endpoints.values(),
    (compiled) => [nameOf(compiled.endpoint), compiled] as const,
  );
  return { ...outcome, endpoints: new Map(endpoints) };
}

function nameOf(endpoint: Endpoint): string {
  const { kind, node, interfaceName } = endpoint;
  return `${kind} ${endpointName(endpoint)} ${interfaceName} ${node}`;
}
