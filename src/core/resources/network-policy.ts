/** NetworkPolicy: rules in order for the pods that a selector picks in its namespace. */
import { type Infer, object, optional, validated } from "../schema/schema.ts";
import { namespacedPolicyNameProblem } from "./metadata-check.ts";
import { defineKind, objectSchema, status } from "./object.ts";
import {
  checkScope,
  policyColumns,
  policyFields,
  policyRules,
  withPolicyDefaults,
} from "./policy-fields.ts";
import type { Resource } from "./resource.ts";
import { checkRules } from "./rule-check.ts";

const spec = validated(
  object(policyFields, { description: "Whom the policy governs, and its rules." }),
  ...policyRules,
);

export type NetworkPolicySpec = Infer<typeof spec>;
export type NetworkPolicyResource = Resource<"NetworkPolicy"> & {
  readonly apiVersion: "projectcalico.org/v3";
  readonly spec: NetworkPolicySpec;
};

export const networkPolicy = defineKind<NetworkPolicyResource>({
  group: "projectcalico.org",
  version: "v3",
  kind: "NetworkPolicy",
  plural: "networkpolicies",
  shortNames: ["cnp", "caliconetworkpolicy"],
  scope: "Namespaced",
  columns: policyColumns,
  selectableFields: ["spec.tier"],
  example: {
    metadata: { name: "web", namespace: "shop" },
    spec: {
      selector: "app == 'web'",
      types: ["Ingress"],
      ingress: [
        {
          action: "Allow",
          protocol: "TCP",
          source: { selector: "role == 'client'", namespaceSelector: "team == 'edge'" },
          destination: { ports: [8080] },
        },
        { action: "Deny" },
      ],
    },
  },
  schema: objectSchema(
    { spec, status: optional(status) },
    { description: "Ordered rules for pods of one namespace, with tiers, Deny, Log and Pass." },
  ),
  withDefaults: withPolicyDefaults,
  nameProblem: namespacedPolicyNameProblem,
  check: ({ spec }) => [...checkScope(spec), ...checkRules(spec, "NetworkPolicy")],
});
