/** What GlobalNetworkPolicy has beyond NetworkPolicy, staged or not: namespaces and hosts. */
import { type FieldError, forbidden, invalid, required } from "../schema/field-error.ts";
import { boolean, optional } from "../schema/schema.ts";
import { selectorText } from "./rule.ts";
import { checkLocalSelector } from "./selector-check.ts";

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

/** Checks {@link globalPolicyFields}, and what they ask of the others. */
export function checkGlobalScope(spec: GlobalPolicySpec): FieldError[] {
  return [
    ...checkLocalSelector(spec.namespaceSelector, "spec.namespaceSelector"),
    ...checkHostFlags(spec),
  ];
}

function checkHostFlags(spec: GlobalPolicySpec): FieldError[] {
  const { preDNAT, doNotTrack, applyOnForward, types, egress } = spec;
  const errors: FieldError[] = [];
  if (preDNAT && doNotTrack) {
    errors.push(forbidden("spec.preDNAT", "preDNAT and doNotTrack cannot both be true"));
  }
  if (preDNAT && egress?.length) {
    errors.push(forbidden("spec.egress", "preDNAT policy cannot have any egress rules"));
  }
  if (preDNAT && types?.includes("Egress")) {
    errors.push(forbidden("spec.types", "preDNAT policy cannot have 'Egress' type"));
  }
  if ((preDNAT || doNotTrack) && !applyOnForward) {
    const detail = "must be true if either preDNAT or doNotTrack is true";
    errors.push(
      applyOnForward === undefined
        ? required("spec.applyOnForward", detail)
        : invalid("spec.applyOnForward", applyOnForward, detail),
    );
  }
  return errors;
}
