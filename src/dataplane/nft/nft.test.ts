import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, describe, it } from "node:test";
import { requires } from "../../../test/requirements.ts";
import type { Command, Element, MapShape } from "./command.ts";
import { fakeNft } from "./fake-nft.ts";
import { type Nft, NftError } from "./nft.ts";
import { nftCommand } from "./nft-command.ts";

const FORWARD = { hook: "forward", type: "filter", priority: 0 } as const;
const CLASSES: MapShape = { object: "map", declaration: "type ipv4_addr : classid; size 4;" };
const GROUPS: MapShape = { object: "map", declaration: "type ifname : verdict; size 8;" };
const NETS: MapShape = {
  object: "map",
  declaration: "typeof meta protocol . ip saddr : meta priority; flags interval;",
};
const BASE: readonly Command[] = [
  { op: "add table" },
  { op: "add base chain", chain: "forward", base: FORWARD },
  { op: "add chain", chain: "g1_in" },
  { op: "add rule", chain: "g1_in", rule: "drop" },
  { op: "add chain", chain: "g1_out" },
  { op: "add map", map: "g1_classes", of: CLASSES },
  { op: "add map", map: "g1_groups", of: GROUPS },
];

function add(map: string, ...elements: readonly Element[]): Command {
  return { op: "add elements", map, elements };
}

function remove(map: string, ...keys: readonly string[]): Command {
  return { op: "delete elements", map, keys };
}

const netns = `picket-test-${process.pid}-nft`;
const kernel = requires({ root: true, tools: ["nft", "ip"] });

describe("the fake of nft", () => {
  contract(() => fakeNft());
});

describe("the nft command", { skip: kernel }, () => {
  before(() => execFileSync("ip", ["netns", "add", netns]));
  after(() => execFileSync("ip", ["netns", "delete", netns]));
  contract(() => nftCommand({ netns }));
});

