import type { Resource } from "../../core/resources/resource.ts";

const TIERS = [
  { name: "kube-admin", order: 1000, defaultAction: "Pass" },
  { name: "default", order: 1_000_000, defaultAction: "Deny" },
  { name: "kube-baseline", order: 10_000_000, defaultAction: "Pass" },
];

/** The objects that exist from the start and stay. */
export const BUILT_IN_OBJECTS: readonly Resource[] = [
  { apiVersion: "v1", kind: "Namespace", metadata: { name: "default" } },
  ...TIERS.map(({ name, ...spec }) => ({
    apiVersion: "projectcalico.org/v3",
    kind: "Tier",
    metadata: { name },
    spec,
  })),
  {
    apiVersion: "projectcalico.org/v3",
    kind: "Profile",
    metadata: { name: "projectcalico-default-allow" },
    spec: { ingress: [{ action: "Allow" }], egress: [{ action: "Allow" }] },
  } as Resource,
];
