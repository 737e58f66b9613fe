/** Ports and peers of Kubernetes' own NetworkPolicy. */
import { covers, parsePrefix } from "../net/address.ts";
import { type FieldError, forbidden, invalid, required } from "../schema/field-error.ts";
import {
  type Infer,
  integer,
  integerOrString,
  list,
  object,
  oneOf,
  optional,
  string,
} from "../schema/schema.ts";
import { labelSelector } from "./label-selector.ts";
import { checkLabelSelector } from "./label-selector-check.ts";
import { portNameProblem } from "./names.ts";
import { checkPortNumber } from "./port.ts";

/** The ports of a rule. */
export const ports = optional(
  list(
    object({
      protocol: optional(
        oneOf(["TCP", "UDP", "SCTP"], { default: "TCP", description: "TCP when absent." }),
      ),
      port: optional(integerOrString({ description: "A port, or its name; any when absent." })),
      endPort: optional(integer({ description: "The last port of a range that `port` begins." })),
    }),
    { description: "Ports of which the destination's must be one; any port when absent." },
  ),
);

/** Whom a rule lets in or out to. */
export const peer = object({
  podSelector: optional(labelSelector),
  namespaceSelector: optional(labelSelector),
  ipBlock: optional(
    object(
      {
        cidr: string({ description: 'A network, e.g. "192.168.1.0/24".' }),
        except: optional(list(string(), { description: "Parts of `cidr` that are left out." })),
      },
      { description: "Addresses; not together with a selector." },
    ),
  ),
});

export type KubernetesNetworkPolicyPeer = Infer<typeof peer>;
export type KubernetesNetworkPolicyPort = NonNullable<Infer<typeof ports>>[number];

export function checkPorts(
  ports: readonly KubernetesNetworkPolicyPort[] | undefined,
  field: string,
): FieldError[] {
  return (ports ?? []).flatMap((port, i) => checkPort(port, `${field}[${i}]`));
}

function checkPort({ port, endPort }: KubernetesNetworkPolicyPort, field: string): FieldError[] {
  const errors: FieldError[] = [];
  if (typeof port === "string") {
    const problem = portNameProblem(port);
    if (problem) errors.push(invalid(`${field}.port`, port, problem));
  } else if (port !== undefined) {
    errors.push(...checkPortNumber(port, `${field}.port`));
  }
  if (endPort === undefined) return errors;
  if (typeof port !== "number") {
    const detail = `may not be specified when \`port\` is ${port === undefined ? "not specified" : "non-numeric"}`;
    return [...errors, invalid(`${field}.endPort`, endPort, detail)];
  }
  if (endPort < port) {
    errors.push(invalid(`${field}.endPort`, endPort, "must be greater than or equal to `port`"));
  }
  return [...errors, ...checkPortNumber(endPort, `${field}.endPort`)];
}

export function checkPeers(
  peers: readonly KubernetesNetworkPolicyPeer[] | undefined,
  field: string,
): FieldError[] {
  return (peers ?? []).flatMap((peer, i) => checkPeer(peer, `${field}[${i}]`));
}

function checkPeer(peer: KubernetesNetworkPolicyPeer, field: string): FieldError[] {
  const { podSelector, namespaceSelector, ipBlock } = peer;
  if (!podSelector && !namespaceSelector && !ipBlock) {
    return [required(field, "must specify a peer")];
  }
  const errors = [
    ...checkLabelSelector(podSelector, `${field}.podSelector`),
    ...checkLabelSelector(namespaceSelector, `${field}.namespaceSelector`),
  ];
  if (!ipBlock) return errors;
  if (podSelector || namespaceSelector) {
    errors.push(forbidden(field, "may not specify both ipBlock and another peer"));
  }
  const net = parsePrefix(ipBlock.cidr);
  if (!net) {
    const detail = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";
    return [...errors, invalid(`${field}.ipBlock.cidr`, ipBlock.cidr, detail)];
  }
  for (const [i, except] of (ipBlock.except ?? []).entries()) {
    const inner = parsePrefix(except);
    const detail = !inner
      ? "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"
      : !covers(net, inner) || inner.length === net.length
        ? "must be a strict subset of `cidr`"
        : undefined;
    if (detail) errors.push(invalid(`${field}.ipBlock.except[${i}]`, except, detail));
  }
  return errors;
}
