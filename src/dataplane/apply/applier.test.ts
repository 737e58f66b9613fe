import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Command } from "../nft/command.ts";
import { fakeNft } from "../nft/fake-nft.ts";
import { type Nft, NftError } from "../nft/nft.ts";
import type { NftMap, Rendering, Ruleset } from "../nft/ruleset.ts";
import { type Applied, Applier } from "./applier.ts";
import { assertHolds } from "./assert-holds.ts";
import { FakeClock } from "./clock.ts";
import { ToyProgram, type World } from "./toy-program.ts";

const ALPHA = world("1:policy1 2:policy1 3:policy2", "cali1:group1");
const BETA = world("1:policy3 2:policy1 4:policy2", "cali2:group2");
const EMPTY = world("", "");

function world(addresses: string, interfaces: string): World {
  const pairs = (text: string): (readonly [string, string])[] =>
    Array.from(text.matchAll(/(\w+):(\w+)/g), ([, key = "", value = ""]) => [key, value]);
  return {
    addresses: new Map(pairs(addresses).map(([last, policy]) => [`10.0.0.${last}`, policy])),
    interfaces: new Map(pairs(interfaces)),
  };
}

/** An applier over `nft`, with a clock that stands still, and a program. */
function start<N extends Nft>(nft: N) {
  const clock = new FakeClock();
  const failures: NftError[] = [];
  const applier = new Applier({ nft, clock, onFailure: (error) => failures.push(error) });
  const program = new ToyProgram();
  const render = async (next: World): Promise<Rendering> =>
    program.render(await applier.generation(), next);
  const apply = async (next: World): Promise<Applied> => applier.apply(await render(next));
  /** Moves time on, and waits for what that has set going. */
  const advance = async (ms: number): Promise<void> => {
    clock.advance(ms);
    assert.deepEqual(await applier.check(), []);
  };
  return { nft, clock, applier, render, apply, advance, failures };
}

function summaryOf(transaction: readonly Command[]): string[] {
  return transaction.map((command) => {
    if ("map" in command) return `${command.op} ${command.map}`;
    return "chain" in command ? `${command.op} ${command.chain}` : command.op;
  });
}

