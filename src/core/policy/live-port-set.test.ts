import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { TCP, UDP } from "../net/protocol.ts";
import { LivePortSet } from "./live-port-set.ts";
import type { ServedPort } from "./policy.ts";

const ADDRESSES = ["10.0.0.1", "10.0.0.2", "fd00::1"];
const PORTS: readonly ServedPort[] = [TCP, UDP].flatMap((protocol) =>
  [1, 80, 65_535].map((port) => ({ protocol, port })),
);

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      how: fc.constantFrom("add", "remove"),
      address: fc.constantFrom(...ADDRESSES),
      port: fc.constantFrom(...PORTS),
    }),
  },
  { weight: 1, arbitrary: fc.record({ how: fc.constantFrom("keep", "drop", "take") }) },
);
type Step = {
  readonly how: string;
  readonly address?: string;
  readonly port?: ServedPort;
};
type Members = Readonly<Record<string, readonly ServedPort[]>>;

/** A set beside the list of all that was added to it and not removed. */
class Compared {
  readonly #set = new LivePortSet("name");
  #served: { readonly address: string; readonly port: ServedPort }[] = [];
  #taken: Members | undefined;
  readonly #versions = new Map<number, Members>();

  take({ how, address = "", port }: Step): void {
    if (how === "add" && port) {
      this.#set.add(address, port);
      this.#served.push({ address, port });
    } else if (how === "remove" && port) this.#remove(address, port);
    else if (how === "keep") {
      this.#set.keepChanges();
      this.#taken ??= this.#members;
    } else if (how === "drop") {
      this.#set.dropChanges();
      this.#taken = undefined;
    } else if (how === "take") this.#takeChanges();
  }

  check(): void {
    const members = this.#members;
    assert.deepEqual(Object.fromEntries(this.#set.members), members);
    const { version } = this.#set;
    assert.deepEqual(this.#versions.get(version) ?? members, members, "one version of two");
    this.#versions.set(version, members);
  }

  /** What was never added is not removed: so it is with whoever counts objects. */
  #remove(address: string, port: ServedPort): void {
    const place = this.#served.findIndex((one) => one.address === address && one.port === port);
    if (place < 0) return;
    this.#served.splice(place, 1);
    this.#set.remove(address, port);
  }

  #takeChanges(): void {
    const members = this.#members;
    const before = this.#taken ?? members;
    const changed = ADDRESSES.filter(
      (address) => JSON.stringify(before[address]) !== JSON.stringify(members[address]),
    );
    assert.deepEqual(this.#set.takeChanges().sort(), changed);
    if (this.#taken) this.#taken = members;
  }

  get #members(): Members {
    const members: Record<string, readonly ServedPort[]> = {};
    for (const address of ADDRESSES) {
      const served = PORTS.filter((port) =>
        this.#served.some((one) => one.address === address && one.port === port),
      );
      if (served.length > 0) members[address] = served;
    }
    return members;
  }
}

describe("LivePortSet", () => {
  it("has each port that is served once or more often, and tells which addresses changed", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80, size: "max" }), (steps) => {
        const compared = new Compared();
        for (const one of steps) {
          compared.take(one);
          compared.check();
        }
      }),
    );
  });

  it("has the ports that were put last, and another version only if they are others", () => {
    const http = { protocol: TCP, port: 80 };
    const set = new LivePortSet("name");
    set.keepChanges();
    const rows: readonly (readonly [readonly ServedPort[], number])[] = [
      [[], 0],
      [[http], 1],
      [[{ ...http }], 1],
      [[http, { protocol: UDP, port: 80 }], 2],
      [[{ protocol: UDP, port: 80 }], 3],
      [[], 4],
    ];
    for (const [ports, version] of rows) {
      set.put("10.0.0.1", ports);
      assert.deepEqual(set.members.get("10.0.0.1") ?? [], ports);
      assert.equal(set.version, version);
    }
    assert.equal(set.members.size, 0);
    assert.deepEqual(set.takeChanges(), []);
  });
});
