/** An object of every kind that is served, and a change to it. */

export interface Sample {
  /** What kubectl calls the kind, whichever way. */
  readonly resource: string;
  /** What kubectl prints of it. */
  readonly qualified: string;
  readonly name: string;
  readonly namespaced: boolean;
  /** The manifest, as JSON. */
  readonly manifest: object;
  /** What an editor changes, as a sed expression, and how the object shows it afterwards. */
  readonly edit: string;
  readonly edited: RegExp;
}

const V3 = "projectcalico.org/v3";
const RULE = {
  action: "Allow",
  protocol: "TCP",
  source: { selector: "color == 'blue'" },
  destination: { ports: [6379] },
};

export const SAMPLES: readonly Sample[] = [
  sample("ns", "namespace", "v1", "Namespace", false, {
    metadata: { labels: { shape: "circle" } },
    edit: ["shape: circle", "shape: square"],
  }),
  sample("no", "node", "v1", "Node", false, {
    status: { addresses: [{ type: "InternalIP", address: "192.0.2.1" }] },
    edit: ["192.0.2.1", "192.0.2.2"],
  }),
  sample("po", "pod", "v1", "Pod", true, {
    metadata: { labels: { color: "red" } },
    spec: { nodeName: "a", containers: [{ name: "c", image: "none" }] },
    status: { phase: "Running", podIP: "192.0.2.10", podIPs: [{ ip: "192.0.2.10" }] },
    edit: ["color: red", "color: blue"],
  }),
  sample("sa", "serviceaccount", "v1", "ServiceAccount", true, {
    metadata: { labels: { role: "api" } },
    edit: ["role: api", "role: web"],
  }),
  sample(
    "netpol",
    "networkpolicy.networking.k8s.io",
    "networking.k8s.io/v1",
    "NetworkPolicy",
    true,
    {
      spec: {
        podSelector: {},
        policyTypes: ["Ingress"],
        ingress: [{ from: [{ podSelector: {} }], ports: [{ protocol: "TCP", port: 80 }] }],
      },
      edit: ["port: 80", "port: 81"],
    },
  ),
  sample("gnp", "globalnetworkpolicy.projectcalico.org", V3, "GlobalNetworkPolicy", false, {
    spec: { order: 10, selector: "all()", ingress: [RULE] },
    edit: ["order: 10", "order: 20"],
  }),
  sample("gns", "globalnetworkset.projectcalico.org", V3, "GlobalNetworkSet", false, {
    spec: { nets: ["198.51.100.0/24"] },
    edit: ["198.51.100.0", "203.0.113.0"],
  }),
  sample("hep", "hostendpoint.projectcalico.org", V3, "HostEndpoint", false, {
    spec: { node: "a", interfaceName: "eth0", expectedIPs: ["192.0.2.1"] },
    edit: ["eth0", "eth1"],
  }),
  sample("cnp", "networkpolicy.projectcalico.org", V3, "NetworkPolicy", true, {
    spec: { selector: "color == 'red'", types: ["Ingress"], ingress: [RULE] },
    edit: ["blue", "green"],
  }),
  sample("netsets", "networkset.projectcalico.org", V3, "NetworkSet", true, {
    spec: { nets: ["198.51.100.0/24"] },
    edit: ["198.51.100.0", "203.0.113.0"],
  }),
  sample("profiles", "profile.projectcalico.org", V3, "Profile", false, {
    spec: { ingress: [RULE], labelsToApply: { a: "b" } },
    edit: ["a: b", "a: c"],
  }),
  sample("tiers", "tier.projectcalico.org", V3, "Tier", false, {
    spec: { order: 30, defaultAction: "Pass" },
    edit: ["Pass", "Deny"],
  }),
  sample("wep", "workloadendpoint.projectcalico.org", V3, "WorkloadEndpoint", true, {
    name: "a-k8s-sample-eth0",
    spec: {
      orchestrator: "k8s",
      node: "a",
      pod: "sample",
      endpoint: "eth0",
      interfaceName: "cali0",
      ipNetworks: ["192.0.2.10/32"],
    },
    edit: ["cali0", "cali1"],
  }),
];

function sample(
  resource: string,
  qualified: string,
  apiVersion: string,
  kind: string,
  namespaced: boolean,
  object: {
    readonly name?: string;
    readonly metadata?: object;
    readonly spec?: object;
    readonly status?: object;
    readonly edit: readonly [string, string];
  },
): Sample {
  const { name = "sample", metadata, edit, ...rest } = object;
  const [from, to] = edit;
  return {
    resource,
    qualified,
    name,
    namespaced,
    manifest: { apiVersion, kind, metadata: { name, ...metadata }, ...rest },
    edit: `/{"apiVersion"/!s|${from}|${to}|`,
    edited: new RegExp(to.replaceAll(".", "\\.")),
  };
}
