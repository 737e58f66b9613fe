/** What one node enforces, kept up to date as resources change. */
import { configurationOf } from "../model/configuration.ts";
import type { Endpoint } from "../model/endpoint.ts";
import type { Problem } from "../model/model.ts";
import { ModelStream } from "../model/stream.ts";
import type { AnyResource } from "../resources/kinds.ts";
import { compareBytes } from "../text/byte-order.ts";
import { Calculation, type Holdings, prefixed } from "./calculation.ts";
import type { PeerSetChange } from "./changes.ts";
import { compareEndpoints } from "./compile.ts";
import type { CompiledHostEndpoint, CompiledWorkload, NodePolicy } from "./policy.ts";

/**
 * The policy of a node, equal to what `compile` makes of the model of the same resources. Its sets are
 * live: they follow each update at once, the rest of it when it is calculated.
 */
export class LiveNodePolicy {
  readonly #node: string;
  readonly #calculation: Calculation;
  readonly #stream: ModelStream;
  readonly #workloads = new Map<string, CompiledWorkload>();
  readonly #hostEndpoints = new Map<string, CompiledHostEndpoint>();
  #policy: NodePolicy | undefined;

  constructor(node: string) {
    this.#node = node;
    this.#calculation = new Calculation({ isLocal: (endpoint) => endpoint.node === node });
    this.#stream = new ModelStream((update) => this.#calculation.update(update));
  }

  /** One resource as it is now, or undefined when there is none; `key` is its `resourceKey`. */
  update(key: string, resource: AnyResource | undefined): void {
    this.#stream.update(key, resource);
  }

  /**
   * The policy of all that was told, which has to be everything there is, and what changed in its
   * sets since it was last calculated. It holds until the next update.
   */
  calculate(): { readonly policy: NodePolicy; readonly changedSets: readonly PeerSetChange[] } {
    this.#stream.flush();
    this.#calculation.inSync();
    const changes = this.#calculation.flush();
    if (!changes) throw new Error("a calculation in sync says what changed");
    for (const { key, compiled } of changes.endpoints) this.#put(key, compiled);
    for (const key of changes.goneEndpoints) this.#delete(key);
    const configuration = configurationOf(this.#stream.configurations, this.#node);
    const isMoved = changes.endpoints.length + changes.goneEndpoints.length > 0;
    if (isMoved || !this.#policy || this.#policy.configuration !== configuration) {
      this.#policy = {
        node: this.#node,
        configuration,
        workloads: inOrder(this.#workloads),
        hostEndpoints: inOrder(this.#hostEndpoints),
      };
    }
    return { policy: this.#policy, changedSets: changes.changedSets };
  }

  /** What of the resources is not in force as written, by object. */
  get problems(): readonly Problem[] {
    return this.#stream.problems;
  }

  /** How much is held, by what it is: what is always there when no resource is left. */
  get holdings(): Holdings {
    return { ...prefixed("model", this.#stream.holdings), ...this.#calculation.holdings };
  }

  #put(key: string, compiled: CompiledWorkload | CompiledHostEndpoint): void {
    this.#delete(key);
    if ("normal" in compiled) this.#hostEndpoints.set(key, compiled);
    else this.#workloads.set(key, compiled);
  }

  #delete(key: string): void {
    this.#workloads.delete(key);
    this.#hostEndpoints.delete(key);
  }
}

/** Of those that are called the same the one with the lower key is first. */
function inOrder<C extends { readonly endpoint: Endpoint }>(compiled: ReadonlyMap<string, C>): C[] {
  return Array.from(compiled)
    .sort(([a, x], [b, y]) => compareEndpoints(x.endpoint, y.endpoint) || compareBytes(a, b))
    .map(([, one]) => one);
}
