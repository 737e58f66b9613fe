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
  /** Its line in a table. */
  readonly row: RegExp;
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
  sample("svc", "service", "v1", "Service", true, {
    spec: { selector: { color: "red" }, ports: [{ port: 80, targetPort: 8080 }] },
    edit: ["8080", "8081"],
    row: /^sample +ClusterIP +80 /,
  }),
  sample(
    "endpointslices",
    "endpointslice.discovery.k8s.io",
    "discovery.k8s.io/v1",
    "EndpointSlice",
    true,
    {
      metadata: { labels: { "kubernetes.io/service-name": "sample" } },
      addressType: "IPv4",
      endpoints: [{ addresses: ["192.0.2.10"] }],
      ports: [{ name: "http", protocol: "TCP", port: 8080 }],
      edit: ["192.0.2.10", "192.0.2.11"],
      row: /^sample +IPv4 +8080 +192\.0\.2\.10 /,
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
  sample("scnp", "stagednetworkpolicy.projectcalico.org", V3, "StagedNetworkPolicy", true, {
    spec: { order: 40, selector: "color == 'red'", ingress: [RULE] },
    edit: ["blue", "green"],
    row: /^sample +default +40$/,
  }),
  sample(
    "sgnp",
    "stagedglobalnetworkpolicy.projectcalico.org",
    V3,
    "StagedGlobalNetworkPolicy",
    false,
    {
      spec: { order: 50, selector: "color == 'red'", ingress: [RULE] },
      edit: ["blue", "green"],
      row: /^sample +default +50$/,
    },
  ),
  sample(
    "sknp",
    "stagedkubernetesnetworkpolicy.projectcalico.org",
    V3,
    "StagedKubernetesNetworkPolicy",
    true,
    {
      spec: { podSelector: {}, ingress: [{ ports: [{ protocol: "TCP", port: 80 }] }] },
      edit: ["port: 80", "port: 81"],
      row: /^sample +\d+s$/,
    },
  ),
  sample(
    "felixconfigurations",
    "felixconfiguration.projectcalico.org",
    V3,
    "FelixConfiguration",
    false,
    {
      name: "node.sample",
      spec: { failsafeInboundHostPorts: [{ protocol: "TCP", port: 2222 }] },
      edit: ["2222", "2223"],
      row: /^node\.sample +\d+s$/,
    },
  ),
  sample(
    "clusternetworkpolicies",
    "clusternetworkpolicy.policy.networking.k8s.io",
    "policy.networking.k8s.io/v1alpha2",
    "ClusterNetworkPolicy",
    false,
    {
      spec: {
        tier: "Admin",
        priority: 10,
        subject: { namespaces: {} },
        ingress: [{ name: "none", action: "Deny", from: [{ namespaces: {} }] }],
      },
      edit: ["name: none", "name: some"],
      row: /^sample +Admin +10 +\d+s$/,
    },
  ),
  sample(
    "anp",
    "adminnetworkpolicy.policy.networking.k8s.io",
    "policy.networking.k8s.io/v1alpha1",
    "AdminNetworkPolicy",
    false,
    {
      spec: {
        priority: 20,
        subject: { namespaces: {} },
        ingress: [{ name: "none", action: "Deny", from: [{ namespaces: {} }] }],
      },
      edit: ["name: none", "name: some"],
      row: /^sample +20 +\d+s$/,
    },
  ),
  sample(
    "banp",
    "baselineadminnetworkpolicy.policy.networking.k8s.io",
    "policy.networking.k8s.io/v1alpha1",
    "BaselineAdminNetworkPolicy",
    false,
    {
      name: "default",
      spec: {
        subject: { namespaces: {} },
        ingress: [{ name: "none", action: "Deny", from: [{ namespaces: {} }] }],
      },
      edit: ["name: none", "name: some"],
      row: /^default +\d+s$/,
    },
  ),
  sample("profiles", "profile.projectcalico.org", V3, "Profile", false, {
    spec: { ingress: [RULE], labelsToApply: { a: "b" } },
    edit: ["a: b", "a: c"],
  }),
  sample("tiers", "tier.projectcalico.org", V3, "Tier", false, {
    spec: { order: 30, defaultAction: "Pass" },
    edit: ["Pass", "Deny"],
    row: /^sample +30 +Pass +Ready$/,
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
  sample("ptest", "policytest.picket.io", "picket.io/v1", "PolicyTest", true, {
    spec: {
      assertions: [
        {
          name: "open",
          expect: "allow",
          from: [{ pod: "client" }],
          to: [{ pod: "web" }],
          ports: [{ protocol: "TCP", port: 80 }],
          allowEmpty: false,
        },
      ],
    },
    edit: ["expect: allow", "expect: deny"],
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
    /** What the object holds besides. */
    readonly [field: string]: unknown;
    readonly edit: readonly [string, string];
    /** Its line in a table; anything after the name when absent. */
    readonly row?: RegExp;
  },
): Sample {
  const { name = "sample", metadata, edit, row, ...rest } = object;
  const [from, to] = edit;
  return {
    resource,
    qualified,
    name,
    namespaced,
    manifest: { apiVersion, kind, metadata: { name, ...metadata }, ...rest },
    edit: `/{"apiVersion"/!s|${from}|${to}|`,
    edited: new RegExp(to.replaceAll(".", "\\.")),
    row: row ?? new RegExp(`^${name} `),
  };
}
