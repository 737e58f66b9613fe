/** Rules in the form of the reference's datastore, as far as they name sets. */
import type { EntityMatch, PortMatch, Rule } from "../../../src/core/model/policy.ts";
import { parseProtocol } from "../../../src/core/net/protocol.ts";
import { parseSelector } from "../../../src/core/selector/parse.ts";

export interface FlatRule {
  readonly protocol?: string | number | null;
  readonly src_selector?: string;
  readonly "!src_selector"?: string;
  readonly src_ports?: readonly (string | number)[] | null;
  readonly "!src_ports"?: readonly (string | number)[] | null;
  readonly dst_selector?: string;
  readonly "!dst_selector"?: string;
  readonly dst_ports?: readonly (string | number)[] | null;
  readonly "!dst_ports"?: readonly (string | number)[] | null;
}

/** The rule without what needs no set. */
export function ruleOf(flat: FlatRule): Rule {
  const protocol = parseProtocol(String(flat.protocol ?? ""));
  return {
    action: "Allow",
    path: "",
    index: 0,
    ...(protocol !== undefined && { protocol }),
    source: entityOf(flat, "src"),
    destination: entityOf(flat, "dst"),
  };
}

function entityOf(flat: FlatRule, side: "src" | "dst"): EntityMatch {
  const selector = flat[`${side}_selector`];
  const notSelector = flat[`!${side}_selector`];
  const ports = flat[`${side}_ports`] ?? [];
  const notPorts = flat[`!${side}_ports`] ?? [];
  return {
    ...(selector && { selector: parseSelector(selector) }),
    ...(notSelector && { notSelector: parseSelector(notSelector) }),
    ...(ports.length > 0 && { ports: portsOf(ports) }),
    ...(notPorts.length > 0 && { notPorts: portsOf(notPorts) }),
  };
}

/** Numbers and `first:last` are ranges, everything else is a name. */
function portsOf(listed: readonly (string | number)[]): PortMatch {
  const texts = listed.map(String);
  const ranges = texts.flatMap((text) => {
    const [, first, last = first] = /^(\d+)(?::(\d+))?$/.exec(text) ?? [];
    return first === undefined ? [] : [{ first: Number(first), last: Number(last) }];
  });
  return { ranges, names: texts.filter((text) => !/^\d+(:\d+)?$/.test(text)) };
}
