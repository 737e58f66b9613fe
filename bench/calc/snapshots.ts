/**
 * The workloads that the reference implementation measures itself on, object by object: what a node
 * hears when it starts.
 */
import { UDP } from "../../src/core/net/protocol.ts";
import {
  DEFAULT_TIER,
  decoded,
  endpoint,
  endpointGone,
  host,
  type Input,
  LOCAL,
  policy,
  profile,
  REMOTE,
  type WrittenEndpoint,
} from "./written.ts";

/** What is told until the first flush, and after it; what that flush must deliver. */
export interface Snapshot {
  readonly inputs: readonly Input[];
  /** Told after the flush, before another. */
  readonly deletions: readonly Input[];
  readonly delivers: {
    readonly policies: number;
    readonly sets: number;
    readonly endpoints: number;
  };
}

/** By name, without `-then-delete`. */
export const SNAPSHOTS: ReadonlyMap<string, () => Snapshot> = new Map([
  ["snapshot-tag", () => tagSnapshot(250_000, 10_000)],
  ["snapshot-netset-1k", () => networkSetSnapshot(10_000, 1000)],
  ["snapshot-netset-10k", () => networkSetSnapshot(10_000, 10_000)],
  ["isolated-1k", () => isolatedSnapshot(1000)],
  ["isolated-10k", () => isolatedSnapshot(10_000)],
  ["isolated-100k", () => isolatedSnapshot(100_000)],
]);

const LOCAL_ENDPOINTS = 200;
const NAMESPACES = 100;
const FIRST_ADDRESS = 0x0a_00_00_01;
const NAME_LABEL = "pcns.projectcalico.org/name";
const RULES = 5;
const VALUED = [10, 11, 20, 30, 40];
/** 31, of which two pairs are equal. */
const MARKERS = Array.from({ length: 31 }, (_, i) => {
  const same = i === 1 ? 0 : i === 30 ? 20 : i;
  return `example.org/marker-${same}`;
});
const SIZES = [1, 1, 1, 1, 2, 3, 4, 5, 100, 1000];

function tagSnapshot(endpoints: number, policies: number): Snapshot {
  const { remote, local, deletions } = endpointsOf(endpoints);
  return {
    inputs: [DEFAULT_TIER, ...tagPolicies(policies), ...namespaces(), ...remote, ...local],
    deletions,
    delivers: { policies, sets: new Set(MARKERS).size, endpoints: LOCAL_ENDPOINTS },
  };
}

function networkSetSnapshot(endpoints: number, count: number): Snapshot {
  const { remote, local, deletions } = endpointsOf(endpoints);
  return {
    inputs: [DEFAULT_TIER, ...namespaces(), ...remote, ...networkSets(count), ...local],
    deletions,
    delivers: { policies: count, sets: count, endpoints: LOCAL_ENDPOINTS },
  };
}

function tagPolicies(count: number): Input[] {
  return Array.from({ length: count }, (_, i) =>
    policy({
      namespace: "",
      name: `tag-pol-${i}`,
      selector: `has(${marker(i)})`,
      ingress: Array.from({ length: RULES }, (_, j) => ({ source: `has(${marker(i + j)})` })),
      egress: [],
    }),
  );
}

function namespaces(): Input[] {
  return Array.from({ length: NAMESPACES }, (_, i) =>
    profile(`kns.namespace-${i}`, { [NAME_LABEL]: `namespace-${i}` }),
  ).flat();
}

function endpointsOf(remote: number): Record<"remote" | "local" | "deletions", Input[]> {
  const written = (count: number, node: string, before: number): WrittenEndpoint[] =>
    Array.from({ length: count }, (_, n) => ({
      node,
      namespace: `namespace-${n % NAMESPACES}`,
      name: `wep-${n}`,
      labels: tagLabels(before + n + 1),
      profile: `kns.namespace-${n % NAMESPACES}`,
      address: FIRST_ADDRESS + before + n,
    }));
  const local = written(LOCAL_ENDPOINTS, LOCAL, remote);
  return {
    remote: written(remote, REMOTE, 0).map(endpoint),
    local: local.map(endpoint),
    deletions: local.map(endpointGone),
  };
}

function tagLabels(seed: number): Record<string, string> {
  const valued = VALUED.map((n) => [`one-in-${n}`, `value-${seed % n}`]);
  return Object.fromEntries([...valued, [marker(seed), "true"]]);
}

