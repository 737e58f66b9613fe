/** Edits of the rules of Kubernetes policies, which only allow. */
import { formatProtocol, hasPorts } from "../net/protocol.ts";
import type { KubernetesNetworkPolicyResource } from "../resources/kubernetes-network-policy.ts";
import { type Edit, objectWords } from "./edit.ts";
import { objectName } from "./object-key.ts";
import { kubernetesPeer } from "./peer-spec.ts";
import { type KubernetesRule, kubernetesRules, withKubernetesRules } from "./policy-rules.ts";
import { peerSide, type Seen } from "./rule-edits.ts";
import type { TracedRule } from "./rule-reader.ts";

type Policy = KubernetesNetworkPolicyResource;

/** The rule with a peer or a port more, as was missed. */
export function widenedKubernetes(
  seen: Seen,
  policy: Policy,
  traced: TracedRule,
): Edit | undefined {
  const { direction } = seen;
  const { index, path } = traced.rule;
  const rules = kubernetesRules(policy, direction);
  const rule = rules[index];
  if (!rule) return undefined;
  const side = peerSide(direction);
  const isMissed = (test: "peer" | "port") =>
    traced.misses.some((miss) => {
      const ofPeer = "side" in miss && miss.side === side && miss.on !== "ports";
      return test === "peer" ? ofPeer : !ofPeer;
    });
  const port = isMissed("port") ? portOf(seen) : undefined;
  if (isMissed("port") && !port) return undefined;
  const peer = isMissed("peer") ? peerOf(seen, policy) : undefined;
  const wider = {
    peers: [...rule.peers, ...(peer ? [peer] : [])],
    ports: [...rule.ports, ...(port ? [port] : [])],
  };
  const list = direction === "ingress" ? "from" : "to";
  const what = [
    ...(peer ? [`${list} ${peerWords(peer)} too`] : []),
    ...(port ? [`ports ${port.protocol} ${port.port} too`] : []),
  ];
  const words = `widen rule ${index + 1} of ${objectWords(policy)}: ${what.join(", ")}`;
  return edit("rule", words, seen, policy, rules.toSpliced(index, 1, wider), path, 1 + what.length);
}

/** One more rule, for exactly this connection's sort. */
export function newKubernetesRule(seen: Seen, policy: Policy): Edit | undefined {
  const port = portOf(seen);
  if (!port) return undefined;
  const rules = kubernetesRules(policy, seen.direction);
  const rule = { peers: [peerOf(seen, policy)], ports: [port] };
  const words = `add a rule for it to ${objectWords(policy)}`;
  const path = `spec.${seen.direction}`;
  return edit("new rule", words, seen, policy, [...rules, rule], path, 3);
}

/** Ways to leave the connection out of a rule: without its port, or without the rule. */
export function narrowedKubernetes(seen: Seen, policy: Policy, index: number): Edit[] {
  const rules = kubernetesRules(policy, seen.direction);
  const rule = rules[index];
  if (!rule) return [];
  const path = `spec.${seen.direction}[${index}]`;
  const without = edit(
    "less rules",
    `take rule ${index + 1} out of ${objectWords(policy)}`,
    seen,
    policy,
    rules.toSpliced(index, 1),
    path,
    4,
  );
  const { destinationPort: port } = seen.flow;
  const ports = rule.ports.filter((one) => String(one.port) !== String(port));
  if (ports.length === 0 || ports.length === rule.ports.length) return [without];
  const words = `narrow rule ${index + 1} of ${objectWords(policy)}: ports without ${port}`;
  const narrower = rules.toSpliced(index, 1, { ...rule, ports });
  return [edit("rule", words, seen, policy, narrower, path, 2), without];
}

/** Kubernetes rules know no other protocols than those with ports. */
function portOf({
  flow,
}: Seen): { readonly protocol: "TCP" | "UDP" | "SCTP"; readonly port: number } | undefined {
  const name = formatProtocol(flow.protocol);
  const { destinationPort: port } = flow;
  if (!hasPorts(flow.protocol) || port === undefined) return undefined;
  return name === "TCP" || name === "UDP" || name === "SCTP" ? { protocol: name, port } : undefined;
}

function peerOf(seen: Seen, { metadata }: Policy): KubernetesRule["peers"][number] {
  const side = peerSide(seen.direction);
  return kubernetesPeer(seen[side], seen.flow[side], metadata.namespace ?? "default");
}

function peerWords({
  ipBlock,
  podSelector,
  namespaceSelector,
}: KubernetesRule["peers"][number]): string {
  if (ipBlock) return ipBlock.cidr;
  const labels = Object.entries({ ...podSelector?.matchLabels });
  const pods = labels.map(([name, value]) => `${name}=${value}`).join(" ");
  const names = Object.values({ ...namespaceSelector?.matchLabels });
  return names.length === 0 ? `pods ${pods}` : `pods ${pods} of namespace ${names.join()}`;
}

function edit(
  sort: Edit["sort"],
  words: string,
  { direction }: Seen,
  before: Policy,
  rules: readonly KubernetesRule[],
  path: string,
  size: number,
): Edit {
  const after = withKubernetesRules(before, direction, rules);
  return { sort, words, object: objectName(before), path, size, change: { before, after } };
}
