/** What one node is to enforce, calculated from what a syncer tells. */

import type { SyncBatch, Syncer, SyncProblem } from "../../control/sync/syncer.ts";
import { modelOf } from "../../core/model/convert.ts";
import type { Problem } from "../../core/model/model.ts";
import { compile } from "../../core/policy/compile.ts";
import type { NodePolicy } from "../../core/policy/policy.ts";
import type { ClusterState } from "./cluster-view.ts";
import { follow } from "./follow.ts";
import { ToldObjects } from "./told-objects.ts";

/** What a node is to enforce at one revision. */
export interface NodeState {
  readonly policy: NodePolicy;
  /** What in the cluster is not in force as written, on whatever node. */
  readonly problems: readonly Problem[];
  /** Objects that were refused: nothing of them is in the policy. */
  readonly refused: readonly SyncProblem[];
  readonly revision: number;
}

/** Where an enforcer finds the newest state, when it is ready for one. */
export interface StateSource {
  /** The revision that `state` would be of. */
  readonly revision: number;
  /** Calculates what there is to. Throws what only we can have got wrong. */
  readonly state: () => NodeState;
}

/** Follows the cluster for one node. It calculates when it is asked, not when it is told. */
class NodeCalculation implements StateSource {
  readonly #node: string;
  readonly #told = new ToldObjects();
  /** Of what has been told so far. */
  #state: NodeState | undefined;

  constructor(node: string) {
    this.#node = node;
  }

  take(batch: SyncBatch): void {
    this.#told.take(batch);
    this.#state = undefined;
  }

  get revision(): number {
    return this.#told.revision;
  }

  state(): NodeState {
    const { revision, refused } = this.#told;
    this.#state ??= nodeStateOf(
      { model: modelOf(this.#told.objects), revision, refused },
      this.#node,
    );
    return this.#state;
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
