/** Tier: a group of policies that is read as a whole before the next tier. */

import {
  type Infer,
  number,
  object,
  oneOf,
  optional,
  type Validation,
  validated,
} from "../schema/schema.ts";
import { dnsLabelProblem } from "./names.ts";
import { defineKind, objectSchema, status } from "./object.ts";
import type { Resource } from "./resource.ts";

/** The order of a tier that names none; the built-in tier `default` has it too. */
export const DEFAULT_TIER_ORDER = 1_000_000;

const spec = object(
  {
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
  },
  { description: "When the tier is read, and what it ends in." },
);

export type TierSpec = Infer<typeof spec>;
interface NamedTier {
  readonly metadata: { readonly name?: string };
  readonly spec: TierSpec;
}
export type TierResource = Resource<"Tier"> & {
  readonly apiVersion: "projectcalico.org/v3";
  readonly spec: TierSpec;
  readonly status?: Infer<typeof status>;
};

/** The tiers that always exist, and what they always are. */
const BUILT_IN: readonly (readonly [name: string, Required<TierSpec>])[] = [
  ["kube-admin", { order: 1000, defaultAction: "Pass" }],
  ["default", { order: DEFAULT_TIER_ORDER, defaultAction: "Deny" }],
  ["kube-baseline", { order: 10_000_000, defaultAction: "Pass" }],
];

const builtInRules = BUILT_IN.flatMap(([name, fixed]) =>
  (["order", "defaultAction"] as const).map((field): Validation<NamedTier> => {
    const value = fixed[field];
    // CEL tells 1000, an integer, from the 1000.0 that an order is.
    const inCel = typeof value === "number" ? value.toFixed(1) : `'${value}'`;
    return {
      rule:
        `self.metadata.name != '${name}' || ` +
        `has(self.spec.${field}) && self.spec.${field} == ${inCel}`,
      message: `must be ${JSON.stringify(value)} in tier ${name}`,
      field: `spec.${field}`,
      holds: ({ metadata, spec }) => metadata.name !== name || spec[field] === value,
    };
  }),
);

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
  example: { metadata: { name: "security" }, spec: { order: 100, defaultAction: "Pass" } },
  schema: validated(
    objectSchema(
      { spec, status: optional(status) },
      { description: "A group of policies that is read as a whole before the next tier." },
    ),
    ...builtInRules,
  ),
  nameProblem: dnsLabelProblem,
});
