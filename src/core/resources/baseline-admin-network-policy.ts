/** BaselineAdminNetworkPolicy: what holds where no other policy decides. There is one, `default`. */
import { type Infer, object, optional } from "../schema/schema.ts";
import { ruleLists, subject } from "./admin-network-policy-rule.ts";
import { checkAdminPolicy } from "./admin-policy-fields.ts";
import { defineKind, objectSchema, status } from "./object.ts";
import { ageColumn } from "./policy-fields.ts";
import type { Resource } from "./resource.ts";

const spec = object(
  { subject, ...ruleLists(["Allow", "Deny"]) },
  { description: "Whom the policy governs, and its rules; the first that matches wins." },
);

export type BaselineAdminNetworkPolicySpec = Infer<typeof spec>;
export type BaselineAdminNetworkPolicyResource = Resource<"BaselineAdminNetworkPolicy"> & {
  readonly apiVersion: "policy.networking.k8s.io/v1alpha1";
  readonly spec: BaselineAdminNetworkPolicySpec;
};

export const baselineAdminNetworkPolicy = defineKind<BaselineAdminNetworkPolicyResource>({
  group: "policy.networking.k8s.io",
  version: "v1alpha1",
  kind: "BaselineAdminNetworkPolicy",
  plural: "baselineadminnetworkpolicies",
  shortNames: ["banp"],
  scope: "Cluster",
  columns: [ageColumn],
  example: {
    metadata: { name: "default" },
    spec: {
      subject: { namespaces: {} },
      ingress: [{ name: "closed", action: "Deny", from: [{ namespaces: {} }] }],
    },
  },
  schema: objectSchema(
    { spec, status: optional(status) },
    { description: "Rules of an administrator that are read after every other policy." },
  ),
  nameProblem: (name) => (name === "default" ? undefined : "must be 'default': there is only one"),
  check: ({ spec }) => checkAdminPolicy(spec),
});
