import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { admitted, refusalOf, specOf } from "./admit-fixture.ts";
import { stagedGlobalNetworkPolicy } from "./staged-global-network-policy.ts";
import { stagedKubernetesNetworkPolicy } from "./staged-kubernetes-network-policy.ts";
import { stagedNetworkPolicy } from "./staged-network-policy.ts";

for (const kind of [stagedNetworkPolicy, stagedGlobalNetworkPolicy]) {
  describe(kind.kind, () => {
    for (const [spec, filled] of [
      [{}, { tier: "default", types: ["Ingress"], stagedAction: "Set" }],
      [{ egress: [] }, { tier: "default", types: ["Egress"], stagedAction: "Set", egress: [] }],
      [
        { tier: "web", types: ["Egress"], stagedAction: "Learn" },
        { tier: "web", types: ["Egress"], stagedAction: "Learn" },
      ],
      [{ stagedAction: "Delete" }, { tier: "default", stagedAction: "Delete" }],
      [
        { stagedAction: "Delete", selector: "" },
        { tier: "default", stagedAction: "Delete", selector: "" },
      ],
    ] as const) {
      it(`with ${JSON.stringify(spec)} is stored with its defaults`, () => {
        assert.deepEqual(specOf(kind, spec), filled);
      });
    }

    it("is labelled with its tier", () => {
      const { metadata } = admitted(kind, { spec: { tier: "web", stagedAction: "Delete" } });
      assert.deepEqual(metadata.labels, { "projectcalico.org/tier": "web" });
    });

    for (const [spec, want] of [
      [{ stagedAction: "set" }, /^spec.stagedAction: Unsupported value: "set"/],
      [{ stagedAction: "Warning" }, /supported values: "Set", "Delete", "Learn", "Ignore"/],
      [{ stagedAction: "Delete", selector: "all()" }, /^spec.selector: .*when stagedAction is Del/],
      [{ stagedAction: "Delete", order: 0 }, /^spec.order: Invalid value: 0: must be empty/],
      [
        { stagedAction: "Delete", ingress: [] },
        /^spec.ingress: Invalid value: \[\]: must be empty/,
      ],
      [{ stagedAction: "Delete", types: ["Egress"] }, /^spec.types: .*must be empty/],
      [{ selector: "global()" }, /^spec.selector/],
      [{ ingress: [{ action: "allow" }] }, /^spec.ingress\[0\].action/],
      [{ egress: [{ action: "Allow", http: {} }] }, /^spec.egress\[0\].http/],
    ] as const) {
      it(`refuses ${JSON.stringify(spec)}`, () => {
        assert.match(refusalOf(kind, { spec }), want);
      });
    }
  });
}

describe("the name of a staged policy", () => {
  for (const [kind, name, accepted] of [
    [stagedNetworkPolicy, "web.allow", true],
    [stagedNetworkPolicy, "knp.default.a.b", true],
    [stagedNetworkPolicy, "a.b.c", false],
    [stagedGlobalNetworkPolicy, "web.allow", true],
    [stagedGlobalNetworkPolicy, "knp.default.a", false],
    [stagedKubernetesNetworkPolicy, "a.b.c", true],
    [stagedKubernetesNetworkPolicy, "A", false],
  ] as const) {
    it(`${accepted ? "may" : "may not"} be ${name} for a ${kind.kind}`, () => {
      assert.equal(refusalOf(kind, { spec: {} }, name) === "", accepted);
    });
  }
});

describe("a staged policy for hosts", () => {
  for (const [spec, want] of [
    [{ preDNAT: true, applyOnForward: true, ingress: [] }, /^$/],
    [{ preDNAT: true }, /^spec.applyOnForward/],
    [{ preDNAT: true, doNotTrack: true, applyOnForward: true }, /cannot both be true/],
    [{ namespaceSelector: "global()" }, /^spec.namespaceSelector/],
    [{ stagedAction: "Delete", doNotTrack: false }, /^$/],
    [{ stagedAction: "Delete", applyOnForward: true }, /^spec.applyOnForward: .*must be empty/],
  ] as const) {
    it(`${String(want) === "/^$/" ? "accepts" : "refuses"} ${JSON.stringify(spec)}`, () => {
      assert.match(refusalOf(stagedGlobalNetworkPolicy, { spec }), want);
    });
  }

  it("is no policy of a namespace", () => {
    const spec = { applyOnForward: true };
    assert.match(refusalOf(stagedNetworkPolicy, { spec }), /unknown field "spec.applyOnForward"/);
  });
});

describe("StagedKubernetesNetworkPolicy", () => {
  for (const [spec, policyTypes] of [
    [{}, ["Ingress"]],
    [{ ingress: [{}] }, ["Ingress"]],
    [{ egress: [] }, ["Ingress", "Egress"]],
    [{ egress: [{}] }, ["Ingress", "Egress"]],
    [{ egress: [{}], policyTypes: ["Egress"] }, ["Egress"]],
  ] as const) {
    it(`with ${JSON.stringify(spec)} isolates ${policyTypes.join(" and ")}`, () => {
      const stored = { stagedAction: "Set", ...spec, policyTypes };
      assert.deepEqual(specOf(stagedKubernetesNetworkPolicy, spec), stored);
    });
  }

  it("that deletes isolates nothing", () => {
    const spec = { stagedAction: "Delete", podSelector: {} };
    assert.deepEqual(specOf(stagedKubernetesNetworkPolicy, spec), spec);
  });

  for (const [spec, want] of [
    [{ policyTypes: ["Ingress", "Ingress"] }, /^spec.policyTypes\[1\]: Duplicate value/],
    [{ policyTypes: ["ingress"] }, /Unsupported value: "ingress"/],
    [{ ingress: [{ from: [{}] }] }, /^spec.ingress\[0\].from\[0\]: Required value/],
    [{ ingress: [{ ports: [{ port: 0 }] }] }, /ports\[0\].port: .*between 1 and 65535/],
    [{ podSelector: { matchLabels: { "a b": "c" } } }, /^spec.podSelector.matchLabels\[a b\]/],
    [{ stagedAction: "Delete", podSelector: { matchLabels: { a: "b" } } }, /^spec.podSelector/],
    [{ stagedAction: "Delete", egress: [] }, /^spec.egress: .*must be empty/],
    [{ tier: "default" }, /^unknown field "spec.tier"/],
  ] as const) {
    it(`refuses ${JSON.stringify(spec)}`, () => {
      assert.match(refusalOf(stagedKubernetesNetworkPolicy, { spec }), want);
    });
  }
});