/** What every implementation keeps to. */
function contract(create: () => Nft): void {
  const opened: Nft[] = [];
  after(() => Promise.all(opened.map((nft) => nft.close())));

  /** An implementation whose table holds {@link BASE} and what `more` adds. */
  async function open(...more: readonly Command[]): Promise<Nft> {
    const nft = create();
    opened.push(nft);
    await nft.run([{ op: "add table" }, { op: "delete table" }]);
    await nft.run([...BASE, ...more]);
    return nft;
  }

  it("has no table until one is added", async () => {
    const nft = await open();
    await nft.run([{ op: "delete table" }]);
    assert.equal(await nft.list(), undefined);
    await assert.rejects(nft.run([{ op: "add chain", chain: "c" }]), refusal(/No such file/));
    await nft.run([{ op: "add table" }]);
    assert.deepEqual(await nft.list(), { chains: new Map(), maps: new Map() });
  });

  it("lists chains with what they lead to, maps and sets", async () => {
    const nft = await open(
      { op: "add rule", chain: "forward", rule: 'iifname "cali*" jump g1_out' },
      { op: "add rule", chain: "forward", rule: "meta priority set ip saddr map @g1_classes" },
      { op: "add rule", chain: "forward", rule: "jump g1_in" },
      { op: "add map", map: "g1_known", of: { object: "set", declaration: "type ifname;" } },
    );
    const listing = await nft.list();
    const chains = Array.from(listing?.chains ?? [], ([name, { text: _, ...chain }]) => [
      name,
      chain,
    ]);
    assert.deepEqual(chains, [
      ["forward", { base: FORWARD, rules: 3, targets: ["g1_out", "g1_in"] }],
      ["g1_in", { base: undefined, rules: 1, targets: [] }],
      ["g1_out", { base: undefined, rules: 0, targets: [] }],
    ]);
    assert.deepEqual(
      listing?.maps,
      new Map([
        ["g1_classes", "map"],
        ["g1_groups", "map"],
        ["g1_known", "set"],
      ]),
    );
  });

  it("lists equal rules in equal words, and others in others", async () => {
    const words = async (...rules: readonly string[]): Promise<string | undefined> => {
      const added = rules.map((rule): Command => ({ op: "add rule", chain: "g1_out", rule }));
      return (await (await open(...added)).list())?.chains.get("g1_out")?.text;
    };
    const [drop, port] = ["drop", "tcp dport { 22, 80 } accept"];
    assert.equal(await words(port, drop), await words(port, drop));
    assert.notEqual(await words(port, drop), await words(port));
    assert.notEqual(await words(port), await words("tcp dport { 22, 81 } accept"));
  });

  it("adds, moves and deletes elements", async () => {
    const nft = await open(add("g1_classes", ["10.0.0.1", "0:2"], ["10.0.0.2", "0:2"]));
    await nft.run([
      remove("g1_classes", "10.0.0.1"),
      add("g1_classes", ["10.0.0.1", "0:3"]),
      remove("g1_classes", "10.0.0.2"),
    ]);
    assert.deepEqual(await nft.elements("g1_classes"), new Map([["10.0.0.1", "0:3"]]));
  });

  it("holds elements of sets, of verdict maps and of intervals", async () => {
    const nft = await open(
      { op: "add map", map: "g1_known", of: { object: "set", declaration: "type ifname;" } },
      { op: "add map", map: "g1_nets", of: NETS },
      add("g1_known", ['"cali1"', ""]),
      add("g1_groups", ['"cali1"', "goto g1_in"]),
      add("g1_nets", ["0x0800 . 10.0.0.0/8", "0:2"]),
    );
    await nft.run([
      remove("g1_groups", '"cali1"'),
      add("g1_groups", ['"cali1"', "goto g1_out"]),
      remove("g1_nets", "0x0800 . 10.0.0.0/8"),
      add("g1_nets", ["0x0800 . 10.0.0.0/9", "0:2"], ["0x0800 . 10.128.0.0/9", "0:3"]),
    ]);
    assert.deepEqual(await nft.elements("g1_known"), new Map([['"cali1"', ""]]));
    assert.deepEqual(await nft.elements("g1_groups"), new Map([['"cali1"', "goto g1_out"]]));
    assert.deepEqual(
      await nft.elements("g1_nets"),
      new Map([
        ["0x0800 . 10.0.0.0/9", "0:2"],
        ["0x0800 . 10.128.0.0/9", "0:3"],
      ]),
    );
  });

  it("takes again what is there already", async () => {
    const nft = await open(add("g1_classes", ["10.0.0.1", "0:2"]));
    await nft.run([
      { op: "add table" },
      { op: "add base chain", chain: "forward", base: FORWARD },
      { op: "add chain", chain: "g1_in" },
      { op: "add map", map: "g1_classes", of: CLASSES },
      add("g1_classes", ["10.0.0.1", "0:2"]),
    ]);
    assert.equal((await nft.list())?.chains.get("g1_in")?.rules, 1);
  });

  it("does nothing at all when one command is refused", async () => {
    const nft = await open(add("g1_classes", ["10.0.0.1", "0:2"]));
    const transaction: readonly Command[] = [
      { op: "add chain", chain: "g1_new" },
      remove("g1_classes", "10.0.0.1"),
      add("g1_classes", ["10.0.0.9", "0:9"]),
      { op: "flush chain", chain: "g1_in" },
      remove("g1_classes", "10.0.0.7"),
    ];
    await assert.rejects(nft.run(transaction), refusal(/No such file/));
    const listing = await nft.list();
    assert.equal(listing?.chains.has("g1_new"), false);
    assert.equal(listing.chains.get("g1_in")?.rules, 1);
    assert.deepEqual(await nft.elements("g1_classes"), new Map([["10.0.0.1", "0:2"]]));
  });

  const refusals: readonly (readonly [title: string, RegExp, ...Command[]])[] = [
    ["an element for no map", /No such file/, add("g1_none", ["10.0.0.1", "0:2"])],
    ["another value", /File exists/, add("g1_classes", ["10.0.0.1", "0:3"])],
    ["to delete an element not there", /No such file/, remove("g1_classes", "10.0.0.9")],
    ["a verdict for no chain", /No such file/, add("g1_groups", ['"cali2"', "goto g1_none"])],
    ["a rule in no chain", /No such/, { op: "add rule", chain: "g1_none", rule: "drop" }],
    ["a jump to no chain", /No such/, { op: "add rule", chain: "g1_in", rule: "jump g1_none" }],
    ["to flush no chain", /No such file/, { op: "flush chain", chain: "g1_none" }],
    ["to delete no map", /No such file/, { op: "delete map", map: "g1_none" }],
    [
      "a rule about no map",
      /No such file/,
      { op: "add rule", chain: "g1_in", rule: "oifname vmap @g1_none" },
    ],
    [
      "to delete a chain that a rule jumps to",
      /busy/,
      { op: "add rule", chain: "forward", rule: "jump g1_in" },
      { op: "delete chain", chain: "g1_in" },
    ],
    [
      "to delete a chain that an element leads to",
      /busy/,
      add("g1_groups", ['"cali2"', "goto g1_out"]),
      { op: "delete chain", chain: "g1_out" },
    ],
    [
      "to delete a map that a rule reads",
      /busy/,
      { op: "add rule", chain: "forward", rule: "oifname vmap @g1_groups" },
      { op: "delete map", map: "g1_groups" },
    ],
    [
      "the same base chain with another hook",
      /exists|not supported/,
      { op: "add base chain", chain: "forward", base: { ...FORWARD, hook: "input" } },
    ],
  ];
  for (const [title, reason, ...commands] of refusals) {
    it(`refuses ${title}`, async () => {
      const nft = await open(add("g1_classes", ["10.0.0.1", "0:2"]));
      await assert.rejects(nft.run(commands), refusal(reason));
    });
  }

  it("tells that a map is full, which its catch-all element is not counted for", async () => {
    const four: readonly Element[] = [1, 2, 3, 4].map((i) => [`10.0.0.${i}`, "0:2"]);
    const nft = await open(add("g1_classes", ["*", "0:1"], ...four));
    const fifth = add("g1_classes", ["10.0.0.5", "0:2"]);
    await assert.rejects(nft.run([fifth]), { name: "NftError", reason: "full" });
    await nft.run([remove("g1_classes", "10.0.0.1", "*"), fifth, add("g1_classes", ["*", "0:2"])]);
    assert.equal((await nft.elements("g1_classes")).get("*"), "0:2");
  });

  it("deletes a generation in one transaction: rules, then maps, then chains", async () => {
    const nft = await open(
      { op: "add rule", chain: "g1_out", rule: "oifname vmap @g1_groups" },
      { op: "add rule", chain: "g1_out", rule: "jump g1_in" },
      add("g1_groups", ['"cali1"', "goto g1_in"]),
    );
    await nft.run([
      { op: "flush chain", chain: "g1_out" },
      { op: "flush chain", chain: "g1_in" },
      { op: "delete map", map: "g1_groups" },
      { op: "delete map", map: "g1_classes" },
      { op: "delete chain", chain: "g1_in" },
      { op: "delete chain", chain: "g1_out" },
    ]);
    assert.deepEqual([...((await nft.list())?.chains.keys() ?? [])], ["forward"]);
  });

  it("carries out calls in their order, and goes on after a refusal", async () => {
    const nft = await open();
    const outcomes = await Promise.allSettled([
      nft.run([{ op: "add chain", chain: "g1_x" }]),
      nft.run([{ op: "delete map", map: "g1_none" }]),
      nft.run([{ op: "add rule", chain: "g1_x", rule: "drop" }]),
      nft.run([]),
    ]);
    assert.deepEqual(
      outcomes.map((outcome) => outcome.status),
      ["fulfilled", "rejected", "fulfilled", "fulfilled"],
    );
  });

  it("rejects the elements of no map", async () => {
    const nft = await open();
    await assert.rejects(nft.elements("g1_none"), refusal(/No such file/));
  });
}

function refusal(reason: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof NftError, String(error));
    assert.equal(error.reason, "refused");
    assert.match(error.message, reason);
    return true;
  };
}
