/** What a real API server said of manifests, kept for those who have none. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { apiVersionOf, KINDS } from "../../src/core/resources/kinds.ts";
import { type Case, caseOf } from "./compare.ts";
import type { Judgement } from "./server-side.ts";

/** A case a line, as {@link formatRecord} writes it. */
export const RECORDED = join(import.meta.dirname, "recorded.jsonl");

/** The recorded cases beside what we say today. */
export function recordedCases(): readonly Case[] {
  const lines = readFileSync(RECORDED, "utf8").trim().split("\n");
  return lines.map((line) => {
    const { manifest, theirs } = JSON.parse(line) as Written;
    const kind = KINDS.find(
      (known) => known.kind === manifest.kind && apiVersionOf(known) === manifest.apiVersion,
    );
    if (!kind) throw new Error(`no kind ${manifest.apiVersion} ${manifest.kind}`);
    return caseOf(kind, manifest, theirs);
  });
}

interface Written {
  readonly manifest: { readonly apiVersion: string; readonly kind: string };
  readonly theirs: Judgement;
}

const EACH_TIME_ANOTHER = ["uid", "creationTimestamp", "generation", "managedFields"];

/** One line; without what differs each time a server is asked. */
export function formatRecord({ manifest, theirs }: Case): string {
  return JSON.stringify({ manifest, theirs }, (name, value: unknown) =>
    EACH_TIME_ANOTHER.includes(name) ? undefined : value,
  );
}
