import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatFieldError } from "../schema/field-error.ts";
import { admit } from "./admit.ts";
import { globalNetworkPolicy } from "./global-network-policy.ts";
import { kubernetesNetworkPolicy } from "./kubernetes-network-policy.ts";
import { networkPolicy } from "./network-policy.ts";
import type { ResourceKind } from "./resource.ts";
import { tier } from "./tier.ts";

function specOf(kind: ResourceKind, spec: unknown, name = "a"): unknown {
  const admission = admit(kind, { metadata: { name }, spec });
  assert.ok(admission.admitted, admission.admitted ? "" : JSON.stringify(admission.errors));
  return (admission.resource as unknown as { spec: unknown }).spec;
}

function refusals(kind: ResourceKind, spec: unknown, name = "a"): string[] {
  const admission = admit(kind, { metadata: { name }, spec });
  return admission.admitted ? [] : admission.errors.map(formatFieldError);
}

describe("NetworkPolicy", () => {
  for (const [spec, types] of [
    [{}, ["Ingress"]],
    [{ ingress: [] }, ["Ingress"]],
    [{ egress: [] }, ["Egress"]],
    [{ ingress: [], egress: [] }, ["Ingress", "Egress"]],
    [{ types: ["Egress"], ingress: [] }, ["Egress"]],
  ] as const) {
    it(`with ${JSON.stringify(spec)} governs ${types.join(" and ")}`, () => {
      assert.deepEqual(specOf(networkPolicy, spec), { ...spec, tier: "default", types });
    });
  }

  it("takes null for absent", () => {
    assert.deepEqual(specOf(networkPolicy, { ingress: null, egress: [], tier: null }), {
      egress: [],
      tier: "default",
      types: ["Egress"],
    });
  });

  it("is labelled with its tier, whatever the label said", () => {
    const metadata = { name: "a", labels: { "projectcalico.org/tier": "other", b: "c" } };
    const admission = admit(networkPolicy, { metadata, spec: { tier: "web" } });
    assert.ok(admission.admitted);
    const labels = { "projectcalico.org/tier": "web", b: "c" };
    assert.deepEqual(admission.resource.metadata.labels, labels);
  });

  for (const [spec, want] of [
    [{ types: [] }, /^spec.types: .*at least 1 items/],
    [{ types: ["Ingress", "Ingress"] }, /^spec.types\[1\]: Duplicate value: "Ingress"/],
    [{ types: ["ingress"] }, /^spec.types\[0\]: Unsupported value/],
    [{ order: "10" }, /^spec.order: .*must be of type number, not string/],
    [{ selector: "global()" }, /^spec.selector: .*global\(\) can only be used/],
    [{ serviceAccountSelector: "a" }, /^spec.serviceAccountSelector/],
    [{ tier: "A" }, /^spec.tier/],
    [{ namespaceSelector: "all()" }, /^unknown field "spec.namespaceSelector"/],
    [{ ingress: "all" }, /^spec.ingress: .*must be of type array, not string/],
    [{ ingress: [null] }, /^spec.ingress\[0\]: .*must be of type object, not null/],
    [{ ingress: [{}] }, /^spec.ingress\[0\].action: Required value/],
    [undefined, /^spec: .*must be of type object/],
  ] as const) {
    it(`refuses ${JSON.stringify(spec)}`, () => {
      assert.match(refusals(networkPolicy, spec).join("\n"), want);
    });
  }
});

describe("GlobalNetworkPolicy", () => {
  for (const [spec, want] of [
    [{ preDNAT: true, applyOnForward: true, ingress: [] }, /^$/],
    [{ doNotTrack: true, applyOnForward: true, egress: [] }, /^$/],
    [{ preDNAT: true }, /^spec.applyOnForward: Required value/],
    [{ doNotTrack: true, applyOnForward: false }, /^spec.applyOnForward: Invalid value: false/],
    [{ preDNAT: true, doNotTrack: true, applyOnForward: true }, /cannot both be true/],
    [{ preDNAT: true, applyOnForward: true, types: ["Egress"] }, /'Egress' type/],
    [{ preDNAT: true, applyOnForward: true, egress: [] }, /'Egress' type/],
    [
      { preDNAT: true, applyOnForward: true, types: ["Ingress"], egress: [{ action: "Deny" }] },
      /^spec.egress: Forbidden/,
    ],
    [{ namespaceSelector: "global()" }, /^spec.namespaceSelector/],
  ] as const) {
    it(`${String(want) === "/^$/" ? "accepts" : "refuses"} ${JSON.stringify(spec)}`, () => {
      assert.match(refusals(globalNetworkPolicy, spec).join("\n"), want);
    });
  }

  it("has no namespace", () => {
    const metadata = { name: "a", namespace: "b" };
    const admission = admit(globalNetworkPolicy, { metadata, spec: {} });
    assert.equal(admission.admitted, false);
  });
});

