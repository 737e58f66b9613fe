/** AdminNetworkPolicy: what ClusterNetworkPolicy of tier Admin was called before. */
import { type Infer, integer, object, optional } from "../schema/schema.ts";
import { ruleLists, subject } from "./admin-network-policy-rule.ts";
import { checkAdminPolicy } from "./admin-policy-fields.ts";
import { defineKind, objectSchema, status } from "./object.ts";
import { ageColumn } from "./policy-fields.ts";
import type { Resource } from "./resource.ts";

const spec = object(
  {
    priority: integer({
      format: "int32",
      minimum: 0,
      maximum: 1000,
      description: "Policies are read lowest priority first, equal ones by name.",
    }),
    subject,
    ...ruleLists(["Allow", "Deny", "Pass"]),
  },
  { description: "Whom the policy governs, and its rules; the first that matches wins." },
);

export type AdminNetworkPolicySpec = Infer<typeof spec>;
export type AdminNetworkPolicyResource = Resource<"AdminNetworkPolicy"> & {
  readonly apiVersion: "policy.networking.k8s.io/v1alpha1";
  readonly spec: AdminNetworkPolicySpec;
};

export const adminNetworkPolicy = defineKind<AdminNetworkPolicyResource>({
  group: "policy.networking.k8s.io",
  version: "v1alpha1",
  kind: "AdminNetworkPolicy",
  plural: "adminnetworkpolicies",
  shortNames: ["anp"],
  scope: "Cluster",
  columns: [{ name: "Priority", type: "string", jsonPath: ".spec.priority" }, ageColumn],
  example: {
    metadata: { name: "no-tenants-to-monitoring" },
    spec: {
      priority: 10,
      subject: { namespaces: { matchLabels: { team: "monitoring" } } },
      ingress: [
        {
          name: "tenants",
          action: "Deny",
          from: [{ namespaces: { matchLabels: { tenant: "true" } } }],
        },
      ],
    },
  },
  schema: objectSchema(
    { spec, status: optional(status) },
    { description: "Rules of an administrator that are read before every other policy." },
  ),
  check: ({ spec }) => checkAdminPolicy(spec),
});
