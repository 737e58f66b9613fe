/** What others publish, or took once on such a machine, for the same work. */

export const REFERENCE = "reference, published";
export const ANTREA = "Antrea controller, published";

export interface Published {
  readonly seconds: number;
  /** Of heap; absent where it was not said. */
  readonly megabytes?: number;
}

/** The reference implementation, by case: from the first update to the flush, and its heap after. */
export const SNAPSHOTS_PUBLISHED: ReadonlyMap<string, Published> = new Map([
  ["snapshot-tag", { seconds: 5.8, megabytes: 283 }],
  ["snapshot-netset-1k", { seconds: 0.79, megabytes: 98 }],
  ["snapshot-netset-10k", { seconds: 10.1, megabytes: 792 }],
  ["snapshot-tag-then-delete", { seconds: 7.1 }],
  ["snapshot-netset-1k-then-delete", { seconds: 1.17 }],
  ["snapshot-netset-10k-then-delete", { seconds: 17.1 }],
  ["isolated-1k", { seconds: 0.034, megabytes: 9 }],
  ["isolated-10k", { seconds: 0.39, megabytes: 39 }],
  ["isolated-100k", { seconds: 5.9, megabytes: 315 }],
]);

/** Its label index by itself, in microseconds for one endpoint, by how many selectors there are. */
export const ENDPOINT_UPDATE_PUBLISHED: ReadonlyMap<number, number> = new Map([
  [10, 7],
  [100, 18],
  [1000, 184],
  [10_000, 4100],
]);

/** The better of its times. */
export const ALL_CLUSTER_PUBLISHED: Published = { seconds: 7, megabytes: 2000 };
