/** PolicyTest: connections and requests that must be allowed, and ones that must not. */
import { type Infer, openObject, optional, string } from "../schema/schema.ts";
import { conditions, defineKind, objectSchema } from "./object.ts";
import { ageColumn } from "./policy-fields.ts";
import { checkPolicyTest } from "./policy-test-check.ts";
import { type PolicyTestSpec, policyTestSpec } from "./policy-test-spec.ts";
import type { Resource } from "./resource.ts";

const status = openObject(
  {
    conditions,
    assertions: optional(
      string({ maxLength: 64, description: "How many hold, and of how many: `3/4`." }),
    ),
  },
  { description: "What the server finds: the condition `Passing`, and how many assertions hold." },
);

export type PolicyTestResource = Resource<"PolicyTest"> & {
  readonly apiVersion: "picket.io/v1";
  readonly spec: PolicyTestSpec;
  readonly status?: Infer<typeof status>;
};

export const policyTest = defineKind<PolicyTestResource>({
  group: "picket.io",
  version: "v1",
  kind: "PolicyTest",
  plural: "policytests",
  shortNames: ["ptest"],
  scope: "Namespaced",
  columns: [
    {
      name: "Passing",
      type: "string",
      jsonPath: ".status.conditions[?(@.type=='Passing')].status",
      description: "Whether every assertion holds",
    },
    {
      name: "Assertions",
      type: "string",
      jsonPath: ".status.assertions",
      description: "How many assertions hold, and of how many",
    },
    ageColumn,
  ],
  example: {
    metadata: { name: "database", namespace: "shop" },
    spec: {
      assertions: [
        {
          name: "the API reaches its database",
          expect: "allow",
          from: [{ podSelector: { matchLabels: { app: "api" } } }],
          to: [{ pod: "db" }],
          ports: [{ protocol: "TCP", port: 5432 }],
        },
        {
          name: "other namespaces do not reach the database",
          explanation: "It holds what customers have told us.",
          expect: "deny",
          from: [
            {
              namespaceSelector: {
                matchExpressions: [
                  { key: "kubernetes.io/metadata.name", operator: "NotIn", values: ["shop"] },
                ],
              },
            },
          ],
          to: [{ pod: "db" }],
        },
      ],
    },
  },
  schema: objectSchema(
    { spec: policyTestSpec, status: optional(status) },
    { description: "Connections and requests that must be allowed, and ones that must not." },
  ),
  check: ({ spec }) => checkPolicyTest(spec),
});
