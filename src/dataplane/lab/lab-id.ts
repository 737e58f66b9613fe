/**
 * How a lab's namespaces are named: `picket-<owner's pid>-<owner's start>-<serial>-<place>`. The
 * name alone tells whether the lab's owner still lives, because no two processes of one boot have
 * both pid and start time alike.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { OUTSIDE, type Place } from "./topology.ts";

/** `start` is in clock ticks since boot; `serial` tells one owner's labs apart. */
export interface LabId {
  readonly pid: number;
  readonly start: number;
  readonly serial: number;
}

let serials = 0;

/** A new lab of this process. */
export function newLabId(): LabId {
  const start = startOf(process.pid);
  if (start === undefined) throw new Error("cannot read /proc: the lab needs Linux");
  return { pid: process.pid, start, serial: ++serials };
}

export function formatLabId({ pid, start, serial }: LabId): string {
  return `${pid}-${start}-${serial}`;
}

/** The lab that a namespace of this name belongs to; undefined for a name that is no lab's. */
export function labOf(netns: string): LabId | undefined {
  const match = /^picket-(\d+)-(\d+)-(\d+)-/.exec(netns);
  if (!match) return undefined;
  const [pid = 0, start = 0, serial = 0] = match.slice(1).map(Number);
  return { pid, start, serial };
}

/** Reports whether the process that made the lab is still there. */
export function isOwnerAlive(id: LabId): boolean {
  return startOf(id.pid) === id.start;
}

/** The namespace's name. Two places never share one; what is long or odd is hashed. */
export function netnsName(id: LabId, place: Place): string {
  return `picket-${formatLabId(id)}-${wordFor(place)}`;
}

/** Neither half of a workload's place has an underscore, so no node's name is like it. */
function wordFor(place: Place): string {
  if (place === OUTSIDE) return "_outside";
  const isPlain = /^[a-z0-9.-]+(\/[a-z0-9.-]+)?$/.test(place) && place.length <= 100;
  return isPlain ? place.replace("/", "_") : hashed(place);
}

/** Upper case keeps it apart from every name that is written out. */
function hashed(place: Place): string {
  const digest = createHash("sha256").update(place).digest("hex").slice(0, 20).toUpperCase();
  return `${place.replace(/[^a-z0-9.-]/g, "_").slice(0, 40)}_${digest}X`;
}

/** The start time of a process; undefined when it is gone, or dead and not yet waited for. */
function startOf(pid: number): number | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    return undefined;
  }
  // The command's name stands in parentheses and may hold any character, parentheses too.
  const [state, ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return state === "Z" || state === "X" ? undefined : Number(fields[18]);
}
