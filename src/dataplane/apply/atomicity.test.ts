import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, describe, it } from "node:test";
import fc from "fast-check";
import { requires } from "../../../test/requirements.ts";
import type { Command } from "../nft/command.ts";
import { fakeNft } from "../nft/fake-nft.ts";
import type { MemoryTable } from "../nft/memory-table.ts";
import { type Nft, NftError } from "../nft/nft.ts";
import { nftCommand } from "../nft/nft-command.ts";
import type { Ruleset } from "../nft/ruleset.ts";
import { Applier } from "./applier.ts";
import { assertHolds } from "./assert-holds.ts";
import { FakeClock } from "./clock.ts";
import { codeOf, ToyProgram, type World } from "./toy-program.ts";

const ADDRESSES = Array.from({ length: 8 }, (_, i) => `10.0.0.${i + 1}`);
const INTERFACES = ["cali1", "cali2", "cali3"];

/** What may be changed to, how long after the change before, and whether nft fails on the way. */
interface Move {
  readonly world: World;
  readonly wait: number;
  /** How many calls to nft succeed before one fails, and whether that one did its work. */
  readonly failure: { readonly calls: number; readonly carriedOut: boolean } | undefined;
}

const worlds: fc.Arbitrary<World> = fc.record({
  addresses: mapping(ADDRESSES, "policy"),
  interfaces: mapping(INTERFACES, "group"),
});
const failures = fc.record({ calls: fc.integer({ min: 0, max: 5 }), carriedOut: fc.boolean() });
const waits = fc.constantFrom(0, 1, 400, 1000, 2500);
const moves: fc.Arbitrary<Move> = fc.record({
  world: worlds,
  wait: waits,
  failure: fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, failures),
});

function mapping(
  keys: readonly string[],
  values: string,
): fc.Arbitrary<ReadonlyMap<string, string>> {
  const value = fc.constantFrom(undefined, ...[1, 2, 3, 4].map((i) => `${values}${i}`));
  return fc.tuple(...keys.map(() => value)).map((chosen) => {
    const pairs = keys.map((key, i) => [key, chosen[i]] as const);
    return new Map(pairs.filter((pair): pair is [string, string] => pair[1] !== undefined));
  });
}

/** The maps a packet goes through, as they are at one moment. */
class View {
  readonly #elements = new Map<string, ReadonlyMap<string, string>>();
  readonly #generation: string;

  constructor(table: MemoryTable) {
    for (const name of table.list()?.maps.keys() ?? []) {
      this.#elements.set(name, new Map(table.elements(name)));
    }
    this.#generation = /jump (g\d+_)/.exec(table.rules("forward")?.[0] ?? "")?.[1] ?? "";
  }

  /** What a packet comes to that goes by this view's base chain, and reads the codes, or the rows
   * too, only as `later` has them. */
  lookUp(
    address: string,
    later: View = this,
    from: "rows" | "codes" = "codes",
  ): string | undefined {
    const read = (view: View, map: string, key: string | undefined): string | undefined =>
      view.#elements.get(this.#generation + map)?.get(key ?? "");
    const row = read(from === "rows" ? later : this, "rows", read(this, "cls", address));
    return row === undefined
      ? undefined
      : (read(later, "codes", row) ?? `${row}, which is nothing`);
  }

  chainOf(name: string): string | undefined {
    const value = this.#elements.get(`${this.#generation}ep`)?.get(`"${name}"`);
    return value?.replace(/goto g\d+_/, "");
  }
}

/** Follows a table from transaction to transaction. */
class Witness {
  /** What each address and interface may come to, as long as a change is under way. */
  readonly #allowed = new Map<string, Set<string | undefined>>();
  #view: View | undefined;

  constructor() {
    for (const key of [...ADDRESSES, ...INTERFACES]) this.#allowed.set(key, new Set([undefined]));
  }

  /** From now on, what is wanted may be seen as well as what was. */
  begin(world: World): void {
    for (const [key, value] of wanted(world)) this.#allowed.get(key)?.add(value);
  }

  /** From now on, only what is wanted may be seen. */
  end(world: World): void {
    for (const [key, value] of wanted(world)) this.#allowed.set(key, new Set([value]));
  }

  look(table: MemoryTable): void {
    const [before, now] = [this.#view, new View(table)];
    this.#view = now;
    for (const address of ADDRESSES) {
      this.#check(address, now.lookUp(address));
      // Packets that started before this transaction and are still on their way.
      this.#check(address, before?.lookUp(address, now, "rows"));
      this.#check(address, before?.lookUp(address, now, "codes"));
    }
    for (const name of INTERFACES) this.#check(name, now.chainOf(name));
  }

  #check(key: string, seen: string | undefined): void {
    const allowed = this.#allowed.get(key);
    if (seen === undefined && this.#view === undefined) return;
    assert.ok(
      allowed?.has(seen),
      `${key} comes to ${seen}, not to ${[...(allowed ?? [])].join(" or ")}`,
    );
  }
}

function wanted(world: World): (readonly [string, string | undefined])[] {
  const code = (address: string): string | undefined => {
    const policy = world.addresses.get(address);
    return policy === undefined ? undefined : codeOf(policy);
  };
  return [
    ...ADDRESSES.map((address) => [address, code(address)] as const),
    ...INTERFACES.map((name) => [name, world.interfaces.get(name)] as const),
  ];
}

/** Remembers when elements, maps and chains were last part of what was wanted. */
class Calendar {
  readonly #last = new Map<string, number>();
  #current: Ruleset["maps"] = new Map();

