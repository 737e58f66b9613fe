/**
 * Explanations say what the oracle says: by a part of the cluster alone, rule by rule; and after
 * every edit that is offered the oracle gives the opposite answer.
 *
 * PICKET_SEED=… repeats a run.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { counterfactuals } from "../../src/core/explanation/counterfactuals.ts";
import { explainFlow, FlowExplainer } from "../../src/core/explanation/explain.ts";
import { missWords } from "../../src/core/explanation/miss-words.ts";
import type { Trace } from "../../src/core/explanation/trace.ts";
import { type Change, Vicinities } from "../../src/core/explanation/vicinity.ts";
import { modelOf } from "../../src/core/model/convert.ts";
import type { Decision } from "../../src/core/model/verdict.ts";
import type { Flow } from "../../src/core/net/flow.ts";
import type { AnyResource } from "../../src/core/resources/kinds.ts";
import { evaluate } from "../../src/core/spec/evaluate.ts";
import { ruleMatches } from "../../src/core/spec/rule.ts";
import { admitted } from "./admitted.ts";
import { generateCluster } from "./generate.ts";
import { addressesOf, generateFlow } from "./generate-flow.ts";
import { Random, seedOfRun } from "./random.ts";

const CLUSTERS = 120;
const FLOWS_A_CLUSTER = 12;
/** Of a hundred connections, how many were sent to another address than they arrive at. */
const TRANSLATED = 10;

const seed = seedOfRun();

describe("explanations", () => {
  it(`say what spec says of a whole cluster, PICKET_SEED=${seed}`, (test) => {
    test.diagnostic(`PICKET_SEED=${seed}`);
    const seen = new Map<string, number>();
    for (let i = 0; i < CLUSTERS; i++) explainCluster(seed + i, seen);
    for (const what of [
      "missed",
      "matched",
      "turned to Allow",
      "turned to Deny",
      "several edits",
    ]) {
      assert.ok((seen.get(what) ?? 0) > 0, `nothing was ${what}`);
    }
    for (const sort of ["label", "rule", "new rule", "less rules", "policy"]) {
      assert.ok((seen.get(sort) ?? 0) > 0, `no ${sort} was ever offered`);
    }
  });
});

function explainCluster(clusterSeed: number, seen: Map<string, number>): void {
  const random = new Random(clusterSeed);
  const resources = generateCluster(random).map(admitted);
  const model = modelOf(resources);
  const whole = new Vicinities(resources, model);
  const kept = new FlowExplainer(model);
  const backwards = new Vicinities(resources.toReversed());
  const addresses = addressesOf(model);
  const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);

  for (let i = 0; i < FLOWS_A_CLUSTER; i++) {
    const flow = generateFlow(random, addresses, TRANSLATED);
    const context = `cluster ${clusterSeed}, flow ${i}: ${JSON.stringify(flow)}`;
    const explanation = explainFlow(whole.around(endsOf(flow)), flow);
    assert.deepEqual(explanation.verdict, evaluate(model, flow), context);
    assert.deepEqual(kept.explain(flow), explainFlow(model, flow), context);

    for (const { step, subject, trace } of explanation.steps) {
      if (!trace) continue;
      for (const traced of rulesOf(trace)) {
        const { rule, matched } = traced;
        count(matched ? "matched" : "missed");
        assert.equal(matched, ruleMatches(model, rule, subject.flow), `${context}: ${rule.path}`);
        if (!matched) assert.notEqual(missWords(explanation.model, traced, subject), "", context);
      }
      assert.deepEqual(endOf(trace), endOfDecision(step.decision), `${context}: ${step.endpoint}`);
    }

    const offered = counterfactuals(whole, explanation);
    for (const { edits } of offered) {
      const edited = modelOf(
        applied(
          resources,
          edits.map(({ change }) => change),
        ),
      );
      const { action } = evaluate(edited, flow);
      const words = edits.map((edit) => edit.words).join(" and ");
      assert.notEqual(action, explanation.verdict.action, `${context}: ${words}`);
      for (const { sort } of edits) count(sort);
      count(`turned to ${action}`);
      if (edits.length > 1) count("several edits");
    }
    const again = explainFlow(backwards.around(endsOf(flow)), flow);
    const texts = (found: typeof offered) =>
      found.map(({ edits }) => edits.map((edit) => edit.words).join(" and "));
    assert.deepEqual(texts(counterfactuals(backwards, again)), texts(offered), context);
  }
}

function endsOf({ source, destination, originalDestination }: Flow) {
  return [source, destination, ...(originalDestination ? [originalDestination.address] : [])];
}

/** The rules that were read, of policies that mean what they say. */
function rulesOf({ tiers, profiles }: Trace) {
  return [
    ...tiers.flatMap(({ policies }) => policies.flatMap(({ rules }) => rules)),
    ...profiles.flatMap(({ rules }) => rules),
  ];
}

/** Where a walk ended: at a rule of a tier or a profile, at the end of a tier, or after all. */
function endOf({ tiers, profiles }: Trace): string {
  const tier = tiers.at(-1);
  if (tier?.left === "end: Deny") return `end of ${tier.name}`;
  if (tier && (tier.left === "Allow" || tier.left === "Deny")) {
    const policy = tier.policies.findLast((one) => !one.policy.staged);
    return `${tier.name} ${policy?.policy.name} ${policy?.rules.at(-1)?.rule.index}`;
  }
  const profile = profiles.at(-1);
  const rule = profile?.rules.at(-1);
  const isDecided = rule?.matched && (rule.rule.action === "Allow" || rule.rule.action === "Deny");
  return isDecided ? `profile ${profile?.name} ${rule.rule.index}` : "after all";
}

function endOfDecision(decision: Decision): string {
  switch (decision.by) {
    case "rule":
      return `${decision.tier} ${decision.policy.name} ${decision.rule}`;
    case "end-of-tier":
      return `end of ${decision.tier}`;
    case "profile":
      return `profile ${decision.profile} ${decision.rule}`;
    default:
      return "after all";
  }
}

function applied(resources: readonly AnyResource[], changes: readonly Change[]): AnyResource[] {
  const before = new Map(changes.map((change) => [change.before, change.after]));
  const kept = resources.flatMap((one) => (before.has(one) ? (before.get(one) ?? []) : [one]));
  return [...kept, ...changes.flatMap(({ before: old, after }) => (old || !after ? [] : [after]))];
}
