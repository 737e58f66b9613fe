/** What workloads are open to from beyond their own namespace. */
import { once } from "../calc/once.ts";
import { compareBytes } from "../text/byte-order.ts";
import type { Analysis } from "./analysis.ts";
import { type Group, groupsOf, type Owners } from "./groups.ts";
import { type Reached, reach } from "./reach.ts";

/**
 * For every workload and host, by name: which other namespaces and hosts reach it, and which ranges
 * outside.
 */
export function exposure(analysis: Analysis, owners: Owners): Reached[] {
  const workloads = groupsOf(analysis, owners, { by: "workload" });
  const namespaces = groupsOf(analysis, owners, { by: "namespace" });
  const homes = homesOf(namespaces);
  const found = new Map<string, Reached[]>();
  for (const row of reach(analysis, namespaces, workloads)) {
    const home = homes.get(row.to);
    if (home !== undefined && home !== row.from) once(found, row.to, () => []).push(row);
  }
  return Array.from(found)
    .sort(([a], [b]) => compareBytes(a, b))
    .flatMap(([, rows]) => rows);
}

/** Which namespace each workload is of. */
function homesOf(namespaces: readonly Group[]): ReadonlyMap<string, string> {
  return new Map(
    namespaces.flatMap(({ name, members }) => members.map((member) => [member, name] as const)),
  );
}