/** Each followed by a policy that allows from it. */
function networkSets(count: number): Input[] {
  let address = FIRST_ADDRESS;
  return Array.from({ length: count }, (_, i): Input[] => {
    const name = `network-set-${i}`;
    const size = SIZES[i % SIZES.length] ?? 0;
    const nets = Array.from({ length: size }, () => host(address++));
    const labels = new Map([["network-set-name", decoded(name)]]);
    const value = { kind: "NetworkSet", namespace: "", name: decoded(name), labels, nets } as const;
    const allows = policy({
      namespace: "",
      name: `network-set-pol-${i}`,
      selector: "all()",
      ingress: [{ source: `network-set-name == '${name}'` }],
      egress: [],
    });
    return [{ part: "networkSet", key: decoded(name), value }, allows];
  }).flat();
}

function marker(i: number): string {
  return MARKERS[i % MARKERS.length] ?? "";
}

const ISOLATED_LOCAL = 100;

/** A namespace, a policy and a pod for each customer. */
function isolatedSnapshot(customers: number): Snapshot {
  const stride = Math.max(1, Math.floor(customers / ISOLATED_LOCAL));
  const isLocal = (n: number): boolean => n % stride === 0 && n < stride * ISOLATED_LOCAL;
  const all = Array.from({ length: customers }, (_, n) => n);
  const pods = (wanted: boolean): Input[] =>
    all.filter((n) => isLocal(n) === wanted).map((n) => endpoint(customerPod(n, wanted)));
  return {
    inputs: [
      DEFAULT_TIER,
      ...all.map(isolation),
      ...all.flatMap(customerNamespace),
      ...pods(false),
      ...pods(true),
    ],
    deletions: [],
    // The one set more is of the address of DNS, which others write into the rule.
    delivers: { policies: ISOLATED_LOCAL, sets: ISOLATED_LOCAL + 1, endpoints: ISOLATED_LOCAL },
  };
}

function isolation(n: number): Input {
  const own = `${NAME_LABEL} == 'customer-${n}'`;
  return policy({
    namespace: `customer-${n}`,
    name: "isolation",
    selector: own,
    ingress: [{ source: own }],
    egress: [
      { destination: own },
      { protocol: UDP, destinationNet: "10.96.0.10/32", destinationPort: 53 },
    ],
  });
}

function customerNamespace(n: number): Input[] {
  return profile(`kns.customer-${n}`, {
    [NAME_LABEL]: `customer-${n}`,
    "namespace-id": word(n, 20),
    production: `${n % 2 === 0}`,
  });
}

function customerPod(n: number, isLocal: boolean): WrittenEndpoint {
  return {
    node: isLocal ? LOCAL : REMOTE,
    namespace: `customer-${n}`,
    name: `app-${(n * 7 + 3).toString(16).padStart(9, "0")}`,
    labels: customerLabels(n),
    profile: `kns.customer-${n}`,
    address: FIRST_ADDRESS + n,
  };
}

/** 15: 5 that no other pod has, 4 of two values, 4 of few, 1 of one and 1 of 5,000. */
function customerLabels(n: number): Record<string, string> {
  return {
    "pod-id": word(n * 5, 20),
    "instance-id": word(n * 5 + 1, 20),
    "short-id": word(n * 5 + 2, 10),
    "config-hash": word(n * 5 + 3, 20),
    "version-tag": word(n * 5 + 4, 8),
    enabled: `${n % 2}`,
    debug: `${(n >>> 1) % 2}`,
    canary: `${(n >>> 2) % 2}`,
    managed: `${(n >>> 3) % 2}`,
    environment: oneOf(n, ["dev", "staging", "prod"]),
    tier: oneOf(n, ["frontend", "backend", "middleware", "data"]),
    region: oneOf(n, ["us-east", "us-west", "eu-west", "ap-south"]),
    team: oneOf(n, ["platform", "payments", "identity", "growth", "infra"]),
    "managed-by": "saas-controller",
    "tenant-id": word(n % 5000, 10),
  };
}

function oneOf(n: number, values: readonly string[]): string {
  return values[n % values.length] ?? "";
}

/** A text of so many letters and digits that is `n`'s alone, where it is long enough. */
function word(n: number, length: number): string {
  let text = n.toString(16);
  for (let i = 0; text.length < length; i++) text += ((n * 31 + i * 7) % 16).toString(16);
  return text.slice(0, length);
}
