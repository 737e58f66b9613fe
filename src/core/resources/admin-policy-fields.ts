/**
 * What the policies of policy.networking.k8s.io have in common: whom they govern, and the peers of
 * their rules.
 */
import { parsePrefix } from "../net/address.ts";
import { type FieldError, forbidden } from "../schema/field-error.ts";
import {
  type Fields,
  type Infer,
  list,
  object,
  optional,
  type Schema,
  set,
  string,
  validated,
} from "../schema/schema.ts";
import { labelSelector } from "./label-selector.ts";
import { checkLabelSelector } from "./label-selector-check.ts";

/** An object that says exactly one of the things it could. */
export function exactlyOne<F extends Fields>(fields: F, description?: string) {
  return object(fields, {
    minProperties: 1,
    maxProperties: 1,
    ...(description && { description }),
  });
}

const selects = (description: string) => ({ ...labelSelector, description });

/** The pods of a subject or peer, by their labels. */
export const podSelector = selects("The pods, by their labels; every one when it is empty.");

const network = validated(string({ maxLength: 43 }), {
  rule: "isCIDR(self)",
  message: "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)",
  holds: isCidr,
});

/** As Kubernetes reads one in CEL: no leading zeros, no IPv4 in IPv6's clothes; host bits are fine. */
function isCidr(text: string): boolean {
  const net = parsePrefix(text);
  if (!net || /\/0\d/.test(text)) return false;
  return net.address.family === (text.includes(":") ? 6 : 4);
}

/** Upstream's own, `A-z` and all: what one implementation admits, so does the other. */
const DOMAIN_NAME =
  "^(\\*\\.)?([a-zA-z0-9]([-a-zA-Z0-9_]*[a-zA-Z0-9])?\\.)+[a-zA-z0-9]([-a-zA-Z0-9_]*[a-zA-Z0-9])?\\.?$";

const networks = optional(
  set(network, { minItems: 1, maxItems: 25, description: 'Networks, e.g. "10.9.8.0/24".' }),
);

const domainNames = optional(
  set(string({ pattern: DOMAIN_NAME }), {
    minItems: 1,
    maxItems: 25,
    description: "Names outside the cluster; `*.` stands for any names before the rest.",
  }),
);

const nodes = optional(selects("Addresses of the nodes that have these labels."));

/** Whom policies govern and their rules name, in an API whose pods are selected like this. */
export function partsOf(pods: typeof podSelector) {
  const somePods = optional(
    object(
      {
        namespaceSelector: optional(
          selects("The namespaces, by their labels; every one when absent."),
        ),
        podSelector: pods,
      },
      { description: "Some pods of some namespaces." },
    ),
  );
  const namespaces = optional(selects("Every pod of the namespaces that have these labels."));
  return {
    subject: exactlyOne(
      { namespaces, pods: somePods },
      "Whom the policy governs: every pod of some namespaces, or some pods.",
    ),
    ingressPeer: exactlyOne({ namespaces, pods: somePods }),
    egressPeer: exactlyOne({ namespaces, pods: somePods, nodes, networks, domainNames }),
  };
}

/** For people; reports and rule comments repeat it. */
export const ruleName = optional(string({ maxLength: 100, description: "The rule's name." }));

export const peers = <T>(peer: Schema<T>, maxItems: number, description: string) =>
  list(peer, { minItems: 1, maxItems, description });

type Parts = ReturnType<typeof partsOf>;
export type AdminPolicySubject = Infer<Parts["subject"]>;
export type AdminPolicyIngressPeer = Infer<Parts["ingressPeer"]>;
export type AdminPolicyEgressPeer = Infer<Parts["egressPeer"]>;

interface AdminPolicySpec {
  readonly subject: AdminPolicySubject;
  readonly ingress?: readonly { readonly from: readonly AdminPolicyIngressPeer[] }[];
  readonly egress?: readonly {
    readonly action: string;
    readonly to: readonly AdminPolicyEgressPeer[];
  }[];
}

/** What the schema cannot say of subject and peers (k8s-conversion.md §3.1). */
export function checkAdminPolicy(spec: AdminPolicySpec): FieldError[] {
  return [
    ...checkPeer(spec.subject, "spec.subject"),
    ...(spec.ingress ?? []).flatMap(({ from }, i) =>
      from.flatMap((peer, j) => checkPeer(peer, `spec.ingress[${i}].from[${j}]`)),
    ),
    ...(spec.egress ?? []).flatMap(({ action, to }, i) =>
      to.flatMap((peer, j) => {
        const field = `spec.egress[${i}].to[${j}]`;
        return [...checkPeer(peer, field), ...checkDomainNames(peer, action, field)];
      }),
    ),
  ];
}

function checkPeer(peer: AdminPolicyEgressPeer, field: string): FieldError[] {
  return [
    ...checkLabelSelector(peer.namespaces, `${field}.namespaces`),
    ...checkLabelSelector(peer.pods?.namespaceSelector, `${field}.pods.namespaceSelector`),
    ...checkLabelSelector(peer.pods?.podSelector, `${field}.pods.podSelector`),
    ...checkLabelSelector(peer.nodes, `${field}.nodes`),
  ];
}

function checkDomainNames(
  peer: AdminPolicyEgressPeer,
  action: string,
  field: string,
): FieldError[] {
  if (!peer.domainNames || action === "Accept" || action === "Allow") return [];
  return [forbidden(`${field}.domainNames`, "only in rules that accept")];
}
