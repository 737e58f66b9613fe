import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { manifestOf, namespace, pod, serviceAccount } from "../../../test/cluster.ts";
import { flowFrom, modelFrom } from "../../../test/scenario.ts";
import type { Request } from "../net/request.ts";
import { Cluster } from "./cluster.ts";
import { judgeRequest } from "./request.ts";

const CLUSTER = manifestOf(
  namespace("shop", { team: "sales" }),
  serviceAccount("shop/cart", { role: "front" }),
  pod("shop/web", "n1", ["10.0.0.1"], { serviceAccountName: "cart" }),
);

/** Front ends may read, batch jobs of sales may write below /batch; everyone else asks the profile. */
const POLICY = `
apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata: { name: p, namespace: shop }
spec:
  types: [Ingress]
  ingress:
  - { action: Log, protocol: TCP }
  - action: Allow
    protocol: TCP
    source: { serviceAccounts: { selector: role == 'front' } }
    http: { methods: [GET, HEAD] }
  - action: Allow
    protocol: TCP
    source: { namespaceSelector: team == 'sales' }
    http: { methods: [PUT], paths: [{ prefix: /batch }] }
`;

const CART = { namespace: "shop", serviceAccount: "cart" };
const OTHER = { namespace: "shop", serviceAccount: "other" };

describe("judgeRequest", () => {
  for (const [what, request, outcome] of [
    [
      "a front end that reads",
      { source: CART, http: { method: "GET", path: "/" } },
      "Allow rule 1",
    ],
    ["another that reads", { source: OTHER, http: { method: "GET", path: "/" } }, "Deny end"],
    [
      "another that calls itself a front end",
      { source: { ...OTHER, labels: new Map([["role", "front"]]) }, http: { method: "GET" } },
      "Allow rule 1",
    ],
    [
      "a front end that calls itself otherwise",
      { source: { ...CART, labels: new Map([["role", "back"]]) }, http: { method: "GET" } },
      "Allow rule 1",
    ],
    ["a batch", { source: OTHER, http: { method: "PUT", path: "/batch/1" } }, "Allow rule 2"],
    ["no batch", { source: OTHER, http: { method: "PUT", path: "/batch/../1" } }, "Deny end"],
    [
      "a path that is none",
      { source: OTHER, http: { method: "PUT", path: "batch" } },
      "BadRequest",
    ],
    [
      "somebody of a namespace that nothing is known of",
      {
        source: { namespace: "far", serviceAccount: "cart" },
        http: { method: "PUT", path: "/batch" },
      },
      "Deny end",
    ],
    ["nobody known, at an address of the front end", { http: { method: "GET" } }, "Allow rule 1"],
  ] as const satisfies readonly (readonly [string, Omit<Request, "flow">, string])[]) {
    it(`${what}: ${outcome}`, () => {
      const { action, turns, logs } = judged(request);
      const last = turns.at(-1)?.decision;
      const by = last?.by === "rule" ? ` rule ${last.rule}` : " end";
      assert.equal(action === "BadRequest" ? action : action + by, outcome);
      assert.equal(logs.length, 1);
    });
  }

  it("has a turn for every tier, and one for the profile that decides", () => {
    const { turns } = judged(
      {},
      POLICY.replace("{ action: Log, protocol: TCP }", "{ action: Pass }"),
    );
    assert.deepEqual(
      turns.map(({ action, decision }) => `${action} ${decision.by}`),
      ["Pass rule", "Allow profile"],
    );
  });

  it("tells what staged policies would say", () => {
    const { action, pending } = judged({}, POLICY.replace("kind: N", "kind: StagedN"));
    assert.equal(action, "Allow");
    assert.equal(pending?.action, "Allow");
    const none = POLICY.replace("kind: N", "kind: StagedN").replace(/ {2}ingress:.*/s, "");
    assert.equal(judged({}, none).pending?.action, "Deny");
  });
});

function judged(request: Omit<Request, "flow">, policy = POLICY) {
  const model = modelFrom(CLUSTER, policy);
  const [web] = model.workloads;
  assert.ok(web);
  const flow = flowFrom("10.0.0.1 10.0.0.1 TCP 80");
  return judgeRequest(new Cluster(model), web, { flow, ...request });
}
