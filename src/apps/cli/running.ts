/** What runs from a data directory, for other processes to find. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writePrivately } from "../../control/apiserver/credentials.ts";
import { isOwnerAlive, type LabId } from "../../dataplane/lab/lab-id.ts";
import type { LabTopology } from "../../dataplane/lab/topology.ts";

/** The lab that a process has up. Its id tells which process. */
export interface RunningLab {
  readonly id: LabId;
  readonly topology: LabTopology;
}

export function writeRunningLab(data: string, lab: RunningLab): void {
  writePrivately(pathIn(data), JSON.stringify(lab));
}

/** After this no lab is known to run on `data`. */
export function forgetRunningLab(data: string): void {
  rmSync(pathIn(data), { force: true });
}

/** The lab that is up from this data directory; undefined when there is none, or its owner died. */
export function findRunningLab(data: string): RunningLab | undefined {
  const path = pathIn(data);
  if (!existsSync(path)) return undefined;
  // Only `writeRunningLab` writes it, whole or not at all.
  const found = JSON.parse(readFileSync(path, "utf8")) as RunningLab;
  return isOwnerAlive(found.id) ? found : undefined;
}

function pathIn(data: string): string {
  return join(data, "lab.json");
}
