/** Where policies select by labels, and by port names. */
import { objectKey } from "../explanation/object-key.ts";
import { readPeer } from "../model/kubernetes-peer.ts";
import type { Direction, EntityMatch, Policy, Rule } from "../model/policy.ts";
import type { AnyResource } from "../resources/kinds.ts";
import type { RuleSpec } from "../resources/rule.ts";
import { format, type Selector } from "../selector/selector.ts";
import { governs, type Subject, writtenRules } from "./subject.ts";

/** A selector in a policy: of those whom it governs, or of a side of a rule. */
export interface SelectorMention {
  readonly policy: Policy;
  /** The field that says it, as near as is known. */
  readonly path: string;
  readonly of: "policy" | "rule";
  readonly selector: Selector;
}

/** A name of ports in a rule. */
export interface PortNameMention {
  readonly policy: Policy;
  readonly path: string;
  readonly name: string;
  readonly rule: Rule;
  readonly side: EntityMatch;
  /** Whether the side is the endpoints that the policy governs. */
  readonly isOwn: boolean;
}

/** Every selector of a policy that is in effect. */
export function selectorMentions(subject: Subject, policy: Policy): SelectorMention[] {
  const manifest = subject.manifests.get(objectKey(policy));
  const own = { policy, of: "policy", selector: policy.selector } as const;
  return [
    { ...own, path: subjectPath(policy) },
    ...readRules(policy).flatMap(({ direction, path, parts }) =>
      parts.flatMap((rule) => ruleMentions(policy, manifest, direction, path, rule)),
    ),
  ].filter(isFirst);
}

/** Every port name in a rule that is in effect. */
export function portNameMentions(policy: Policy): PortNameMention[] {
  return readRules(policy).flatMap(({ direction, path, parts }) =>
    parts.flatMap((rule) =>
      SIDES.flatMap((name) => {
        const side = rule[name];
        const isOwn = name === OWN_SIDE[direction];
        return PORT_FIELDS.flatMap((field) =>
          (side[field]?.names ?? []).map((port) => {
            const at = isOrdered(policy) ? `${path}.${name}.${field}` : `${path}.ports`;
            return { policy, path: at, name: port, rule, side, isOwn };
          }),
        );
      }),
    ),
  );
}

const SIDES = ["source", "destination"] as const;
const PORT_FIELDS = ["ports", "notPorts"] as const;
const OWN_SIDE = { ingress: "destination", egress: "source" } as const;

function readRules(policy: Policy) {
  return writtenRules(policy).filter(({ direction }) => governs(policy, direction));
}

function subjectPath({ kind }: Policy): string {
  if (kind === "KubernetesNetworkPolicy" || kind === "StagedKubernetesNetworkPolicy") {
    return "spec.podSelector";
  }
  return kind.includes("Admin") || kind === "KubernetesClusterNetworkPolicy"
    ? "spec.subject"
    : "spec.selector";
}

/** Whether a policy's rules have a source and a destination, as those of projectcalico.org have. */
function isOrdered({ kind }: Policy): boolean {
  return !kind.includes("Kubernetes") && !kind.includes("Admin");
}

function ruleMentions(
  policy: Policy,
  manifest: AnyResource | undefined,
  direction: Direction,
  path: string,
  rule: Rule,
): SelectorMention[] {
  return SIDES.flatMap((name) => {
    const { selector } = rule[name];
    if (!selector) return [];
    const at = isOrdered(policy)
      ? sidePath(manifest, direction, rule.index, `${path}.${name}`, name)
      : peerPath(policy, manifest, direction, rule.index, path, selector);
    return [{ policy, path: at, of: "rule", selector }];
  });
}

const SELECTOR_FIELDS = ["selector", "namespaceSelector", "serviceAccounts"] as const;

/** The first field of a side that selects. */
function sidePath(
  manifest: AnyResource | undefined,
  direction: Direction,
  index: number,
  path: string,
  name: (typeof SIDES)[number],
): string {
  const side = rulesOf(manifest, direction)[index]?.[name];
  const field = side && SELECTOR_FIELDS.find((one) => side[one]);
  return field ? `${path}.${field}` : path;
}

function rulesOf(manifest: AnyResource | undefined, direction: Direction): readonly RuleSpec[] {
  if (manifest?.apiVersion !== "projectcalico.org/v3") return [];
  switch (manifest.kind) {
    case "NetworkPolicy":
    case "GlobalNetworkPolicy":
    case "StagedNetworkPolicy":
    case "StagedGlobalNetworkPolicy":
      return manifest.spec[direction] ?? [];
    default:
      return [];
  }
}

/** The peer of a Kubernetes policy's rule that a selector was read from. */
function peerPath(
  { namespace }: Policy,
  manifest: AnyResource | undefined,
  direction: Direction,
  index: number,
  path: string,
  selector: Selector,
): string {
  const isKubernetes =
    manifest?.kind === "StagedKubernetesNetworkPolicy" ||
    (manifest?.kind === "NetworkPolicy" && manifest.apiVersion === "networking.k8s.io/v1");
  if (!isKubernetes) return path;
  const list = direction === "ingress" ? "from" : "to";
  const peers =
    direction === "ingress"
      ? manifest.spec.ingress?.[index]?.from
      : manifest.spec.egress?.[index]?.to;
  const wanted = format(selector);
  const i = (peers ?? []).findIndex((peer) =>
    readPeer(peer, namespace, path, () => {}).some(
      (read) => read.selector && format(read.selector) === wanted,
    ),
  );
  return i < 0 ? path : `${path}.${list}[${i}]`;
}

/** One rule of a manifest may be several of the model, which repeat each other's selectors. */
function isFirst(one: SelectorMention, i: number, all: readonly SelectorMention[]): boolean {
  return all.findIndex((other) => sameMention(one, other)) === i;
}

function sameMention(a: SelectorMention, b: SelectorMention): boolean {
  return (
    a.path === b.path && (a.selector === b.selector || format(a.selector) === format(b.selector))
  );
}
