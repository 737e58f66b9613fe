import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatAddress } from "../../core/net/address.ts";
import type { AnyResource } from "../../core/resources/kinds.ts";
import { readManifests } from "../../core/resources/read.ts";
import { CommandFailure } from "./exit.ts";
import { type Answer, Explainer, type ExplainQuestion } from "./explainer.ts";

const CLUSTER = `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: Pod
metadata: { name: a, namespace: shop, labels: { app: api } }
spec: { nodeName: one, containers: [{ ports: [{ name: http, containerPort: 8080 }] }] }
status: { podIPs: [{ ip: 10.0.0.1 }, { ip: "fd00::1" }] }
---
apiVersion: v1
kind: Pod
metadata: { name: b, namespace: shop, labels: { app: api } }
spec: { nodeName: one, containers: [{ ports: [{ name: http, containerPort: 9090 }] }] }
status: { podIPs: [{ ip: 10.0.0.2 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: done, namespace: shop, labels: { app: api } }
spec: { nodeName: one }
status: { phase: Succeeded, podIPs: [{ ip: 10.0.0.3 }] }
---
apiVersion: v1
kind: Service
metadata: { name: api, namespace: shop }
spec:
  clusterIP: 10.96.0.1
  externalIPs: [192.0.2.80]
  selector: { app: api }
  ports: [{ name: web, port: 80, targetPort: http }, { name: metrics, port: 90, targetPort: 9000 }]
---
apiVersion: v1
kind: Service
metadata: { name: nobody, namespace: shop }
spec: { selector: { app: none }, ports: [{ port: 80 }] }
---
apiVersion: v1
kind: Service
metadata: { name: a, namespace: shop }
spec: { ports: [{ port: 80 }] }
`;

const resources = (manifest: string): AnyResource[] => {
  const { resources: found, errors } = readManifests(manifest, "test.yaml");
  assert.deepEqual(errors, []);
  return found.map(({ resource }) => resource);
};
const explainer = new Explainer(resources(CLUSTER));
const ask = (question: Partial<ExplainQuestion>): Answer =>
  explainer.answer({ from: "192.0.2.1", to: "shop/b", protocol: "TCP", ...question });
const reached = ({ explained }: Answer): string[] =>
  explained.map(
    ({ connection: { to, flow } }) =>
      `${to} ${formatAddress(flow.destination)} ${flow.destinationPort}`,
  );

