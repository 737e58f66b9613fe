/** What NetworkPolicy and GlobalNetworkPolicy have in common. */
import { number, oneOf, optional, set, string } from "../schema/schema.ts";
import type { PrinterColumn } from "./resource.ts";
import { rules, selectorText } from "./rule.ts";

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

interface Directions {
  readonly types?: readonly ("Ingress" | "Egress")[];
  readonly ingress?: unknown;
  readonly egress?: unknown;
}

/** Fills in the directions governed, by which rule lists are present: `[]` is present. */
export function withTypes<S extends Directions>(spec: S): S {
  if (spec.types !== undefined) return spec;
  const egress = spec.egress !== undefined;
  const ingress = spec.ingress !== undefined || !egress;
  return { ...spec, types: [...(ingress ? ["Ingress"] : []), ...(egress ? ["Egress"] : [])] };
}
