/** GlobalNetworkSet: addresses under labels, so that global rules can select them like endpoints. */

import { checkNetworkSet, type NetworkSetSpec, networkSetSpec } from "./network-set.ts";
import { defineKind, objectSchema } from "./object.ts";
import { ageColumn } from "./policy-fields.ts";
import type { Resource } from "./resource.ts";

export type GlobalNetworkSetResource = Resource<"GlobalNetworkSet"> & {
  readonly apiVersion: "projectcalico.org/v3";
  readonly spec: NetworkSetSpec;
};

export const globalNetworkSet = defineKind<GlobalNetworkSetResource>({
  group: "projectcalico.org",
  version: "v3",
  kind: "GlobalNetworkSet",
  plural: "globalnetworksets",
  shortNames: ["gns"],
  scope: "Cluster",
  columns: [ageColumn],
  example: {
    metadata: { name: "partners", labels: { role: "partner" } },
    spec: { nets: ["198.51.100.0/24", "203.0.113.7"] },
  },
  schema: objectSchema(
    { spec: networkSetSpec },
    { description: "Addresses under labels, for global rules to select." },
  ),
  check: checkNetworkSet,
});
