/**
 * The text that the kernel puts before a packet logged by a rule: which rule of what, and in which
 * direction. It is how a logged packet finds its policy again.
 */
import type { Direction, PolicyKind } from "../../core/model/policy.ts";

/** NFLOG's group that everything is logged to. */
export const LOG_GROUP = 5;

/** nft takes no longer prefix. */
const MAX_LENGTH = 127;

export interface LogPrefix {
  readonly direction: Direction;
  readonly kind: PolicyKind | "Profile";
  /** "" for what has no namespace. */
  readonly namespace: string;
  /** A name too long for a prefix is cut and ends in `~` and a hash; compare by `formatLogPrefix`. */
  readonly name: string;
  /** The rule's index in its manifest, from 0. */
  readonly rule: number;
}

const SHORT: Readonly<Record<LogPrefix["kind"], string>> = {
  NetworkPolicy: "np",
  GlobalNetworkPolicy: "gnp",
  StagedNetworkPolicy: "snp",
  StagedGlobalNetworkPolicy: "sgnp",
  StagedKubernetesNetworkPolicy: "sknp",
  KubernetesNetworkPolicy: "knp",
  KubernetesClusterNetworkPolicy: "kcnp",
  AdminNetworkPolicy: "anp",
  BaselineAdminNetworkPolicy: "banp",
  Profile: "pro",
};
const KINDS = new Map(
  Object.keys(SHORT)
    .filter(isKind)
    .map((kind) => [SHORT[kind], kind]),
);

/** `picket:I|np/production/allow-web|0`, at most 127 characters. */
export function formatLogPrefix({ direction, kind, namespace, name, rule }: LogPrefix): string {
  const head = `picket:${direction === "ingress" ? "I" : "E"}|${SHORT[kind]}/${plain(namespace)}/`;
  const tail = `|${rule}`;
  return head + shorten(plain(name), MAX_LENGTH - head.length - tail.length) + tail;
}

/** What `formatLogPrefix` wrote; undefined for any other text. */
export function parseLogPrefix(text: string): LogPrefix | undefined {
  const match = /^picket:([IE])\|([a-z]+)\/([^/|]*)\/([^/|]+)\|(\d+)$/.exec(text);
  const kind = KINDS.get(match?.[2] ?? "");
  if (!match || !kind) return undefined;
  const [, letter, , namespace = "", name = "", rule] = match;
  const direction = letter === "I" ? "ingress" : "egress";
  return { direction, kind, namespace, name, rule: Number(rule) };
}

function isKind(kind: string): kind is LogPrefix["kind"] {
  return Object.hasOwn(SHORT, kind);
}

/** Without the characters that mean something to nft or to this format. */
function plain(text: string): string {
  return text.replace(/[^A-Za-z0-9._:-]/g, "_");
}

function shorten(name: string, room: number): string {
  if (name.length <= room) return name;
  const hash = fnv1a(name).toString(16).padStart(8, "0");
  return `${name.slice(0, room - hash.length - 1)}~${hash}`;
}

/** The 32-bit FNV-1a hash of ASCII text. */
function fnv1a(text: string): number {
  let hash = 0x811c_9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x0100_0193);
  }
  return hash >>> 0;
}
