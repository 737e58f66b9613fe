import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { modelOf } from "../model/convert.ts";
import { address } from "../net/address.ts";
import type { Flow } from "../net/flow.ts";
import { readManifests } from "../resources/read.ts";
import { explainFlow } from "./explain.ts";
import { missWords } from "./miss-words.ts";
import { ruleWords } from "./rule-words.ts";

const CLUSTER = `
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { team: a } }
---
apiVersion: v1
kind: Namespace
metadata: { name: edge, labels: { team: b } }
---
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop, labels: { app: web } }
spec: { nodeName: one, containers: [{ ports: [{ name: http, containerPort: 80 }] }] }
status: { podIPs: [{ ip: 10.0.0.1 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: proxy, namespace: edge, labels: { app: proxy } }
spec: { nodeName: one, serviceAccountName: proxy }
status: { podIPs: [{ ip: 10.0.0.2 }] }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: proxy, namespace: edge, labels: { role: edge } }
`;

const FLOW: Flow = {
  source: address("10.0.0.2"),
  destination: address("10.0.0.1"),
  protocol: 6,
  sourcePort: 40_000,
  destinationPort: 80,
};

/** The first ingress rule of a policy in shop that selects web, read with a packet of proxy's. */
function read(rule: string, flow: Flow): { readonly words: string; readonly miss: string } {
  const policy = `
apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata: { name: p, namespace: shop }
spec:
  selector: app == 'web'
  types: [Ingress]
  ingress:
    - ${rule}
`;
  const { resources, errors } = readManifests(`${CLUSTER}---${policy}`, "test.yaml");
  assert.deepEqual(errors, []);
  const model = modelOf(resources.map(({ resource }) => resource));
  const explained = explainFlow(model, flow);
  const step = explained.steps.find((one) => one.step.direction === "ingress");
  const traced = step?.trace?.tiers[0]?.policies[0]?.rules[0];
  assert.ok(step && traced);
  const miss = traced.matched ? "matched" : missWords(explained.model, traced, step.subject);
  return { words: ruleWords(traced.rule, "shop"), miss };
}

describe("a rule, and why it does not match", () => {
  for (const [rule, words, miss] of [
    ["{ action: Allow }", "Allow", "matched"],
    [
      "{ action: Allow, protocol: UDP, destination: { ports: [53] } }",
      "Allow UDP to port 53",
      "protocol is TCP; port is 80",
    ],
    [
      "{ action: Allow, protocol: TCP, destination: { ports: [http, '8000:8010'] } }",
      "Allow TCP to port 8000-8010, http",
      "matched",
    ],
    ["{ action: Deny, protocol: ICMP, icmp: { type: 8 } }", "Deny ICMP type 8", "protocol is TCP"],
    ["{ action: Deny, ipVersion: 6 }", "Deny over IPv6", "it is IPv4"],
    [
      "{ action: Allow, source: { nets: [192.0.2.0/24] } }",
      "Allow from 192.0.2.0/24",
      "source is 10.0.0.2",
    ],
    [
      "{ action: Allow, source: { notNets: [10.0.0.0/8] } }",
      "Allow from outside 10.0.0.0/8",
      "source is 10.0.0.2",
    ],
    [
      "{ action: Allow, source: { selector: app == 'proxy' } }",
      "Allow from app == 'proxy'",
      "source is of namespace edge",
    ],
    [
      "{ action: Allow, source: { selector: app == 'x', namespaceSelector: team == 'a' } }",
      "Allow from app == 'x' in namespaces with team == 'a'",
      'source is of namespace edge, which has team "b" and has app "proxy"',
    ],
    [
      "{ action: Allow, source: { namespaceSelector: all(), notSelector: app == 'proxy' } }",
      "Allow from anyone in any namespace except app == 'proxy'",
      'source has app "proxy"',
    ],
    [
      "{ action: Allow, source: { serviceAccounts: { names: [web] }, namespaceSelector: all() } }",
      "Allow from anyone of service account web in any namespace",
      "source runs as service account proxy",
    ],
    [
      "{ action: Allow, source: { serviceAccounts: { selector: role == 'x' }, namespaceSelector: all() } }",
      "Allow from anyone of service accounts with role == 'x' in any namespace",
      'source runs as proxy, which has role "edge"',
    ],
    [
      "{ action: Allow, source: { services: { name: api, namespace: shop } } }",
      "Allow from the backends of Service shop/api",
      "source is no backend of Service shop/api",
    ],
    [
      "{ action: Allow, protocol: TCP, http: { methods: [GET], paths: [{ exact: /a }, { prefix: /b }] } }",
      "Allow TCP, HTTP GET /a, /b…",
      "it speaks of HTTP requests, and in the kernel lets no packet through",
    ],
  ] as const) {
    it(`${words}: ${miss}`, () => assert.deepEqual(read(rule, FLOW), { words, miss }));
  }

  it("says of an address that nobody knows that nobody knows it", () => {
    const flow = { ...FLOW, source: address("192.0.2.1") };
    const { miss } = read("{ action: Allow, source: { selector: has(app) } }", flow);
    assert.equal(miss, "source is no endpoint and in no network set");
  });
});
