/** What GlobalNetworkPolicy has beyond NetworkPolicy, staged or not: namespaces and hosts. */
import { type FieldError, forbidden } from "../schema/field-error.ts";
import { boolean, optional, type Validation } from "../schema/schema.ts";
import { checkSelector } from "./selector-check.ts";
import { selectorText, withoutGlobal } from "./selector-text.ts";

export const globalPolicyFields = {
  namespaceSelector: optional(
    selectorText("Only pods of the namespaces that this selects by their labels."),
  ),
  doNotTrack: optional(
    boolean({
      description: "Decides host traffic before connection tracking; needs applyOnForward.",
    }),
  ),
  preDNAT: optional(
    boolean({
      description: "Decides host traffic before destination NAT; needs applyOnForward.",
    }),
  ),
  applyOnForward: optional(boolean({ description: "Also governs what a host endpoint forwards." })),
} as const;

interface GlobalPolicySpec {
  readonly namespaceSelector?: string;
  readonly doNotTrack?: boolean;
  readonly preDNAT?: boolean;
  readonly applyOnForward?: boolean;
  readonly types?: readonly string[];
  readonly egress?: readonly unknown[];
}

/** What the spec of every policy for hosts and any namespace must be beyond its fields. */
export const globalPolicyRules: readonly Validation<GlobalPolicySpec>[] = [
  withoutGlobal("namespaceSelector"),
  {
    rule: "!(has(self.preDNAT) && self.preDNAT && has(self.doNotTrack) && self.doNotTrack)",
    message: "preDNAT and doNotTrack cannot both be true",
    field: "preDNAT",
    reason: "FieldValueForbidden",
    holds: ({ preDNAT, doNotTrack }) => !(preDNAT && doNotTrack),
  },
  {
    rule: "!(has(self.preDNAT) && self.preDNAT && has(self.egress) && size(self.egress) > 0)",
    message: "preDNAT policy cannot have any egress rules",
    field: "egress",
    reason: "FieldValueForbidden",
    holds: ({ preDNAT, egress }) => !(preDNAT && egress?.length),
  },
  {
    rule: "!(has(self.preDNAT) && self.preDNAT && has(self.types) && 'Egress' in self.types)",
    message: "preDNAT policy cannot have 'Egress' type",
    field: "types",
    reason: "FieldValueForbidden",
    holds: ({ preDNAT, types }) => !(preDNAT && types?.includes("Egress")),
  },
  ...(["preDNAT", "doNotTrack"] as const).map((flag) => ({
    rule:
      `!(has(self.${flag}) && self.${flag}) || ` +
      "has(self.applyOnForward) && self.applyOnForward",
    message: `must be true if ${flag} is true`,
    field: "applyOnForward",
    holds: (spec: GlobalPolicySpec) => !spec[flag] || spec.applyOnForward === true,
  })),
];

/** Checks {@link globalPolicyFields}; an empty `egress` makes Egress a type that nobody wrote. */
export function checkGlobalScope({
  namespaceSelector,
  preDNAT,
  types,
  egress,
}: GlobalPolicySpec): FieldError[] {
  const errors = checkSelector(namespaceSelector, "spec.namespaceSelector");
  if (preDNAT && egress?.length === 0 && types?.includes("Egress")) {
    errors.push(forbidden("spec.egress", "preDNAT policy cannot have 'Egress' type"));
  }
  return errors;
}