describe("the applier, step by step", () => {
  it("builds the first generation beside nothing, and then enters it", async () => {
    const { nft, applier, render } = start(fakeNft());
    const rendering = await render(ALPHA);
    assert.deepEqual(await applier.apply(rendering), { ok: true, transactions: 2 });
    await assertHolds(nft, rendering.ruleset);
    const [building, entering] = nft.transactions.map(summaryOf);
    assert.ok(building?.every((command) => /^add (table|map|chain|rule|elements)/.test(command)));
    assert.deepEqual(entering, ["add base chain forward", "add rule forward"]);
  });

  it("sends nothing for an unchanged rendering", async () => {
    const { apply } = start(fakeNft());
    await apply(ALPHA);
    assert.deepEqual(await apply(ALPHA), { ok: true, transactions: 0 });
  });

  it("adds, moves, switches, and deletes a second later", async () => {
    const { nft, apply, advance } = start(fakeNft());
    await apply(ALPHA);
    await advance(1000);
    const done = nft.transactions.length;
    assert.deepEqual(await apply(BETA), { ok: true, transactions: 3 });
    await advance(999);
    assert.equal(nft.transactions.length, done + 3);
    await advance(1);
    assert.deepEqual(nft.transactions.slice(done).map(summaryOf), [
      [
        "add chain g1_group2",
        "add elements g1_rows",
        "add elements g1_codes",
        "add rule g1_group2",
        "add rule g1_group2",
      ],
      ["delete elements g1_cls", "add elements g1_cls"],
      [
        "delete elements g1_rows",
        "add elements g1_rows",
        "delete elements g1_ep",
        "add elements g1_ep",
      ],
      ["flush chain g1_group1", "delete elements g1_rows", "delete chain g1_group1"],
    ]);
  });

  it("closes an endpoint that is gone without waiting", async () => {
    const { nft, apply } = start(fakeNft());
    await apply(ALPHA);
    await apply(EMPTY);
    assert.deepEqual(nft.table.elements("g1_ep"), new Map());
    assert.equal(nft.table.elements("g1_codes").size, 2);
  });

  it("leaves nothing old in a map of endpoints that was unused for a moment", async () => {
    const { nft, applier } = start(fakeNft());
    const dispatch = (...interfaces: readonly string[]): Rendering => ({
      bridge: new Map(),
      ruleset: {
        generation: 1,
        baseChains: new Map(),
        chains: new Map([["g1_shut", ["drop"]]]),
        maps: new Map(
          interfaces.length === 0
            ? []
            : [["g1_ep", endpoints(new Map(interfaces.map((one) => [one, "goto g1_shut"])))]],
        ),
      },
    });
    const endpoints = (elements: ReadonlyMap<string, string>): NftMap => ({
      object: "map",
      declaration: "type ifname : verdict; size 8;",
      role: "pointer",
      elements,
    });
    await applier.generation();
    await applier.apply(dispatch("*"));
    await applier.apply(dispatch());
    await applier.apply(dispatch('"eth0"'));
    assert.deepEqual([...nft.table.elements("g1_ep").keys()], ['"eth0"']);
    await applier.settle();
    assert.deepEqual([...nft.table.elements("g1_ep").keys()], ['"eth0"']);
    assert.deepEqual(await applier.check({ elements: true }), []);
  });

  it("keeps what is wanted again before it was deleted", async () => {
    const { nft, applier, render, apply, advance } = start(fakeNft());
    await apply(ALPHA);
    await apply(EMPTY);
    await advance(500);
    const again = await render(ALPHA);
    assert.ok((await applier.apply(again)).ok);
    const added = nft.transactions.flatMap(summaryOf);
    assert.equal(added.filter((command) => command === "add chain g1_group1").length, 1);
    await advance(500);
    await advance(1000);
    await assertHolds(nft, again.ruleset);
  });

  it("deletes in a stream of changes too", async () => {
    const { nft, apply, advance } = start(fakeNft());
    for (let i = 0; i < 8; i++) {
      await apply(i % 2 === 0 ? ALPHA : EMPTY);
      await apply(world("9:policy9", `cali9:group${i}`));
      await advance(300);
    }
    const groups = [...(nft.table.list()?.chains.keys() ?? [])].filter((name) =>
      /group/.test(name),
    );
    assert.deepEqual(groups.sort(), [
      "g1_group1",
      "g1_group4",
      "g1_group5",
      "g1_group6",
      "g1_group7",
    ]);
  });

  it("refuses another content for a chain, a definition or a map that is held", async () => {
    const { applier, render } = start(fakeNft());
    const { ruleset } = await render(ALPHA);
    await applier.apply({ ruleset, bridge: new Map() });
    const codes = ruleset.maps.get("g1_codes") ?? assert.fail();
    const [first = ""] = codes.elements.keys();
    const changes: readonly (readonly [RegExp, Partial<Ruleset>])[] = [
      [/chain g1_in is held/, { chains: new Map([...ruleset.chains, ["g1_in", ["accept"]]]) }],
      [
        /g1_codes defines/,
        { maps: new Map([["g1_codes", { ...codes, elements: new Map([[first, "7:7"]]) }]]) },
      ],
      [
        /map g1_codes is held/,
        { maps: new Map([["g1_codes", { ...codes, declaration: "type mark : mark;" }]]) },
      ],
    ];
    for (const [message, change] of changes) {
      const other = { ruleset: { ...ruleset, ...change }, bridge: new Map() };
      await assert.rejects(applier.apply(other), message);
    }
    assert.deepEqual(await applier.apply({ ruleset, bridge: new Map() }), {
      ok: true,
      transactions: 0,
    });
  });
});

