/** What is held in memory, garbage apart. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** As the reference implementation's bench counts them. */
export const MEGABYTE = 1024 * 1024;

/** MB of the heap that is in use, typed arrays included, once garbage has been collected. */
export function heldMegabytes(): number {
  collectGarbage();
  collectGarbage();
  return heapMegabytes();
}

/** The same with garbage. */
export function heapMegabytes(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / MEGABYTE;
}

/** Also where Node was started without it. */
export function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect !== "function") throw new Error("garbage cannot be collected at will");
  collect();
}
