/** A verdict put into words: which policy, which rule, where it is written. */
import {
  type Direction,
  formatObject,
  manifestKind,
  type PolicyId,
} from "../../core/model/policy.ts";
import type { Decision, Pending, Step, Verdict } from "../../core/model/verdict.ts";

/** Where something is written. */
export interface Place {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** Finds where a policy or profile is written; `path` is "" for the whole object. */
export type Locate = (
  object: { readonly kind: string; readonly namespace: string; readonly name: string },
  path: string,
) => Place | undefined;

/** What decided at one end of a connection, as `-o json` prints it. */
export interface Decided {
  readonly tier: string;
  /** `NetworkPolicy production/allow-tcp-6379` */
  readonly policy: string;
  /** The rule's index in its list from 0; -1 where no rule decided, as at the end of a tier. */
  readonly rule: number;
  readonly file?: string;
  readonly line?: number;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly action: Step["action"];
  /** How it was decided, as verdicts name it: `rule`, `end-of-tier`, … */
  readonly reason: Decision["by"];
}

/** What one step came to, or would come to, and where that is written. */
export function describeStep(step: Pending, locate: Locate): Decided {
  return { ...describeDecision(step.decision, locate), action: step.action };
}

/** What decided, and where it is written as far as `locate` knows. */
export function describeDecision(decision: Decision, locate: Locate): Omit<Decided, "action"> {
  switch (decision.by) {
    case "rule": {
      const place = locate(decision.policy, decision.path) ?? locate(decision.policy, "");
      const { tier, rule } = decision;
      return { tier, ...named(decision.policy), rule, ...place, reason: "rule" };
    }
    case "end-of-tier": {
      const place = locate(decision.policy, "");
      const { tier } = decision;
      return { tier, ...named(decision.policy), rule: -1, ...place, reason: "end-of-tier" };
    }
    case "profile": {
      const profile = { kind: "Profile", namespace: "", name: decision.profile };
      const place = locate(profile, decision.path);
      const policy = `Profile ${decision.profile}`;
      return { tier: "", policy, ...profile, rule: decision.rule, ...place, reason: "profile" };
    }
    default:
      return {
        tier: "",
        policy: "",
        kind: "",
        namespace: "",
        name: "",
        rule: -1,
        reason: decision.by,
      };
  }
}

/**
 * The step that speaks for one end of a connection: the first that denies, else the last that a
 * policy decided. Undefined for an end without policy.
 */
export function decidingStep(verdict: Verdict, direction: Direction): Step | undefined {
  const steps = verdict.steps.filter((step) => step.direction === direction);
  return (
    steps.find((step) => step.action === "Deny") ??
    steps.findLast((step) => step.action === "Allow" && isByPolicy(step.decision))
  );
}

/** `file:line`, or "" where that is not known. */
export function placeText(place: Partial<Place>): string {
  return place.file === undefined ? "" : `${place.file}:${place.line ?? 1}`;
}

function isByPolicy(decision: Decision): boolean {
  return decision.by === "rule" || decision.by === "end-of-tier";
}

function named(id: PolicyId): Pick<Decided, "policy" | "kind" | "namespace" | "name"> {
  const { namespace, name } = id;
  return { policy: formatObject(id), kind: manifestKind(id.kind), namespace, name };
}
