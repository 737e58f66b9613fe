/**
 * Kubernetes' policies: what Picket makes of them, against what it makes of the Calico policy that
 * the reference made of them.
 */
import { convertAdminPolicy } from "../../../src/core/model/convert-admin-policy.ts";
import { convertKubernetesPolicy } from "../../../src/core/model/convert-kubernetes-policy.ts";
import { convertPolicy } from "../../../src/core/model/convert-policy.ts";
import type { Policy, PortMatch } from "../../../src/core/model/policy.ts";
import type { Report } from "../../../src/core/model/problems.ts";
import type { ClusterNetworkPolicyResource } from "../../../src/core/resources/cluster-network-policy.ts";
import type { GlobalNetworkPolicyResource } from "../../../src/core/resources/global-network-policy.ts";
import type { KubernetesNetworkPolicyResource } from "../../../src/core/resources/kubernetes-network-policy.ts";
import { qualifiedNameProblem } from "../../../src/core/resources/names.ts";
import type { NetworkPolicyResource } from "../../../src/core/resources/network-policy.ts";
import { difference, plainPolicy } from "../plain-policy.ts";

type CalicoPolicy = NetworkPolicyResource | GlobalNetworkPolicyResource;

export interface ExpectedPolicy {
  readonly key?: Readonly<Record<string, string>>;
  readonly value?: CalicoPolicy | null;
  readonly error?: { readonly kind: string; readonly dropped?: readonly unknown[] };
}

export function checkNetworkPolicy(
  policy: KubernetesNetworkPolicyResource,
  expected: ExpectedPolicy,
): string | undefined {
  return checkPolicy(policy, expected, (renamed, report) =>
    convertKubernetesPolicy(renamed, report),
  );
}

/** As the reference reads peers: `nodes` are not supported, and nothing knows domain names. */
export function checkClusterNetworkPolicy(
  policy: ClusterNetworkPolicyResource,
  expected: ExpectedPolicy,
): string | undefined {
  const context = { nodes: false, knownNodes: [] };
  return checkPolicy(policy, expected, (renamed, report) =>
    convertAdminPolicy(renamed, context, report),
  );
}

type KubernetesPolicy = KubernetesNetworkPolicyResource | ClusterNetworkPolicyResource;

function checkPolicy<P extends KubernetesPolicy>(
  policy: P,
  expected: ExpectedPolicy,
  convert: (policy: P, report: Report) => Policy | undefined,
): string | undefined {
  const names = renamedLabels(policy);
  const paths: string[] = [];
  const found = convert(renamed(policy, names), (path) => void paths.push(path));
  const { key = {}, value, error } = expected;
  if (!found || !value) return difference(found === undefined, !value, "absence");
  const { kind, namespace, name } = found;
  const made = asMade(renamed(value, names));
  if (typeof made === "string") return made;
  return (
    difference({ kind, namespace, name }, { namespace: "", ...key }, "key") ??
    difference(plainPolicy(found), plainPolicy(made)) ??
    difference(droppedRules(policy, paths), error?.dropped ?? [], "dropped")
  );
}

/** The rules that were reported, ingress first, as the reference lists them. */
function droppedRules({ spec }: KubernetesPolicy, paths: readonly string[]): unknown[] {
  return (["ingress", "egress"] as const).flatMap((direction) =>
    (spec[direction] ?? []).flatMap((rule, i) => {
      const path = `spec.${direction}[${i}]`;
      const isReported = paths.some((one) => one === path || one.startsWith(`${path}.`));
      return isReported ? [{ [direction]: rule }] : [];
    }),
  );
}

/** Marks the names that are all digits: in the reference's JSON they are text, numbers are not. */
const MARK = "name.";

/** The policy of the model that the Calico policy means, or what in it has no meaning. */
function asMade(policy: CalicoPolicy): Policy | string {
  const marked = mapped(policy, (value, field) =>
    field === "ports" && Array.isArray(value) ? value.map(mark) : value,
  );
  const faults: string[] = [];
  const made = convertPolicy(marked as CalicoPolicy, (path, message) => {
    faults.push(`the reference's own policy: ${path}: ${message}`);
  });
  if (faults.length > 0) return faults.join("; ");
  const unmarked = mapped(made, (value, field) =>
    field === "ports" || field === "notPorts" ? unmark(value as PortMatch) : value,
  );
  return { ...(unmarked as Policy), types: made.types };
}

function mark(port: unknown): unknown {
  return typeof port === "string" && /^\d+$/.test(port) ? MARK + port : port;
}

function unmark({ ranges, names }: PortMatch): PortMatch {
  return { ranges, names: names.map((name) => name.replace(MARK, "")) };
}

/**
 * Label keys that selectors cannot name, each with one that they can. The reference writes such a
 * key into a selector that nothing can read; renamed in both, the rest is compared.
 */
function renamedLabels(policy: unknown): ReadonlyMap<string, string> {
  const keys = new Set<string>();
  mapped(policy, (value, field) => {
    if (field === "matchLabels") for (const key of Object.keys(value as object)) keys.add(key);
    if (field === "key" && typeof value === "string") keys.add(value);
    return value;
  });
  const unnameable = [...keys].filter((key) => qualifiedNameProblem(key) && /[^\w./-]/.test(key));
  return new Map(unnameable.map((key, i) => [key, `unnameable-${i}`]));
}

function renamed<T>(value: T, names: ReadonlyMap<string, string>): T {
  if (names.size === 0) return value;
  let text = JSON.stringify(value);
  for (const [from, to] of names) text = text.replaceAll(from, to);
  return JSON.parse(text) as T;
}

/** The value with `change` made to every field in it, inside first. */
function mapped(value: unknown, change: (value: unknown, field: string) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => mapped(item, change));
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value).map(([field, item]) => [
    field,
    change(mapped(item, change), field),
  ]);
  return Object.fromEntries(fields);
}