describe("the applier when something fails", () => {
  const refused = new NftError("refused", "no");

  it("keeps the old policy, and then builds a new generation", async () => {
    const { nft, applier, render, apply } = start(fakeNft());
    await apply(ALPHA);
    nft.fail(refused);
    assert.deepEqual(await applier.apply(await render(BETA)), { ok: false, error: refused });
    assert.deepEqual(nft.table.rules("forward"), ["jump g1_in"]);
    const again = await render(BETA);
    assert.equal(again.ruleset.generation, 2);
    assert.ok((await applier.apply(again)).ok);
    assert.ok((await applier.settle()).ok);
    await assertHolds(nft, again.ruleset);
  });

  it("clears what could not be entered before it builds again", async () => {
    const { nft, applier, render, apply } = start(fakeNft());
    await apply(ALPHA);
    await applier.settle();
    nft.table.commit([
      { op: "add chain", chain: "g2_in" },
      { op: "add map", map: "g4_cls", of: { object: "set", declaration: "type mark;" } },
    ]);
    nft.fail(refused);
    await applier.apply(await render(BETA));
    const done = nft.transactions.length;
    assert.ok((await apply(BETA)).ok);
    assert.deepEqual(nft.transactions.slice(done).map(summaryOf)[0], [
      "flush chain g2_in",
      "delete map g4_cls",
      "delete chain g2_in",
    ]);
  });

  it("refuses a rendering made before it knew of a failure", async () => {
    const { nft, applier, render, apply } = start(fakeNft());
    await apply(ALPHA);
    const [first, second] = [await render(BETA), await render(EMPTY)];
    nft.fail(refused);
    const outcomes = await Promise.all([applier.apply(first), applier.apply(second)]);
    assert.deepEqual(
      outcomes.map(({ ok }) => ok),
      [false, false],
    );
    assert.ok((await apply(EMPTY)).ok);
  });

  it("tells of a deletion that failed", async () => {
    const { nft, clock, applier, apply, failures } = start(fakeNft());
    await apply(ALPHA);
    await applier.settle();
    await apply(EMPTY);
    nft.fail(refused);
    clock.advance(1000);
    assert.equal(await applier.generation(), 2);
    assert.deepEqual(failures, [refused]);
  });

  it("goes on from the table of an applier before it", async () => {
    const first = start(fakeNft());
    await first.apply(ALPHA);
    await first.applier.close();
    const { nft, applier, render } = start(first.nft);
    const rendering = await render(BETA);
    assert.equal(rendering.ruleset.generation, 2);
    await applier.apply(rendering);
    await applier.settle();
    await assertHolds(nft, rendering.ruleset);
  });

  it("finds drift, and mends it with a new generation", async () => {
    const { nft, applier, render, apply } = start(fakeNft());
    await apply(ALPHA);
    await applier.settle();
    assert.deepEqual(await applier.check({ elements: true }), []);
    nft.table.commit([{ op: "delete elements", map: "g1_cls", keys: ["10.0.0.1"] }]);
    assert.deepEqual(await applier.check({ elements: true }), ["map g1_cls has 3 elements, not 4"]);
    await apply(ALPHA);
    await applier.settle();
    nft.table.commit([
      { op: "flush chain", chain: "g2_in" },
      { op: "add chain", chain: "other" },
      { op: "add map", map: "theirs", of: { object: "set", declaration: "type mark;" } },
      { op: "add rule", chain: "g2_in", rule: "jump other" },
      { op: "delete map", map: "g2_rows" },
    ]);
    assert.deepEqual(await applier.check(), [
      "chain g2_in has 1 rules, not 5",
      "chain other is somebody else's",
      "map g2_rows is gone",
      "map theirs is somebody else's",
    ]);
    const mended = await render(BETA);
    await applier.apply(mended);
    await applier.settle();
    await assertHolds(nft, mended.ruleset);
    nft.table.commit([{ op: "delete table" }]);
    assert.deepEqual(await applier.check(), ["the table is gone"]);
  });

  const foreign: readonly (readonly [string, readonly Command[], string])[] = [
    [
      "another value",
      [
        { op: "delete elements", map: "g1_codes", keys: ["8000:1"] },
        { op: "add elements", map: "g1_codes", elements: [["8000:1", "1:9"]] },
      ],
      "map g1_codes has 1:9 for 8000:1, not 1:2",
    ],
    [
      "another key",
      [
        { op: "delete elements", map: "g1_cls", keys: ["10.0.0.1"] },
        { op: "add elements", map: "g1_cls", elements: [["10.0.0.7", "2:1"]] },
      ],
      "map g1_cls has 10.0.0.7, which is somebody else's",
    ],
    [
      "another rule",
      [
        { op: "flush chain", chain: "g1_group1" },
        { op: "add rule", chain: "g1_group1", rule: "accept" },
        { op: "add rule", chain: "g1_group1", rule: "drop" },
      ],
      "chain g1_group1 has other rules",
    ],
  ];
  for (const [title, transaction, want] of foreign) {
    it(`finds ${title} by looking at a map a time, and at every chain`, async () => {
      const { nft, applier, apply } = start(fakeNft());
      await apply(ALPHA);
      await applier.settle();
      assert.deepEqual(await applier.check(), []);
      nft.table.commit(transaction);
      const found: string[] = [];
      for (let map = 0; map < 4; map++) found.push(...(await applier.check()));
      assert.deepEqual(found, [want]);
    });
  }
});
