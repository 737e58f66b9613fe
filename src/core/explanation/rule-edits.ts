/** Edits of the rules of projectcalico.org policies: wider, narrower, one more, one less. */
import type { Model } from "../model/model.ts";
import type { Direction } from "../model/policy.ts";
import { type Address, formatPrefix, hostPrefix } from "../net/address.ts";
import type { Flow } from "../net/flow.ts";
import { formatProtocol, hasPorts, ICMP, ICMPV6 } from "../net/protocol.ts";
import type { AnyResource } from "../resources/kinds.ts";
import type { EntityRuleSpec, RuleSpec } from "../resources/rule.ts";
import type { Criterion, Side } from "./criteria.ts";
import { type Edit, objectWords } from "./edit.ts";
import type { Labelled } from "./label-edits.ts";
import { failing } from "./miss-words.ts";
import { objectName } from "./object-key.ts";
import { entitySpec, equals, tellingLabel } from "./peer-spec.ts";
import { type OrderedPolicy, rulesIn, withRules } from "./policy-rules.ts";
import type { TracedRule } from "./rule-reader.ts";
import { isNamespaceName } from "./selector-words.ts";

/** A connection as the rules of one direction of an endpoint see it. */
export interface Seen {
  readonly model: Model;
  readonly direction: Direction;
  readonly flow: Flow;
  /** Whoever is known at each address. */
  readonly source: Labelled | undefined;
  readonly destination: Labelled | undefined;
}

/** Which side the other end is on. */
export function peerSide(direction: Direction): Side {
  return direction === "ingress" ? "source" : "destination";
}

/** What of a connection a rule can ask for besides its ends. */
function messageSpec({ protocol, destinationPort, icmp }: Flow): {
  readonly message: Pick<RuleSpec, "protocol" | "icmp">;
  readonly ports: Pick<EntityRuleSpec, "ports">;
} {
  const isIcmp = protocol === ICMP || protocol === ICMPV6;
  const message = {
    protocol: hasPorts(protocol) || isIcmp ? formatProtocol(protocol) : protocol,
    ...(icmp && icmp.type < 255 && { icmp: { type: icmp.type } }),
  };
  const ports = destinationPort === undefined ? {} : { ports: [destinationPort] };
  return { message, ports };
}

/** A rule for exactly this connection's sort. */
export function ruleFor(seen: Seen, action: "Allow" | "Deny", namespace: string): RuleSpec {
  const { message, ports } = messageSpec(seen.flow);
  const side = peerSide(seen.direction);
  const peer = entitySpec(seen[side], seen.flow[side], namespace);
  const source = side === "source" ? peer : undefined;
  const destination = side === "destination" ? { ...peer, ...ports } : ports;
  return {
    action,
    ...message,
    ...(source && { source }),
    ...(Object.keys(destination).length > 0 && { destination }),
  };
}

/** One more rule at `index`; `where` says before what. */
export function newRule(
  seen: Seen,
  policy: OrderedPolicy,
  index: number,
  action: "Allow" | "Deny",
  where: string,
): Edit {
  const { direction } = seen;
  const rule = ruleFor(seen, action, policy.metadata.namespace ?? "");
  const after = withRules(policy, direction, index, 0, [rule]);
  const words = `add ${action === "Allow" ? "an Allow" : "a Deny"} ${where}`;
  const path = `spec.${direction}[${index}]`;
  return edit("new rule", words, policy, after, path, 3);
}

/** One rule less. */
export function withoutRule(policy: OrderedPolicy, direction: Direction, index: number): Edit {
  const after = withRules(policy, direction, index, 1, []);
  const words = `take rule ${index + 1} out of ${objectWords(policy)}`;
  return edit("less rules", words, policy, after, `spec.${direction}[${index}]`, 4);
}

