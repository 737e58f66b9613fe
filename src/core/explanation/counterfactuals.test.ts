import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { address } from "../net/address.ts";
import type { Flow } from "../net/flow.ts";
import { readManifests } from "../resources/read.ts";
import { counterfactuals } from "./counterfactuals.ts";
import { explainFlow } from "./explain.ts";
import { Vicinities } from "./vicinity.ts";

const pod = (name: string, namespace: string, last: number): string => `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: ${namespace}, labels: { app: ${name} } }
spec: { nodeName: one }
status: { podIPs: [{ ip: 10.0.0.${last} }] }
`;
const namespace = (name: string, team: string): string => `
apiVersion: v1
kind: Namespace
metadata: { name: ${name}, labels: { team: ${team}, kubernetes.io/metadata.name: ${name} } }
`;
const CLUSTER = [
  namespace("shop", "a"),
  namespace("edge", "b"),
  pod("web", "shop", 1),
  pod("proxy", "edge", 2),
];
const calico = (name: string, spec: string): string => `
apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata: { name: ${name}, namespace: shop }
spec: ${spec}
`;
const kubernetes = (spec: string): string => `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: k, namespace: shop }
spec: ${spec}
`;
const FLOW: Flow = {
  source: address("10.0.0.2"),
  destination: address("10.0.0.1"),
  protocol: 6,
  sourcePort: 40_000,
  destinationPort: 80,
};

function offered(...policies: readonly string[]): string[] {
  const { resources, errors } = readManifests([...CLUSTER, ...policies].join("---"), "test.yaml");
  assert.deepEqual(errors, []);
  const vicinities = new Vicinities(resources.map(({ resource }) => resource));
  const explanation = explainFlow(vicinities.around([FLOW.source, FLOW.destination]), FLOW);
  return counterfactuals(vicinities, explanation).map(({ edits }) =>
    edits.map(({ words }) => words).join(" and "),
  );
}

describe("edits that turn a verdict", () => {
  it("label the namespace that a rule asks for", () => {
    const spec = `{ selector: app == 'web', ingress: [{ action: Allow, source: { namespaceSelector: team == 'a' } }] }`;
    assert.equal(offered(calico("p", spec))[0], "label namespace edge team=a");
  });

  it("widen the port of a rule that asks for another", () => {
    const spec = `{ selector: app == 'web', ingress: [{ action: Allow, protocol: TCP, destination: { ports: [443] } }] }`;
    assert.equal(
      offered(calico("p", spec))[0],
      "widen rule 1 of NetworkPolicy shop/p: destination.ports 80 too",
    );
  });

  it("add a peer of another namespace to a Kubernetes policy", () => {
    const spec = `{ podSelector: {}, ingress: [{ from: [{ podSelector: { matchLabels: { app: cart } } }] }] }`;
    assert.equal(
      offered(kubernetes(spec))[0],
      "widen rule 1 of NetworkPolicy shop/k: from pods app=proxy of namespace edge too",
    );
  });

  it("put an Allow before the Deny that decided, and in front of it only", () => {
    const spec = `{ selector: app == 'web', ingress: [{ action: Deny }, { action: Allow }] }`;
    assert.ok(
      offered(calico("p", spec)).includes("add an Allow before rule 1 of NetworkPolicy shop/p"),
    );
  });

  it("settle both ends where both deny", () => {
    const closed = calico("closed", "{ selector: app == 'web', types: [Ingress] }");
    const edge = `
apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata: { name: shut, namespace: edge }
spec: { selector: app == 'proxy', types: [Egress] }
`;
    const [first = ""] = offered(closed, edge);
    assert.match(first, /edge.* and .*shop|shop.* and .*edge/);
  });

  it("close what is open by a policy of its own", () => {
    assert.deepEqual(offered(), [
      "add a NetworkPolicy to namespace edge that selects edge/proxy for egress and lists only what may",
      "add a NetworkPolicy to namespace shop that selects shop/web for ingress and lists only what may",
    ]);
  });

  it("are not offered where policy does not decide", () => {
    const vicinities = new Vicinities([]);
    const explanation = explainFlow(vicinities.around([]), FLOW);
    assert.deepEqual(counterfactuals(vicinities, explanation), []);
  });
});
