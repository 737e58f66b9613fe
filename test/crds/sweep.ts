/** Puts manifests by the thousand to an API server, and lists where it and we differ. */

import type { ResourceKind } from "../../src/core/resources/resource.ts";
import { formatFieldError } from "../../src/core/schema/field-error.ts";
import type { Client } from "../control-plane/client.ts";
import { shrink } from "../differential/shrink.ts";
import { type Case, type Compare, caseOf, type Difference } from "./compare.ts";
import { judge } from "./server-side.ts";

export interface Candidate {
  readonly kind: ResourceKind;
  readonly manifest: object;
}

export interface Sweep {
  readonly compared: number;
  /** How many the server accepted. */
  readonly accepted: number;
  readonly seconds: number;
  readonly differences: readonly Difference[];
  /** By row of the reference, how many differences it explains. */
  readonly onPurpose: ReadonlyMap<string, number>;
}

export interface Against {
  readonly client: Client;
  readonly compare: Compare;
  /** The row that explains a difference. */
  readonly purposeOf: (difference: Difference) => string | undefined;
  /** Sees every case. */
  readonly watch?: (one: Case) => void;
}

const AT_ONCE = 24;

/** Compares every candidate; they are taken one by one, as the server has time. */
export async function sweep(candidates: Iterable<Candidate>, against: Against): Promise<Sweep> {
  const differences: Difference[] = [];
  const onPurpose = new Map<string, number>();
  let [compared, accepted] = [0, 0];
  const start = performance.now();
  const queue = candidates[Symbol.iterator]();
  const work = async (): Promise<void> => {
    for (let next = queue.next(); !next.done; next = queue.next()) {
      const { kind, manifest } = next.value;
      const one = caseOf(kind, manifest, await judge(against.client, kind, manifest));
      against.watch?.(one);
      compared++;
      if (one.theirs.accepted) accepted++;
      const difference = against.compare(one);
      const row = difference && against.purposeOf(difference);
      if (row !== undefined) onPurpose.set(row, (onPurpose.get(row) ?? 0) + 1);
      else if (difference) differences.push(difference);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const seconds = (performance.now() - start) / 1000;
  return { compared, accepted, seconds, differences, onPurpose };
}

/** The difference for a person: the smallest manifest that still shows it, and who says what. */
export async function explain(difference: Difference, against: Against): Promise<string> {
  const { kind, manifest } = difference.of;
  let smallest = difference;
  await shrink([manifest as object], async ([smaller]) => {
    const one = smaller && caseOf(kind, smaller, await judge(against.client, kind, smaller));
    const found = one && against.compare(one);
    if (found?.sort !== difference.sort || against.purposeOf(found) !== undefined) return false;
    smallest = found;
    return true;
  });
  const { admission } = smallest.of;
  const ours = admission.admitted ? "admitted" : admission.errors.map(formatFieldError).join("; ");
  const lines = [JSON.stringify(smallest.of.manifest), `  ${smallest.why}`, `  ours: ${ours}`];
  return `${smallest.sort}: ${lines.join("\n")}`;
}

/** `2000 compared in 4.0 s (500/s), 1020 accepted`, and a line for each row of the reference. */
export function formatSweep({ compared, accepted, seconds, onPurpose }: Sweep): string[] {
  const rate = Math.round(compared / seconds);
  const rows = [...onPurpose].sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    `${compared} compared in ${seconds.toFixed(1)} s (${rate}/s), ${accepted} accepted`,
    ...rows.map(([row, count]) => `${count} differ on purpose: ${row}`),
  ];
}
