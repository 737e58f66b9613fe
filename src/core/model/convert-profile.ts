/** Profiles of the model: those that are written, and those that allow everything. */
import type { ProfileResource } from "../resources/profile.ts";
import { convertRules } from "./convert-rule.ts";
import type { Direction, Profile, Rule } from "./policy.ts";
import type { Report } from "./problems.ts";

/** The profile that always exists and allows everything; host endpoints of whole nodes name it. */
export const BUILT_IN_PROFILE = "projectcalico-default-allow";

/** A profile as written. A direction that cannot be enforced as written denies. */
export function convertProfile({ metadata, spec }: ProfileResource, report: Report): Profile {
  const rulesOf = (direction: Direction): readonly Rule[] => {
    const { rules, unenforceable } = convertRules(spec[direction], direction, "", report);
    return unenforceable === undefined ? rules : [unconditional("Deny", `spec.${direction}`)];
  };
  return { name: metadata.name, ingress: rulesOf("ingress"), egress: rulesOf("egress") };
}

/** The profile of a namespace, for one: it allows what no policy decides. No manifest has its rules. */
export function allowsAll(name: string): Profile {
  return { name, ingress: [unconditional("Allow", "")], egress: [unconditional("Allow", "")] };
}

function unconditional(action: "Allow" | "Deny", path: string): Rule {
  return { action, path, index: 0, source: {}, destination: {} };
}
