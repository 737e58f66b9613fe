/** Edits that may turn the answer of one step: candidates, none of them proven yet. */

import type { Model } from "../model/model.ts";
import type { Policy } from "../model/policy.ts";
import type { Edit } from "./edit.ts";
import type { ExplainedStep } from "./explain.ts";
import {
  narrowedKubernetes,
  newKubernetesRule,
  widenedKubernetes,
} from "./kubernetes-rule-edits.ts";
import { labelledAt, selectorEdits, sideLabelEdits } from "./label-edits.ts";
import { newPolicy, withoutPolicy } from "./policy-edits.ts";
import { asKubernetes, asOrdered, rulesIn } from "./policy-rules.ts";
import { narrowed, newRule, type Seen, widened, withoutRule } from "./rule-edits.ts";
import type { TracedRule } from "./rule-reader.ts";
import type { TracedTier } from "./trace.ts";
import type { Vicinities } from "./vicinity.ts";

/** Edits that belong together. */
export type Way = readonly Edit[];

/** Ways in which the step might answer `wanted`; it answers the opposite now. */
export function waysTo(
  wanted: "Allow" | "Deny",
  explained: ExplainedStep,
  model: Model,
  vicinities: Vicinities,
): Way[] {
  const { step, endpoint, subject, trace } = explained;
  if (!trace) return [];
  const { flow } = subject;
  const [source] = labelledAt(vicinities, model, flow.source);
  const [destination] = labelledAt(vicinities, model, flow.destination);
  const seen: Seen = { model, direction: step.direction, flow, source, destination };
  const missed = wanted === "Allow" ? trace.tiers.flatMap((tier) => missedAllows(tier)) : [];
  const ways = missed.flatMap(({ policy, rule }) => [
    ...labelWays(seen, rule),
    ...each(widenedIn(seen, vicinities, policy, rule)),
  ]);
  const last = trace.tiers.at(-1);
  const decided = last && decidedBy(last);
  if (decided) ways.push(...waysAround(seen, vicinities, decided.policy, decided.rule, wanted));
  else if (last?.left === "end: Deny") ways.push(...waysBeforeEnd(seen, vicinities, last));
  const [own] = endpoint.addresses.flatMap((one) => labelledAt(vicinities, model, one));
  if (own && step.list === "normal" && !decided) {
    ways.push(...each(newPolicy(seen, endpoint, own, wanted)));
  }
  const ending = decided?.policy ?? last?.policies.findLast(({ policy }) => !policy.staged)?.policy;
  if (own && ending && (decided || last?.left === "end: Deny")) {
    ways.push(
      // Whoever no longer is selected loses everything else that the policy says.
      ...selectorEdits(own, ending.selector, false).map((edits) =>
        edits.map((edit) => ({ ...edit, size: edit.size + 3 })),
      ),
    );
  }
  return ways;
}

/** A policy and a rule of it that was read. */
interface Read {
  readonly policy: Policy;
  readonly rule: TracedRule;
}

function missedAllows({ policies }: TracedTier): Read[] {
  return policies
    .filter(({ policy }) => !policy.staged)
    .flatMap(({ policy, rules }) =>
      rules
        .filter(({ rule, matched }) => !matched && rule.action === "Allow")
        .map((rule) => ({ policy, rule })),
    );
}

/** The rule at which a tier was left; none where it was left at its end. */
function decidedBy({ policies }: TracedTier): Read | undefined {
  const enforced = policies.findLast(({ policy }) => !policy.staged);
  const rule = enforced?.rules.at(-1);
  if (!enforced || !rule?.matched || rule.rule.action === "Log") return undefined;
  return { policy: enforced.policy, rule };
}

/** Labels with which the rule would match, where nothing but selectors is in the way. */
function labelWays(seen: Seen, { rule, misses }: TracedRule): Way[] {
  if (misses.length === 0 || misses.some((miss) => miss.on !== "selector")) return [];
  const ways = misses.map((miss) => {
    const labelled = "side" in miss ? seen[miss.side] : undefined;
    if (!labelled || !("side" in miss)) return [];
    return sideLabelEdits(labelled, rule[miss.side], true);
  });
  const [first = [], second] = ways;
  return second ? first.flatMap((a) => second.map((b) => [...a, ...b])) : first;
}

function widenedIn(
  seen: Seen,
  vicinities: Vicinities,
  { kind, namespace, name }: Policy,
  rule: TracedRule,
): Edit | undefined {
  const resource = vicinities.object(kind, namespace, name);
  const ordered = asOrdered(resource);
  if (ordered) return widened(seen, ordered, rule);
  const kubernetes = asKubernetes(resource);
  return kubernetes && widenedKubernetes(seen, kubernetes, rule);
}

/** So that a rule that matches does not, or something comes before it. */
function waysAround(
  seen: Seen,
  vicinities: Vicinities,
  policy: Policy,
  { rule }: TracedRule,
  wanted: "Allow" | "Deny",
): Way[] {
  const { direction } = seen;
  const ways: Way[] = [];
  for (const side of ["source", "destination"] as const) {
    const labelled = seen[side];
    if (labelled) ways.push(...sideLabelEdits(labelled, rule[side], false));
  }
  const resource = vicinities.object(policy.kind, policy.namespace, policy.name);
  const ordered = asOrdered(resource);
  const kubernetes = asKubernetes(resource);
  if (ordered && policy.unenforceable === undefined) {
    const { index } = rule;
    const where = `before rule ${index + 1} of ${ordered.kind} ${nameOf(policy)}`;
    ways.push(...narrowed(seen, ordered, index).map((edit) => [edit]));
    ways.push([newRule(seen, ordered, index, wanted, where)]);
    ways.push([withoutRule(ordered, direction, index)]);
  }
  if (kubernetes)
    ways.push(...narrowedKubernetes(seen, kubernetes, rule.index).map((one) => [one]));
  if (resource) ways.push([withoutPolicy(resource)]);
  return ways;
}

/** Before the end of a tier, or without the policies that bring it about. */
function waysBeforeEnd(seen: Seen, vicinities: Vicinities, tier: TracedTier): Way[] {
  const enforced = tier.policies.filter(({ policy }) => !policy.staged);
  const resources = enforced.map(({ policy: { kind, namespace, name } }) =>
    vicinities.object(kind, namespace, name),
  );
  const ways: Way[] = [];
  const resource = resources.at(-1);
  const ordered = asOrdered(resource);
  if (ordered) {
    const index = rulesIn(ordered, seen.direction).length;
    const { namespace = "", name } = ordered.metadata;
    const whose = `${ordered.kind} ${nameOf({ namespace, name })}`;
    const where = `before the end of tier ${tier.name}, in ${whose}`;
    ways.push([newRule(seen, ordered, index, "Allow", where)]);
  }
  const kubernetes = asKubernetes(resource);
  if (kubernetes) ways.push(...each(newKubernetesRule(seen, kubernetes)));
  if (resources.length === 1 && resource) ways.push([withoutPolicy(resource)]);
  return ways;
}

function nameOf({ namespace, name }: Pick<Policy, "namespace" | "name">): string {
  return namespace === "" ? name : `${namespace}/${name}`;
}

function each(edit: Edit | undefined): Way[] {
  return edit ? [[edit]] : [];
}
