/** Kubernetes policies whose answer global policies give before them, and differently. */
import type { Analysis } from "../analysis/analysis.ts";
import { ConnectionSet } from "../analysis/connection-set.ts";
import type { Sighting } from "../analysis/traversal.ts";
import type { Meeting } from "../analysis/walk.ts";
import { objectKey } from "../explanation/object-key.ts";
import type { PolicyId } from "../model/policy.ts";
import type { Decision } from "../model/verdict.ts";
import { formatDecision } from "../verdict/format.ts";
import { type Finding, finding } from "./finding.ts";
import { someOf } from "./rule-use.ts";
import type { Subject } from "./subject.ts";

/**
 * One finding for each Kubernetes policy and each rule before it that denies what it allows, or lets
 * through what it would keep out. The second is what a baseline is for, and only noted.
 */
export function lintOverrides({ model, analysis }: Subject): Finding[] {
  const enforced = model.policies.filter(({ staged }) => !staged);
  if (!enforced.some(isKubernetes) || !enforced.some(isGlobal)) return [];
  const found = new Map<string, Finding>();
  analysis.observe((sighting) => {
    for (const one of [...denied(sighting), ...opened(analysis, sighting)]) {
      const key = `${objectKey(one.object)} ${one.message}`;
      if (!found.has(key)) found.set(key, one);
    }
  });
  return [...found.values()];
}

/** Global policies that deny what rules of Kubernetes policies after them allow. */
function* denied({ pair, meetings }: Sighting): Generator<Finding> {
  for (const [i, { decision, matched, reached }] of meetings.entries()) {
    if (decision.by !== "rule" || !isKubernetes(decision.policy)) continue;
    if (reached.covers(matched)) continue;
    for (const earlier of meetings.slice(0, i)) {
      if (earlier.action !== "Deny" || !isByGlobal(earlier.decision)) continue;
      const both = earlier.reached.intersect(matched);
      if (both.isEmpty) continue;
      const message = `${formatDecision(earlier.decision)} denies connections that this rule allows`;
      const witness = someOf(both, pair);
      yield finding("overridden-policy", decision.policy, decision.path, message, { witness });
    }
  }
}

/** Global policies that allow what Kubernetes policies of the same list leave to nobody. */
function* opened(analysis: Analysis, sighting: Sighting): Generator<Finding> {
  const { endpoint, direction, list, pair, meetings } = sighting;
  const allowing = meetings.filter(
    ({ action, decision }) => action === "Allow" && isByGlobal(decision),
  );
  if (allowing.length === 0 || list !== "normal") return;
  const policies = analysis.cluster
    .policies(endpoint, list)
    .flatMap((tier) => tier[direction])
    .filter((policy) => !policy.staged);
  const isolating = policies.filter(isKubernetes);
  if (isolating.length === 0) return;
  const allowed = allowedByKubernetes(meetings);
  for (const { decision, reached } of allowing) {
    const extra = reached.subtract(allowed);
    if (extra.isEmpty || decision.by !== "rule") continue;
    const place = policies.findIndex((one) => objectKey(one) === objectKey(decision.policy));
    const message = `${formatDecision(decision)} lets through ${direction} that this policy would keep out`;
    const witness = someOf(extra, pair);
    for (const policy of policies.slice(place + 1).filter(isKubernetes)) {
      const more = { severity: "info", witness } as const;
      yield finding("overridden-policy", policy, "spec.podSelector", message, more);
    }
  }
}

function allowedByKubernetes(meetings: readonly Meeting[]): ConnectionSet {
  const own = meetings.filter(
    ({ decision }) => decision.by === "rule" && isKubernetes(decision.policy),
  );
  return ConnectionSet.union(own.map(({ matched }) => matched));
}

function isByGlobal(decision: Decision): boolean {
  if (decision.by !== "rule" && decision.by !== "end-of-tier") return false;
  return isGlobal(decision.policy);
}

function isGlobal({ namespace }: PolicyId): boolean {
  return namespace === "";
}

function isKubernetes({ kind }: PolicyId): boolean {
  return kind === "KubernetesNetworkPolicy";
}
