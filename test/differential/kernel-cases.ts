/** Settings and kinds of policy, one after the other, with what becomes of packets under each. */
import { hostEndpoint, namespace, node, pod } from "../cluster.ts";
import { NODES } from "./universe.ts";

/** Policy beside the {@link CLUSTER}, and connections that pass under it or do not. */
export interface KernelCase {
  readonly title: string;
  readonly manifests?: readonly object[];
  /** As `flowFrom` reads them. */
  readonly pass?: readonly string[];
  readonly drop?: readonly string[];
}

const API = "projectcalico.org/v3";
const STAGED = "StagedGlobalNetworkPolicy";
const DENY_IN = { types: ["Ingress"], ingress: [{ action: "Deny" }] };
const EVERYWHERE = [{ namespaces: {} }];

/** `web` and `api` on one node, `db` on the other, which has a host endpoint without policy. */
export const CLUSTER: readonly object[] = [
  namespace("blue"),
  ...NODES.map(({ name, v4, v6 }) => node(name, v4, v6)),
  pod("blue/web", "node-1", ["10.0.0.1", "fd00::1"]),
  pod("blue/api", "node-1", ["10.0.0.2"]),
  pod("blue/db", "node-2", ["10.0.1.3", "fd00::1:3"]),
  hostEndpoint("node-2", "node-2"),
];

const SERVICE = { namespace: "blue", name: "db" };
const ONLY_TO_SERVICE = global("to-db", {
  selector: "app == 'web'",
  types: ["Egress"],
  egress: [{ action: "Allow", destination: { services: SERVICE } }],
});
const ONLY_FROM_SERVICE = global("from-db", {
  selector: "app == 'web'",
  types: ["Ingress"],
  ingress: [{ action: "Allow", source: { services: SERVICE } }],
});

const SSH_FROM_OFFICE = felix("default", {
  failsafeInboundHostPorts: [
    { protocol: "TCP", port: 8022, net: "192.0.2.0/25" },
    { protocol: "SCTP", port: 9 },
    { protocol: "TCP", port: 80, net: "2001:db8::/32" },
  ],
});

