/** The other side of a connection as a new or wider rule would name it. */
import { NAMESPACE_LABEL } from "../model/labels.ts";
import { type Address, formatPrefix, hostPrefix } from "../net/address.ts";
import type { KubernetesNetworkPolicyPeer } from "../resources/kubernetes-peer.ts";
import type { EntityRuleSpec } from "../resources/rule.ts";
import type { Labelled } from "./label-edits.ts";

/** Labels by which workloads are usually told apart, best first. */
const TELLING = ["app.kubernetes.io/name", "k8s-app", "app", "name", "role", "component", "tier"];
/** Labels that controllers give, and that the next replica will not have. */
const FLEETING = /hash|pod-name|pod-index|revision|generation/;

/** A label of the object's own that tells it from others: one of `asked` if it has one. */
export function tellingLabel(
  { own }: Labelled,
  asked: readonly string[] = [],
): readonly [label: string, value: string] | undefined {
  const labels = own.metadata.labels ?? {};
  const names = Object.keys(labels)
    .filter((name) => !FLEETING.test(name))
    .sort();
  const name = [...asked, ...TELLING, ...names].find((one) => names.includes(one));
  const value = name === undefined ? undefined : labels[name];
  return name === undefined || value === undefined ? undefined : [name, value];
}

/** As a side of a projectcalico.org rule in a policy of `namespace`; "" for a global one. */
export function entitySpec(
  peer: Labelled | undefined,
  address: Address,
  namespace: string,
): EntityRuleSpec {
  const label = peer && tellingLabel(peer);
  if (!label) return { nets: [formatPrefix(hostPrefix(address))] };
  const own = peer.labels.get(NAMESPACE_LABEL);
  const selector = equals(label);
  if (own === undefined && namespace !== "") return { selector, namespaceSelector: "global()" };
  if (own === undefined || own === namespace) return { selector };
  return { selector, namespaceSelector: equals(["projectcalico.org/name", own]) };
}

/** As a peer of a Kubernetes policy of `namespace`. Only pods have labels that it can ask for. */
export function kubernetesPeer(
  peer: Labelled | undefined,
  address: Address,
  namespace: string,
): KubernetesNetworkPolicyPeer {
  const label = peer?.own.kind === "Pod" ? tellingLabel(peer) : undefined;
  if (!peer || !label) return { ipBlock: { cidr: formatPrefix(hostPrefix(address)) } };
  const podSelector = { matchLabels: { [label[0]]: label[1] } };
  const own = peer.labels.get(NAMESPACE_LABEL) ?? "";
  if (own === namespace) return { podSelector };
  const matchLabels = { "kubernetes.io/metadata.name": own };
  // Every namespace of a cluster has that label; one of a manifest may not.
  if (peer.namespace?.metadata.labels?.["kubernetes.io/metadata.name"] !== own) {
    return { ipBlock: { cidr: formatPrefix(hostPrefix(address)) } };
  }
  return { podSelector, namespaceSelector: { matchLabels } };
}

/** `color == 'green'`, in the quotes that the value does not hold. */
export function equals([label, value]: readonly [string, string]): string {
  const quote = value.includes("'") ? '"' : "'";
  return `${label} == ${quote}${value}${quote}`;
}
