import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { manifestOf, namespace, pod, serviceAccount } from "../../../test/cluster.ts";
import { flowFrom, modelFrom } from "../../../test/scenario.ts";
import type { RequestVerdict } from "../model/request-verdict.ts";
import type { Principal } from "../net/request.ts";
import { evaluateRequest } from "./request.ts";

const CLUSTER = manifestOf(
  namespace("shop", { team: "sales" }),
  serviceAccount("shop/cart", { role: "front" }),
  pod("shop/web", "n1", ["10.0.0.1"], {
    serviceAccountName: "cart",
    containers: [{ ports: [{ name: "http", containerPort: 80 }] }],
  }),
);
/** The web pod itself, so that selectors over addresses hold as well. */
const FLOW = flowFrom("10.0.0.1 10.0.0.1 TCP 80");
const CART: Principal = { namespace: "shop", serviceAccount: "cart" };

/** The ingress rules of a policy of namespace shop, whose request, `METHOD PATH`, and what comes of it. */
const ROWS: readonly (readonly [
  rules: string,
  source: Principal | undefined,
  http: string,
  outcome: string,
])[] = [
  // Methods.
  ["Allow http: { methods: [GET] }", undefined, "GET /", "Allow rule 0"],
  ["Allow http: { methods: [GET] }", undefined, "get /", "Deny end of default"],
  ["Allow http: { methods: ['*'] }", undefined, "PUT /", "Allow rule 0"],
  ["Allow http: { methods: [GET] }", undefined, "", "Allow rule 0"],
  // Paths.
  ["Allow http: { paths: [{ exact: /a }] }", undefined, "GET /a/", "Allow rule 0"],
  ["Allow http: { paths: [{ exact: /a }] }", undefined, "GET /b/../a?q", "Allow rule 0"],
  ["Allow http: { paths: [{ exact: /a }] }", undefined, "GET /a/b", "Deny end of default"],
  ["Allow http: { paths: [{ prefix: /a }] }", undefined, "GET /a/b", "Allow rule 0"],
  ["Allow http: { paths: [{ prefix: /a }] }", undefined, "GET /ab", "Deny end of default"],
  [
    "Allow http: { paths: [{ prefix: /a }] }",
    undefined,
    "GET /a/%252e%252e",
    "Deny end of default",
  ],
  ["Allow http: { paths: [{ prefix: /a }, { prefix: / }] }", undefined, "GET /b", "Allow rule 0"],
  ["Allow http: { paths: [{ prefix: /a }] }", undefined, "", "Allow rule 0"],
  // A path that is none is bad where a rule asks for it.
  ["Allow http: { paths: [{ prefix: / }] }", undefined, "GET a", "BadRequest"],
  [
    "Allow http: { methods: [PUT], paths: [{ prefix: / }] }",
    undefined,
    "GET a",
    "Deny end of default",
  ],
  [
    "Allow source: { nets: [10.9.0.0/16] }, http: { paths: [{ exact: / }] }",
    undefined,
    "GET a",
    "Deny end of default",
  ],
  [
    "Allow destination: { ports: [81] }, http: { paths: [{ exact: / }] }",
    undefined,
    "GET a",
    "Deny end of default",
  ],
  // Principals, beside the addresses that they have.
  ["Allow source: { serviceAccounts: { names: [cart] } }", CART, "", "Allow rule 0"],
  [
    "Allow source: { serviceAccounts: { names: [cart] } }",
    { namespace: "shop", serviceAccount: "other" },
    "",
    "Deny end of default",
  ],
  [
    "Allow source: { serviceAccounts: { names: [cart] } }",
    { namespace: "other", serviceAccount: "cart" },
    "",
    "Deny end of default",
  ],
  ["Allow source: { serviceAccounts: { names: [cart] } }", undefined, "", "Allow rule 0"],
  ["Allow source: { serviceAccounts: { selector: role == 'front' } }", CART, "", "Allow rule 0"],
  [
    "Allow source: { serviceAccounts: { selector: role == 'front' } }",
    { ...CART, labels: new Map([["role", "back"]]) },
    "",
    "Allow rule 0",
  ],
  ["Allow source: { namespaceSelector: team == 'sales' }", CART, "", "Allow rule 0"],
  [
    "Allow source: { namespaceSelector: team == 'sales' }",
    { namespace: "unknown", serviceAccount: "cart" },
    "",
    "Deny end of default",
  ],
  ["Allow source: { namespaceSelector: team == 'ops' }", CART, "", "Deny end of default"],
  ["Allow source: { selector: app == 'web' }", CART, "", "Allow rule 0"],
  [
    "Allow source: { selector: app == 'web' }",
    { namespace: "other", serviceAccount: "cart" },
    "",
    "Deny end of default",
  ],
  // As packets: named ports hold, and so does everything of L4.
  ["Allow destination: { ports: [http] }", undefined, "", "Allow rule 0"],
  ["Deny destination: { notPorts: [http] }", undefined, "", "Deny end of default"],
  ["Allow notICMP: { type: 8 }", undefined, "", "Deny end of default"],
  // Actions.
  ["Log; Allow", undefined, "", "Allow rule 1, logged 1"],
  ["Pass; Deny", undefined, "", "Pass rule 0, Allow profile kns.shop"],
];

