/** StagedKubernetesNetworkPolicy: Kubernetes' own NetworkPolicy on trial. */
import { type Infer, object, oneOf, optional, set } from "../schema/schema.ts";
import { checkKubernetesPolicy, kubernetesPolicyFields } from "./kubernetes-network-policy.ts";
import { defineKind, objectSchema, status } from "./object.ts";
import type { Resource } from "./resource.ts";
import { checkDelete, stagedAction } from "./staged-policy-fields.ts";

const spec = object(
  {
    stagedAction,
    ...kubernetesPolicyFields,
    policyTypes: optional(
      set(oneOf(["Ingress", "Egress"]), {
        minItems: 1,
        maxItems: 2,
        description:
          "The directions it would isolate. When absent Ingress, and Egress if `egress` is there.",
      }),
    ),
  },
  { description: "Whom the policy would isolate, and what those may." },
);

export type StagedKubernetesNetworkPolicySpec = Infer<typeof spec>;
export type StagedKubernetesNetworkPolicyResource = Resource<"StagedKubernetesNetworkPolicy"> & {
  readonly apiVersion: "projectcalico.org/v3";
  readonly spec: StagedKubernetesNetworkPolicySpec;
};

export const stagedKubernetesNetworkPolicy = defineKind<StagedKubernetesNetworkPolicyResource>({
  group: "projectcalico.org",
  version: "v3",
  kind: "StagedKubernetesNetworkPolicy",
  plural: "stagedkubernetesnetworkpolicies",
  shortNames: ["sknp"],
  scope: "Namespaced",
  columns: [],
  example: {
    metadata: { name: "web", namespace: "shop" },
    spec: {
      podSelector: { matchLabels: { app: "web" } },
      policyTypes: ["Ingress"],
      ingress: [{ ports: [{ protocol: "TCP", port: 8080 }] }],
    },
  },
  schema: objectSchema(
    { spec, status: optional(status) },
    { description: "Kubernetes' NetworkPolicy on trial: judged and reported, never enforced." },
  ),
  withDefaults: (policy) => ({ ...policy, spec: withPolicyTypes(policy.spec) }),
  check: ({ spec }) => [...checkKubernetesPolicy(spec), ...checkDelete(spec)],
});

/** By which lists are present (`[]` is), unlike the enforced kind; one that deletes has none. */
function withPolicyTypes(
  spec: StagedKubernetesNetworkPolicySpec,
): StagedKubernetesNetworkPolicySpec {
  if (spec.stagedAction === "Delete" || spec.policyTypes) return spec;
  return { ...spec, policyTypes: spec.egress ? ["Ingress", "Egress"] : ["Ingress"] };
}
