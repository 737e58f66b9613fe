import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatLogPrefix, type LogPrefix, parseLogPrefix } from "./log-prefix.ts";

const ofPolicy: LogPrefix = {
  direction: "ingress",
  kind: "NetworkPolicy",
  namespace: "production",
  name: "allow-web",
  rule: 2,
};

describe("log prefixes", () => {
  const rows: readonly (readonly [text: string, prefix: LogPrefix])[] = [
    ["picket:I|np/production/allow-web|2", ofPolicy],
    [
      "picket:E|knp/production/allow-web|0",
      { ...ofPolicy, direction: "egress", kind: "KubernetesNetworkPolicy", rule: 0 },
    ],
    [
      "picket:I|gnp//deny.all|12",
      { ...ofPolicy, kind: "GlobalNetworkPolicy", namespace: "", name: "deny.all", rule: 12 },
    ],
    [
      "picket:E|pro//kns.default|0",
      { direction: "egress", kind: "Profile", namespace: "", name: "kns.default", rule: 0 },
    ],
  ];
  for (const [text, prefix] of rows) {
    it(`read ${text} as it was written`, () => {
      assert.equal(formatLogPrefix(prefix), text);
      assert.deepEqual(parseLogPrefix(text), prefix);
    });
  }

  it("are not longer than nft takes, and differ where names differ", () => {
    const long = (end: string) => ({
      ...ofPolicy,
      namespace: "n".repeat(63),
      name: "p".repeat(240) + end,
    });
    const [a, b] = [formatLogPrefix(long("a")), formatLogPrefix(long("b"))];
    assert.equal(a.length, 127);
    assert.notEqual(a, b);
    assert.equal(parseLogPrefix(a)?.namespace, "n".repeat(63));
    assert.equal(formatLogPrefix({ ...long("a") }), a);
  });

  it("hold nothing that ends a text in nft", () => {
    const text = formatLogPrefix({ ...ofPolicy, name: 'a" drop #|/' });
    assert.equal(text, "picket:I|np/production/a__drop____|2");
  });

  it("are not read from what others log", () => {
    for (const text of [
      "",
      "calico-packet: ",
      "picket:X|np/a/b|0",
      "picket:I|np/a/b|",
      "picket:I|xx/a/b|0",
    ]) {
      assert.equal(parseLogPrefix(text), undefined, text);
    }
  });
});
