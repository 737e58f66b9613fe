/** What the policies of projectcalico.org have in common, staged or not. */
import type { FieldError } from "../schema/field-error.ts";
import { number, oneOf, optional, set, string } from "../schema/schema.ts";
import { Walk } from "../schema/walk.ts";
import { dnsSubdomainProblem } from "./names.ts";
import type { PrinterColumn, Resource } from "./resource.ts";
import { rules } from "./rule.ts";
import { selectorProblem } from "./selector-check.ts";
import { selectorText, withoutGlobal } from "./selector-text.ts";
import { walkText } from "./text-check.ts";

/** Fields of the spec of every projectcalico.org policy. */
export const policyFields = {
  tier: optional(string({ default: "default", description: "The tier it belongs to." })),
  order: optional(
    number({
      description: "Policies of a tier are read lowest order first, those without one last.",
    }),
  ),
  selector: optional(selectorText("Selects the endpoints it applies to; all when absent.")),
  serviceAccountSelector: optional(
    selectorText("Only endpoints whose service account has labels that this selects."),
  ),
  types: optional(
    set(oneOf(["Ingress", "Egress"]), {
      minItems: 1,
      maxItems: 2,
      description:
        "The directions it governs. When absent: Egress if there are egress rules, and Ingress " +
        "if there are ingress rules or no egress rules.",
    }),
  ),
  ingress: rules("Rules for packets to the endpoint; the first that decides wins."),
  egress: rules("Rules for packets from the endpoint; the first that decides wins."),
  performanceHints: optional(
    set(oneOf(["AssumeNeededOnEveryNode"]), { description: "Never changes a verdict." }),
  ),
} as const;

/** What the spec of every projectcalico.org policy must be beyond its fields. */
export const policyRules = [withoutGlobal("selector"), withoutGlobal("serviceAccountSelector")];

export const policyColumns: readonly PrinterColumn[] = [
  { name: "Tier", type: "string", jsonPath: ".spec.tier" },
  { name: "Order", type: "number", jsonPath: ".spec.order" },
];

export const ageColumn: PrinterColumn = {
  name: "Age",
  type: "date",
  jsonPath: ".metadata.creationTimestamp",
};

interface Scope {
  readonly tier?: string;
  readonly selector?: string;
  readonly serviceAccountSelector?: string;
}

/** Checks the tier that a policy names and whom it selects. */
export function checkScope(spec: Scope): FieldError[] {
  const walk = new Walk("spec");
  walkText("tier", spec.tier, dnsSubdomainProblem, walk);
  walkText("selector", spec.selector, selectorProblem, walk);
  walkText("serviceAccountSelector", spec.serviceAccountSelector, selectorProblem, walk);
  return walk.errors;
}

export interface PolicySpec {
  readonly tier?: string;
  readonly types?: readonly ("Ingress" | "Egress")[];
  readonly ingress?: unknown;
  readonly egress?: unknown;
}

const TIER_LABEL = "projectcalico.org/tier";

/** As {@link withTier}, with the directions governed, by which rule lists are present (`[]` is). */
export function withPolicyDefaults<R extends Resource & { readonly spec: PolicySpec }>(
  policy: R,
): R {
  const filled = withTier(policy);
  return { ...filled, spec: { ...filled.spec, types: policy.spec.types ?? typesOf(policy.spec) } };
}

/**
 * Fills in the tier, also where it is "". A label repeats the tier, so that policies can be listed
 * by it.
 */
export function withTier<R extends Resource & { readonly spec: PolicySpec }>(policy: R): R {
  const { metadata, spec } = policy;
  const tier = spec.tier || "default";
  const labels = { ...metadata.labels, [TIER_LABEL]: tier };
  return { ...policy, metadata: { ...metadata, labels }, spec: { ...spec, tier } };
}

function typesOf(spec: PolicySpec): ("Ingress" | "Egress")[] {
  if (spec.egress === undefined) return ["Ingress"];
  return spec.ingress === undefined ? ["Egress"] : ["Ingress", "Egress"];
}
