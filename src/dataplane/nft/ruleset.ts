/**
 * What the kernel is to hold: named maps and chains of one nftables table, as plain values.
 *
 * Names carry their generation (`g3_rows`). Within a generation, maps and chains only gain and lose
 * elements, in an order that a packet in flight cannot notice; see `apply`. A new generation is
 * built beside the old one and entered by switching the rules of the base chains, which all lead into one generation.
 */

/** One generation of the table. Equal inputs give equal rulesets, element by element. */
export interface Ruleset {
  readonly generation: number;
  /** Entered by hooks. Their names and hooks never change; their rules are replaced as a whole. */
  readonly baseChains: ReadonlyMap<string, BaseChain>;
  readonly maps: ReadonlyMap<string, NftMap>;
  /** Chains by name, to their rules in nft's syntax. A name's rules never change in a generation. */
  readonly chains: ReadonlyMap<string, readonly string[]>;
}

export interface BaseChain {
  readonly hook: "prerouting" | "input" | "forward" | "output" | "postrouting";
  readonly type: "filter" | "route";
  /** nft's number: -300 raw, -150 mangle, 0 filter. */
  readonly priority: number;
  readonly rules: readonly string[];
}

export interface NftMap {
  /** `map` has values; `set` has none and its elements map to "". */
  readonly object: "map" | "set";
  /** What stands between the braces before the elements: `type ipv4_addr : classid; size 1024;`. */
  readonly declaration: string;
  readonly role: MapRole;
  /** Key to value, both in nft's syntax. */
  readonly elements: ReadonlyMap<string, string>;
}

/**
 * When an element may change (dataplane design, update protocol):
 * `definition` under a key that never changes its value: added first, deleted last;
 * `address` which class an address is in: changed second;
 * `pointer` what a class, stage or interface leads to: changed third.
 */
export type MapRole = "definition" | "address" | "pointer";

/**
 * A ruleset to reach, and the pointer elements to set first on the way there: a class that is new
 * starts with what its addresses had before, so that moving them changes nothing.
 */
export interface Rendering {
  readonly ruleset: Ruleset;
  /** Map name to key to value; only for keys the pointer maps do not hold yet. */
  readonly bridge: ReadonlyMap<string, ReadonlyMap<string, string>>;
}
