/** What an evaluator says of a request that comes to a workload (evaluation.md §13). */
import type { Decision, Step } from "./verdict.ts";

/** What one tier, or the profiles, said of a request. Only a rule or the end of a tier passes. */
export interface Turn {
  readonly action: "Allow" | "Deny" | "Pass";
  readonly decision: Decision;
}

export interface RequestAnswer {
  /** `BadRequest` denies too: a rule asked for the request's path, and it has none that begins with `/`. */
  readonly action: "Allow" | "Deny" | "BadRequest";
  /** In the order of evaluation; the last one decided, but for a bad request. */
  readonly turns: readonly Turn[];
}

export interface RequestVerdict extends RequestAnswer {
  /** The Log rules met on the way. */
  readonly logs: Step["logs"];
  /** What staged policies would change; set exactly where one governs the workload's ingress. */
  readonly pending?: RequestAnswer;
}