describe("evaluateRequest", () => {
  for (const [rules, source, http, outcome] of ROWS) {
    const who = source ? ` of ${source.namespace}/${source.serviceAccount}` : "";
    it(`${rules}: ${http}${who}: ${outcome}`, () => {
      const [method, path] = http === "" ? [] : http.split(" ");
      const verdict = judge(policy("NetworkPolicy", rules), {
        ...(source && { source }),
        http: { ...(method && { method }), ...(path && { path }) },
      });
      assert.equal(textOf(verdict), outcome);
    });
  }

  it("says what staged policies would change", () => {
    const verdict = judge(policy("StagedNetworkPolicy", "Deny"));
    assert.equal(textOf(verdict), "Allow profile kns.shop");
    assert.equal(verdict.pending?.action, "Deny");
  });

  const PROFILE = (name: string, action: string) => `
apiVersion: projectcalico.org/v3
kind: Profile
metadata: { name: ${name} }
spec: { ingress: [{ action: ${action} }] }
`;
  const profiled = (profiles: readonly string[], ...manifests: readonly string[]) => {
    const model = modelFrom(CLUSTER, ...manifests);
    const [web] = model.workloads;
    assert.ok(web);
    return textOf(evaluateRequest(model, { ...web, profiles }, { flow: FLOW }));
  };

  it("takes Pass of a profile for a denial", () => {
    const outcome = profiled(["a", "b"], PROFILE("a", "Pass"), PROFILE("b", "Allow"));
    assert.equal(outcome, "Deny profile a");
  });

  it("goes on from a profile that is missing, and denies after the last", () => {
    assert.equal(profiled(["a", "b"], PROFILE("b", "Allow")), "Allow profile b");
    assert.equal(profiled(["a"]), "Deny no-profile");
  });
});

function judge(
  manifest: string,
  request: Omit<Parameters<typeof evaluateRequest>[2], "flow"> = {},
): RequestVerdict {
  const model = modelFrom(CLUSTER, manifest);
  const [web] = model.workloads;
  assert.ok(web);
  return evaluateRequest(model, web, { flow: FLOW, ...request });
}

/** Rules are parted by `;`, each an action and its criteria. */
function policy(kind: string, rules: string): string {
  const items = rules.split("; ").map((rule) => {
    const [action = "", ...criteria] = rule.split(" ");
    const rest = criteria.join(" ");
    const needsTcp = /http:|ports:|notPorts:/i.test(rest) ? ", protocol: TCP" : "";
    return `{ action: ${action}${needsTcp}${rest && `, ${rest}`} }`;
  });
  return `
apiVersion: projectcalico.org/v3
kind: ${kind}
metadata: { name: p, namespace: shop }
spec: { types: [Ingress], ingress: [${items.join(", ")}] }
`;
}

function textOf({ action, turns, logs }: RequestVerdict): string {
  const texts = turns.map(({ action, decision }) => {
    switch (decision.by) {
      case "rule":
        return `${action} rule ${decision.rule}`;
      case "end-of-tier":
        return `${action} end of ${decision.tier}`;
      case "profile":
        return `${action} profile ${decision.profile}`;
      default:
        return `${action} ${decision.by}`;
    }
  });
  const logged = logs.length > 0 ? [`logged ${logs.length}`] : [];
  return [...(action === "BadRequest" ? [action] : texts), ...logged].join(", ");
}
