/** Labels that selectors see: what an object has, what it is, and what its profiles give it (resources.md §6). */
import type { Labels } from "../selector/selector.ts";

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
export function ownLabels(written: WrittenLabels): Map<string, string> {
  return new Map(Object.entries(written ?? {}));
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

/** `own`, and what the profiles add; the first that has a label wins. */
export function withInherited(
  own: Labels,
  profiles: readonly string[],
  inherited: ProfileLabels,
): Labels {
  const labels = new Map(own);
  for (const profile of profiles) {
    for (const [label, value] of inherited.get(profile) ?? []) {
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
    const [prefix, namespace = "", ...name] = profile.split(".");
    if (prefix === "kns") namespaces.set(profile.slice(4), taken(labels, NAMESPACE_PREFIX));
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

/** The profile that a service account stands for. */
export function serviceAccountProfile(namespace: string, name: string): string {
  return `ksa.${namespace}.${name}`;
}