/** Every case follows the one before in the same tables. */
export const CASES: readonly KernelCase[] = [
  {
    title: "without policy pods reach each other, and no host of theirs",
    pass: ["10.0.0.1 10.0.1.3 TCP 80", "fd00::1 fd00::1:3 UDP 53"],
    drop: ["10.0.0.1 172.16.0.1 TCP 80", "10.0.0.1 10.0.1.3 UDP 4789", "10.0.0.1 10.0.1.3 4"],
  },
  {
    title: "a service as destination: its backends at their own ports",
    manifests: [ONLY_TO_SERVICE, slice("db", ["10.0.1.3"], [8080])],
    pass: ["10.0.0.1 10.0.1.3 TCP 8080"],
    drop: ["10.0.0.1 10.0.1.3 TCP 80", "10.0.0.1 10.0.1.3 UDP 8080", "10.0.0.1 10.0.0.2 TCP 8080"],
  },
  {
    title: "a backend that joins, and one that takes another port",
    manifests: [
      ONLY_TO_SERVICE,
      slice("db", ["10.0.1.3"], [5432]),
      slice("db", ["10.0.0.2"], [8080]),
    ],
    pass: ["10.0.0.1 10.0.1.3 TCP 5432", "10.0.0.1 10.0.0.2 TCP 8080"],
    drop: ["10.0.0.1 10.0.1.3 TCP 8080", "10.0.0.1 10.0.0.2 TCP 5432"],
  },
  {
    title: "a service that lost its backends",
    manifests: [ONLY_TO_SERVICE],
    drop: ["10.0.0.1 10.0.1.3 TCP 5432", "10.0.0.1 10.0.0.2 TCP 8080"],
  },
  {
    title: "a service as source: its backends, from any port",
    manifests: [
      ONLY_FROM_SERVICE,
      slice("db", ["10.0.1.3"], [8080]),
      slice("db", ["fd00::1:3"], [8080]),
    ],
    pass: ["10.0.1.3 10.0.0.1 TCP 80", "10.0.1.3 10.0.0.1 UDP 7", "fd00::1:3 fd00::1 TCP 80"],
    drop: ["10.0.0.2 10.0.0.1 TCP 80", "192.0.2.1 10.0.0.1 TCP 80"],
  },
  {
    title: "failsafe ports as they are by default",
    pass: ["192.0.2.1 172.16.0.2 TCP 22", "172.16.0.2 192.0.2.1 UDP 53"],
    drop: ["192.0.2.1 172.16.0.2 TCP 8022", "172.16.0.2 192.0.2.1 TCP 53"],
  },
  {
    title: "failsafe ports of the cluster, some for one network",
    manifests: [SSH_FROM_OFFICE],
    pass: [
      "192.0.2.1 172.16.0.2 TCP 8022",
      "192.0.2.200 172.16.0.2 SCTP 9",
      "2001:db8::1 fd10::2 TCP 80",
      "172.16.0.2 192.0.2.1 UDP 53",
    ],
    drop: [
      "192.0.2.200 172.16.0.2 TCP 8022",
      "192.0.2.1 172.16.0.2 TCP 22",
      "192.0.2.1 172.16.0.2 TCP 80",
      "192.0.2.1 172.16.0.2 UDP 8022",
    ],
  },
  {
    title: "no failsafe ports on one node",
    manifests: [felix("node.node-2", { failsafeInboundHostPorts: [] })],
    pass: ["172.16.0.2 192.0.2.1 UDP 53"],
    drop: ["192.0.2.1 172.16.0.2 TCP 22"],
  },
  {
    title: "a node's failsafe ports in the stead of the cluster's",
    manifests: [
      SSH_FROM_OFFICE,
      felix("node.node-2", { failsafeInboundHostPorts: [{ protocol: "UDP", port: 514 }] }),
    ],
    pass: ["192.0.2.200 172.16.0.2 UDP 514"],
    drop: ["192.0.2.1 172.16.0.2 TCP 8022"],
  },
  {
    title: "failsafe ports before untracked policy, and the answers of such ports",
    manifests: [
      SSH_FROM_OFFICE,
      global("untracked", {
        order: 1,
        selector: "!has(app)",
        types: ["Ingress", "Egress"],
        doNotTrack: true,
        applyOnForward: true,
        ingress: [{ action: "Deny" }],
        egress: [{ action: "Deny" }],
      }),
    ],
    pass: ["192.0.2.1 172.16.0.2 TCP 8022", "172.16.0.2 192.0.2.1 UDP 53"],
    drop: ["192.0.2.200 172.16.0.2 TCP 8022", "192.0.2.1 10.0.1.3 TCP 80"],
  },
  ...(["Accept", "Return"] as const).map(
    (action): KernelCase => ({
      title: `a workload reaches its own host: ${action}`,
      manifests: [felix("default", { defaultEndpointToHostAction: action })],
      pass: ["10.0.0.1 172.16.0.1 TCP 80", "fd00::1 fd10::1 ICMPv6 128/0"],
      drop: ["10.0.0.1 172.16.0.2 TCP 80"],
    }),
  ),
  {
    title: "a workload reaches its own host where policy lets it",
    manifests: [
      felix("node.node-2", { defaultEndpointToHostAction: "Accept" }),
      global("to-80", {
        selector: "has(app)",
        types: ["Egress"],
        egress: [{ action: "Allow", protocol: "TCP", destination: { ports: [80] } }],
      }),
    ],
    pass: ["10.0.1.3 172.16.0.2 TCP 80"],
    drop: ["10.0.1.3 172.16.0.2 TCP 81", "10.0.0.1 172.16.0.1 TCP 80"],
  },
  {
    title: "a host's own ingress policy is not met by its workloads",
    manifests: [
      felix("default", { defaultEndpointToHostAction: "Return" }),
      {
        apiVersion: API,
        kind: "HostEndpoint",
        metadata: { name: "all" },
        spec: { node: "node-1", interfaceName: "*" },
      },
    ],
    pass: ["10.0.0.1 172.16.0.1 TCP 80"],
    drop: ["192.0.2.1 172.16.0.1 TCP 80"],
  },
  {
    title: "VXLAN from workloads",
    manifests: [felix("default", { allowVXLANPacketsFromWorkloads: true })],
    pass: ["10.0.0.1 10.0.1.3 UDP 4789"],
    drop: ["10.0.0.1 10.0.1.3 4"],
  },
  {
    title: "another port for VXLAN",
    manifests: [felix("default", { vxlanPort: 8472 })],
    pass: ["10.0.0.1 10.0.1.3 UDP 4789"],
    drop: ["10.0.0.1 10.0.1.3 UDP 8472", "fd00::1 fd00::1:3 UDP 8472"],
  },
  {
    title: "IP in IP from workloads",
    manifests: [felix("default", { allowIPIPPacketsFromWorkloads: true })],
    pass: ["10.0.0.1 10.0.1.3 4"],
    drop: ["10.0.0.1 10.0.1.3 UDP 4789"],
  },
  {
    title: "an administrator's policy comes before the default tier",
    manifests: [
      cluster("first", "Admin", [
        { action: "Deny", from: EVERYWHERE, protocols: [tcp(80)] },
        { action: "Accept", from: EVERYWHERE, protocols: [tcp(81)] },
        { action: "Pass", from: EVERYWHERE, protocols: [tcp(82)] },
      ]),
      global("web", {
        selector: "app == 'web'",
        types: ["Ingress"],
        ingress: [{ action: "Allow", protocol: "TCP", destination: { ports: [80, 82] } }],
      }),
    ],
    pass: ["10.0.0.2 10.0.0.1 TCP 81", "10.0.0.2 10.0.0.1 TCP 82"],
    drop: ["10.0.0.2 10.0.0.1 TCP 80", "10.0.0.2 10.0.0.1 TCP 83"],
  },
  {
    title: "a baseline policy holds where no other governs",
    manifests: [
      cluster("last", "Baseline", [{ action: "Deny", from: EVERYWHERE }]),
      global("web", {
        selector: "app == 'web'",
        types: ["Ingress"],
        ingress: [{ action: "Allow", protocol: "TCP", destination: { ports: [80] } }],
      }),
    ],
    pass: ["10.0.0.2 10.0.0.1 TCP 80"],
    drop: ["10.0.0.1 10.0.0.2 TCP 80", "10.0.1.3 10.0.0.2 TCP 80"],
  },
  {
    title: "a staged policy stops nothing and lets nothing pass",
    manifests: [
      { ...global("deny", { selector: "app == 'db'", ...DENY_IN }), kind: STAGED },
      {
        ...global("allow", {
          order: 1,
          selector: "app == 'api'",
          types: ["Ingress"],
          ingress: [{ action: "Log" }, { action: "Allow" }],
        }),
        kind: STAGED,
      },
      global("deny", { order: 2, selector: "app == 'api'", ...DENY_IN }),
    ],
    pass: ["10.0.0.1 10.0.1.3 TCP 80"],
    drop: ["10.0.0.1 10.0.0.2 TCP 80"],
  },
  {
    title: "a rule for requests lets no packet pass",
    manifests: [
      global("get", {
        selector: "app == 'db'",
        types: ["Ingress"],
        ingress: [
          { action: "Allow", protocol: "TCP", http: { methods: ["GET"] } },
          { action: "Allow", protocol: "UDP" },
        ],
      }),
    ],
    pass: ["10.0.0.1 10.0.1.3 UDP 80"],
    drop: ["10.0.0.1 10.0.1.3 TCP 80"],
  },
];

function global(name: string, spec: object): object {
  return { apiVersion: API, kind: "GlobalNetworkPolicy", metadata: { name }, spec };
}

function felix(name: string, spec: object): object {
  return { apiVersion: API, kind: "FelixConfiguration", metadata: { name }, spec };
}

function slice(service: string, addresses: readonly string[], ports: readonly number[]): object {
  const family = addresses.some((one) => one.includes(":")) ? "IPv6" : "IPv4";
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      name: `${service}-${addresses.join("-").replaceAll(/[.:]+/g, "-")}`,
      namespace: "blue",
      labels: { "kubernetes.io/service-name": service },
    },
    addressType: family,
    endpoints: [{ addresses }],
    ports: ports.map((port) => ({ name: `p${port}`, protocol: "TCP", port })),
  };
}

function cluster(name: string, tier: string, ingress: readonly object[]): object {
  return {
    apiVersion: "policy.networking.k8s.io/v1alpha2",
    kind: "ClusterNetworkPolicy",
    metadata: { name },
    spec: { tier, priority: 10, subject: { namespaces: {} }, ingress },
  };
}

function tcp(number: number): object {
  return { tcp: { destinationPort: { number } } };
}
