/** Tier: a group of policies that is read as a whole before the next tier. */

import { type FieldError, invalid } from "../schema/field-error.ts";
import { type Infer, number, object, oneOf, optional } from "../schema/schema.ts";
import { dnsLabelProblem } from "./names.ts";
import { defineKind, objectSchema, status } from "./object.ts";
import type { Resource } from "./resource.ts";

/** The order of a tier that names none; the built-in tier `default` has it too. */
export const DEFAULT_TIER_ORDER = 1_000_000;

const spec = object({
  order: optional(
    number({
      default: DEFAULT_TIER_ORDER,
      description: "Tiers are read lowest order first. 1000000 when absent.",
    }),
  ),
  defaultAction: optional(
    oneOf(["Deny", "Pass"], {
      default: "Deny",
      description: "What becomes of a packet that policies of the tier govern and none decides.",
    }),
  ),
});

export type TierSpec = Infer<typeof spec>;
export type TierResource = Resource<"Tier"> & {
  readonly apiVersion: "projectcalico.org/v3";
  readonly spec: TierSpec;
  readonly status?: Infer<typeof status>;
};

export const tier = defineKind<TierResource>({
  group: "projectcalico.org",
  version: "v3",
  kind: "Tier",
  plural: "tiers",
  scope: "Cluster",
  columns: [
    {
      name: "Order",
      type: "integer",
      jsonPath: ".spec.order",
      description: "Order in which the tier is read",
    },
    {
      name: "DefaultAction",
      type: "string",
      jsonPath: ".spec.defaultAction",
      description: "What becomes of what no policy of the tier decides",
    },
    {
      name: "Status",
      type: "string",
      jsonPath: ".status.conditions[?(@.type=='Ready')].reason",
      description: "Current status of the tier",
    },
  ],
  schema: objectSchema(
    { spec, status: optional(status) },
    { description: "A group of policies that is read as a whole before the next tier." },
  ),
  nameProblem: dnsLabelProblem,
  check: checkBuiltIn,
});

/** The tiers that always exist, and what they always are. */
const BUILT_IN: ReadonlyMap<string, Required<TierSpec>> = new Map([
  ["kube-admin", { order: 1000, defaultAction: "Pass" }],
  ["default", { order: DEFAULT_TIER_ORDER, defaultAction: "Deny" }],
  ["kube-baseline", { order: 10_000_000, defaultAction: "Pass" }],
]);

function checkBuiltIn({ metadata, spec }: TierResource): FieldError[] {
  const fixed = BUILT_IN.get(metadata.name);
  if (!fixed) return [];
  return (["order", "defaultAction"] as const).flatMap((field) => {
    if (spec[field] === fixed[field]) return [];
    const detail = `must be ${JSON.stringify(fixed[field])} in tier ${metadata.name}`;
    return [invalid(`spec.${field}`, spec[field], detail)];
  });
}
