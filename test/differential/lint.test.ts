/**
 * What lint says of rules is so by `spec`, on random clusters: a rule that it reports decides no
 * connection and can go, and every other decides the one that lint has for it.
 *
 * PICKET_SEED=… repeats a run, PICKET_CLUSTERS=… makes it longer or shorter.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Analysis, analyse } from "../../src/core/analysis/analysis.ts";
import { objectKey } from "../../src/core/explanation/object-key.ts";
import { ruleUses } from "../../src/core/lint/rule-use.ts";
import { lintRules } from "../../src/core/lint/rules.ts";
import { governed, governs, subjectOf, writtenRules } from "../../src/core/lint/subject.ts";
import { modelOf } from "../../src/core/model/convert.ts";
import type { Model } from "../../src/core/model/model.ts";
import type { Policy } from "../../src/core/model/policy.ts";
import type { Decision, Verdict } from "../../src/core/model/verdict.ts";
import { formatAddress } from "../../src/core/net/address.ts";
import type { Flow } from "../../src/core/net/flow.ts";
import { evaluate } from "../../src/core/spec/evaluate.ts";
import { admitted } from "./admitted.ts";
import { writeFlow } from "./case.ts";
import { generateCluster } from "./generate.ts";
import { addressesOf, generateFlow } from "./generate-flow.ts";
import { Random, seedOfRun } from "./random.ts";

const FLOWS_A_CLUSTER = 200;
const seed = seedOfRun();
const clusters = Number(process.env.PICKET_CLUSTERS ?? 60);

const EXPECTED = [
  "used Allow",
  "used Deny",
  "used Log",
  "used Pass",
  "never-matches",
  "shadowed-rule",
  "contradicted-rule",
  "duplicate-rule",
];

describe("lint and spec", () => {
  it(`agree on the rules of ${clusters} random clusters, PICKET_SEED=${seed}`, () => {
    const seen = new Set<string>();
    for (let i = 0; i < clusters; i++) judgeCluster(seed + i, seen);
    assert.deepEqual(
      EXPECTED.filter((what) => !seen.has(what)),
      [],
    );
  });
});

function judgeCluster(clusterSeed: number, seen: Set<string>): void {
  const random = new Random(clusterSeed);
  const resources = generateCluster(random).map(admitted);
  const model = withCopies(modelOf(resources), random);
  const analysis = analyse(model);
  const policies = model.policies.filter(({ staged }) => !staged);
  const subject = subjectOf(resources, model, analysis);
  const findings = lintRules(subject, policies);
  const reported = new Set(findings.map(({ object, path }) => `${objectKey(object)} ${path}`));
  for (const { code } of findings) seen.add(code);

  const uses = ruleUses(analysis);
  for (const policy of policies) {
    if (policy.unenforceable !== undefined || governed(subject, policy).length === 0) continue;
    for (const { path, action, direction, parts } of writtenRules(policy)) {
      if (!governs(policy, direction) || parts.every(({ http }) => http)) continue;
      const key = `${objectKey(policy)} ${path}`;
      const reached = uses.get(key)?.reached;
      assert.equal(reached === undefined, reported.has(key), `PICKET_SEED=${clusterSeed}: ${key}`);
      if (!reached) continue;
      seen.add(`used ${action}`);
      assertDecides(model, policy, path, reached, clusterSeed);
    }
  }
  assertSilent(model, reported, random, clusterSeed);
  assertIdle(model, analysis, reported, clusterSeed);
  for (const { witness, coveredBy, object, path } of findings) {
    for (const { decision, taken } of coveredBy) {
      if (decision?.by !== "rule") continue;
      assertDecides(model, decision.policy, decision.path, taken, clusterSeed);
    }
    if (witness) assertNotDeciding(model, `${objectKey(object)} ${path}`, witness, clusterSeed);
  }
}

/** Some rules once more at the end of their lists, which few random clusters have. */
function withCopies(model: Model, random: Random): Model {
  const copied = (rules: Policy["ingress"], direction: "ingress" | "egress"): Policy["ingress"] => {
    const rule = random.chance(15) ? random.pick(rules) : undefined;
    const index = Math.max(-1, ...rules.map((one) => one.index)) + 1;
    return rule ? [...rules, { ...rule, index, path: `spec.${direction}[${index}]` }] : rules;
  };
  const policies = model.policies.map((policy) => ({
    ...policy,
    ingress: copied(policy.ingress, "ingress"),
    egress: copied(policy.egress, "egress"),
  }));
  return { ...model, policies };
}

