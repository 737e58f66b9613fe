/** Labels that selectors see: what an object has, what it is, and what its profiles give it (resources.md §6). */
import type { Labels } from "../selector/selector.ts";
import type { Endpoint, NetworkSet } from "./endpoint.ts";

/** Labels that endpoints have by what they are, whatever their author wrote. */
export const NAMESPACE_LABEL = "projectcalico.org/namespace";
export const SERVICE_ACCOUNT_LABEL = "projectcalico.org/serviceaccount";
export const ORCHESTRATOR_LABEL = "projectcalico.org/orchestrator";
/** Under these a profile hands on the labels of a namespace, and of a service account. */
export const NAMESPACE_PREFIX = "pcns.";
export const SERVICE_ACCOUNT_PREFIX = "pcsa.";
/** As a namespace's or service account's label, its name. */
const NAME_LABEL = "projectcalico.org/name";

/** Labels to apply, by profile. */
export type ProfileLabels = ReadonlyMap<string, Labels>;

type WrittenLabels = Readonly<Record<string, string>> | undefined;

/** Labels as written in metadata. */
export function ownLabels(written: WrittenLabels = {}): Map<string, string> {
  const labels = new Map<string, string>();
  for (const label of Object.keys(written)) labels.set(label, written[label] ?? "");
  return labels;
}

/** The labels of a namespace or service account as its profile hands them on. */
export function handedOn(written: WrittenLabels, prefix: string, name: string): Labels {
  const named = ownLabels(written).set(NAME_LABEL, name);
  return new Map(Array.from(named, ([label, value]) => [prefix + label, value]));
}

/**
 * Labels as a workload's author may set them: none that would speak for its namespace or its
 * service account.
 */
export function workloadLabels(written: WrittenLabels): Map<string, string> {
  const labels = ownLabels(written);
  for (const label of labels.keys()) {
    if (label.startsWith(NAMESPACE_PREFIX) || label.startsWith(SERVICE_ACCOUNT_PREFIX)) {
      labels.delete(label);
    }
  }
  labels.delete(SERVICE_ACCOUNT_LABEL);
  return labels;
}

export function isSameLabels(a: Labels, b: Labels): boolean {
  if (a.size !== b.size) return false;
  for (const [label, value] of a) if (b.get(label) !== value) return false;
  return true;
}

/** The endpoint with what its profiles hand on. */
export function inheriting<E extends Endpoint>(endpoint: E, inherited: ProfileLabels): E {
  const labels = withInherited(endpoint.labels, endpoint.profiles, inherited);
  return { ...endpoint, labels };
}

/** The network set with what its namespace hands on. */
export function inNamespace(set: NetworkSet, inherited: ProfileLabels): NetworkSet {
  return { ...set, labels: withInherited(set.labels, profilesOfSet(set), inherited) };
}

/** The profiles whose labels a network set inherits: that of its namespace, if it is in one. */
export function profilesOfSet({ namespace }: Pick<NetworkSet, "namespace">): readonly string[] {
  return namespace === "" ? [] : [namespaceProfile(namespace)];
}

/** `own`, and what the profiles add; the first that has a label wins. */
export function withInherited(
  own: Labels,
  profiles: readonly string[],
  inherited: ProfileLabels,
): Labels {
  const labels = new Map(own);
  for (const profile of profiles) {
    const handed = inherited.get(profile);
    if (!handed) continue;
    for (const [label, value] of handed) {
      if (!labels.has(label)) labels.set(label, value);
    }
  }
  return labels;
}

/** The labels of namespaces by name, and of service accounts by `namespace/name`, as they are. */
export function identitiesOf(profiles: ProfileLabels): {
  readonly namespaces: ReadonlyMap<string, Labels>;
  readonly serviceAccounts: ReadonlyMap<string, Labels>;
} {
  const namespaces = new Map<string, Labels>();
  const serviceAccounts = new Map<string, Labels>();
  for (const [profile, labels] of profiles) {
    const ofNamespace = namespaceOf(profile);
    if (ofNamespace !== undefined) namespaces.set(ofNamespace, taken(labels, NAMESPACE_PREFIX));
    const [prefix, namespace = "", ...name] = profile.split(".");
    if (prefix === "ksa" && name.length > 0) {
      serviceAccounts.set(`${namespace}/${name.join(".")}`, taken(labels, SERVICE_ACCOUNT_PREFIX));
    }
  }
  return { namespaces, serviceAccounts };
}

/** What a profile hands on under `prefix`, as its owner has it. */
function taken(labels: Labels, prefix: string): Labels {
  const own = [...labels].filter(([label]) => label.startsWith(prefix));
  return new Map(own.map(([label, value]) => [label.slice(prefix.length), value]));
}

/** The profile that a namespace stands for. */
export function namespaceProfile(namespace: string): string {
  return `kns.${namespace}`;
}

/** The namespace whose profile that is; undefined for any other profile. */
export function namespaceOf(profile: string): string | undefined {
  return profile.startsWith(namespaceProfile("")) ? profile.slice(4) : undefined;
}

/** The profile that a service account stands for. */
export function serviceAccountProfile(namespace: string, name: string): string {
  return `ksa.${namespace}.${name}`;
}
