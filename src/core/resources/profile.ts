/** Profile: rules and labels for the endpoints that name it, read after all policies. */

import { forbidden } from "../schema/field-error.ts";
import { type Infer, map, object, optional, string } from "../schema/schema.ts";
import { checkLabels } from "./metadata-check.ts";
import { defineKind, objectSchema } from "./object.ts";
import { ageColumn } from "./policy-fields.ts";
import type { Resource } from "./resource.ts";
import { rules } from "./rule.ts";
import { checkRules } from "./rule-check.ts";

/** The built-in profile, which nobody may make anything else than it is. */
const BUILT_IN = "projectcalico-default-allow";

const spec = object(
  {
    ingress: rules("Rules for packets to the endpoint."),
    egress: rules("Rules for packets from the endpoint."),
    labelsToApply: optional(
      map(string(), { description: "Labels that endpoints with the profile inherit." }),
    ),
  },
  { description: "What endpoints with the profile inherit." },
);

export type ProfileSpec = Infer<typeof spec>;
export type ProfileResource = Resource<"Profile"> & {
  readonly apiVersion: "projectcalico.org/v3";
  readonly spec: ProfileSpec;
};

export const profile = defineKind<ProfileResource>({
  group: "projectcalico.org",
  version: "v3",
  kind: "Profile",
  plural: "profiles",
  scope: "Cluster",
  columns: [ageColumn],
  example: {
    metadata: { name: "plain-host" },
    spec: { ingress: [{ action: "Deny" }], egress: [{ action: "Allow" }] },
  },
  schema: objectSchema(
    { spec },
    { description: "Rules and labels for the endpoints that name it." },
  ),
  check: ({ metadata, spec }) => [
    ...(metadata.name === BUILT_IN && !allowsAll(spec)
      ? [forbidden("metadata.name", "is built in")]
      : []),
    ...checkLabels(spec.labelsToApply ?? {}, "spec.labelsToApply"),
    ...checkRules(spec, "Profile"),
  ],
});

/** Whether the spec is that of the built-in profile: one rule a direction, and it only allows. */
function allowsAll({ ingress, egress, labelsToApply }: ProfileSpec): boolean {
  if (labelsToApply !== undefined) return false;
  return [ingress, egress].every((list) => {
    const fields = list?.length === 1 ? Object.entries(list[0] ?? {}) : [];
    return fields.length === 1 && fields[0]?.[0] === "action" && fields[0][1] === "Allow";
  });
}
