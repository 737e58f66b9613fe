import type { NftMap, Rendering, Ruleset } from "../nft/ruleset.ts";

/**
 * The smallest program that keeps to the update protocol, for tests: an address has one policy, by
 * name, and an interface one group of rules. Maps and chains are as in the real one: address to
 * class, class to row, row to code, interface to chain.
 */
export interface World {
  /** Address to the name of its policy. */
  readonly addresses: ReadonlyMap<string, string>;
  /** Interface to the name of its group. */
  readonly interfaces: ReadonlyMap<string, string>;
}

/** Renders worlds in turn. Classes and rows are numbered, and no number is used for a second thing. */
export class ToyProgram {
  #previous: { readonly generation: number; readonly classes: Map<string, number> } | undefined;
  #policyOf = new Map<number, string>();
  #classes = 0;
  readonly #rows = new Map<string, number>();

  render(generation: number, world: World): Rendering {
    const same = this.#previous?.generation === generation;
    const old = same ? this.#previous?.classes : undefined;
    const bridge = new Map<string, string>();
    const classes = new Map<string, number>();
    const policyOf = new Map<number, string>();
    for (const [policy, parts] of this.#partition(world, old)) {
      for (const [from, addresses] of parts) {
        // The class goes on with whoever is first to want it; others get one that starts as it was.
        const keep = from !== undefined && !policyOf.has(from);
        const number = keep ? from : ++this.#classes;
        const before = from === undefined ? undefined : this.#policyOf.get(from);
        if (!keep && before !== undefined) bridge.set(classId(number), this.#rowId(before));
        policyOf.set(number, policy);
        for (const address of addresses) classes.set(address, number);
      }
    }
    this.#previous = { generation, classes };
    this.#policyOf = policyOf;
    const ruleset = this.#ruleset(generation, world, classes);
    return { ruleset, bridge: new Map([[`g${generation}_rows`, bridge]]) };
  }

  /** Addresses of one policy that were of one class. */
  #partition(world: World, old: ReadonlyMap<string, number> | undefined): Map<string, Parts> {
    const partition = new Map<string, Parts>();
    for (const [address, policy] of world.addresses) {
      const parts = partition.get(policy) ?? new Map<number | undefined, string[]>();
      const from = old?.get(address);
      parts.set(from, [...(parts.get(from) ?? []), address]);
      partition.set(policy, parts);
    }
    return partition;
  }

  #ruleset(generation: number, world: World, classes: ReadonlyMap<string, number>): Ruleset {
    const g = `g${generation}_`;
    const policies = [...new Set(world.addresses.values())];
    const groups = [...new Set(world.interfaces.values())];
    return {
      generation,
      baseChains: new Map([
        ["forward", { hook: "forward", type: "filter", priority: 0, rules: [`jump ${g}in`] }],
      ]),
      maps: new Map<string, NftMap>([
        [
          `${g}cls`,
          map("address", "type ipv4_addr : classid; size 256;", [
            ...Array.from(classes, ([address, number]) => [address, classId(number)] as const),
            ["*", "f:f"],
          ]),
        ],
        [
          `${g}rows`,
          map(
            "pointer",
            "type classid : classid; size 256;",
            Array.from(this.#policyOf, ([number, policy]) => [
              classId(number),
              this.#rowId(policy),
            ]),
          ),
        ],
        [
          `${g}codes`,
          map(
            "definition",
            "type classid : classid; size 256;",
            policies.map((policy) => [this.#rowId(policy), codeOf(policy)]),
          ),
        ],
        [
          `${g}ep`,
          map(
            "pointer",
            "type ifname : verdict; size 256;",
            Array.from(world.interfaces, ([name, group]) => [`"${name}"`, `goto ${g}${group}`]),
          ),
        ],
      ]),
      chains: new Map<string, readonly string[]>([
        [
          `${g}in`,
          [
            `meta priority set ip saddr map @${g}cls`,
            `meta priority set meta priority map @${g}rows`,
            `meta priority set meta priority map @${g}codes`,
            `oifname vmap @${g}ep`,
            "drop",
          ],
        ],
        ...groups.map(
          (group) => [`${g}${group}`, [`meta priority ${codeOf(group)} accept`, "drop"]] as const,
        ),
      ]),
    };
  }

  #rowId(policy: string): string {
    const row = this.#rows.get(policy) ?? this.#rows.size + 1;
    this.#rows.set(policy, row);
    return `8000:${row.toString(16)}`;
  }
}

type Parts = Map<number | undefined, string[]>;

/** What looking a policy up ends in; different for each. */
export function codeOf(policy: string): string {
  return `1:${(policy.charCodeAt(policy.length - 1) - 48 + 1).toString(16)}`;
}

function classId(number: number): string {
  return `2:${number.toString(16)}`;
}

function map(
  role: NftMap["role"],
  declaration: string,
  elements: readonly (readonly [string, string])[],
): NftMap {
  return { object: "map", role, declaration, elements: new Map(elements) };
}
