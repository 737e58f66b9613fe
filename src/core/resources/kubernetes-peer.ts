/** Ports and peers of Kubernetes' own NetworkPolicy. */
import { covers, parsePrefix } from "../net/address.ts";
import { forbidden, invalid, required } from "../schema/field-error.ts";
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
import type { Walk } from "../schema/walk.ts";
import { labelSelector } from "./label-selector.ts";
import { walkLabelSelector } from "./label-selector-check.ts";
import { portNameProblem } from "./names.ts";
import { portNumberProblem } from "./port.ts";
import { walkItems } from "./text-check.ts";

/** The ports of a rule. */
export const ports = optional(
  list(
    object({
      protocol: optional(
        oneOf(["TCP", "UDP", "SCTP"], { default: "TCP", description: "TCP when absent." }),
      ),
      port: optional(integerOrString({ description: "A port, or its name; any when absent." })),
      endPort: optional(
        integer({ format: "int32", description: "The last port of a range that `port` begins." }),
      ),
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

/** Checks the ports of the rule that the walk stands at. */
export function checkPorts(
  ports: readonly KubernetesNetworkPolicyPort[] | undefined,
  walk: Walk,
): void {
  walk.each("ports", ports, (port) => checkPort(port, walk));
}

/** Checks the peers of the rule that the walk stands at. */
export function checkPeers(
  side: "from" | "to",
  peers: readonly KubernetesNetworkPolicyPeer[] | undefined,
  walk: Walk,
): void {
  walk.each(side, peers, (peer) => checkPeer(peer, walk));
}

function checkPort({ port, endPort }: KubernetesNetworkPolicyPort, walk: Walk): void {
  const problem = port === undefined ? undefined : portProblem(port);
  if (problem) walk.refuse("port", (field) => invalid(field, port, problem));
  const ofEnd = endPort === undefined ? undefined : endPortProblem(endPort, port);
  if (ofEnd) walk.refuse("endPort", (field) => invalid(field, endPort, ofEnd));
}

function portProblem(port: number | string): string | undefined {
  return typeof port === "string" ? portNameProblem(port) : portNumberProblem(port);
}

function endPortProblem(endPort: number, port: number | string | undefined): string | undefined {
  if (port === undefined) return "may not be specified when `port` is not specified";
  if (typeof port === "string") return "may not be specified when `port` is non-numeric";
  return endPort < port ? "must be greater than or equal to `port`" : portNumberProblem(endPort);
}

function checkPeer(peer: KubernetesNetworkPolicyPeer, walk: Walk): void {
  const { podSelector, namespaceSelector, ipBlock } = peer;
  if (!podSelector && !namespaceSelector && !ipBlock) {
    walk.errors.push(required(walk.field, "must specify a peer"));
  }
  walkLabelSelector("podSelector", podSelector, walk);
  walkLabelSelector("namespaceSelector", namespaceSelector, walk);
  if (!ipBlock) return;
  if (podSelector || namespaceSelector) {
    walk.errors.push(forbidden(walk.field, "may not specify both ipBlock and another peer"));
  }
  walk.inside("ipBlock", () => checkBlock(ipBlock, walk));
}

const NO_NET = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";

type IpBlock = NonNullable<KubernetesNetworkPolicyPeer["ipBlock"]>;

function checkBlock({ cidr, except }: IpBlock, walk: Walk): void {
  const net = parsePrefix(cidr);
  if (!net) {
    walk.refuse("cidr", (field) => invalid(field, cidr, NO_NET));
    return;
  }
  const exceptProblem = (text: string): string | undefined => {
    const inner = parsePrefix(text);
    if (!inner) return NO_NET;
    const isInside = covers(net, inner) && inner.length > net.length;
    return isInside ? undefined : "must be a strict subset of `cidr`";
  };
  walkItems("except", except, exceptProblem, walk);
}
