import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hostEndpoint, manifestOf, namespace, node, pod, tier } from "../../../test/cluster.ts";
import { flowFrom, modelFrom } from "../../../test/scenario.ts";
import type { Step } from "../model/verdict.ts";
import { evaluate } from "./evaluate.ts";

const CLUSTER = manifestOf(
  namespace("shop"),
  node("n1", "192.168.0.1"),
  pod("shop/web", "n1", ["10.0.0.1"]),
  tier("first", { order: 10 }),
);

const policy = (kind: string, name: string, spec: string): string => `
apiVersion: projectcalico.org/v3
kind: ${kind}
metadata: { name: ${name}${kind === "StagedNetworkPolicy" ? ", namespace: shop" : ""} }
spec: ${spec}
`;
const staged = (name: string, spec: string) => policy("StagedGlobalNetworkPolicy", name, spec);
const enforced = (name: string, spec: string) => policy("GlobalNetworkPolicy", name, spec);

/** What policies there are, and the ingress of the pod; what is pending comes after a bar. */
const ROWS: readonly (readonly [what: string, policies: readonly string[], outcome: string])[] = [
  ["no staged policy: nothing pending", [enforced("a", "{}")], "Deny at the end of default, a"],
  [
    "a staged policy alone changes nothing",
    [staged("a", "{}")],
    "Allow by profile kns.shop | Deny at the end of default, a",
  ],
  [
    "a staged policy of a namespace",
    [policy("StagedNetworkPolicy", "a", "{ ingress: [{ action: Allow }] }")],
    "Allow by profile kns.shop | Allow by a rule 0",
  ],
  [
    "a tier of staged policies only is skipped",
    [staged("a", "{ tier: first }"), enforced("b", "{ ingress: [{ action: Allow }] }")],
    "Allow by b rule 0 | Deny at the end of first, a",
  ],
  [
    "staged and enforced of one name are both there, in their order",
    [
      enforced("a", "{ ingress: [{ action: Deny }] }"),
      staged("a", "{ order: 1, ingress: [{ action: Allow }] }"),
    ],
    "Deny by a rule 0 | Allow by a rule 0",
  ],
  [
    "a staged policy comes too late to change anything",
    [
      enforced("a", "{ order: 1, ingress: [{ action: Deny }] }"),
      staged("b", "{ order: 2, ingress: [{ action: Allow }] }"),
    ],
    "Deny by a rule 0 | Deny by a rule 0",
  ],
  [
    "the other direction only: nothing pending",
    [staged("a", "{ types: [Egress] }")],
    "Allow by profile kns.shop",
  ],
  [
    "one that deletes is not previewed",
    [staged("a", "{ stagedAction: Delete }")],
    "Allow by profile kns.shop",
  ],
  [
    "one that learns is as one that sets",
    [staged("a", "{ stagedAction: Learn }")],
    "Allow by profile kns.shop | Deny at the end of default, a",
  ],
  [
    "Log rules of staged policies do not log",
    [staged("a", "{ ingress: [{ action: Log }] }")],
    "Allow by profile kns.shop | Deny at the end of default, a",
  ],
];

describe("staged policies", () => {
  for (const [what, policies, outcome] of ROWS) {
    it(`${what}: ${outcome}`, () => {
      const model = modelFrom(CLUSTER, ...policies);
      const { steps } = evaluate(model, flowFrom("8.8.8.8 10.0.0.1 TCP 80"));
      assert.deepEqual(steps.map(outcomeOf), [outcome]);
    });
  }

  const HOST = manifestOf(hostEndpoint("h", "n1"));
  const hosts = "selector: has(host), applyOnForward: true";

  it("leave forwarded traffic of a host endpoint as it is", () => {
    const model = modelFrom(CLUSTER, HOST, staged("a", `{ ${hosts} }`));
    const { action, steps } = evaluate(model, flowFrom("8.8.8.8 10.0.0.1 TCP 80"));
    assert.equal(action, "Allow");
    assert.equal(steps[0]?.decision.by, "forward-default");
    assert.equal(steps[0]?.pending?.action, "Deny");
  });

  it("let nothing past conntrack or the normal list that they would allow untracked", () => {
    const allow = "ingress: [{ action: Allow }]";
    const model = modelFrom(CLUSTER, HOST, staged("a", `{ ${hosts}, doNotTrack: true, ${allow} }`));
    const { action, steps } = evaluate(model, flowFrom("8.8.8.8 192.168.0.1 TCP 80"));
    assert.equal(action, "Deny");
    assert.deepEqual(
      steps.map(({ list, action, pending }) => [list, action, pending?.action]),
      [
        ["untracked", "None", "Allow"],
        ["normal", "Deny", undefined],
      ],
    );
  });
});

function outcomeOf({ action, decision, logs, pending }: Step): string {
  assert.deepEqual(logs, []);
  const now = textOf({ action, decision });
  return pending ? `${now} | ${textOf(pending)}` : now;
}

function textOf({ action, decision }: Pick<Step, "action" | "decision">): string {
  switch (decision.by) {
    case "rule":
      return `${action} by ${decision.policy.name} rule ${decision.rule}`;
    case "end-of-tier":
      return `${action} at the end of ${decision.tier}, ${decision.policy.name}`;
    case "profile":
      return `${action} by profile ${decision.profile}`;
    default:
      return `${action} by ${decision.by}`;
  }
}
