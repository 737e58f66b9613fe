/**
 * Random clusters as a user would apply them, and connections between their addresses. The
 * alphabets are small, so that selectors, nets and ports meet often.
 */
import type { HostEndpointSpec } from "../../src/core/resources/host-endpoint.ts";
import type { AnyResource } from "../../src/core/resources/kinds.ts";
import { node } from "../cluster.ts";
import { generateConfiguration } from "./generate-configuration.ts";
import { generatePolicies, TIERS } from "./generate-policy.ts";
import { generateRules } from "./generate-rule.ts";
import { generateServices } from "./generate-service.ts";
import type { Random } from "./random.ts";
import {
  COLORS,
  NAMESPACES,
  NETS,
  NODES,
  PORT_NAMES,
  PROFILES,
  SERVICE_ACCOUNTS,
} from "./universe.ts";

/** A cluster with tiers, policies, profiles, pods, VMs, hosts, network sets, services, settings. */
export function generateCluster(random: Random): AnyResource[] {
  return [
    ...NAMESPACES.map((name) => namespace(random, name)),
    ...NAMESPACES.flatMap((name) => serviceAccounts(random, name)),
    ...NODES.map(({ name, v4, v6 }) => node(name, ...(random.chance(80) ? [v4, v6] : [v4]))),
    ...random.times(3, 7, (i) => pod(random, i)),
    ...random.times(0, 2, (i) => machine(random, i)),
    ...random.times(0, 2, (i) => networkSet(random, i)),
    ...random.times(0, 2, (i) => globalNetworkSet(random, i)),
    ...random.some(PROFILES.slice(0, 2), 0, 2).map((name) => profile(random, name)),
    ...(random.chance(70) ? random.times(1, 4, (i) => hostEndpoint(random, i)) : []),
    ...TIERS.filter(() => random.chance(70)).map((tier) => tierResource(random, tier)),
    ...generatePolicies(random),
    ...generateServices(random),
    ...generateConfiguration(random),
  ];
}

function namespace(random: Random, name: string): AnyResource {
  const labels = { env: random.pick(["prod", "dev"]), ...(random.chance(30) && { open: "" }) };
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } };
}

function serviceAccounts(random: Random, namespace: string): AnyResource[] {
  return SERVICE_ACCOUNTS.filter(() => random.chance(70)).map((name) => ({
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name, namespace, labels: { role: random.pick(["api", "batch"]) } },
  }));
}

function labels(random: Random): Record<string, string> {
  return {
    ...(random.chance(80) && { color: random.pick(COLORS) }),
    ...(random.chance(40) && { shape: random.pick(["circle", "square"]) }),
    ...(random.chance(15) && { constructor: "" }),
  };
}

/** Both families mostly; an address is now and then that of another endpoint as well. */
function addresses(random: Random, v4: string, v6: string): string[] {
  return [
    ...(random.chance(90) ? [v4] : []),
    ...(random.chance(70) ? [v6] : []),
    ...(random.chance(3) ? ["10.0.0.1"] : []),
  ];
}

function pod(random: Random, i: number): AnyResource {
  const ips = addresses(random, `10.0.${i % 2}.${i + 1}`, `fd00::${i % 2}:${i + 1}`);
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: `pod-${i}`, namespace: random.pick(NAMESPACES), labels: labels(random) },
    spec: {
      nodeName: random.pick(NODES).name,
      ...(random.chance(60) && { serviceAccountName: random.pick(SERVICE_ACCOUNTS) }),
      ...(random.chance(3) && { hostNetwork: true }),
      containers: [
        {
          name: "main",
          ports: random.some(PORT_NAMES, 0, 2).map((name) => ({
            name,
            containerPort: random.pick([80, 53, 8080]),
            protocol: random.pick(["TCP", "UDP", "SCTP"]),
          })),
        },
      ],
    },
    status: { phase: "Running", podIPs: ips.map((ip) => ({ ip })) },
  };
}

function machine(random: Random, i: number): AnyResource {
  const { name: node } = random.pick(NODES);
  const ips = addresses(random, `10.0.2.${i + 1}`, `fd00::2:${i + 1}`);
  return {
    apiVersion: "projectcalico.org/v3",
    kind: "WorkloadEndpoint",
    metadata: {
      name: `${node.replaceAll("-", "--")}-cni-vm${i}-eth0`,
      namespace: random.pick(NAMESPACES),
      labels: labels(random),
    },
    spec: {
      orchestrator: "cni",
      workload: `vm${i}`,
      containerID: `vm${i}`,
      node,
      endpoint: "eth0",
      interfaceName: `${random.pick(["cali", "tap"])}vm${i}`,
      ipNetworks: ips.map((ip) => (ip.includes(":") ? `${ip}/128` : `${ip}/32`)),
      profiles: random.some(PROFILES, 0, 3),
      ports: random
        .some(PORT_NAMES, 0, 2)
        .map((name) => ({ name, protocol: random.pick(["TCP", "UDP"]), port: 80 })),
    },
  };
}

function networkSet(random: Random, i: number): AnyResource {
  return {
    apiVersion: "projectcalico.org/v3",
    kind: "NetworkSet",
    metadata: { name: `set-${i}`, namespace: random.pick(NAMESPACES), labels: labels(random) },
    spec: { nets: random.some(NETS, 0, 3) },
  };
}

function globalNetworkSet(random: Random, i: number): AnyResource {
  return {
    apiVersion: "projectcalico.org/v3",
    kind: "GlobalNetworkSet",
    metadata: { name: `global-${i}`, labels: labels(random) },
    spec: { nets: random.some(NETS, 0, 3) },
  };
}

function profile(random: Random, name: string): AnyResource {
  return {
    apiVersion: "projectcalico.org/v3",
    kind: "Profile",
    metadata: { name },
    spec: {
      ingress: generateRules(random, "ingress", "global"),
      egress: generateRules(random, "egress", "global"),
      labelsToApply: labels(random),
    },
  };
}

function hostEndpoint(random: Random, i: number): AnyResource {
  const host = random.pick(NODES);
  const interfaceName = random.pick(["eth0", "*", "", "eth9"]);
  const named: HostEndpointSpec = interfaceName === "" ? {} : { interfaceName };
  return {
    apiVersion: "projectcalico.org/v3",
    kind: "HostEndpoint",
    metadata: { name: `${random.pick(["a", "b-", "b"])}${i}`, labels: labels(random) },
    spec: {
      node: host.name,
      ...named,
      ...((interfaceName === "" || random.chance(60)) && { expectedIPs: [host.v4, host.v6] }),
      profiles: random.some([...PROFILES, "projectcalico-default-allow"], 0, 2),
      ports: random.some(PORT_NAMES, 0, 2).map((name) => ({
        name,
        protocol: random.pick(["TCP", "UDP"]),
        port: random.pick([53, 8080]),
      })),
    },
  };
}

function tierResource(random: Random, name: string): AnyResource {
  return {
    apiVersion: "projectcalico.org/v3",
    kind: "Tier",
    metadata: { name },
    spec: {
      ...(random.chance(80) && { order: random.pick([10, 20, 2_000_000]) }),
      defaultAction: random.pick(["Deny", "Pass"]),
    },
  };
}
