import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { manifestOf, namespace, pod, tier } from "../../../test/cluster.ts";
import { flowFrom, modelFrom } from "../../../test/scenario.ts";
import type { Model } from "../model/model.ts";
import type { Step } from "../model/verdict.ts";
import { evaluateEndpoint } from "./endpoint.ts";

const CLUSTER = manifestOf(
  namespace("shop"),
  pod("shop/web", "n1", ["10.0.0.1"]),
  tier("first", { order: 10 }),
  tier("passing", { order: 20, defaultAction: "Pass" }),
);

/** A policy in brief: tier, order, types, and the actions of its ingress rules. */
interface Brief {
  readonly name: string;
  readonly tier?: string;
  readonly order?: number;
  readonly types?: string;
  readonly rules?: string;
}

/** What policies there are, and what becomes of a packet to the pod. */
const ROWS: readonly (readonly [what: string, policies: readonly Brief[], outcome: string])[] = [
  // evaluation.md §4 and §16.1.
  ["no policy: the profile", [], "Allow by profile kns.shop"],
  ["Allow ends", [{ name: "a", rules: "Allow" }], "Allow by a rule 0"],
  ["Deny ends", [{ name: "a", rules: "Deny" }], "Deny by a rule 0"],
  ["no rule: end of tier", [{ name: "a", rules: "" }], "Deny at the end of default, a"],
  [
    "only Log: end of tier",
    [{ name: "a", rules: "Log" }],
    "Deny at the end of default, a; logged by a rule 0",
  ],
  ["Log goes on", [{ name: "a", rules: "Log, Allow" }], "Allow by a rule 1; logged by a rule 0"],
  ["the other direction only: skip", [{ name: "a", types: "Egress" }], "Allow by profile kns.shop"],
  [
    "Pass goes to the next tier",
    [
      { name: "a", tier: "first", rules: "Pass" },
      { name: "b", tier: "first", rules: "Deny" },
      { name: "c", rules: "Allow" },
    ],
    "Allow by c rule 0",
  ],
  [
    "Pass in the last tier: the profile",
    [{ name: "a", rules: "Pass" }],
    "Allow by profile kns.shop",
  ],
  [
    "a tier that passes by default",
    [
      { name: "a", tier: "passing", rules: "" },
      { name: "b", rules: "Deny" },
    ],
    "Deny by b rule 0",
  ],
  [
    "end of tier is the last policy's",
    [
      { name: "a", order: 1, rules: "" },
      { name: "b", order: 2, rules: "" },
    ],
    "Deny at the end of default, b",
  ],
  // §3: order.
  [
    "lower order first",
    [
      { name: "a", order: 2, rules: "Deny" },
      { name: "b", order: 1, rules: "Allow" },
    ],
    "Allow by b rule 0",
  ],
  [
    "no order comes last",
    [
      { name: "a", rules: "Deny" },
      { name: "b", order: 1e9, rules: "Allow" },
    ],
    "Allow by b rule 0",
  ],
  [
    "equal order: by name and what follows it, so a-b before a",
    [
      { name: "a", rules: "Deny" },
      { name: "a-b", rules: "Allow" },
    ],
    "Allow by a-b rule 0",
  ],
  [
    "a tier that does not exist comes last and denies",
    [
      { name: "a", tier: "nowhere", rules: "" },
      { name: "b", rules: "Pass" },
    ],
    "Deny at the end of nowhere, a",
  ],
];

describe("evaluateEndpoint", () => {
  for (const [what, policies, outcome] of ROWS) {
    it(what, () => {
      const model = modelFrom(CLUSTER, ...policies.map(manifest));
      assert.equal(describeStep(ingressOf(model)), outcome);
    });
  }

  it("denies by a policy that cannot be enforced", () => {
    const model = modelFrom(CLUSTER, manifest({ name: "a", rules: "Allow" }));
    const policies = model.policies.map((policy) => ({ ...policy, unenforceable: "because" }));
    assert.equal(describeStep(ingressOf({ ...model, policies })), "Deny by a rule 0");
  });
});

/** A pod with these profiles, and what becomes of a packet to it. */
const PROFILES: readonly (readonly [profiles: string, outcome: string])[] = [
  ["none", "Deny, no profile"],
  ["silent", "Deny, no profile"],
  ["passing, allowing", "Allow by profile allowing"],
  ["logging, allowing", "Allow by profile allowing; logged by profile logging"],
  ["denying, allowing", "Deny by profile denying"],
  ["missing, allowing", "Deny, no profile"],
  ["silent, projectcalico-default-allow", "Allow by profile projectcalico-default-allow"],
];

describe("evaluateEndpoint without policy", () => {
  for (const [profiles, outcome] of PROFILES) {
    it(`reads the profiles ${profiles}: ${outcome}`, () => {
      const listed = ["allowing", "denying", "passing", "logging", "silent"].map(profileManifest);
      const model = modelFrom(CLUSTER, ...listed);
      const names = profiles === "none" ? [] : profiles.split(", ");
      const workloads = model.workloads.map((pod) => ({ ...pod, profiles: names }));
      assert.equal(describeStep(ingressOf({ ...model, workloads })), outcome);
    });
  }
});

function ingressOf(model: Model): Step {
  const [pod] = model.workloads;
  assert.ok(pod);
  return evaluateEndpoint(model, pod, "ingress", flowFrom("10.0.0.9 10.0.0.1 TCP 80"));
}

function describeStep({ action, decision, logs }: Step): string {
  const logged = logs.map((log) => `; logged by ${whose(log)}`).join("");
  return `${action}${by(decision)}${logged}`;
}

function by(decision: Step["decision"]): string {
  switch (decision.by) {
    case "rule":
    case "profile":
      return ` by ${whose(decision)}`;
    case "end-of-tier":
      return ` at the end of ${decision.tier}, ${decision.policy.name}`;
    default:
      return `, ${decision.by.replace("-", " ")}`;
  }
}

function whose(decision: Step["logs"][number]): string {
  if (decision.by === "profile") return `profile ${decision.profile}`;
  return `${decision.policy.name} rule ${decision.rule}`;
}

function manifest({ name, tier = "default", order, types = "Ingress", rules = "" }: Brief): string {
  const actions = rules === "" ? [] : rules.split(", ").map((action) => `{ action: ${action} }`);
  return `
apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: { name: ${name} }
spec:
  tier: ${tier}
  ${order === undefined ? "" : `order: ${order}`}
  types: [${types}]
  ingress: [${actions.join(", ")}]
`;
}

const PROFILE_ACTIONS: Readonly<Record<string, string>> = {
  allowing: "Allow",
  denying: "Deny",
  passing: "Pass",
  logging: "Log",
};

function profileManifest(name: string): string {
  const action = PROFILE_ACTIONS[name];
  return `
apiVersion: projectcalico.org/v3
kind: Profile
metadata: { name: ${name} }
spec: { ingress: [${action ? `{ action: ${action} }` : ""}] }
`;
}
