/** What lint finds: something in a policy that cannot be what its author meant. */
import type { ObjectName } from "../explanation/object-key.ts";
import type { Action } from "../model/policy.ts";
import type { Decision } from "../model/verdict.ts";
import type { Flow } from "../net/flow.ts";

export type Severity = "error" | "warning" | "info";

/** From the gravest. */
export const SEVERITIES: readonly Severity[] = ["error", "warning", "info"];

/** What can be found, and how grave that is unless a finding says otherwise. */
export const CODES = {
  "contradicted-rule": "error",
  "shadowed-rule": "warning",
  "duplicate-rule": "warning",
  "never-matches": "warning",
  "overridden-policy": "warning",
  "dns-cut": "warning",
  "selects-nothing": "warning",
  "unbounded-label": "warning",
  "unknown-port-name": "warning",
  "not-in-force": "warning",
  "unknown-code": "warning",
} as const satisfies Readonly<Record<string, Severity>>;

export type Code = keyof typeof CODES;

export interface Finding {
  readonly code: Code;
  readonly severity: Severity;
  readonly object: ObjectName;
  /** The field, e.g. `spec.ingress[0].source.selector`; "" for the whole object. */
  readonly path: string;
  readonly message: string;
  /** A connection that shows it; its first packet is what the message speaks of. */
  readonly witness?: Flow;
  /**
   * Of a rule that decides nothing: everything that takes the connections which it matches, so that
   * none is left. Empty for others.
   */
  readonly coveredBy: readonly Cover[];
}

/** What takes connections from a later rule. */
export interface Cover {
  /** Undefined where policy is not asked: failsafe ports, tunnel packets, neighbour discovery. */
  readonly decision: Decision | undefined;
  readonly action: Action;
  /** One of the connections. */
  readonly taken: Flow;
}

/** A finding of the code's own severity, without witness. */
export function finding(
  code: Code,
  object: ObjectName,
  path: string,
  message: string,
  more: Partial<Pick<Finding, "severity" | "witness" | "coveredBy">> = {},
): Finding {
  return { code, severity: CODES[code], object, path, message, coveredBy: [], ...more };
}

/** Reports whether a finding is as grave as `least`, or graver. */
export function isAtLeast({ severity }: Pick<Finding, "severity">, least: Severity): boolean {
  return SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(least);
}
