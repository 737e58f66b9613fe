/** Kubernetes' own NetworkPolicy: it isolates the pods it selects and lists what they may. */

import { type FieldError, invalid } from "../schema/field-error.ts";
import { type Infer, list, object, oneOf, optional } from "../schema/schema.ts";
import { Walk } from "../schema/walk.ts";
import { checkPeers, checkPorts, peer, ports } from "./kubernetes-peer.ts";
import { labelSelector } from "./label-selector.ts";
import { walkLabelSelector } from "./label-selector-check.ts";
import { defineKind, objectSchema, status } from "./object.ts";
import { ageColumn } from "./policy-fields.ts";
import type { Resource } from "./resource.ts";

const peers = (description: string) => optional(list(peer, { description }));

/** Whom it isolates and what those may; the fields but the directions. */
export const kubernetesPolicyFields = {
  podSelector: optional(labelSelector),
  ingress: optional(
    list(object({ from: peers("Whom it comes from; anyone when empty."), ports }), {
      description: "What may come in.",
    }),
  ),
  egress: optional(
    list(object({ to: peers("Whom it goes to; anyone when empty."), ports }), {
      description: "What may go out.",
    }),
  ),
} as const;

const spec = object(
  {
    ...kubernetesPolicyFields,
    policyTypes: optional(
      list(oneOf(["Ingress", "Egress"]), {
        description: "The directions it isolates. When absent Ingress, and Egress if it has rules.",
      }),
    ),
  },
  { description: "Whom the policy isolates, and what those may." },
);

export type KubernetesNetworkPolicySpec = Infer<typeof spec>;
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
  example: {
    metadata: { name: "web", namespace: "shop" },
    spec: {
      podSelector: { matchLabels: { app: "web" } },
      policyTypes: ["Ingress"],
      ingress: [
        {
          from: [{ namespaceSelector: { matchLabels: { team: "edge" } } }],
          ports: [{ protocol: "TCP", port: 8080 }],
        },
      ],
    },
  },
  schema: objectSchema(
    { spec: optional(spec), status: optional(status) },
    { description: "What traffic is allowed to and from a set of pods." },
  ),
  withDefaults: (policy) => ({ ...policy, spec: withPolicyTypes(policy.spec ?? {}) }),
  check: ({ spec }) => checkKubernetesPolicy(spec),
});

/** An empty list counts as absent here, as it does for Kubernetes. */
function withPolicyTypes(spec: KubernetesNetworkPolicySpec): KubernetesNetworkPolicySpec {
  const filled = { ...spec, podSelector: spec.podSelector ?? {} };
  if (spec.policyTypes?.length) return filled;
  const egress = (spec.egress?.length ?? 0) > 0;
  return { ...filled, policyTypes: egress ? ["Ingress", "Egress"] : ["Ingress"] };
}

/** What Kubernetes asks of a policy beyond its schema. */
export function checkKubernetesPolicy(spec: KubernetesNetworkPolicySpec): FieldError[] {
  const walk = new Walk("spec");
  walkLabelSelector("podSelector", spec.podSelector, walk);
  if ((spec.policyTypes?.length ?? 0) > 2) {
    const detail = "may not specify more than two policyTypes";
    walk.refuse("policyTypes", (field) => invalid(field, spec.policyTypes, detail));
  }
  walk.each("ingress", spec.ingress, ({ ports, from }) => {
    checkPorts(ports, walk);
    checkPeers("from", from, walk);
  });
  walk.each("egress", spec.egress, ({ ports, to }) => {
    checkPorts(ports, walk);
    checkPeers("to", to, walk);
  });
  return walk.errors;
}
