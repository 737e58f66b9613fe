/** Whom the rules of Kubernetes policies let in or out to (k8s-conversion.md §1.2 and §3.3). */
import { type Prefix, parsePrefix } from "../net/address.ts";
import type { KubernetesNetworkPolicyPeer } from "../resources/kubernetes-peer.ts";
import type { LabelSelector } from "../resources/label-selector.ts";
import { overNamespaces, scoped } from "./effective-selector.ts";
import { labelSelector, podSelector } from "./label-selector.ts";
import type { EntityMatch } from "./policy.ts";
import { principalMatch } from "./principal-match.ts";
import type { Report } from "./problems.ts";

/** Endpoints by the labels of pods and of their namespaces, as a peer or a subject lists them. */
export interface SelectedPods {
  /** Absent where endpoints need be no pods. */
  readonly pods?: { readonly labels: LabelSelector | undefined; readonly path: string };
  /** Absent where only those of the policy's own namespace are meant. */
  readonly namespaces?: { readonly labels: LabelSelector; readonly path: string };
}

/** The peer; what cannot be read of it is reported, and it is then not to be used. */
export function selectedPods(
  { pods, namespaces }: SelectedPods,
  namespace: string,
  report: Report,
): EntityMatch {
  const endpoints = pods && podSelector(pods.labels, pods.path, report);
  const within = namespaces && labelSelector(namespaces.labels, namespaces.path, report);
  const selector = scoped({
    endpoints,
    within: within && overNamespaces(within),
    namespace,
    negated: false,
  });
  const principal = principalMatch({
    accountNames: [],
    accounts: undefined,
    namespaces: within,
    namespace,
    selects: endpoints !== undefined,
  });
  return { ...(selector && { selector }), ...(principal && { principal }) };
}

/** A peer of a NetworkPolicy in `namespace`; none when it cannot be read, so that it allows nothing. */
export function readPeer(
  { podSelector: pods, namespaceSelector: namespaces, ipBlock }: KubernetesNetworkPolicyPeer,
  namespace: string,
  path: string,
  report: Report,
): EntityMatch[] {
  if (ipBlock) return readBlock(ipBlock, `${path}.ipBlock`, report);
  let readable = true;
  const refuse: Report = (at, message) => {
    readable = false;
    report(at, message);
  };
  const within = namespaces && { labels: namespaces, path: `${path}.namespaceSelector` };
  const peer = selectedPods(
    { pods: { labels: pods, path: `${path}.podSelector` }, ...(within && { namespaces: within }) },
    namespace,
    refuse,
  );
  return readable ? [peer] : [];
}

function readBlock(
  { cidr, except = [] }: NonNullable<KubernetesNetworkPolicyPeer["ipBlock"]>,
  path: string,
  report: Report,
): EntityMatch[] {
  const nets = readNetworks([cidr], () => `${path}.cidr`, report);
  const notNets = readNetworks(except, (i) => `${path}.except[${i}]`, report);
  if (!nets || !notNets) return [];
  return [{ nets, ...(notNets.length > 0 && { notNets }) }];
}

/** The networks, host bits cleared; undefined when one cannot be read: that is reported. */
export function readNetworks(
  written: readonly string[],
  pathOf: (i: number) => string,
  report: Report,
): Prefix[] | undefined {
  const nets = written.flatMap((text, i) => {
    const net = parsePrefix(text);
    if (!net) report(pathOf(i), `${JSON.stringify(text)} is not an IP network`);
    return net ? [net] : [];
  });
  return nets.length === written.length ? nets : undefined;
}
