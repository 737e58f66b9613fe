/** Manifests of Kubernetes' own kinds as users write them; of most kinds we read some fields only. */

import type { JsonObject } from "../../src/core/schema/json-object.ts";
import { choose, type Random } from "../differential/random.ts";

/** What stands beside `metadata` in a random manifest of a kind; undefined for kinds not listed. */
export function usualFields(random: Random, kind: string): JsonObject | undefined {
  return Object.hasOwn(USUAL, kind) ? USUAL[kind]?.(random) : undefined;
}

const USUAL: Readonly<Record<string, (random: Random) => JsonObject>> = {
  Namespace: () => ({}),
  ServiceAccount: (random) => (random.chance(50) ? { automountServiceAccountToken: false } : {}),
  Node: (random) => ({ spec: random.chance(50) ? { podCIDR: "10.0.1.0/24" } : {} }),
  Pod: pod,
  Service: (random) => ({ spec: service(random) }),
  EndpointSlice: endpointSlice,
};

function pod(random: Random): JsonObject {
  const containers = random.times(1, 2, (i) => ({
    name: `c${i}`,
    image: "none",
    ...(random.chance(70) && {
      ports: random.times(1, 2, (j) => containerPort(random, i * 2 + j)),
    }),
  }));
  const spec = {
    containers,
    ...(random.chance(30) && { nodeName: random.pick(["node-1", "node.example"]) }),
    ...(random.chance(30) && { serviceAccountName: "api" }),
  };
  return { spec };
}

function containerPort(random: Random, i: number): JsonObject {
  return {
    containerPort: random.pick([80, 443, 1, 65_535]) - (i % 2),
    ...(random.chance(50) && { name: `web-${i}` }),
    ...(random.chance(50) && { protocol: random.pick(["TCP", "UDP", "SCTP"]) }),
  };
}

function service(random: Random): JsonObject {
  const several = random.chance(40);
  const ports = random.times(1, several ? 2 : 1, (i) => ({
    port: 80 + i,
    ...((several || random.chance(50)) && { name: `web-${i}` }),
    ...(random.chance(50) && { protocol: random.pick(["TCP", "UDP", "SCTP"]) }),
    ...(random.chance(50) && { targetPort: random.pick([8080, "http", "web-1"]) }),
  }));
  const selector = { color: "red" };
  return choose<JsonObject>(random, [
    () => ({ selector, ports }),
    () => ({ selector, ports, clusterIP: "None" }),
    () => ({ selector, ports, type: random.pick(["ClusterIP", "NodePort", "LoadBalancer"]) }),
    () => ({ ports, sessionAffinity: random.pick(["None", "ClientIP"]) }),
    () => ({ type: "ExternalName", externalName: "web.example" }),
    () => ({ selector, ports, externalIPs: ["192.0.2.1"], internalTrafficPolicy: "Local" }),
  ]);
}

function endpointSlice(random: Random): JsonObject {
  const [addressType, first, last] = random.pick([
    ["IPv4", "192.0.2.1", "10.0.0.1"],
    ["IPv6", "2001:db8::1", "fd00::1"],
    ["FQDN", "web.example", "api.example"],
  ]);
  return {
    addressType,
    endpoints: [
      { addresses: [first], ...(random.chance(50) && { conditions: { ready: true } }) },
      { addresses: [last], ...(random.chance(30) && { nodeName: "node-1" }) },
    ].slice(0, random.between(0, 2)),
    ...(random.chance(80) && {
      ports: random.times(1, 2, (i) => ({
        name: `web-${i}`,
        port: 80 + i,
        ...(random.chance(50) && { protocol: random.pick(["TCP", "UDP", "SCTP"]) }),
      })),
    }),
  };
}
