/** What the staged policies of projectcalico.org have in common: they are judged, never enforced. */
import { type FieldError, invalid } from "../schema/field-error.ts";
import { oneOf, optional } from "../schema/schema.ts";
import { type PolicySpec, withPolicyDefaults, withTier } from "./policy-fields.ts";
import type { Resource } from "./resource.ts";

export const stagedAction = optional(
  oneOf(["Set", "Delete", "Learn", "Ignore"], {
    default: "Set",
    description:
      "Set previews the policy; Learn and Ignore are read as Set. Delete announces that the " +
      "enforced policy of the name goes: nothing is previewed, and no other field may be set.",
  }),
);

interface StagedSpec extends PolicySpec {
  readonly stagedAction?: "Set" | "Delete" | "Learn" | "Ignore";
}

/** As a policy that is enforced, but one that deletes governs no direction. */
export function withStagedDefaults<R extends Resource & { readonly spec: StagedSpec }>(
  policy: R,
): R {
  return policy.spec.stagedAction === "Delete" ? withTier(policy) : withPolicyDefaults(policy);
}

const NOT_PREVIEWED: ReadonlySet<string> = new Set(["stagedAction", "tier"]);

/** A policy that deletes says nothing else; an empty list is something said (validation.md P8, P9). */
export function checkDelete(spec: { readonly stagedAction?: string }): FieldError[] {
  if (spec.stagedAction !== "Delete") return [];
  return Object.entries(spec).flatMap(([name, value]: [string, unknown]) =>
    NOT_PREVIEWED.has(name) || isZero(value)
      ? []
      : [invalid(`spec.${name}`, value, "must be empty when stagedAction is Delete")],
  );
}

function isZero(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return !value && value !== 0;
  return !Array.isArray(value) && Object.keys(value).length === 0;
}
