import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { resourcesFrom } from "../../../test/scenario.ts";
import { modelOf } from "../model/convert.ts";
import { CODES } from "./finding.ts";
import { lint } from "./lint.ts";

const pod = (name: string, address: string, labels: string, more = "") => `---
apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: shop, labels: { ${labels} } }
spec: { nodeName: one${more} }
status: { podIPs: [{ ip: ${address} }] }
`;
const CLUSTER = `
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { env: prod } }
${pod("web", "10.0.0.1", "app: web")}
${pod("db", "10.0.0.2", "app: db", ", containers: [{ ports: [{ name: sql, containerPort: 5432 }] }]")}
`;
const policy = (spec: string, kind = "NetworkPolicy") => `---
apiVersion: projectcalico.org/v3
kind: ${kind}
metadata: { name: one, namespace: shop }
spec: { ${spec} }
`;

/** `code path` of each finding. */
function codes(manifests: string): string[] {
  const resources = resourcesFrom(CLUSTER + manifests);
  return lint(resources, modelOf(resources)).map(({ code, path }) => `${code} ${path}`);
}

const DB = "selector: \"app == 'db'\"";
const RULES: readonly (readonly [title: string, rules: string, found: readonly string[]])[] = [
  ["nothing of rules that all decide", "{action: Deny, protocol: TCP}, {action: Allow}", []],
  [
    "a rule after one for everything",
    "{action: Allow}, {action: Allow, protocol: UDP}",
    ["shadowed-rule 1"],
  ],
  [
    "a rule that comes to the opposite",
    "{action: Deny}, {action: Allow, protocol: UDP}",
    ["contradicted-rule 1"],
  ],
  [
    "a rule said twice",
    "{action: Allow, protocol: UDP}, {action: Allow, protocol: 17}",
    ["duplicate-rule 1"],
  ],
  [
    "a rule that two cover together",
    "{action: Allow, protocol: TCP}, {action: Allow, notProtocol: TCP}, {action: Allow}",
    ["shadowed-rule 2"],
  ],
  ["nothing of Log before what decides", "{action: Log}, {action: Allow}", []],
  ["a rule that Log does not take from", "{action: Allow}, {action: Log}", ["shadowed-rule 1"]],
  [
    "a rule about what the pod sends itself",
    "{action: Allow, source: {nets: [10.0.0.2/32]}}",
    ["never-matches 0"],
  ],
  [
    "a rule whose ports exclude each other",
    "{action: Deny, protocol: TCP, destination: {ports: [80], notPorts: ['1:100']}}",
    ["never-matches 0"],
  ],
];

describe("lint", () => {
  for (const [title, rules, found] of RULES) {
    it(`finds ${title}`, () => {
      const wanted = found.map((one) => one.replace(/ (\d+)$/, " spec.ingress[$1]"));
      assert.deepEqual(codes(policy(`${DB}, ingress: [${rules}]`)), wanted);
    });
  }

  it("finds rules of a direction that the policy does not govern", () => {
    const spec = `${DB}, types: [Egress], ingress: [{action: Allow}], egress: [{action: Allow}]`;
    assert.deepEqual(codes(policy(spec)), ["never-matches spec.ingress[0]"]);
  });

  it("reads staged policies as if they were enforced, and says nothing of enforced ones by them", () => {
    const rules = "ingress: [{action: Allow}, {action: Deny, protocol: UDP}]";
    assert.deepEqual(codes(policy(`${DB}, order: 1, ${rules}`, "StagedNetworkPolicy")), [
      "contradicted-rule spec.ingress[1]",
    ]);
    const after = `${policy(`${DB}, order: 1, ingress: [{action: Deny}]`, "StagedNetworkPolicy")}${policy(
      `${DB}, order: 2, ingress: [{action: Allow, protocol: UDP}]`,
    )}`;
    assert.deepEqual(codes(after), []);
  });

  it("finds selectors of nobody where they are written", () => {
    const side = "{action: Allow, source: {namespaceSelector: \"env == 'test'\"}}";
    assert.deepEqual(codes(policy(`${DB}, ingress: [${side}]`)), [
      "selects-nothing spec.ingress[0].source.namespaceSelector",
    ]);
    assert.deepEqual(codes(policy("selector: has(application)")), [
      "selects-nothing spec.selector",
    ]);
  });

  it("finds port names of another protocol, and not those of the policy's own pods", () => {
    const rule = (protocol: string) =>
      `{action: Allow, protocol: ${protocol}, destination: {ports: [sql]}}`;
    assert.deepEqual(codes(policy(`${DB}, ingress: [${rule("TCP")}]`)), []);
    assert.deepEqual(codes(policy(`${DB}, ingress: [${rule("UDP")}]`)), [
      "unknown-port-name spec.ingress[0].destination.ports",
    ]);
    assert.deepEqual(codes(policy(`selector: "app == 'web'", ingress: [${rule("TCP")}]`)), [
      "unknown-port-name spec.ingress[0].destination.ports",
    ]);
  });

  it("finds labels that every pod of a controller has its own value of", () => {
    const owned = (name: string, address: string, labels: string) =>
      pod(name, address, labels).replace(
        "namespace: shop,",
        "namespace: shop, ownerReferences: [{ kind: StatefulSet, name: kv, controller: true }],",
      );
    const pods =
      owned("a", "10.0.1.1", "app: kv, id: n1") + owned("b", "10.0.1.2", "app: kv, id: n2");
    const selecting = (selector: string) =>
      codes(pods + policy(`selector: "${selector}", ingress: [{action: Allow}]`));
    assert.deepEqual(selecting("id == 'n1'"), ["unbounded-label spec.selector"]);
    assert.deepEqual(selecting("has(id)"), []);
    assert.deepEqual(selecting("app == 'kv'"), []);
  });

  it("leaves out what an annotation names, and says when it names nothing", () => {
    const rules = `${DB}, ingress: [{action: Allow}, {action: Deny}]`;
    const ignoring = (text: string) =>
      policy(rules).replace(
        "namespace: shop }",
        `namespace: shop, annotations: { picket.io/lint-ignore: "${text}" } }`,
      );
    assert.deepEqual(codes(ignoring("never-matches, contradicted-rule")), []);
    assert.deepEqual(codes(ignoring("contradicted")), [
      "unknown-code metadata.annotations",
      "contradicted-rule spec.ingress[1]",
    ]);
  });

  it("is the same whatever the order of manifests", () => {
    const manifests = policy(`${DB}, ingress: [{action: Allow}, {action: Deny}, {action: Deny}]`);
    const resources = resourcesFrom(
      CLUSTER + manifests + policy("selector: has(x)", "StagedNetworkPolicy"),
    );
    const found = (of: typeof resources) => JSON.stringify(lint(of, modelOf(of)));
    assert.equal(found(resources.toReversed()), found(resources));
  });

  it("has a guide that names every code", () => {
    const guide = readFileSync(new URL("../../../docs/guides/lint.md", import.meta.url), "utf8");
    for (const code of Object.keys(CODES)) assert.ok(guide.includes(`\`${code}\``), code);
  });
});
