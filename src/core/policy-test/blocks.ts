/**
 * Networks that tests speak of, each by addresses that stand for all of it: nothing tells an address
 * of the network from one of these, neither policy nor another network of the tests.
 */
import type { Analysis } from "../analysis/analysis.ts";
import { type AddressRange, Cuts, freeAddress } from "../analysis/outside.ts";
import type { OutsidePeer, Peer } from "../analysis/peers.ts";
import { isUnknown } from "../analysis/unknown-addresses.ts";
import {
  type Address,
  compareAddresses,
  contains,
  type Prefix,
  parsePrefix,
} from "../net/address.ts";
import type { PolicyTestResource } from "../resources/policy-test.ts";
import type { PolicyTestPeer } from "../resources/policy-test-peer.ts";

type Block = NonNullable<PolicyTestPeer["ipBlock"]>;

/** The networks of some tests in one cluster. None holds an address that is not known. */
export class Blocks {
  readonly #analysis: Analysis;
  readonly #inside: readonly Peer[];
  readonly #outside: readonly OutsidePeer[];
  readonly #cuts: { readonly 4: Cuts; readonly 6: Cuts };

  /** No block of any other test may be asked about. */
  constructor(analysis: Analysis, tests: readonly PolicyTestResource[]) {
    const nets = tests.flatMap(blocksOf).flatMap(netsOf);
    this.#analysis = analysis;
    this.#inside = analysis.peers.filter(
      (peer) => peer.kind !== "outside" && !isUnknown(peer.address),
    );
    this.#outside = analysis.peers.filter((peer) => peer.kind === "outside");
    this.#cuts = { 4: new Cuts(4, nets), 6: new Cuts(6, nets) };
  }

  /** The addresses that stand for a block, ascending. Everyone's own stands for itself. */
  addressesOf(block: Block): Address[] {
    const [net, ...except] = netsOf(block);
    if (!net) return [];
    const isLeft = (address: Address): boolean => !except.some((part) => contains(part, address));
    const cuts = this.#cuts[net.address.family];
    const ranges = cuts.ranges.slice(...cuts.within(net)).filter(({ first }) => isLeft(first));
    const own = this.#inside
      .map(({ address }) => address)
      .filter((address) => contains(net, address) && isLeft(address));
    return [...own, ...ranges.flatMap((range) => this.#freeIn(range))].sort(compareAddresses);
  }

  /** An address that is nobody's, of each range outside that has one in `range`. */
  #freeIn({ first, last }: AddressRange): Address[] {
    const { cluster } = this.#analysis;
    const isTaken = (address: Address): boolean => cluster.placeOf(address).at !== "outside";
    return this.#outside.flatMap((peer) => {
      const low = compareAddresses(first, peer.first) > 0 ? first : peer.first;
      const high = compareAddresses(last, peer.last) < 0 ? last : peer.last;
      if (compareAddresses(low, high) > 0) return [];
      return freeAddress({ first: low, last: high }, isTaken) ?? [];
    });
  }
}

function blocksOf({ spec }: PolicyTestResource): Block[] {
  return spec.assertions.flatMap(({ from, to }) =>
    [...from, ...to].flatMap(({ ipBlock }) => ipBlock ?? []),
  );
}

/** The network, then the parts that are left out. */
function netsOf({ cidr, except = [] }: Block): Prefix[] {
  return [cidr, ...except].flatMap((text) => parsePrefix(text) ?? []);
}
