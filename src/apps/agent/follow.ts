import type { SyncBatch, Syncer } from "../../control/sync/syncer.ts";

/**
 * Starts the syncer and gives `take` every batch; calls `onNews` once it is in sync and then whenever
 * something has changed, once for what comes at once. Returns what ends it.
 */
export function follow(
  syncer: Syncer,
  take: (batch: SyncBatch) => void,
  onNews: () => void,
): () => void {
  let pending: NodeJS.Immediate | undefined;
  const tell = (): void => {
    pending = undefined;
    onNews();
  };
  syncer.start((batch) => {
    take(batch);
    if (batch.inSync) pending ??= setImmediate(tell);
  });
  return () => {
    syncer.stop();
    if (pending) clearImmediate(pending);
  };
}
