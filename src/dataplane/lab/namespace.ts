/** Network namespaces by name, and being in one for the length of a synchronous call. */
import { closeSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isMainThread } from "node:worker_threads";
import { setns } from "./libc.ts";

/** Where `ip netns` keeps a file for each namespace that has a name. */
export const NETNS_FOLDER = "/run/netns";

/**
 * Calls `visit` with this thread in the named network namespace. Sockets that it opens and processes
 * that it starts belong there for good; what it awaits does not. A thread that could not come back
 * would do everything after in the wrong place, so then it ends: the main one with the process.
 */
export function inNamespace<T>(netns: string, visit: () => T): T {
  const home = openSync("/proc/thread-self/ns/net", "r");
  try {
    const there = openSync(join(NETNS_FOLDER, netns), "r");
    try {
      setns(there);
    } finally {
      closeSync(there);
    }
    try {
      return visit();
    } finally {
      comeBack(home);
    }
  } finally {
    closeSync(home);
  }
}

/** Writes network settings in the named namespace; keys are paths under /proc/sys/net. */
export function writeSettings(netns: string, settings: Readonly<Record<string, number>>): void {
  inNamespace(netns, () => {
    for (const [path, value] of Object.entries(settings)) {
      writeFileSync(join("/proc/sys/net", path), String(value));
    }
  });
}

function comeBack(home: number): void {
  try {
    setns(home);
  } catch (error) {
    process.stderr.write(`cannot leave a network namespace: ${String(error)}\n`);
    if (isMainThread) process.abort();
    else process.exit(1);
  }
}