/** The rule with every criterion that was missed widened; undefined where that cannot be said. */
export function widened(seen: Seen, policy: OrderedPolicy, traced: TracedRule): Edit | undefined {
  const { direction } = seen;
  const { index, path } = traced.rule;
  let spec = rulesIn(policy, direction)[index];
  const what: string[] = [];
  for (const miss of traced.misses) {
    const wider = spec && widerBy(seen, spec, traced, miss);
    if (!wider) return undefined;
    spec = wider.spec;
    what.push(wider.what);
  }
  if (!spec || what.length === 0) return undefined;
  const words = `widen rule ${index + 1} of ${objectWords(policy)}: ${what.join(", ")}`;
  const after = withRules(policy, direction, index, 1, [spec]);
  return edit("rule", words, policy, after, path, 1 + what.length);
}

/** Ways to leave the connection out of a rule that matches it. */
export function narrowed(seen: Seen, policy: OrderedPolicy, index: number): Edit[] {
  const { direction, flow } = seen;
  const spec = rulesIn(policy, direction)[index];
  if (!spec) return [];
  const edits: Edit[] = [];
  const offer = (put: RuleSpec, what: string) => {
    const after = withRules(policy, direction, index, 1, [put]);
    const words = `narrow rule ${index + 1} of ${objectWords(policy)}: ${what}`;
    edits.push(edit("rule", words, policy, after, `spec.${direction}[${index}]`, 2));
  };
  const side = peerSide(direction);
  const entity = spec[side] ?? {};
  const label = seen[side] && tellingLabel(seen[side]);
  if (label && entity.notSelector === undefined) {
    const notSelector = equals(label);
    offer({ ...spec, [side]: { ...entity, notSelector } }, `${side}.notSelector ${notSelector}`);
  } else if (!label) {
    const net = netText(flow[side]);
    const notNets = [...(entity.notNets ?? []), net];
    offer({ ...spec, [side]: { ...entity, notNets } }, `${side}.notNets ${net}`);
  }
  const { destination = {} } = spec;
  const port = flow.destinationPort;
  const others = destination.ports?.filter((one) => String(one) !== String(port)) ?? [];
  if (others.length > 0 && others.length < (destination.ports?.length ?? 0)) {
    const put = { ...spec, destination: { ...destination, ports: others } };
    offer(put, `destination.ports without ${port}`);
  }
  return edits;
}

interface Wider {
  readonly spec: RuleSpec;
  readonly what: string;
}

function widerBy(
  seen: Seen,
  spec: RuleSpec,
  traced: TracedRule,
  miss: Criterion,
): Wider | undefined {
  if (!("side" in miss)) return undefined;
  const { on, side } = miss;
  const entity = spec[side] ?? {};
  const put = (wider: EntityRuleSpec, what: string): Wider => {
    return { spec: { ...spec, [side]: { ...entity, ...wider } }, what };
  };
  const { flow } = seen;
  if (on === "nets") {
    const net = netText(flow[side]);
    return put({ nets: [...(entity.nets ?? []), net] }, `${side}.nets ${net} too`);
  }
  const port = side === "source" ? flow.sourcePort : flow.destinationPort;
  if (on === "ports" && port !== undefined) {
    return put({ ports: [...(entity.ports ?? []), port] }, `${side}.ports ${port} too`);
  }
  const known = seen[side];
  const { selector } = traced.rule[side];
  if (on !== "selector" || !known || !selector) return undefined;
  const asked = failing(selector, known.labels);
  const isOwn = asked.every((name) => !/^pc(ns|sa)\./.test(name) && !isNamespaceName(name));
  const label = isOwn && entity.selector ? tellingLabel(known, asked) : undefined;
  if (!label || !entity.selector) return undefined;
  const added = equals(label);
  return put({ selector: `(${entity.selector}) || ${added}` }, `${side}.selector ${added} too`);
}

function netText(address: Address): string {
  return formatPrefix(hostPrefix(address));
}

function edit(
  sort: Edit["sort"],
  words: string,
  before: AnyResource,
  after: AnyResource,
  path: string,
  size: number,
): Edit {
  return { sort, words, object: objectName(before), path, size, change: { before, after } };
}
