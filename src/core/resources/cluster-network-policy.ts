/**
 * ClusterNetworkPolicy: an administrator's rules, read before every other policy or after it
 * (k8s-conversion.md §3).
 */
import {
  type Infer,
  integer,
  list,
  object,
  oneOf,
  optional,
  string,
  validated,
} from "../schema/schema.ts";
import {
  checkAdminPolicy,
  exactlyOne,
  partsOf,
  peers,
  podSelector,
  ruleName,
} from "./admin-policy-fields.ts";
import { defineKind, objectSchema, status } from "./object.ts";
import { ageColumn } from "./policy-fields.ts";
import type { Resource } from "./resource.ts";

const { subject, ingressPeer, egressPeer } = partsOf(podSelector);

const MAX_ITEMS = 25;

const portNumber = (description: string) =>
  integer({ format: "int32", minimum: 1, maximum: 65_535, description });

const portRange = validated(
  object(
    { start: portNumber("The first port."), end: portNumber("The last port.") },
    { description: "Ports from first to last." },
  ),
  {
    rule: "self.start < self.end",
    message: "start must be less than end",
    holds: ({ start, end }) => start < end,
  },
);

const destinationPort = exactlyOne(
  { number: optional(portNumber("The port.")), range: optional(portRange) },
  "One port, or a range of them.",
);

const transport = (protocol: string) =>
  optional(exactlyOne({ destinationPort: optional(destinationPort) }, `Ports of ${protocol}.`));

const protocol = exactlyOne({
  tcp: transport("TCP"),
  udp: transport("UDP"),
  sctp: transport("SCTP"),
  destinationNamedPort: optional(
    string({ description: "The destination's port of that name, whatever its protocol." }),
  ),
});

const ruleFields = {
  name: ruleName,
  action: oneOf(["Accept", "Deny", "Pass"], {
    description: "What happens to a connection that matches; Pass leaves it to other policies.",
  }),
  protocols: optional(
    list(protocol, {
      minItems: 1,
      maxItems: MAX_ITEMS,
      description: "Protocols and ports of which one must match; anything when absent.",
    }),
  ),
} as const;

const ingressRule = object({
  ...ruleFields,
  from: peers(ingressPeer, MAX_ITEMS, "Whom the connection comes from."),
});

const egressRule = validated(
  object({ ...ruleFields, to: peers(egressPeer, MAX_ITEMS, "Whom the connection goes to.") }),
  {
    rule:
      "!has(self.protocols) || !self.protocols.exists(p, has(p.destinationNamedPort)) || " +
      "!self.to.exists(p, has(p.networks) || has(p.nodes) || has(p.domainNames))",
    message: "named ports are those of pods: no networks, nodes or domainNames beside them",
    holds: ({ protocols = [], to }) =>
      !protocols.some((one) => one.destinationNamedPort !== undefined) ||
      !to.some((peer) => peer.networks || peer.nodes || peer.domainNames),
  },
);

const spec = object(
  {
    tier: oneOf(["Admin", "Baseline"], {
      description: "Admin is read before every other policy, Baseline after it.",
    }),
    priority: integer({
      format: "int32",
      minimum: 0,
      maximum: 1000,
      description: "Policies of a tier are read lowest priority first, equal ones by name.",
    }),
    subject,
    ingress: optional(
      list(ingressRule, { maxItems: MAX_ITEMS, description: "Rules for what comes in." }),
    ),
    egress: optional(
      list(egressRule, { maxItems: MAX_ITEMS, description: "Rules for what goes out." }),
    ),
  },
  { description: "Whom the policy governs, and its rules; the first that matches wins." },
);

export type ClusterNetworkPolicySpec = Infer<typeof spec>;
export type ClusterNetworkPolicyProtocol = Infer<typeof protocol>;
export type ClusterNetworkPolicyEgressRule = Infer<typeof egressRule>;
export type ClusterNetworkPolicyResource = Resource<"ClusterNetworkPolicy"> & {
  readonly apiVersion: "policy.networking.k8s.io/v1alpha2";
  readonly spec: ClusterNetworkPolicySpec;
};

export const clusterNetworkPolicy = defineKind<ClusterNetworkPolicyResource>({
  group: "policy.networking.k8s.io",
  version: "v1alpha2",
  kind: "ClusterNetworkPolicy",
  plural: "clusternetworkpolicies",
  shortNames: ["cnp"],
  scope: "Cluster",
  columns: [
    { name: "Tier", type: "string", jsonPath: ".spec.tier" },
    { name: "Priority", type: "string", jsonPath: ".spec.priority" },
    ageColumn,
  ],
  example: {
    metadata: { name: "dns-for-all" },
    spec: {
      tier: "Admin",
      priority: 10,
      subject: { namespaces: {} },
      egress: [
        {
          name: "dns",
          action: "Accept",
          to: [{ namespaces: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } } }],
          protocols: [{ udp: { destinationPort: { number: 53 } } }],
        },
      ],
    },
  },
  schema: objectSchema(
    { spec, status: optional(status) },
    { description: "Rules of an administrator for pods of any namespace." },
  ),
  check: ({ spec }) => checkAdminPolicy(spec),
});
