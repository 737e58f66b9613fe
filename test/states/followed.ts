/** Resources that change, a stream that converts them and a calculation that follows. */
import assert from "node:assert/strict";
import { modelOf } from "../../src/core/model/convert.ts";
import { type Endpoint, endpointName } from "../../src/core/model/endpoint.ts";
import type { Problem } from "../../src/core/model/model.ts";
import { ModelStream } from "../../src/core/model/stream.ts";
import { Calculation } from "../../src/core/policy/calculation.ts";
import type { AnyResource } from "../../src/core/resources/kinds.ts";
import { resourceKey } from "../../src/core/resources/resource-key.ts";
import { batchOutcome, type IsLocal } from "./batch.ts";
import { Follower } from "./follower.ts";
import { exactLines, type Outcome } from "./outcome.ts";

/** All resources by their keys. */
export type Cluster = ReadonlyMap<string, AnyResource>;

/** A cluster in sync, with nothing in it at first. */
export class Followed {
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

  /** What of the resources is not in force as written. */
  get problems(): readonly Problem[] {
    return this.#stream.problems;
  }

  /** An object as it is now. One that contradicts its key counts as absent. */
  set(key: string, resource: AnyResource | undefined): void {
    const isAbsent = !resource || resourceKey(resource) !== key;
    if (isAbsent) this.resources.delete(key);
    else this.resources.set(key, resource);
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
