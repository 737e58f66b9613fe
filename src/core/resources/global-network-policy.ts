/** GlobalNetworkPolicy: rules in order for pods of any namespace, and for hosts. */
import { boolean, type Infer, object, optional } from "../schema/schema.ts";
import { defineKind, objectSchema } from "./object.ts";
import { ageColumn, policyColumns, policyFields, withTypes } from "./policy-fields.ts";
import type { Resource } from "./resource.ts";
import { selectorText } from "./rule.ts";

const spec = object(
  {
    ...policyFields,
    namespaceSelector: optional(
      selectorText("Only pods of the namespaces that this selects by their labels."),
    ),
    doNotTrack: optional(
      boolean({
        description: "Decides host traffic before connection tracking; needs applyOnForward.",
      }),
    ),
    preDNAT: optional(
      boolean({
        description: "Decides host traffic before destination NAT; needs applyOnForward.",
      }),
    ),
    applyOnForward: optional(
      boolean({ description: "Also governs what a host endpoint forwards." }),
    ),
  },
  { description: "Whom the policy governs, and its rules." },
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
  schema: objectSchema(
    { spec },
    { description: "Ordered rules for pods of any namespace and for hosts." },
  ),
  withDefaults: (policy) => ({ ...policy, spec: withTypes(policy.spec) }),
});
