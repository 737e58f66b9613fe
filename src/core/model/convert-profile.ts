/** Profiles of the model: those that are written, and those that other objects stand for. */
import type { AnyResource } from "../resources/kinds.ts";
import type { ProfileResource } from "../resources/profile.ts";
import type { Labels } from "../selector/selector.ts";
import { convertRules } from "./convert-rule.ts";
import {
  handedOn,
  NAMESPACE_PREFIX,
  namespaceProfile,
  ownLabels,
  type ProfileLabels,
  SERVICE_ACCOUNT_PREFIX,
  serviceAccountProfile,
} from "./labels.ts";
import type { Problem } from "./model.ts";
import type { Direction, Profile, Rule } from "./policy.ts";
import { type Report, reportOn } from "./problems.ts";

/** The profile that always exists and allows everything; host endpoints of whole nodes name it. */
const BUILT_IN_PROFILE = "projectcalico-default-allow";

/** Profiles by name, those of namespaces and service accounts among them. */
export function profilesOf(all: readonly AnyResource[], problems: Problem[]): Map<string, Profile> {
  const profiles = new Map<string, Profile>();
  const add = (profile: Profile) => profiles.set(profile.name, profile);
  for (const resource of all) {
    if (resource.kind === "Profile") add(convertProfile(resource, reportOn(resource, problems)));
  }
  for (const { kind, metadata } of all) {
    const { name, namespace = "default" } = metadata;
    if (kind === "Namespace") add(allowsAll(namespaceProfile(name)));
    if (kind === "ServiceAccount") {
      add({ name: serviceAccountProfile(namespace, name), ingress: [], egress: [] });
    }
  }
  return add(allowsAll(BUILT_IN_PROFILE));
}

/** The labels that each profile hands on. */
export function profileLabelsOf(all: readonly AnyResource[]): ProfileLabels {
  const labels = new Map<string, Labels>();
  for (const resource of all) {
    const { name } = resource.metadata;
    if (resource.kind === "Profile") labels.set(name, ownLabels(resource.spec.labelsToApply));
  }
  for (const { kind, metadata } of all) {
    const { name, namespace = "default", labels: own } = metadata;
    if (kind === "Namespace") {
      labels.set(namespaceProfile(name), handedOn(own, NAMESPACE_PREFIX, name));
    }
    if (kind === "ServiceAccount") {
      const profile = serviceAccountProfile(namespace, name);
      labels.set(profile, handedOn(own, SERVICE_ACCOUNT_PREFIX, name));
    }
  }
  labels.delete(BUILT_IN_PROFILE);
  return labels;
}

/** A profile as written. A direction that cannot be enforced as written denies. */
export function convertProfile({ metadata, spec }: ProfileResource, report: Report): Profile {
  const rulesOf = (direction: Direction): readonly Rule[] => {
    const { rules, unenforceable } = convertRules(spec[direction], direction, "", report);
    return unenforceable === undefined ? rules : [unconditional("Deny", `spec.${direction}`)];
  };
  return { name: metadata.name, ingress: rulesOf("ingress"), egress: rulesOf("egress") };
}

/** The profile of a namespace, for one: it allows what no policy decides. No manifest has its rules. */
function allowsAll(name: string): Profile {
  return { name, ingress: [unconditional("Allow", "")], egress: [unconditional("Allow", "")] };
}

function unconditional(action: "Allow" | "Deny", path: string): Rule {
  return { action, path, index: 0, source: {}, destination: {} };
}
