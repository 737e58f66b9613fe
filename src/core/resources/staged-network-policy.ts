/** StagedNetworkPolicy: a NetworkPolicy on trial. */
import { type Infer, object, optional, validated } from "../schema/schema.ts";
import { namespacedPolicyNameProblem } from "./metadata-check.ts";
import { defineKind, objectSchema, status } from "./object.ts";
import { checkScope, policyColumns, policyFields, policyRules } from "./policy-fields.ts";
import type { Resource } from "./resource.ts";
import { checkRules } from "./rule-check.ts";
import { checkDelete, stagedAction, withStagedDefaults } from "./staged-policy-fields.ts";

const spec = validated(
  object(
    { ...policyFields, stagedAction },
    { description: "Whom the policy would govern, and its rules." },
  ),
  ...policyRules,
);

export type StagedNetworkPolicySpec = Infer<typeof spec>;
export type StagedNetworkPolicyResource = Resource<"StagedNetworkPolicy"> & {
  readonly apiVersion: "projectcalico.org/v3";
  readonly spec: StagedNetworkPolicySpec;
};

export const stagedNetworkPolicy = defineKind<StagedNetworkPolicyResource>({
  group: "projectcalico.org",
  version: "v3",
  kind: "StagedNetworkPolicy",
  plural: "stagednetworkpolicies",
  shortNames: ["scnp", "snp"],
  scope: "Namespaced",
  columns: policyColumns,
  selectableFields: ["spec.tier"],
  example: {
    metadata: { name: "web", namespace: "shop" },
    spec: {
      selector: "app == 'web'",
      ingress: [{ action: "Allow", protocol: "TCP", destination: { ports: [8080] } }],
    },
  },
  schema: objectSchema(
    { spec, status: optional(status) },
    { description: "A NetworkPolicy on trial: judged and reported, never enforced." },
  ),
  withDefaults: withStagedDefaults,
  nameProblem: namespacedPolicyNameProblem,
  check: ({ spec }) => [
    ...checkScope(spec),
    ...checkRules(spec, "NetworkPolicy"),
    ...checkDelete(spec),
  ],
});