describe("a connection to a Service", () => {
  it("is one to each of its pods, at the pods' own ports", () => {
    const answer = ask({ to: "shop/api", port: "80" });
    assert.deepEqual(reached(answer), ["shop/a 10.0.0.1 8080", "shop/b 10.0.0.2 9090"]);
    assert.equal(answer.translation?.implied, true);
  });

  it("is asked about by a port's name, by its address, by an outside address", () => {
    for (const question of [
      { to: "shop/api", port: "metrics" },
      { to: "10.96.0.1", port: "90" },
      { to: "192.0.2.80", port: "90" },
    ]) {
      assert.deepEqual(reached(ask(question)), ["shop/a 10.0.0.1 9000", "shop/b 10.0.0.2 9000"]);
    }
  });

  it("keeps the address that it was sent to for policy that comes before translation", () => {
    const [first] = ask({ to: "192.0.2.80", port: "80" }).explained;
    const original = first?.connection.flow.originalDestination;
    assert.equal(
      original && `${formatAddress(original.address)} ${original.port}`,
      "192.0.2.80 80",
    );
  });

  it("is translated from the address of a load balancer, unless that one is a proxy", () => {
    const point = (address: string, ipMode: string) => {
      const ingress = `[{ ip: ${address}, ipMode: ${ipMode} }]`;
      return `spec: { type: LoadBalancer, selector: { app: api }, ports: [{ port: 80, targetPort: http }] }
status: { loadBalancer: { ingress: ${ingress} } }\n`;
    };
    const head = "---\napiVersion: v1\nkind: Service\nmetadata: { namespace: shop, name: ";
    const both = new Explainer(
      resources(
        `${CLUSTER}${head}vip }\n${point("192.0.2.81", "VIP")}${head}proxy }\n${point("192.0.2.82", "Proxy")}`,
      ),
    );
    const asked = { from: "192.0.2.1", port: "80", protocol: "TCP" };
    const translated = both.answer({ ...asked, to: "192.0.2.81" });
    assert.deepEqual(reached(translated), ["shop/a 10.0.0.1 8080", "shop/b 10.0.0.2 9090"]);
    assert.equal(both.answer({ ...asked, to: "192.0.2.82" }).translation, undefined);
  });

  it("is to backends of a family that the client has", () => {
    const answer = ask({ from: "2001:db8::1", to: "shop/api", port: "80" });
    assert.deepEqual(reached(answer), ["shop/a fd00::1 8080"]);
  });

  it("is to what EndpointSlices list where there are any, and only to what is ready", () => {
    const listed = `${CLUSTER}---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: api-1, namespace: shop, labels: { kubernetes.io/service-name: api } }
addressType: IPv4
endpoints:
  - { addresses: [10.0.0.2], targetRef: { kind: Pod, name: b } }
  - { addresses: [10.0.0.1], conditions: { ready: false } }
ports: [{ name: web, port: 9090 }]
`;
    const question = { from: "192.0.2.1", to: "shop/api", port: "80", protocol: "TCP" };
    const answer = new Explainer(resources(listed)).answer(question);
    assert.deepEqual(reached(answer), ["shop/b 10.0.0.2 9090"]);
    assert.equal(answer.translation?.implied, false);
  });
});

describe("what cannot be asked", () => {
  for (const [what, question, message] of [
    ["a Service that sends", { from: "shop/api", to: "shop/b", port: "1" }, /api sends nothing/],
    ["a Service that nothing is behind", { to: "shop/nobody" }, /leads nowhere: no EndpointSlice/],
    ["a port that the Service has not", { to: "shop/api", port: "81" }, /it has 80 \(web\), 90/],
    ["one of several ports, unsaid", { to: "shop/api" }, /needs --port: 80 \(web\), 90/],
    ["ICMP to a Service", { to: "shop/api", icmp: "8/0" }, /TCP, UDP and SCTP only, not ICMP/],
    ["a name of two things", { to: "shop/a", port: "1" }, /say which of pod\/shop\/a, service\//],
    ["a pod that has ended", { to: "shop/done", port: "1" }, /has no address of its own/],
    ["a name near others", { to: "shop/c", port: "1" }, /near it are shop\/a, shop\/b/],
    ["no ICMP message", { icmp: "8/0/1" }, /"8\/0\/1" is no ICMP message/],
    ["an ICMP type past the last", { icmp: "256" }, /each 0\.\.255/],
    ["a port past the last", { port: "65536" }, /past 65535/],
    ["a protocol nobody knows", { protocol: "HTTP" }, /"HTTP" is not a protocol/],
    ["a request without a path", { http: "GET" }, /want a method and a path/],
    ["a method without its service", { grpc: "List" }, /want package\.Service\/Method/],
    ["two requests", { http: "GET /", grpc: "a.B/C" }, /not both/],
  ] as const) {
    it(`is ${what}`, () => {
      assert.throws(
        () => ask(question),
        (error) => {
          assert.ok(error instanceof CommandFailure);
          assert.equal(error.code, 2);
          assert.match(error.message, message);
          return true;
        },
      );
    });
  }

  it("is asked again by saying what is meant", () => {
    assert.deepEqual(reached(ask({ to: "pod/shop/a", port: "80" })), ["shop/a 10.0.0.1 80"]);
  });

  it("needs no port where a request says enough", () => {
    assert.deepEqual(reached(ask({ http: "GET /" })), ["shop/b 10.0.0.2 80"]);
  });
});
