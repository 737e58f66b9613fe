/** StagedGlobalNetworkPolicy: a GlobalNetworkPolicy on trial. */
import { type Infer, object, optional, validated } from "../schema/schema.ts";
import { checkGlobalScope, globalPolicyFields, globalPolicyRules } from "./global-policy-fields.ts";
import { policyNameProblem } from "./metadata-check.ts";
import { defineKind, objectSchema, status } from "./object.ts";
import { checkScope, policyColumns, policyFields, policyRules } from "./policy-fields.ts";
import type { Resource } from "./resource.ts";
import { checkRules } from "./rule-check.ts";
import { checkDelete, stagedAction, withStagedDefaults } from "./staged-policy-fields.ts";

const spec = validated(
  object(
    { ...policyFields, ...globalPolicyFields, stagedAction },
    { description: "Whom the policy would govern, and its rules." },
  ),
  ...policyRules,
  ...globalPolicyRules,
);

export type StagedGlobalNetworkPolicySpec = Infer<typeof spec>;
export type StagedGlobalNetworkPolicyResource = Resource<"StagedGlobalNetworkPolicy"> & {
  readonly apiVersion: "projectcalico.org/v3";
  readonly spec: StagedGlobalNetworkPolicySpec;
};

export const stagedGlobalNetworkPolicy = defineKind<StagedGlobalNetworkPolicyResource>({
  group: "projectcalico.org",
  version: "v3",
  kind: "StagedGlobalNetworkPolicy",
  plural: "stagedglobalnetworkpolicies",
  shortNames: ["sgnp"],
  scope: "Cluster",
  columns: policyColumns,
  selectableFields: ["spec.tier"],
  example: {
    metadata: { name: "closed" },
    spec: { selector: "has(tenant)", types: ["Ingress"], ingress: [{ action: "Deny" }] },
  },
  schema: objectSchema(
    { spec, status: optional(status) },
    { description: "A GlobalNetworkPolicy on trial: judged and reported, never enforced." },
  ),
  withDefaults: withStagedDefaults,
  nameProblem: policyNameProblem,
  check: ({ spec }) => [
    ...checkScope(spec),
    ...checkGlobalScope(spec),
    ...checkRules(spec, "GlobalNetworkPolicy"),
    ...checkDelete(spec),
  ],
});
