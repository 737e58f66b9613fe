/** GlobalNetworkPolicy: rules in order for pods of any namespace, and for hosts. */

import { type Infer, object, optional, validated } from "../schema/schema.ts";
import { checkGlobalScope, globalPolicyFields, globalPolicyRules } from "./global-policy-fields.ts";
import { policyNameProblem } from "./metadata-check.ts";
import { defineKind, objectSchema, status } from "./object.ts";
import {
  ageColumn,
  checkScope,
  policyColumns,
  policyFields,
  policyRules,
  withPolicyDefaults,
} from "./policy-fields.ts";
import type { Resource } from "./resource.ts";
import { checkRules } from "./rule-check.ts";

const spec = validated(
  object(
    { ...policyFields, ...globalPolicyFields },
    { description: "Whom the policy governs, and its rules." },
  ),
  ...policyRules,
  ...globalPolicyRules,
);

export type GlobalNetworkPolicySpec = Infer<typeof spec>;
export type GlobalNetworkPolicyResource = Resource<"GlobalNetworkPolicy"> & {
  readonly apiVersion: "projectcalico.org/v3";
  readonly spec: GlobalNetworkPolicySpec;
};

export const globalNetworkPolicy = defineKind<GlobalNetworkPolicyResource>({
  group: "projectcalico.org",
  version: "v3",
  kind: "GlobalNetworkPolicy",
  plural: "globalnetworkpolicies",
  shortNames: ["gnp", "cgnp"],
  scope: "Cluster",
  columns: [...policyColumns, ageColumn],
  selectableFields: ["spec.tier"],
  example: {
    metadata: { name: "dns" },
    spec: {
      order: 100,
      namespaceSelector: "has(tenant)",
      types: ["Egress"],
      egress: [
        {
          action: "Allow",
          protocol: "UDP",
          destination: { selector: "k8s-app == 'kube-dns'", ports: [53] },
        },
      ],
    },
  },
  schema: objectSchema(
    { spec, status: optional(status) },
    { description: "Ordered rules for pods of any namespace and for hosts." },
  ),
  withDefaults: withPolicyDefaults,
  nameProblem: policyNameProblem,
  check: ({ spec }) => [
    ...checkScope(spec),
    ...checkGlobalScope(spec),
    ...checkRules(spec, "GlobalNetworkPolicy"),
  ],
});
