/** What an evaluator says of a connection: the answer, and everything that decided it. */
import type { Direction, PolicyId } from "./policy.ts";

/** Which of an endpoint's policy lists was walked (evaluation.md §2). Workloads have only `normal`. */
export type PolicyList = "untracked" | "preDNAT" | "forward" | "normal";

/** What decided one step. Rule indexes are those of the manifest, from 0. */
export type Decision =
  | RuleDecision
  /** No rule matched; `policy` is the tier's last one that governs the direction here. */
  | { readonly by: "end-of-tier"; readonly tier: string; readonly policy: PolicyId }
  | ProfileDecision
  /** No profile allowed it (or there is none, or a named one does not exist). */
  | { readonly by: "no-profile" }
  /** A failsafe port of a host endpoint (evaluation.md §9.7). */
  | { readonly by: "failsafe" }
  /** A host endpoint without policy for forwarded traffic, or whose policies all passed. */
  | { readonly by: "forward-default" }
  /** Traffic of a workload to its own host that policy allowed: DefaultEndpointToHostAction. */
  | { readonly by: "endpoint-to-host" }
  /** A neighbour-discovery message of a workload to its host, allowed before policy. */
  | { readonly by: "neighbour-discovery" }
  /** A VXLAN or IPIP packet out of a workload (evaluation.md §7.1, 7-8). */
  | { readonly by: "encapsulation" }
  /** Untracked or pre-DNAT policy of which no rule decided: the packet goes on (action `None`). */
  | { readonly by: "no-match" }
  /** A reply by TCP or ICMP to an untracked request, and no untracked policy took it: INVALID. */
  | { readonly by: "invalid-state" };

/** A rule of a policy matched, and its action decided. */
export interface RuleDecision {
  readonly by: "rule";
  readonly tier: string;
  readonly policy: PolicyId;
  readonly rule: number;
  readonly path: string;
}

/** A rule of a profile matched, after every tier had passed. */
export interface ProfileDecision {
  readonly by: "profile";
  readonly profile: string;
  readonly rule: number;
  readonly path: string;
}

/** One endpoint's part in a connection's fate. */
export interface Step {
  readonly node: string;
  /** As `endpointName` writes it. */
  readonly endpoint: string;
  readonly kind: "WorkloadEndpoint" | "HostEndpoint";
  readonly direction: Direction;
  readonly list: PolicyList;
  /**
   * `None`: policy has no say. Untracked and pre-DNAT lists may end so, and a workload's traffic to
   * its host that is left to the host's own rules.
   */
  readonly action: "Allow" | "Deny" | "None";
  readonly decision: Decision;
  /** The Log rules met on the way, of policies and then of profiles, in order. */
  readonly logs: readonly (RuleDecision | ProfileDecision)[];
  /**
   * What the list would say if its staged policies were enforced (evaluation.md §11). Set exactly
   * where a list was asked and a staged policy governs the direction in it; it never changes the
   * verdict.
   */
  readonly pending?: Pending;
}

/** An answer that is not in force. */
export type Pending = Pick<Step, "action" | "decision">;

/**
 * The fate of a connection's first packet. Steps are in the packet's order and go on past a Deny,
 * so that each side's own answer is seen; the packet passes only when none denies.
 *
 * A host endpoint's untracked and pre-DNAT lists are steps only where it has policy in them (in
 * either direction, staged or not); its normal and forward lists always. A list that an earlier Allow skips
 * (evaluation.md §9.3) is no step. If nothing denies the packet, the steps of its reply follow in the
 * reply's order: untracked policy sees every reply, the other lists only one that an
 * untracked Allow, of the request or of the reply, hides from connection tracking (§9.2).
 */
export interface Verdict {
  readonly action: "Allow" | "Deny";
  readonly steps: readonly Step[];
}