/** No random connection is decided by a rule that is reported. */
function assertSilent(
  model: Model,
  reported: ReadonlySet<string>,
  random: Random,
  clusterSeed: number,
): void {
  const addresses = addressesOf(model);
  for (let i = 0; i < FLOWS_A_CLUSTER; i++) {
    const flow = generateFlow(random, addresses);
    if (formatAddress(flow.source) === formatAddress(flow.destination)) continue;
    for (const key of rulesMet(evaluate(model, flow))) {
      assert.ok(!reported.has(key), words(clusterSeed, key, flow));
    }
  }
}

/** Without the rules that are reported everything is as it was. */
function assertIdle(
  model: Model,
  analysis: Analysis,
  reported: ReadonlySet<string>,
  clusterSeed: number,
): void {
  const without = (policy: Policy, direction: "ingress" | "egress") =>
    policy[direction].filter(({ path }) => !reported.has(`${objectKey(policy)} ${path}`));
  const policies = model.policies.map((policy) => ({
    ...policy,
    ingress: without(policy, "ingress"),
    egress: without(policy, "egress"),
  }));
  const after = analyse({ ...model, policies });
  for (const from of analysis.peers) {
    for (const to of analysis.peers) {
      if (from === to) continue;
      const [source, destination] = [after.peerAt(from.address), after.peerAt(to.address)];
      assert.equal(
        after.connections(source, destination).toString(),
        analysis.connections(from, to).toString(),
        `PICKET_SEED=${clusterSeed}: ${formatAddress(from.address)} ${formatAddress(to.address)}`,
      );
    }
  }
}

/** The rule decides the flow. That one passes it on is seen only if it denies it instead. */
function assertDecides(
  model: Model,
  { kind, namespace, name }: Pick<Policy, "kind" | "namespace" | "name">,
  path: string,
  flow: Flow,
  clusterSeed: number,
): void {
  const key = `${objectKey({ kind, namespace, name })} ${path}`;
  const policies = model.policies.map((policy) => {
    if (objectKey(policy) !== objectKey({ kind, namespace, name })) return policy;
    const denying = (rules: Policy["ingress"]) =>
      rules.map((rule) =>
        rule.path === path && rule.action === "Pass" ? { ...rule, action: "Deny" as const } : rule,
      );
    return { ...policy, ingress: denying(policy.ingress), egress: denying(policy.egress) };
  });
  const met = rulesMet(evaluate({ ...model, policies }, flow));
  assert.ok(met.has(key), words(clusterSeed, key, flow));
}

function assertNotDeciding(model: Model, key: string, flow: Flow, clusterSeed: number): void {
  assert.ok(!rulesMet(evaluate(model, flow)).has(key), words(clusterSeed, key, flow));
}

/** The rules that decided a step, or that a step logged. */
function rulesMet({ steps }: Verdict): ReadonlySet<string> {
  const decisions: Decision[] = steps.flatMap(({ decision, logs }) => [decision, ...logs]);
  return new Set(
    decisions.flatMap((one) => (one.by === "rule" ? [`${objectKey(one.policy)} ${one.path}`] : [])),
  );
}

function words(clusterSeed: number, key: string, flow: Flow): string {
  return `PICKET_SEED=${clusterSeed}: ${key}: ${JSON.stringify(writeFlow(flow))}`;
}
