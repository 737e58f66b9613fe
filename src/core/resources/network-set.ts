/** NetworkSet: addresses under labels, so that rules of its namespace can select them like pods. */
import { type Infer, object, optional, set, string } from "../schema/schema.ts";
import { defineKind, objectSchema } from "./object.ts";
import type { Resource } from "./resource.ts";

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
  schema: objectSchema(
    { spec: networkSetSpec },
    { description: "Addresses under labels, for rules of one namespace to select." },
  ),
});
