/** Where requests are judged otherwise than by the reference's proxy, on purpose. */
import { SCTP } from "../../../src/core/net/protocol.ts";
import type { DataPathRule } from "./data-path-rule.ts";
import type { FlowFields, Store } from "./l7-store.ts";

interface Asked {
  readonly rule?: DataPathRule | null;
  readonly store?: Store | null;
  readonly flow?: FlowFields;
}

/** The first cell of the row in differences.md that tells of a rule of the case, if one does. */
export function l7Purpose({ rule, store, flow }: Asked): string | undefined {
  const holders = [...(store?.policies ?? []), ...(store?.profiles ?? [])];
  const rules = [
    rule ?? {},
    ...holders.flatMap(({ inboundRules, outboundRules }) => [
      ...(inboundRules ?? []),
      ...(outboundRules ?? []),
    ]),
  ];
  const sets = new Set(Object.keys(store?.ipsets ?? {}));
  const some = (holds: (one: DataPathRule) => boolean) => rules.some(holds);
  if (some((one) => idsOf(one, /NamedPortIpSetIds$/).length > 0)) return "Requests: named ports";
  if (some(({ icmp, notIcmp, ipVersion }) => Boolean(icmp || notIcmp || ipVersion))) {
    return "Requests: ICMP and `ipVersion`";
  }
  if (flow?.protocol === SCTP && some((one) => idsOf(one, /IpPortSetIds$/).length > 0)) {
    return "Requests: services over SCTP";
  }
  return some((one) => idsOf(one, /Ip(Port)?SetIds$/).some((id) => !sets.has(id)))
    ? "Requests: a set of addresses that is missing"
    : undefined;
}

function idsOf(rule: DataPathRule, name: RegExp): readonly string[] {
  return Object.entries(rule)
    .filter(([key]) => name.test(key))
    .flatMap(([, ids]) => (ids ?? []) as readonly string[]);
}
