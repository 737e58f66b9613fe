/** The cluster as a syncer tells it, and its model. */

import type { Syncer, SyncProblem } from "../../control/sync/syncer.ts";
import { modelOf } from "../../core/model/convert.ts";
import type { Model } from "../../core/model/model.ts";
import { follow } from "./follow.ts";
import { ToldObjects } from "./told-objects.ts";

/** The cluster at one revision. */
export interface ClusterState {
  readonly model: Model;
  readonly revision: number;
  /** Objects that were refused, and are absent from the model. */
  readonly refused: readonly SyncProblem[];
}

/**
 * Tells `onState` the cluster, once the syncer is in sync and then whenever it has changed. Changes
 * that come at once are told at once. Returns what ends it.
 */
export function followCluster(syncer: Syncer, onState: (state: ClusterState) => void): () => void {
  const told = new ToldObjects();
  const take = told.take.bind(told);
  return follow(syncer, take, () => {
    const { revision, refused } = told;
    onState({ model: modelOf(told.objects), revision, refused });
  });
}
