/** Port names that nobody has who could be meant by them. */
import type { Endpoint } from "../model/endpoint.ts";
import type { Policy } from "../model/policy.ts";
import { formatProtocol, SCTP, TCP, UDP } from "../net/protocol.ts";
import { closest } from "../schema/closest.ts";
import { type Finding, finding } from "./finding.ts";
import { type PortNameMention, portNameMentions } from "./mentions.ts";
import { governed, type Subject, selected } from "./subject.ts";

/** The port names of policies' rules that lead nowhere. */
export function lintPortNames(subject: Subject, policies: readonly Policy[]): Finding[] {
  const found = policies
    .flatMap(portNameMentions)
    .flatMap((mention) => lintPortName(subject, mention));
  return [
    ...new Map(found.map((one) => [`${one.object.name} ${one.path} ${one.message}`, one])).values(),
  ];
}

function lintPortName(subject: Subject, mention: PortNameMention): Finding[] {
  const { policy, path, name, rule } = mention;
  const candidates = candidatesOf(subject, mention);
  const protocol = lookup(rule.protocol);
  const served = candidates.flatMap(({ ports }) => ports);
  const isThere = served.some(
    (port) => port.name === name && (protocol === undefined || port.protocol === protocol),
  );
  if (isThere || candidates.length === 0) return [];
  const others = served.filter((port) => port.name === name).map((port) => port.protocol);
  const names = [...new Set(served.map((port) => port.name))].sort();
  const near = closest(name, names);
  const hint =
    others.length > 0
      ? `; it is a port of ${[...new Set(others)]
          .sort((a, b) => a - b)
          .map(formatProtocol)
          .join(", ")}`
      : near !== undefined
        ? `; the nearest is "${near}"`
        : "";
  const what = protocol === undefined ? "port" : `${formatProtocol(protocol)} port`;
  const message = `nobody who could be meant has a ${what} called "${name}"${hint}`;
  return [finding("unknown-port-name", policy, path, message)];
}

/** Whoever the side of the rule can be, by labels. */
function candidatesOf(subject: Subject, { policy, side, isOwn }: PortNameMention): Endpoint[] {
  const reach = isOwn ? governed(subject, policy) : subject.endpoints;
  return side.selector ? selected(reach, side.selector) : [...reach];
}

/** Names are looked up among the rule's protocol's ports; those of one without ports among TCP's. */
function lookup(protocol: number | undefined): number | undefined {
  if (protocol === undefined || protocol === UDP || protocol === SCTP) return protocol;
  return TCP;
}
