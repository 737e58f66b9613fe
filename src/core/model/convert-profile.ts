/** Profiles of the model: those that are written, and those that other objects stand for. */
import type { AnyResource } from "../resources/kinds.ts";
import type { NamespaceResource } from "../resources/namespace.ts";
import type { ProfileResource } from "../resources/profile.ts";
import { resourceKey } from "../resources/resource-key.ts";
import type { ServiceAccountResource } from "../resources/service-account.ts";
import type { Labels } from "../selector/selector.ts";
import { compareBytes } from "../text/byte-order.ts";
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

/** A profile, and the labels that it hands on. */
export interface LabelledProfile {
  readonly profile: Profile;
  readonly labels: Labels;
  /** Whether a Profile says it itself. One that a namespace or service account stands for goes before. */
  readonly written: boolean;
}

/** With the key of the object that says so. */
export interface KeyedProfile extends LabelledProfile {
  readonly key: string;
}

/** The kinds that stand for profiles. */
export type ProfileSource = ProfileResource | NamespaceResource | ServiceAccountResource;

/** Profiles by name, those of namespaces and service accounts among them, and what they hand on. */
export function profilesOf(
  all: readonly AnyResource[],
  problems: Problem[],
): { readonly profiles: ReadonlyMap<string, Profile>; readonly labels: ProfileLabels } {
  const found = new Map<string, KeyedProfile>();
  for (const resource of all) {
    if (!isProfileSource(resource)) continue;
    const converted = convertProfile(resource, reportOn(resource, problems));
    const source = { key: resourceKey(resource), ...converted };
    const other = found.get(source.profile.name);
    if (!other || compareSources(source, other) <= 0) found.set(source.profile.name, source);
  }
  const profiles = new Map<string, Profile>();
  const labels = new Map<string, Labels>();
  for (const [name, source] of found) {
    profiles.set(name, source.profile);
    labels.set(name, source.labels);
  }
  labels.delete(BUILT_IN_PROFILE.name);
  return { profiles: profiles.set(BUILT_IN_PROFILE.name, BUILT_IN_PROFILE), labels };
}

function isProfileSource(resource: AnyResource): resource is ProfileSource {
  const { kind } = resource;
  return kind === "Profile" || kind === "Namespace" || kind === "ServiceAccount";
}

/** Orders objects that stand for one profile: the first is what counts. */
export function compareSources(a: KeyedProfile, b: KeyedProfile): number {
  return Number(a.written) - Number(b.written) || compareBytes(a.key, b.key);
}

/** The profile that the object stands for. A direction that cannot be enforced as written denies. */
export function convertProfile(resource: ProfileSource, report: Report): LabelledProfile {
  const { kind, metadata } = resource;
  const { name, namespace = "default", labels } = metadata;
  switch (kind) {
    case "Profile":
      return {
        profile: writtenProfile(resource, report),
        labels: ownLabels(resource.spec.labelsToApply),
        written: true,
      };
    case "Namespace":
      return {
        profile: { name: namespaceProfile(name), ingress: ALLOW_ALL, egress: ALLOW_ALL },
        labels: handedOn(labels, NAMESPACE_PREFIX, name),
        written: false,
      };
    case "ServiceAccount":
      return {
        profile: { name: serviceAccountProfile(namespace, name), ingress: [], egress: [] },
        labels: handedOn(labels, SERVICE_ACCOUNT_PREFIX, name),
        written: false,
      };
  }
}

function writtenProfile({ metadata, spec }: ProfileResource, report: Report): Profile {
  const rulesOf = (direction: Direction): readonly Rule[] => {
    const { rules, unenforceable } = convertRules(spec[direction], direction, "", report);
    return unenforceable === undefined ? rules : [unconditional("Deny", `spec.${direction}`)];
  };
  return { name: metadata.name, ingress: rulesOf("ingress"), egress: rulesOf("egress") };
}

function unconditional(action: "Allow" | "Deny", path: string): Rule {
  return { action, path, index: 0, source: {}, destination: {} };
}

/** The rules of a namespace's profile: it allows what no policy decides. No manifest has them. */
const ALLOW_ALL: readonly Rule[] = [unconditional("Allow", "")];

/**
 * The profile that always exists and allows everything; host endpoints of whole nodes name it. It
 * hands on no labels, whatever is written under its name.
 */
export const BUILT_IN_PROFILE: Profile = {
  name: "projectcalico-default-allow",
  ingress: ALLOW_ALL,
  egress: ALLOW_ALL,
};
