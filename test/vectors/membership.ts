/** `membership.json`: which addresses and ports are in the sets that rules name. */
import { isDeepStrictEqual } from "node:util";
import { withInherited } from "../../src/core/model/labels.ts";
import { EMPTY_MODEL, type Model } from "../../src/core/model/model.ts";
import { formatAddress, isHostPrefix, parseAddressOrPrefix } from "../../src/core/net/address.ts";
import { parseProtocol, TCP } from "../../src/core/net/protocol.ts";
import { compileSide } from "../../src/core/policy/compile-side.ts";
import { Peers } from "../../src/core/policy/peers.ts";
import { parseSelector } from "../../src/core/selector/parse.ts";
import { AddressSet } from "../../src/core/sets/address-set.ts";
import { type Family, judge, type VectorCase } from "./family.ts";
import { activeRules, type StoreRecord, storeModel } from "./membership/felix-store.ts";
import { type FlatRule, ruleOf } from "./membership/flat-rule.ts";
import { membersOf, portMembersOf, RecordingPeers, setKey } from "./membership/recording-peers.ts";

export const membership: Family = {
  name: "membership",
  file: "membership.json",
  run: ({ cases }) => judge<MembershipCase>(cases, check),
};

type MembershipCase = IpSetCase | StateCase;

interface SetDefinition {
  readonly selector: string;
  readonly protocol?: string;
  readonly port?: string;
}

interface IpSetCase extends VectorCase {
  readonly kind: "ipset";
  readonly endpoints: Readonly<Record<string, IndexedEndpoint>>;
  readonly parents: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly ipsets: Readonly<Record<string, SetDefinition>>;
  readonly members: Readonly<Record<string, readonly string[]>>;
}

interface IndexedEndpoint {
  readonly labels?: Readonly<Record<string, string>> | null;
  readonly cidrs?: readonly string[] | null;
  readonly ports?: readonly {
    readonly name: string;
    readonly protocol: string | number;
    readonly port: number;
  }[];
  readonly parents?: readonly string[] | null;
}

interface StateCase extends VectorCase {
  readonly kind: "state";
  readonly localHost: string;
  readonly datastore: readonly StoreRecord[];
  readonly ipsets: readonly (SetDefinition & { readonly members: readonly string[] })[];
}

function check(one: MembershipCase): string | undefined {
  switch (one.kind) {
    case "ipset":
      return checkSets(one);
    case "state":
      return checkState(one);
    default:
      return `unknown kind ${JSON.stringify((one as VectorCase).kind)}`;
  }
}

function checkSets(one: IpSetCase): string | undefined {
  const peers = new Peers(indexModel(one));
  const found = Object.entries(one.ipsets).map(([id, { selector, protocol, port }]) => {
    const parsed = parseSelector(selector);
    return [
      id,
      port === undefined
        ? membersOf(peers.addressesOf(parsed))
        : portMembersOf(
            peers.namedPorts({ selector: parsed, name: port, protocol: protocolOf(protocol) }),
          ),
    ];
  });
  const wanted = Object.entries(one.members).map(([id, members]) => [id, canonical(members)]);
  return difference(Object.fromEntries(found), Object.fromEntries(wanted));
}

/** What has a wider network than one address is a network set, anything else an endpoint. */
function indexModel({ endpoints, parents }: IpSetCase): Model {
  const inherited = new Map(
    Object.entries(parents).map(([name, labels]) => [name, new Map(Object.entries(labels))]),
  );
  const all = Object.entries(endpoints).map(([name, { labels, cidrs, ports, parents: own }]) => {
    const labelled = new Map(Object.entries(labels ?? {}));
    return {
      name,
      nets: (cidrs ?? []).map(prefixOf),
      labels: withInherited(labelled, own ?? [], inherited),
      ports: (ports ?? []).map((port) => ({
        ...port,
        protocol: parseProtocol(String(port.protocol)) ?? TCP,
      })),
    };
  });
  const isEndpoint = ({ nets }: (typeof all)[number]) => nets.every(isHostPrefix);
  return {
    ...EMPTY_MODEL,
    workloads: all.filter(isEndpoint).map(({ nets, ...rest }) => ({
      ...rest,
      kind: "WorkloadEndpoint",
      namespace: "",
      node: "",
      interfaceName: "",
      profiles: [],
      addresses: nets.map((net) => net.address),
    })),
    networkSets: all
      .filter((one) => !isEndpoint(one))
      .map(({ name, nets, labels }) => ({ kind: "NetworkSet", namespace: "", name, nets, labels })),
  };
}

function checkState({ datastore, localHost, ipsets }: StateCase): string | undefined {
  const peers = new RecordingPeers(storeModel(datastore));
  for (const rule of activeRules(datastore, localHost)) record(rule, peers);
  const wanted = ipsets.map(({ selector, protocol, port, members }) => [
    setKey(parseSelector(selector), port === undefined ? undefined : { protocol, port }),
    canonical(members),
  ]);
  return difference(Object.fromEntries(peers.sets), Object.fromEntries(wanted));
}

/**
 * Asks `peers` for the sets of both sides. The reference has no set of the addresses of a selector
 * beside its named ports, where these are all that the side may be (evaluation.md §6); they imply it.
 */
function record(flat: FlatRule, peers: RecordingPeers): void {
  const { protocol, source, destination } = ruleOf(flat);
  for (const side of [source, destination]) {
    const { selector, notSelector, ...ports } = side;
    const isImplied = ports.ports !== undefined && ports.ports.ranges.length === 0;
    const before = new Set(peers.sets.keys());
    compileSide(side, "source", protocol, peers);
    if (!isImplied || !selector) continue;
    const folded = notSelector
      ? ({ op: "and", terms: [selector, { op: "not", term: notSelector }] } as const)
      : selector;
    if (!before.has(setKey(folded))) peers.sets.delete(setKey(folded));
  }
}

function protocolOf(text: string | undefined): number | undefined {
  return text === undefined || text === "any" ? undefined : parseProtocol(text);
}

/** Addresses in canonical text, and without what a wider member covers. */
function canonical(members: readonly string[]): string[] {
  const ports = members.filter((member) => member.includes(","));
  const nets = members.filter((member) => !member.includes(",")).map(prefixOf);
  return [...membersOf(AddressSet.of(nets)), ...ports.map(canonicalPort)].sort();
}

function canonicalPort(member: string): string {
  const [net = "", port = ""] = member.split(",");
  return `${formatAddress(prefixOf(net).address)},${port}`;
}

function prefixOf(text: string) {
  const found = parseAddressOrPrefix(text);
  if (!found) throw new Error(`${text} is no network`);
  return found;
}

function difference(found: unknown, wanted: unknown): string | undefined {
  if (isDeepStrictEqual(found, wanted)) return undefined;
  return `found ${JSON.stringify(found)}, wanted ${JSON.stringify(wanted)}`;
}
