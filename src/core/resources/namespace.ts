/** Namespace: a scope of names whose labels policies select by. */
import { type Infer, openObject, optional, string } from "../schema/schema.ts";
import { dnsLabelProblem } from "./names.ts";
import { defineKind, objectSchema } from "./object.ts";
import { ageColumn } from "./policy-fields.ts";
import type { Resource } from "./resource.ts";

const spec = openObject({}, { description: "What is wanted of it; kept, unread." });
const status = openObject(
  { phase: optional(string({ description: "Active or Terminating." })) },
  { description: "How it is now; other fields are kept, unread." },
);

export type NamespaceResource = Resource<"Namespace"> & {
  readonly apiVersion: "v1";
  readonly spec?: Infer<typeof spec>;
  readonly status?: Infer<typeof status>;
};

export const namespace = defineKind<NamespaceResource>({
  group: "",
  version: "v1",
  kind: "Namespace",
  plural: "namespaces",
  shortNames: ["ns"],
  scope: "Cluster",
  columns: [{ name: "Status", type: "string", jsonPath: ".status.phase" }, ageColumn],
  selectableFields: ["status.phase"],
  example: { metadata: { name: "shop", labels: { team: "web" } } },
  schema: objectSchema(
    { spec: optional(spec), status: optional(status) },
    { description: "A scope of names, and labels for policies to select by." },
  ),
  withDefaults: withNameLabel,
  nameProblem: dnsLabelProblem,
});

/** The label by which selectors find a namespace by name; it is always the name. */
function withNameLabel(found: NamespaceResource): NamespaceResource {
  const { name, labels } = found.metadata;
  if (!name) return found;
  const named = { ...labels, "kubernetes.io/metadata.name": name };
  return { ...found, metadata: { ...found.metadata, labels: named } };
}
