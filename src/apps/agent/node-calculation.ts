/** What one node is to enforce, calculated from what a syncer tells. */

import type { SyncBatch, Syncer, SyncProblem } from "../../control/sync/syncer.ts";
import type { Problem } from "../../core/model/model.ts";
import { compile } from "../../core/policy/compile.ts";
import { LiveNodePolicy } from "../../core/policy/live-node-policy.ts";
import type { NodePolicy } from "../../core/policy/policy.ts";
import { AddressSpace } from "../../dataplane/program/address-space.ts";
import type { ClusterState } from "./cluster-view.ts";
import { follow } from "./follow.ts";

/** What a node is to enforce at one revision. */
export interface NodeState {
  readonly policy: NodePolicy;
  /** What in the cluster is not in force as written, on whatever node. */
  readonly problems: readonly Problem[];
  /** Objects that were refused: nothing of them is in the policy. */
  readonly refused: readonly SyncProblem[];
  readonly revision: number;
  /**
   * The address space that the policy's sets cut, kept from state to state. Absent where every state
   * has sets of its own.
   */
  readonly space?: AddressSpace;
}

/** Where an enforcer finds the newest state, when it is ready for one. */
export interface StateSource {
  /** The revision that `state` would be of. */
  readonly revision: number;
  /** Calculates what there is to. Throws what only we can have got wrong. */
  readonly state: () => NodeState;
}

/**
 * Follows the cluster for one node. What is told alters the sets of the state before at once: that
 * one no longer holds.
 */
class NodeCalculation implements StateSource {
  readonly #live: LiveNodePolicy;
  readonly #space = new AddressSpace();
  readonly #refused = new Map<string, SyncProblem>();
  #revision = 0;
  /** Why nothing more can be calculated: what changed before may be lost. */
  #failure: { readonly cause: unknown } | undefined;

  constructor(node: string) {
    this.#live = new LiveNodePolicy(node);
  }

  take({ updates, problems, revision }: SyncBatch): void {
    for (const { key, resource } of updates) {
      this.#refused.delete(key);
      this.#live.update(key, resource);
    }
    for (const problem of problems) this.#refused.set(problem.where, problem);
    this.#revision = revision;
  }

  get revision(): number {
    return this.#revision;
  }

  state(): NodeState {
    if (this.#failure) throw this.#failure.cause;
    try {
      return this.#calculate();
    } catch (cause) {
      this.#failure = { cause };
      throw cause;
    }
  }

  #calculate(): NodeState {
    const { policy, changedSets } = this.#live.calculate();
    for (const change of changedSets) this.#space.change(change);
    return {
      policy,
      problems: this.#live.problems,
      refused: [...this.#refused.values()],
      revision: this.#revision,
      space: this.#space,
    };
  }
}

/**
 * Starts the syncer and calls `enforce` with what a node is to enforce, once it is in sync and then
 * whenever something has changed. Returns what ends it.
 */
export function followNode(
  syncer: Syncer,
  node: string,
  enforce: (source: StateSource) => void,
): () => void {
  const calculation = new NodeCalculation(node);
  const take = calculation.take.bind(calculation);
  return follow(syncer, take, () => enforce(calculation));
}

/** What a node is to enforce of a whole cluster. */
export function nodeStateOf({ model, revision, refused }: ClusterState, node: string): NodeState {
  return { policy: compile(model, node), problems: model.problems, refused, revision };
}

/** A source of one state of a whole cluster; it is compiled when it is asked for. */
export function sourceOf(cluster: ClusterState, node: string): StateSource {
  let state: NodeState | undefined;
  return {
    revision: cluster.revision,
    state: () => {
      state ??= nodeStateOf(cluster, node);
      return state;
    },
  };
}
