/** What a draft would change, in every format. */
import type { Example, ReachDifference } from "../../core/analysis/reach-difference.ts";
import { formatObject } from "../../core/model/policy.ts";
import type { Drafted } from "../../core/preview/draft.ts";
import type { Turned } from "../../core/preview/recorded.ts";
import type { Cluster } from "../../core/verdict/cluster.ts";
import { diffJson, exampleObject } from "./diff-json.ts";
import { diffMarkdown } from "./diff-markdown.ts";
import { diffText } from "./diff-text.ts";
import { decidersOf, deciderWords, type Locators } from "./diff-words.ts";
import { flowJson, flowText } from "./flow-text.ts";
import { markdownRow } from "./reach-markdown.ts";
import type { Terminal } from "./terminal.ts";

export interface Preview {
  readonly draft: Drafted;
  readonly difference: ReachDifference;
  readonly locators: Locators;
  /** Absent when nobody asked about recorded connections. */
  readonly recorded?: RecordedPreview;
  readonly clusters: { readonly before: Cluster; readonly after: Cluster };
}

export interface RecordedPreview {
  /** How many connections were recorded, equal ones each. */
  readonly count: number;
  readonly turned: readonly Turned[];
}

const PARTS = [
  ["created", "new"],
  ["changed", "changed"],
  ["deleted", "deleted"],
  ["unchanged", "as before"],
] as const;

/** Lines for people: the draft, what changes in who can reach whom, and for what was recorded. */
export function* previewText(
  terminal: Pick<Terminal, "paint">,
  preview: Preview,
): Generator<string> {
  for (const line of draftLines(preview.draft)) yield line;
  yield* diffText(terminal, preview.difference, preview.locators);
  if (!preview.recorded) return;
  yield recordedSummary(preview.recorded);
  for (const one of preview.recorded.turned) {
    const { before, after } = decidersOf(one, preview.locators);
    const colour = one.is === "added" ? "green" : "red";
    yield terminal.paint(colour, `${SIGN[one.is]} ${timesWords(one)}${turnedText(preview, one)}`);
    yield `      was ${deciderWords(before)}`;
    yield `      now ${deciderWords(after)}`;
  }
}

/** The lines of one object: `draft`, `connections` as diff prints them, and `recorded`. */
export function* previewJson(preview: Preview): Generator<string> {
  const { draft, difference, locators, recorded, clusters } = preview;
  const parts = PARTS.map(([part]) => [part, draft[part].map(formatObject)]);
  yield `{"draft":${JSON.stringify(Object.fromEntries(parts))},"connections":`;
  yield* diffJson(difference, locators);
  if (recorded) {
    const turned = recorded.turned.map((one) => ({
      count: one.count,
      ...exampleObject(one, locators),
      ...flowJson(sideOf(clusters, one), one.flow),
    }));
    yield `,"recorded":${JSON.stringify({ count: recorded.count, turned })}`;
  }
  yield "}";
}

/** A comment on a pull request. */
export function* previewMarkdown(preview: Preview): Generator<string> {
  yield "### The draft";
  yield "";
  for (const line of draftLines(preview.draft)) yield `- ${line}`;
  yield "";
  yield* diffMarkdown(preview.difference, preview.locators);
  const { recorded } = preview;
  if (!recorded) return;
  yield "";
  yield "### Recorded connections";
  yield "";
  yield `${recordedSummary(recorded)}.`;
  if (recorded.turned.length === 0) return;
  yield "";
  yield markdownRow(["", "Times", "Connection", "Was", "Now"]);
  yield "| --- | --- | --- | --- | --- |";
  for (const one of recorded.turned) {
    const { before, after } = decidersOf(one, preview.locators);
    const words = [before, after].map(deciderWords);
    yield markdownRow([one.is, String(one.count), turnedText(preview, one), ...words]);
  }
}

const SIGN: Readonly<Record<Example["is"], string>> = { added: "+", removed: "-" };

function* draftLines(draft: Drafted): Generator<string> {
  for (const [part, word] of PARTS) {
    const names = draft[part].map(formatObject);
    if (names.length > 0) yield `${word}: ${names.join(", ")}`;
  }
}

function recordedSummary({ count, turned }: RecordedPreview): string {
  const sum = (is: Example["is"]) =>
    turned.filter((one) => one.is === is).reduce((total, one) => total + one.count, 0);
  const what = `${count} recorded ${count === 1 ? "connection" : "connections"}`;
  if (turned.length === 0) return `${what}: none would come out otherwise`;
  return `${what}: ${sum("removed")} would be denied, ${sum("added")} allowed`;
}

function timesWords({ count }: Turned): string {
  return count === 1 ? "" : `${count} times `;
}

function turnedText({ clusters }: Preview, one: Turned): string {
  return flowText(sideOf(clusters, one), one.flow);
}

/** The cluster in which a connection passes, whose names its ends have. */
function sideOf(clusters: Preview["clusters"], { is }: Turned): Cluster {
  return is === "added" ? clusters.after : clusters.before;
}
