import { createHash } from "node:crypto";
import { type Address, address, formatAddress } from "../../core/net/address.ts";

/** 198.18.0.0/15 is for tests between machines (RFC 2544) and leaves 17 bits. */
const RANGE = 1 << 17;
const FIRST_IPV4 = address("198.18.0.0");
const FIRST_IPV6 = address("fd00:1ab::");

/**
 * Addresses for machines that name none, one of each family. They come of the machine's name, so
 * they stay when others come and go; only one that is taken moves on to the next.
 */
export class GeneratedAddresses {
  readonly #taken: Set<string>;

  constructor(taken: ReadonlySet<string>) {
    this.#taken = new Set(taken);
  }

  of(name: string): Address[] {
    const start = createHash("sha256").update(name).digest().readUInt32BE() % RANGE;
    return [FIRST_IPV4, FIRST_IPV6].map((base) => {
      for (let i = 0; i < RANGE; i++) {
        const words = base.words.with(-1, (base.words.at(-1) ?? 0) + ((start + i) % RANGE));
        const candidate: Address = { family: base.family, words };
        const text = formatAddress(candidate);
        if (this.#taken.has(text)) continue;
        this.#taken.add(text);
        return candidate;
      }
      throw new Error(`all ${RANGE} addresses for machines without one are taken`);
    });
  }
}
