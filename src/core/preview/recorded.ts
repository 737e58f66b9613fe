/** Connections that were seen, judged as they are and as they would be. */
import type { Verdict } from "../model/verdict.ts";
import type { Flow } from "../net/flow.ts";
import type { Cluster } from "../verdict/cluster.ts";
import { judge } from "../verdict/judge.ts";

/** A connection, by the addresses that its ends have before and after. */
export interface Recorded {
  readonly before: Flow;
  readonly after: Flow;
  /** How often it was seen. */
  readonly count: number;
}

/** A connection with what becomes of it. */
export interface Turned extends Pick<Recorded, "count"> {
  readonly is: "added" | "removed";
  /** As it is on the side where it passes. */
  readonly flow: Flow;
  readonly before: Verdict;
  readonly after: Verdict;
}

/** Those of the connections that a draft lets through or stops, in their order. */
export function turned(recorded: readonly Recorded[], before: Cluster, after: Cluster): Turned[] {
  return recorded.flatMap((one): Turned[] => {
    const was = judge(before, one.before);
    const is = judge(after, one.after);
    if (was.action === is.action) return [];
    const { count } = one;
    const verdicts = { count, before: was, after: is };
    if (is.action === "Allow") return [{ ...verdicts, is: "added", flow: one.after }];
    return [{ ...verdicts, is: "removed", flow: one.before }];
  });
}
