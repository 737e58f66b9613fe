/** A sequence of steps as a file, so that one that broke a law is kept. */
import { readFileSync, writeFileSync } from "node:fs";
import type { Step } from "../states/ways.ts";

/** One step a line. */
export function saveSteps(path: string, steps: readonly Step[]): void {
  writeFileSync(path, steps.map((step) => `${JSON.stringify(step, written)}\n`).join(""));
}

/** Reads what `saveSteps` wrote. */
export function loadSteps(path: string): Step[] {
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line, read) as Step);
}

/** What JSON has no word for, under a name of its own. */
function written(_: string, value: unknown): unknown {
  if (value instanceof Map) return { $map: [...value] };
  if (value instanceof Set) return { $set: [...value] };
  return value === Number.POSITIVE_INFINITY ? { $number: "Infinity" } : value;
}

function read(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if ("$map" in value) return new Map(value.$map as [unknown, unknown][]);
  if ("$set" in value) return new Set(value.$set as unknown[]);
  return "$number" in value ? Number(value.$number) : value;
}
