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
  schema: objectSchema(
    { spec: networkSetSpec },
    { description: "Addresses under labels, for global rules to select." },
  ),
  check: checkNetworkSet,
});
