/** What runs from a data directory, for other processes to find. */
import { readFileSync, rmSync } from "node:fs";
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
  let text: string;
  try {
    text = readFileSync(pathIn(data), "utf8");
  } catch {
    return undefined;
  }
  const found = JSON.parse(text) as RunningLab;
  return isOwnerAlive(found.id) ? found : undefined;
}

function pathIn(data: string): string {
  return join(data, "lab.json");
}
