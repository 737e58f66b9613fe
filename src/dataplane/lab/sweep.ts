/** Removing labs: one's own, and those that a killed process left behind. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { ipDeleteSync } from "./ip.ts";
import { formatLabId, isOwnerAlive, type LabId, labOf } from "./lab-id.ts";
import { NETNS_FOLDER } from "./namespace.ts";

/**
 * Removes the namespaces of every lab whose owner is dead, and ends the processes still inside.
 * Labs of living processes are left alone. Returns the names of what it removed, sorted.
 */
export function sweepStaleLabs(): string[] {
  const stale = namespaces().filter((name) => {
    const id = labOf(name);
    return id && !isOwnerAlive(id);
  });
  removeNamespaces(stale);
  return stale;
}

/** The namespaces of one lab, sorted. */
export function namespacesOf(id: LabId): string[] {
  return namespaces().filter((name) => name.startsWith(`picket-${formatLabId(id)}-`));
}

/** Ends what runs in the namespaces, by process id, and removes them with all their interfaces. */
export function removeNamespaces(names: readonly string[]): void {
  if (names.length === 0) return;
  for (const pid of processesIn(names)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It ended by itself in the meantime.
    }
  }
  ipDeleteSync(new Map([["", names.map((name) => `netns del ${name}`)]]));
}

function namespaces(): string[] {
  try {
    return readdirSync(NETNS_FOLDER).sort();
  } catch {
    return [];
  }
}

function processesIn(names: readonly string[]): number[] {
  const inside = new Set(names.map((name) => identity(join(NETNS_FOLDER, name))));
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => pid !== process.pid && inside.has(identity(`/proc/${pid}/ns/net`) ?? ""));
}

/** What tells one namespace from all others; undefined when there is none (any more). */
function identity(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path);
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}
