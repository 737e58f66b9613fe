/** ServiceAccount: the identity of pods, whose labels policies select by. */
import { anything, boolean, list, optional } from "../schema/schema.ts";
import { defineKind, objectSchema } from "./object.ts";
import { ageColumn } from "./policy-fields.ts";
import type { Resource } from "./resource.ts";

export type ServiceAccountResource = Resource<"ServiceAccount"> & { readonly apiVersion: "v1" };

export const serviceAccount = defineKind<ServiceAccountResource>({
  group: "",
  version: "v1",
  kind: "ServiceAccount",
  plural: "serviceaccounts",
  shortNames: ["sa"],
  scope: "Namespaced",
  columns: [ageColumn],
  example: { metadata: { name: "web", namespace: "shop", labels: { role: "frontend" } } },
  schema: objectSchema(
    {
      automountServiceAccountToken: optional(
        boolean({ description: "Whether its pods hold its token." }),
      ),
      imagePullSecrets: optional(list(anything(), { description: "Secrets that fetch images." })),
      secrets: optional(list(anything(), { description: "Secrets that its pods may use." })),
    },
    { description: "The identity that pods run under." },
  ),
});
