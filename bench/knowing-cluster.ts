/** A cluster as large organisations have them: many deployments, a policy for every other one. */
import { Random } from "../test/differential/random.ts";

export interface ClusterSize {
  readonly namespaces: number;
  readonly deployments: number;
  readonly policies: number;
}

/** The cluster that policy analysers are compared on. */
export const COMPARED: ClusterSize = { namespaces: 20, deployments: 1000, policies: 500 };

const TIERS = ["web", "api", "worker", "store", "cache"] as const;
const PORTS = [80, 443, 5432, 6379, 8080, 9090] as const;
const BLOCKS = ["0.0.0.0/0", "192.0.2.0/24", "198.51.100.0/25", "203.0.113.7/32", "8.8.8.0/24"];

/** Namespaces, deployments and policies: the same for the same size and seed. */
export function knowingCluster(size: ClusterSize, seed = 1): object[] {
  return [...namespaces(size), ...deployments(size), ...policies(size, seed)];
}

/** The same with a running pod of each deployment in place of it, spread over nodes that nobody lists. */
export function runningCluster(size: ClusterSize, seed = 1): object[] {
  return [...namespaces(size), ...pods(size), ...policies(size, seed)];
}

function namespaces({ namespaces }: ClusterSize): object[] {
  return Array.from({ length: namespaces }, (_, i) => ({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: namespaceOf(i, namespaces), labels: { team: `team-${i % 5}` } },
  }));
}

function deployments({ deployments, namespaces }: ClusterSize): object[] {
  return Array.from({ length: deployments }, (_, i) => ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: nameOf(i), namespace: namespaceOf(i, namespaces) },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: nameOf(i) } },
      template: { metadata: { labels: labelsOf(i) }, spec: { containers: [containerOf(i)] } },
    },
  }));
}

function pods({ deployments, namespaces }: ClusterSize): object[] {
  return Array.from({ length: deployments }, (_, i) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: nameOf(i), namespace: namespaceOf(i, namespaces), labels: labelsOf(i) },
    spec: { nodeName: `node-${i % 50}`, containers: [containerOf(i)] },
    status: {
      phase: "Running",
      podIPs: [{ ip: `10.${(i >>> 16) & 255}.${(i >>> 8) & 255}.${i & 255}` }],
    },
  }));
}

function containerOf(i: number): object {
  const port = PORTS[i % PORTS.length];
  return { name: "main", image: "app", ports: [{ name: "main", containerPort: port }] };
}

function labelsOf(i: number): Readonly<Record<string, string>> {
  return { app: nameOf(i), tier: TIERS[i % TIERS.length] ?? "web" };
}

/** Each governs one deployment, or the deployments of a tier, with a handful of peers. */
function policies({ policies, deployments, namespaces }: ClusterSize, seed: number): object[] {
  const random = new Random(seed);
  const podSelector = (i: number) =>
    random.chance(70)
      ? { matchLabels: { app: nameOf(i) } }
      : { matchLabels: { tier: random.pick(TIERS) } };
  const anyone = () => random.below(deployments);
  const peer = () => {
    if (random.chance(15)) return { ipBlock: { cidr: random.pick(BLOCKS) } };
    if (random.chance(50)) return { podSelector: podSelector(anyone()) };
    const namespaceSelector = random.chance(50)
      ? {}
      : { matchLabels: { team: `team-${random.below(5)}` } };
    return { namespaceSelector, podSelector: podSelector(anyone()) };
  };
  const ports = () => random.times(1, 2, () => ({ protocol: "TCP", port: random.pick(PORTS) }));
  return Array.from({ length: policies }, (_, i) => {
    const governed = Math.floor((i * deployments) / policies);
    const hasEgress = random.chance(40);
    return {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: `policy-${i}`, namespace: namespaceOf(governed, namespaces) },
      spec: {
        podSelector: random.chance(10) ? {} : podSelector(governed),
        policyTypes: hasEgress ? ["Ingress", "Egress"] : ["Ingress"],
        ingress: random.times(1, 3, () => ({ from: random.times(1, 2, peer), ports: ports() })),
        ...(hasEgress && {
          egress: random.times(1, 3, () => ({ to: random.times(1, 2, peer), ports: ports() })),
        }),
      },
    };
  });
}

function nameOf(i: number): string {
  return `app-${i}`;
}

function namespaceOf(i: number, namespaces: number): string {
  return `space-${i % namespaces}`;
}
