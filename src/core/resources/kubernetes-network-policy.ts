/** Kubernetes' own NetworkPolicy: it isolates the pods it selects and lists what they may. */
import {
  type Infer,
  integer,
  integerOrString,
  list,
  object,
  oneOf,
  optional,
  string,
} from "../schema/schema.ts";
import { labelSelector } from "./label-selector.ts";
import { defineKind, objectSchema } from "./object.ts";
import { ageColumn } from "./policy-fields.ts";
import type { Resource } from "./resource.ts";

const ports = optional(
  list(
    object({
      protocol: optional(
        oneOf(["TCP", "UDP", "SCTP"], { default: "TCP", description: "TCP when absent." }),
      ),
      port: optional(integerOrString({ description: "A port, or its name; any when absent." })),
      endPort: optional(integer({ description: "The last port of a range that `port` begins." })),
    }),
    { description: "Ports of which the destination's must be one; any port when absent." },
  ),
);

const peer = object({
  podSelector: optional(labelSelector),
  namespaceSelector: optional(labelSelector),
  ipBlock: optional(
    object(
      {
        cidr: string({ description: 'A network, e.g. "192.168.1.0/24".' }),
        except: optional(list(string(), { description: "Parts of `cidr` that are left out." })),
      },
      { description: "Addresses; not together with a selector." },
    ),
  ),
});

const spec = object({
  podSelector: optional(labelSelector),
  policyTypes: optional(
    list(oneOf(["Ingress", "Egress"]), {
      description: "The directions it isolates. When absent Ingress, and Egress if it has rules.",
    }),
  ),
  ingress: optional(
    list(object({ from: optional(list(peer)), ports }), { description: "What may come in." }),
  ),
  egress: optional(
    list(object({ to: optional(list(peer)), ports }), { description: "What may go out." }),
  ),
});

export type KubernetesNetworkPolicySpec = Infer<typeof spec>;
export type KubernetesNetworkPolicyPeer = Infer<typeof peer>;
export type KubernetesNetworkPolicyPort = NonNullable<Infer<typeof ports>>[number];
export type KubernetesNetworkPolicyResource = Resource<"NetworkPolicy"> & {
  readonly apiVersion: "networking.k8s.io/v1";
  readonly spec: KubernetesNetworkPolicySpec;
};

export const kubernetesNetworkPolicy = defineKind<KubernetesNetworkPolicyResource>({
  group: "networking.k8s.io",
  version: "v1",
  kind: "NetworkPolicy",
  plural: "networkpolicies",
  shortNames: ["netpol"],
  scope: "Namespaced",
  columns: [{ name: "Pod-Selector", type: "string", jsonPath: ".spec.podSelector" }, ageColumn],
  schema: objectSchema(
    { spec: optional(spec) },
    { description: "What traffic is allowed to and from a set of pods." },
  ),
  withDefaults: (policy) => ({ ...policy, spec: withPolicyTypes(policy.spec ?? {}) }),
});

/** An empty list counts as absent here, as it does for Kubernetes. */
function withPolicyTypes(spec: KubernetesNetworkPolicySpec): KubernetesNetworkPolicySpec {
  const filled = { ...spec, podSelector: spec.podSelector ?? {} };
  if (spec.policyTypes?.length) return filled;
  const egress = (spec.egress?.length ?? 0) > 0;
  return { ...filled, policyTypes: egress ? ["Ingress", "Egress"] : ["Ingress"] };
}
