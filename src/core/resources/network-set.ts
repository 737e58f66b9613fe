/** NetworkSet: addresses under labels, so that rules of its namespace can select them like pods. */

import { type FieldError, fieldOf, invalid } from "../schema/field-error.ts";
import { type Infer, object, optional, set, string } from "../schema/schema.ts";
import { addressOrNetProblem } from "./net-check.ts";
import { defineKind, objectSchema } from "./object.ts";
import type { Resource } from "./resource.ts";
import { checkTexts } from "./text-check.ts";

/** The spec of NetworkSet and of GlobalNetworkSet. */
export const networkSetSpec = object(
  {
    nets: optional(
      set(string({ description: 'A network, e.g. "192.168.1.0/24", or one address.' }), {
        description: "The networks and addresses in the set.",
      }),
    ),
  },
  { description: "What the set contains." },
);

export type NetworkSetSpec = Infer<typeof networkSetSpec>;
export type NetworkSetResource = Resource<"NetworkSet"> & {
  readonly apiVersion: "projectcalico.org/v3";
  readonly spec: NetworkSetSpec;
};

export const networkSet = defineKind<NetworkSetResource>({
  group: "projectcalico.org",
  version: "v3",
  kind: "NetworkSet",
  plural: "networksets",
  shortNames: ["netset", "netsets"],
  scope: "Namespaced",
  columns: [],
  example: {
    metadata: { name: "offices", namespace: "shop", labels: { role: "office" } },
    spec: { nets: ["192.0.2.0/24"] },
  },
  schema: objectSchema(
    { spec: networkSetSpec },
    { description: "Addresses under labels, for rules of one namespace to select." },
  ),
  check: checkNetworkSet,
});

const NAMESPACE_LABEL = "projectcalico.org/namespace";

/** Checks a NetworkSet or GlobalNetworkSet; the label that tells the namespace is not the user's. */
export function checkNetworkSet(set: Resource & { readonly spec: NetworkSetSpec }): FieldError[] {
  const reserved = Object.hasOwn(set.metadata.labels ?? {}, NAMESPACE_LABEL);
  const place = fieldOf("metadata.labels", NAMESPACE_LABEL);
  return [
    ...(reserved ? [invalid(place, NAMESPACE_LABEL, "is not a valid label name here")] : []),
    ...checkTexts(set.spec.nets, "spec.nets", addressOrNetProblem),
  ];
}
