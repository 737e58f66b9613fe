/** The cluster as a syncer tells it, and its model. */

import type { Syncer, SyncProblem } from "../../control/sync/syncer.ts";
import { modelOf } from "../../core/model/convert.ts";
import type { Model } from "../../core/model/model.ts";
import type { AnyResource } from "../../core/resources/kinds.ts";

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
  const objects = new Map<string, AnyResource>();
  const refused = new Map<string, SyncProblem>();
  let revision = 0;
  let pending: NodeJS.Immediate | undefined;
  const tell = (): void => {
    pending = undefined;
    onState({ model: modelOf(objects.values()), revision, refused: [...refused.values()] });
  };
  syncer.start((batch) => {
    for (const { key, resource } of batch.updates) {
      refused.delete(key);
      if (resource) objects.set(key, resource);
      else objects.delete(key);
    }
    for (const problem of batch.problems) refused.set(problem.where, problem);
    revision = batch.revision;
    if (batch.inSync) pending ??= setImmediate(tell);
  });
  return () => {
    syncer.stop();
    if (pending) clearImmediate(pending);
  };
}
