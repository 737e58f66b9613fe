/**
 * Parts of resources that vectors judge alone, by the names of their types. A part is put into a
 * resource in which nothing else is wrong, and only what is said of the part itself counts.
 */

type Json = Readonly<Record<string, unknown>>;

/** A manifest around a part, and the path of the part in it. */
export interface Setting {
  readonly manifest: Json;
  readonly path: string;
}

/** Where a part of a type may stand: it is good if it is good in one of the places. */
export function settingsOf(type: string, value: unknown): readonly Setting[] {
  const place = Object.hasOwn(PLACES, type) ? PLACES[type] : undefined;
  if (place) return place(value);
  if (type.endsWith("Spec")) return [{ manifest: whole(type.slice(0, -4), value), path: "spec" }];
  return [];
}

const PLACES: Readonly<Record<string, (value: unknown) => Setting[]>> = {
  Rule: (value) => [
    policy("ingress", value),
    policy("egress", value),
    { manifest: whole("Profile", { egress: [value] }), path: "spec.egress[0]" },
  ],
  RuleMetadata: (value) => inRule("metadata", { metadata: value }),
  ICMPFields: (value) => inRule("icmp", { protocol: "ICMP", icmp: value }),
  Protocol: (value) => inRule("protocol", { protocol: value }),
  HTTPMatch: (value) => inRule("http", { http: value }),
  HTTPPath: (value) => inRule("http.paths[0]", { http: { paths: [value] } }),
  EntityRule: (value) => inEntity("", value),
  Port: (value) => inEntity(".ports[0]", { ports: [value] }),
  ServiceMatch: (value) => inEntity(".services", { services: value }),
  ServiceAccountMatch: (value) => inEntity(".serviceAccounts", { serviceAccounts: value }),
  ObjectMeta: (value) => [
    { manifest: { ...whole("HostEndpoint", HOST), metadata: value }, path: "metadata" },
  ],
  EndpointPort: (value) => [
    { manifest: whole("HostEndpoint", { ...HOST, ports: [value] }), path: "spec.ports[0]" },
  ],
  WorkloadEndpointPort: (value) => workload("ports", value),
  WorkloadEndpointSpec: (value) => [
    {
      manifest: whole("WorkloadEndpoint", { ...IDENTITY, ...(value as Json) }),
      path: "spec",
    },
  ],
  IPNAT: (value) => workload("ipNATs", value, { ipNetworks: [(value as Json).internalIP] }),
  QoSControls: (value) => [
    { manifest: whole("WorkloadEndpoint", { qosControls: value }), path: "spec.qosControls" },
  ],
  // Alone it must say its protocol; in a list that is TCP.
  ProtoPort: (value) => felix("failsafeInboundHostPorts", { protocol: "", ...(value as Json) }),
  RouteTableIDRange: (value) => felix("routeTableRanges", value),
  RouteTableRange: (value) => [
    {
      manifest: whole("FelixConfiguration", { routeTableRange: value }),
      path: "spec.routeTableRange",
    },
  ],
  RouteTableRanges: (value) => [
    {
      manifest: whole("FelixConfiguration", { routeTableRanges: value }),
      path: "spec.routeTableRanges",
    },
  ],
  HealthTimeoutOverride: (value) => felix("healthTimeoutOverrides", value),
};

/** What the name of a workload endpoint is made of; a part may have its own. */
const IDENTITY = {
  node: "node",
  orchestrator: "openstack",
  workload: "workload",
  endpoint: "eth0",
  pod: "pod",
  containerID: "a",
};

const HOST = { node: "node", interfaceName: "eth0" };

/** Kinds that have a namespace; of the others an object may have none. */
const NAMESPACED = /^(Staged)?(Kubernetes)?NetworkPolicy$|^NetworkSet$|^WorkloadEndpoint$/;

function whole(kind: string, spec: unknown): Json {
  const metadata = { name: "a", ...(NAMESPACED.test(kind) && { namespace: "default" }) };
  return { apiVersion: "projectcalico.org/v3", kind, metadata, spec };
}

function policy(direction: "ingress" | "egress", rule: unknown, within = ""): Setting {
  const manifest = whole("NetworkPolicy", { [direction]: [rule] });
  return { manifest, path: `spec.${direction}[0]${within}` };
}

function inRule(path: string, fields: Json): Setting[] {
  return [policy("ingress", { action: "Allow", ...fields }, `.${path}`)];
}

/** As the source of what comes in, and as the destination of what goes out. */
function inEntity(path: string, entity: unknown): Setting[] {
  const rule = { action: "Allow", protocol: "TCP" };
  return [
    policy("ingress", { ...rule, source: entity }, `.source${path}`),
    policy("egress", { ...rule, destination: entity }, `.destination${path}`),
  ];
}

function workload(list: string, item: unknown, fields: Json = {}): Setting[] {
  const spec = { interfaceName: "eth0", ...fields, [list]: [item] };
  return [{ manifest: whole("WorkloadEndpoint", spec), path: `spec.${list}[0]` }];
}

function felix(list: string, item: unknown): Setting[] {
  return [{ manifest: whole("FelixConfiguration", { [list]: [item] }), path: `spec.${list}[0]` }];
}
