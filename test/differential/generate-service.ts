/** Random services, as their EndpointSlices. */
import type { AnyResource } from "../../src/core/resources/kinds.ts";
import type { Random } from "./random.ts";
import { NAMESPACES, OUTSIDE, PORTS, SERVICES } from "./universe.ts";

/** Addresses of pods, machines, and of nothing that the cluster knows. */
const BACKENDS = {
  IPv4: ["10.0.0.1", "10.0.1.2", "10.0.0.3", "10.0.1.4", "10.0.2.1", OUTSIDE[0]],
  IPv6: ["fd00::1", "fd00::1:2", "fd00::3", "fd00::1:4", "fd00::2:1", OUTSIDE[2]],
} as const;

export function generateServices(random: Random): AnyResource[] {
  return NAMESPACES.flatMap((namespace) =>
    SERVICES.flatMap((service) => {
      const slices = random.chance(80) ? random.between(1, 2) : 0;
      return Array.from({ length: slices }, (_, i) => slice(random, namespace, service, i));
    }),
  );
}

function slice(random: Random, namespace: string, service: string, i: number): AnyResource {
  const addressType = random.pick(["IPv4", "IPv6"] as const);
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      name: `${service}-${i}`,
      namespace,
      labels: { "kubernetes.io/service-name": service },
    },
    addressType,
    endpoints: random.some<string>(BACKENDS[addressType], 1, 6).map((address) => ({
      addresses: [address],
      conditions: { ready: random.chance(80) },
    })),
    ports: random.some(PORTS, 0, 5).map((port) => ({
      name: `port-${port}`,
      protocol: random.pick(["TCP", "TCP", "UDP", "SCTP"]),
      ...(random.chance(90) && { port }),
    })),
  };
}
