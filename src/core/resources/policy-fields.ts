/** What NetworkPolicy and GlobalNetworkPolicy have in common. */
import type { FieldError } from "../schema/field-error.ts";
import { number, oneOf, optional, set, string } from "../schema/schema.ts";
import { dnsSubdomainProblem } from "./names.ts";
import type { PrinterColumn, Resource } from "./resource.ts";
import { rules, selectorText } from "./rule.ts";
import { checkLocalSelector } from "./selector-check.ts";
import { checkText } from "./text-check.ts";

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
  return [
    ...checkText(spec.tier, "spec.tier", dnsSubdomainProblem),
    ...checkLocalSelector(spec.selector, "spec.selector"),
    ...checkLocalSelector(spec.serviceAccountSelector, "spec.serviceAccountSelector"),
  ];
}

interface PolicySpec {
  readonly tier?: string;
  readonly types?: readonly ("Ingress" | "Egress")[];
  readonly ingress?: unknown;
  readonly egress?: unknown;
}

const TIER_LABEL = "projectcalico.org/tier";

/**
 * Fills in the tier, also where it is "", and the directions governed, by which rule lists are
 * present (`[]` is present). A label repeats the tier, so that policies can be listed by it.
 */
export function withPolicyDefaults<R extends Resource & { readonly spec: PolicySpec }>(
  policy: R,
): R {
  const { metadata, spec } = policy;
  const tier = spec.tier || "default";
  const labels = { ...metadata.labels, [TIER_LABEL]: tier };
  return {
    ...policy,
    metadata: { ...metadata, labels },
    spec: { ...spec, tier, types: spec.types ?? typesOf(spec) },
  };
}

function typesOf(spec: PolicySpec): ("Ingress" | "Egress")[] {
  if (spec.egress === undefined) return ["Ingress"];
  return spec.ingress === undefined ? ["Egress"] : ["Ingress", "Egress"];
}
