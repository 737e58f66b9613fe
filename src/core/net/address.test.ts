import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  type Address,
  address,
  bitsOf,
  compareAddresses,
  comparePrefixes,
  contains,
  covers,
  formatAddress,
  formatPrefix,
  hostPrefix,
  isHostPrefix,
  lastAddress,
  nextAddress,
  type Prefix,
  parseAddress,
  parseAddressOrPrefix,
  parsePrefix,
  prefix,
  prefixOf,
  previousAddress,
} from "./address.ts";

const word = fc.oneof(
  fc.constantFrom(0, 1, 0xffff, 0x1_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff),
  fc.nat({ max: 0xffff_ffff }),
);
const ipv4 = word.map((one): Address => ({ family: 4, words: [one] }));
const ipv6 = fc
  .array(word, { minLength: 4, maxLength: 4 })
  .filter((words) => !(words[0] === 0 && words[1] === 0 && words[2] === 0xffff))
  .map((words): Address => ({ family: 6, words }));
const anyAddress = fc.oneof(ipv4, ipv6);
const anyPrefix = anyAddress.chain((inside) =>
  fc.nat({ max: bitsOf(inside.family) }).map((length) => prefixOf(inside, length)),
);

/** The naive model: an address is one big number, a network is a range of them. */
const number = (some: Address): bigint =>
  some.words.reduce((sum, one) => (sum << 32n) | BigInt(one), 0n);
const sizeOf = (net: Prefix): bigint => 1n << BigInt(bitsOf(net.address.family) - net.length);

describe("parseAddress", () => {
  for (const [text, canonical] of [
    ["0.0.0.0", "0.0.0.0"],
    ["255.255.255.255", "255.255.255.255"],
    ["::", "::"],
    ["::1", "::1"],
    ["FD00:0:0:1::", "fd00:0:0:1::"],
    ["1:0:0:2:0:0:0:3", "1:0:0:2::3"],
    ["1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"],
    ["::ffff:10.0.0.1", "10.0.0.1"],
    ["::ffff:a00:1", "10.0.0.1"],
    ["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
    ["dead:beef::0:3", "dead:beef::3"],
  ] as const) {
    it(`reads ${text}`, () => assert.equal(formatAddress(address(text)), canonical));
  }

  for (const text of [
    "",
    "1.2.3",
    "1.2.3.4.5",
    "1.2.3.256",
    "01.2.3.4",
    "1.2.3.4 ",
    "1.2.3.-4",
    ":",
    ":::",
    "1::2::3",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7:8::",
    "12345::",
    "fe80::1%eth0",
    "::1.2.3.4:5",
    "g::",
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.equal(parseAddress(text), undefined);
      assert.throws(() => address(text), RangeError);
    });
  }

  it("reads back whatever formatAddress writes", () => {
    fc.assert(fc.property(anyAddress, (a) => assert.deepEqual(parseAddress(formatAddress(a)), a)));
  });
});

describe("parsePrefix", () => {
  for (const [text, canonical] of [
    ["10.1.2.3/8", "10.0.0.0/8"],
    ["10.1.2.3/08", "10.0.0.0/8"],
    ["0.0.0.0/0", "0.0.0.0/0"],
    ["fd00::1/64", "fd00::/64"],
    ["::ffff:10.1.2.3/112", "10.1.0.0/16"],
  ] as const) {
    it(`reads ${text}`, () => assert.equal(formatPrefix(prefix(text)), canonical));
  }

  for (const text of [
    "10.0.0.0",
    "10.0.0.0/33",
    "::/129",
    "10.0.0.0/",
    "10.0.0.0/-1",
    "/8",
    "10/8",
  ]) {
    it(`refuses ${text}`, () => assert.equal(parsePrefix(text), undefined));
  }

  it("reads back whatever formatPrefix writes", () => {
    fc.assert(
      fc.property(anyPrefix, (net) => assert.deepEqual(parsePrefix(formatPrefix(net)), net)),
    );
  });

  it("takes a bare address for a network of one, where that is asked for", () => {
    fc.assert(
      fc.property(anyAddress, (one) => {
        const net = parseAddressOrPrefix(formatAddress(one));
        assert.deepEqual(net, hostPrefix(one));
        assert.ok(isHostPrefix(hostPrefix(one)));
      }),
    );
  });
});

describe("networks", () => {
  it("hold the addresses from their first to their last", () => {
    fc.assert(
      fc.property(anyPrefix, anyAddress, (net, other) => {
        const first = number(net.address);
        assert.equal(number(lastAddress(net)), first + sizeOf(net) - 1n);
        for (const found of [other, net.address, lastAddress(net)]) {
          const inside =
            found.family === net.address.family &&
            number(found) >= first &&
            number(found) < first + sizeOf(net);
          assert.equal(contains(net, found), inside);
        }
      }),
    );
  });

  it("cover exactly the networks whose both ends they hold", () => {
    fc.assert(
      fc.property(anyPrefix, anyPrefix, fc.nat({ max: 32 }), (a, b, wider) => {
        const parent = prefixOf(a.address, Math.max(0, a.length - wider));
        for (const [outer, inner] of [
          [parent, a],
          [a, parent],
          [a, b],
        ] as const) {
          const both = contains(outer, inner.address) && contains(outer, lastAddress(inner));
          assert.equal(covers(outer, inner), both);
        }
      }),
    );
  });
});

describe("order", () => {
  it("is by family, then by value", () => {
    fc.assert(
      fc.property(anyAddress, anyAddress, (a, b) => {
        const difference = number(a) - number(b);
        const want = a.family - b.family || (difference < 0n ? -1 : difference > 0n ? 1 : 0);
        assert.equal(Math.sign(compareAddresses(a, b)), Math.sign(want));
      }),
    );
  });

  it("puts a network before those inside it", () => {
    fc.assert(
      fc.property(anyPrefix, fc.nat({ max: 128 }), (net, wider) => {
        const parent = prefixOf(net.address, Math.max(0, net.length - wider));
        assert.ok(comparePrefixes(parent, net) <= 0);
      }),
    );
  });

  it("goes up by one", () => {
    fc.assert(
      fc.property(anyAddress, (one) => {
        const next = nextAddress(one);
        const last = number(one) + 1n === 1n << BigInt(bitsOf(one.family));
        assert.equal(next && number(next), last ? undefined : number(one) + 1n);
      }),
    );
  });

  it("goes down by one", () => {
    fc.assert(
      fc.property(anyAddress, (one) => {
        const before = previousAddress(one);
        assert.equal(before && number(before), number(one) === 0n ? undefined : number(one) - 1n);
      }),
    );
  });
});