  mark({ maps, chains }: Ruleset, now: number): void {
    this.#current = maps;
    for (const [name, map] of maps) {
      this.#last.set(name, now);
      for (const key of map.elements.keys()) this.#last.set(`${name} ${key}`, now);
    }
    for (const name of chains.keys()) this.#last.set(name, now);
  }

  /**
   * Nothing is deleted that was wanted within the last second, but what packets bring with them;
   * and pointers, which a change may delete if the ruleset before it did not want them any more.
   */
  check(transaction: readonly Command[], now: number): void {
    const added = new Set<string>();
    const gone: string[] = [];
    for (const command of transaction) {
      if (command.op === "delete chain") gone.push(command.chain);
      if (command.op === "delete map") gone.push(command.map);
      if (command.op === "delete elements" && !/_(cls|ep)$/.test(command.map)) {
        const wanted = this.#current.get(command.map)?.elements;
        const isPointer = command.map.endsWith("_rows");
        const keys = command.keys.filter((key) => !isPointer || wanted?.has(key));
        gone.push(...keys.map((key) => `${command.map} ${key}`));
      }
      if (command.op === "add elements") {
        for (const [key] of command.elements) added.add(`${command.map} ${key}`);
      }
    }
    for (const name of gone) {
      const last = this.#last.get(name) ?? Number.NEGATIVE_INFINITY;
      assert.ok(added.has(name) || now - last >= 1000, `${name} is deleted too soon`);
    }
  }
}

describe("any sequence of renderings", () => {
  it("shows each packet the old policy or the new, and ends in the last alone", async () => {
    const sequences = fc.array(moves, { minLength: 1, maxLength: 12 });
    await fc.assert(fc.asyncProperty(sequences, followOnFake), { numRuns: 300 });
  });

  const netns = `picket-test-${process.pid}-apply`;
  describe("in the kernel", { skip: requires({ root: true, tools: ["nft", "ip"] }) }, () => {
    const nft = nftCommand({ netns });
    before(() => execFileSync("ip", ["netns", "add", netns]));
    after(async () => {
      await nft.close();
      execFileSync("ip", ["netns", "delete", netns]);
    });

    it("ends in the last alone", async () => {
      const sequences = fc.array(worlds, { minLength: 2, maxLength: 6 });
      await fc.assert(
        fc.asyncProperty(sequences, (sequence) => followInKernel(nft, sequence)),
        { numRuns: 5 },
      );
    });
  });
});

async function followOnFake(sequence: readonly Move[]): Promise<void> {
  const clock = new FakeClock();
  const witness = new Witness();
  const calendar = new Calendar();
  const nft = fakeNft((transaction) => {
    witness.look(nft.table);
    calendar.check(transaction, clock.now());
  });
  const applier = new Applier({ nft, clock, onFailure: assert.ifError });
  const program = new ToyProgram();
  let last: Ruleset | undefined;
  const reach = async (world: World, failure?: Move["failure"]): Promise<boolean> => {
    const rendering = program.render(await applier.generation(), world);
    if (last) calendar.mark(last, clock.now());
    witness.begin(world);
    if (failure) nft.fail(new NftError("unanswered", "gone"), failure);
    const { ok } = await applier.apply(rendering);
    nft.fail(undefined);
    if (!ok) return false;
    witness.end(world);
    last = rendering.ruleset;
    calendar.mark(last, clock.now());
    return true;
  };
  for (const { world, wait, failure } of sequence) {
    if (!(await reach(world, failure))) assert.ok(await reach(world));
    clock.advance(wait);
    assert.deepEqual(await applier.check({ elements: true }), []);
  }
  clock.advance(1000);
  assert.deepEqual(await applier.check(), []);
  if (last) await assertHolds(nft, last);
}

async function followInKernel(nft: Nft, sequence: readonly World[]): Promise<void> {
  const applier = new Applier({ nft, clock: new FakeClock(), onFailure: assert.ifError });
  const program = new ToyProgram();
  for (const [i, world] of sequence.entries()) {
    const rendering = program.render(await applier.generation(), world);
    assert.deepEqual(
      { ...(await applier.apply(rendering)), transactions: 0 },
      { ok: true, transactions: 0 },
    );
    assert.deepEqual(await applier.check(), []);
    if (i < sequence.length - 1) continue;
    assert.ok((await applier.settle()).ok);
    await assertHolds(nft, rendering.ruleset);
  }
  await applier.close();
}
