import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RuleSpec } from "../resources/rule.ts";
import { format } from "../selector/selector.ts";
import { convertPolicy } from "./convert-policy.ts";
import { convertProfile } from "./convert-profile.ts";
import type { Policy } from "./policy.ts";

type Spec = Parameters<typeof convertPolicy>[0]["spec"];

function convert(spec: Spec): { readonly policy: Policy; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const metadata = { name: "p" };
  const policy = convertPolicy(
    { apiVersion: "projectcalico.org/v3", kind: "GlobalNetworkPolicy", metadata, spec },
    (path) => void problems.push(path),
  );
  return { policy, problems };
}

describe("convertPolicy", () => {
  it("fills in tier, order and flags", () => {
    const { policy } = convert({ types: ["Egress"] });
    assert.equal(policy.tier, "default");
    assert.equal(policy.order, Number.POSITIVE_INFINITY);
    assert.deepEqual([...policy.types], ["egress"]);
    assert.ok(!policy.doNotTrack && !policy.preDNAT && !policy.applyOnForward);
  });

  it("reads criteria, and empty lists as absent ones", () => {
    const rule: RuleSpec = {
      action: "Allow",
      protocol: "ICMPv6",
      icmp: { type: 1, code: 2 },
      notICMP: { code: 3 },
      source: { nets: ["10.1.2.3/8", "1.2.3.4"], notNets: [], ports: [] },
      destination: { notPorts: [80, "90:91", "http"], notSelector: "" },
    };
    const [converted] = convert({ ingress: [rule] }).policy.ingress;
    assert.deepEqual(converted, {
      action: "Allow",
      path: "spec.ingress[0]",
      index: 0,
      family: 6,
      protocol: 58,
      icmp: { type: 1, code: 2 },
      source: {
        nets: [
          { address: { family: 4, words: [0x0a000000] }, length: 8 },
          { address: { family: 4, words: [0x01020304] }, length: 32 },
        ],
      },
      destination: {
        notPorts: {
          ranges: [
            { first: 80, last: 80 },
            { first: 90, last: 91 },
          ],
          names: ["http"],
        },
      },
    });
  });

  it("takes a family from the names of ICMP, not from their numbers", () => {
    const families = (["ICMP", 1, "1", "ICMPv6", 58, "TCP"] as const).map(
      (protocol) => convert({ ingress: [{ action: "Allow", protocol }] }).policy.ingress[0]?.family,
    );
    assert.deepEqual(families, [4, undefined, undefined, 6, undefined, undefined]);
  });

  const unreadable: readonly (readonly [string, Omit<RuleSpec, "action">])[] = [
    ["spec.ingress[0].source.nets[0]", { source: { nets: ["nonsense"] } }],
    ["spec.ingress[0].source.selector", { source: { selector: "a = b" } }],
    ["spec.ingress[0].destination.ports[0]", { destination: { ports: ["9:8"] } }],
    ["spec.ingress[0].protocol", { protocol: "nonsense" }],
  ];
  for (const [path, criteria] of unreadable) {
    it(`leaves out an Allow rule with an unreadable ${path}, and keeps its neighbours' indexes`, () => {
      const rules = [{ action: "Allow" as const, ...criteria }, { action: "Deny" as const }];
      const { policy, problems } = convert({ ingress: rules });
      assert.deepEqual(problems, [path]);
      assert.equal(policy.unenforceable, undefined);
      assert.deepEqual(
        policy.ingress.map(({ path: place, index }) => [place, index]),
        [["spec.ingress[1]", 1]],
      );
    });

    it(`cannot enforce a Deny rule with an unreadable ${path}`, () => {
      const { policy } = convert({ ingress: [{ action: "Deny", ...criteria }] });
      assert.ok(policy.unenforceable?.startsWith(`${path}: `));
    });
  }

  it("keeps what a rule asks of HTTP requests, and says that packets are none", () => {
    const http = {
      methods: ["GET", "PUT", "GET"],
      paths: [{ exact: "/a" }, { prefix: "/b" }],
    };
    const { policy, problems } = convert({ ingress: [{ action: "Allow", http }] });
    assert.deepEqual(policy.ingress[0]?.http, { ...http, methods: ["GET", "PUT"] });
    assert.equal(policy.unenforceable, undefined);
    assert.deepEqual(problems, ["spec.ingress[0].http"]);
  });

  const requests: readonly (readonly [RuleSpec["http"], object | undefined])[] = [
    [{}, undefined],
    [{ methods: [], paths: [] }, undefined],
    [{ methods: ["GET", "*"] }, {}],
    [{ paths: [{ prefix: "/" }] }, { paths: [{ prefix: "/" }] }],
  ];
  for (const [http, wanted] of requests) {
    it(`reads ${JSON.stringify(http)} as ${JSON.stringify(wanted)}`, () => {
      const { policy } = convert({ ingress: [{ action: "Allow", ...(http && { http }) }] });
      assert.deepEqual(policy.ingress[0]?.http, wanted);
    });
  }

  it("leaves out an Allow rule with a path that is both exact and a prefix", () => {
    const http = { paths: [{ exact: "/a", prefix: "/b" }] };
    const { policy, problems } = convert({ ingress: [{ action: "Allow", http }] });
    assert.deepEqual(policy.ingress, []);
    assert.deepEqual(problems, ["spec.ingress[0].http.paths[0]"]);
  });

  it("cannot enforce a Deny of requests: where none is seen, they would pass", () => {
    const ingress: RuleSpec[] = [{ action: "Deny", http: { methods: ["GET"] } }];
    const { unenforceable } = convert({ types: ["Ingress"], ingress }).policy;
    assert.ok(unenforceable?.startsWith("spec.ingress[0].http: "));
  });

  it("finds a service in the namespace named, or else in the policy's own", () => {
    const egress: RuleSpec[] = [
      { action: "Allow", destination: { services: { name: "s", namespace: "n" } } },
      { action: "Allow", destination: { services: { name: "s" } } },
    ];
    const services = (policy: Policy) => policy.egress.map((rule) => rule.destination.service);
    const metadata = { name: "p", namespace: "here" };
    const local = convertPolicy(
      { apiVersion: "projectcalico.org/v3", kind: "NetworkPolicy", metadata, spec: { egress } },
      (path) => assert.fail(path),
    );
    assert.deepEqual(services(local), [
      { namespace: "n", name: "s" },
      { namespace: "here", name: "s" },
    ]);
    assert.deepEqual(services(convert({ egress }).policy), [
      { namespace: "n", name: "s" },
      { namespace: "", name: "s" },
    ]);
  });

  it("denies whomever it could mean when its own selector cannot be read", () => {
    const { policy, problems } = convert({ selector: "a = b", namespaceSelector: "has(b)" });
    assert.deepEqual(problems, ["spec.selector"]);
    assert.equal(format(policy.selector), "has(pcns.b)");
    assert.ok(policy.unenforceable?.startsWith("spec.selector: "));
  });
});

describe("convertProfile", () => {
  it("denies in a direction that cannot be enforced as written", () => {
    const spec = {
      ingress: [{ action: "Deny" as const, source: { nets: ["nonsense"] } }],
      egress: [{ action: "Allow" as const }],
    };
    const { profile } = convertProfile(
      { apiVersion: "projectcalico.org/v3", kind: "Profile", metadata: { name: "p" }, spec },
      () => undefined,
    );
    assert.deepEqual(
      profile.ingress.map(({ action, path }) => `${action} ${path}`),
      ["Deny spec.ingress"],
    );
    assert.deepEqual(
      profile.egress.map(({ action }) => action),
      ["Allow"],
    );
  });
});
