/** GlobalNetworkPolicy: rules in order for pods of any namespace, and for hosts. */

import { type FieldError, forbidden, invalid, required } from "../schema/field-error.ts";
import { boolean, type Infer, object, optional } from "../schema/schema.ts";
import { policyNameProblem } from "./metadata-check.ts";
import { defineKind, objectSchema, status } from "./object.ts";
import {
  ageColumn,
  checkScope,
  policyColumns,
  policyFields,
  withPolicyDefaults,
} from "./policy-fields.ts";
import type { Resource } from "./resource.ts";
import { selectorText } from "./rule.ts";
import { checkRules } from "./rule-check.ts";
import { checkLocalSelector } from "./selector-check.ts";

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
    { spec, status: optional(status) },
    { description: "Ordered rules for pods of any namespace and for hosts." },
  ),
  withDefaults: withPolicyDefaults,
  nameProblem: policyNameProblem,
  check: ({ spec }) => [
    ...checkScope(spec),
    ...checkLocalSelector(spec.namespaceSelector, "spec.namespaceSelector"),
    ...checkHostFlags(spec),
    ...checkRules(spec, "GlobalNetworkPolicy"),
  ],
});

function checkHostFlags(spec: GlobalNetworkPolicySpec): FieldError[] {
  const { preDNAT, doNotTrack, applyOnForward, types, egress } = spec;
  const errors: FieldError[] = [];
  if (preDNAT && doNotTrack) {
    errors.push(forbidden("spec.preDNAT", "preDNAT and doNotTrack cannot both be true"));
  }
  if (preDNAT && egress?.length) {
    errors.push(forbidden("spec.egress", "preDNAT policy cannot have any egress rules"));
  }
  if (preDNAT && types?.includes("Egress")) {
    errors.push(forbidden("spec.types", "preDNAT policy cannot have 'Egress' type"));
  }
  if ((preDNAT || doNotTrack) && !applyOnForward) {
    const detail = "must be true if either preDNAT or doNotTrack is true";
    errors.push(
      applyOnForward === undefined
        ? required("spec.applyOnForward", detail)
        : invalid("spec.applyOnForward", applyOnForward, detail),
    );
  }
  return errors;
}