describe("Tier", () => {
  it("has an order and an action", () => {
    assert.deepEqual(specOf(tier, {}), { order: 1_000_000, defaultAction: "Deny" });
    assert.deepEqual(specOf(tier, { order: 0 }), { order: 0, defaultAction: "Deny" });
  });

  for (const [name, spec, want] of [
    ["default", {}, /^$/],
    ["default", { order: 10 }, /^spec.order: Invalid value: 10: must be 1000000 in tier default/],
    ["default", { defaultAction: "Pass" }, /^spec.defaultAction/],
    ["kube-admin", { order: 1000 }, /^spec.defaultAction: .*"Pass"/],
    ["kube-baseline", { defaultAction: "Pass" }, /^spec.order: .*10000000/],
    ["web", { defaultAction: "Allow" }, /Unsupported value: "Allow"/],
    ["a.b", {}, /^metadata.name/],
  ] as const) {
    it(`${name} with ${JSON.stringify(spec)} gives ${want}`, () => {
      assert.match(refusals(tier, spec, name).join("\n"), want);
    });
  }
});

describe("Kubernetes NetworkPolicy", () => {
  const ingress = (rule: object): object => ({ podSelector: {}, ingress: [rule] });
  const peer = (from: object): object => ingress({ from: [from] });

  for (const [spec, policyTypes] of [
    [{}, ["Ingress"]],
    [{ egress: [] }, ["Ingress"]],
    [{ egress: [{}] }, ["Ingress", "Egress"]],
    [{ policyTypes: ["Egress"] }, ["Egress"]],
    [{ policyTypes: [], egress: null }, ["Ingress"]],
  ] as const) {
    it(`with ${JSON.stringify(spec)} isolates ${policyTypes.join(" and ")}`, () => {
      const found = specOf(kubernetesNetworkPolicy, spec) as { policyTypes: unknown };
      assert.deepEqual(found.policyTypes, policyTypes);
    });
  }

  it("means TCP where a port names no protocol", () => {
    const found = specOf(kubernetesNetworkPolicy, ingress({ ports: [{ port: 80 }, {}] }));
    const ports = [{ port: 80, protocol: "TCP" }, { protocol: "TCP" }];
    assert.deepEqual((found as { ingress: unknown }).ingress, [{ ports }]);
  });

  for (const [spec, want] of [
    [peer({ podSelector: null, namespaceSelector: {} }), /^$/],
    [peer({ ipBlock: { cidr: "10.0.0.1/8", except: ["10.1.0.0/16"] } }), /^$/],
    [peer({}), /^spec.ingress\[0\].from\[0\]: Required value: must specify a peer/],
    [peer({ podSelector: null }), /must specify a peer/],
    [peer({ podSelector: {}, ipBlock: { cidr: "10.0.0.0/8" } }), /both ipBlock and another peer/],
    [peer({ ipBlock: {} }), /ipBlock.cidr: Required value/],
    [peer({ ipBlock: { cidr: "10.0.0.0" } }), /ipBlock.cidr: .*must be a valid CIDR/],
    [peer({ ipBlock: { cidr: "10.0.0.0/8", except: ["11.0.0.0/16"] } }), /except\[0\]: .*subset/],
    [peer({ ipBlock: { cidr: "10.0.0.0/8", except: ["10.0.0.0/8"] } }), /strict subset/],
    [peer({ podSelector: { matchLabels: { "a b": "c" } } }), /matchLabels\[a b\]/],
    [
      peer({ podSelector: { matchExpressions: [{ key: "a", operator: "In" }] } }),
      /values: Required/,
    ],
    [
      peer({
        podSelector: { matchExpressions: [{ key: "a", operator: "Exists", values: ["b"] }] },
      }),
      /values: Forbidden/,
    ],
    [peer({ podSelector: { matchExpressions: [{ key: "a", operator: "in" }] } }), /Unsupported/],
    [ingress({ ports: [{ port: 0 }] }), /ports\[0\].port: .*between 1 and 65535/],
    [ingress({ ports: [{ port: "80" }] }), /port: .*at least one letter/],
    [ingress({ ports: [{ port: 80, endPort: 79 }] }), /endPort: .*greater than or equal/],
    [ingress({ ports: [{ port: "http", endPort: 80 }] }), /endPort: .*non-numeric/],
    [ingress({ ports: [{ endPort: 80 }] }), /endPort: .*not specified/],
    [ingress({ ports: [{ protocol: "ICMP" }] }), /Unsupported value: "ICMP"/],
    [ingress({ to: [] }), /unknown field "spec.ingress\[0\].to"/],
    [{ policyTypes: ["ingress"] }, /Unsupported value: "ingress"/],
  ] as const) {
    it(`${String(want) === "/^$/" ? "accepts" : "refuses"} ${JSON.stringify(spec)}`, () => {
      assert.match(refusals(kubernetesNetworkPolicy, spec).join("\n"), want);
    });
  }
});
