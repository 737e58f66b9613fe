import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { testedCluster } from "./cluster.ts";
import { contradictionsOf } from "./contradiction.ts";
import { SHOP, testOf } from "./fixture.ts";
import { formatContradiction } from "./words.ts";

function contradictions(...assertions: readonly string[]): string[] {
  const tests = assertions.map((text, i) => testOf(`[{ name: it, ${text} }]`, `test-${i}`));
  return contradictionsOf(testedCluster(SHOP, tests), tests).map(formatContradiction);
}

const ALLOW = "expect: allow, from: [{ pod: web }], to: [{ pod: api }]";

describe("contradictionsOf", () => {
  for (const [deny, connection] of [
    [
      "from: [{ podSelector: {} }], to: [{ pod: api }], ports: [{ port: http }]",
      "TCP port 8080 from shop/web (10.0.0.1) to shop/api (10.0.0.2)",
    ],
    [
      "from: [{ ipBlock: { cidr: 10.0.0.0/24 } }], to: [{ ip: 'fd00::2' }, { pod: api }], ports: [{ protocol: UDP, port: 9 }]",
      "UDP port 9 from shop/web (10.0.0.1) to shop/api (10.0.0.2)",
    ],
    [
      "family: 6, from: [{ pod: web }], to: [{ pod: api }], ports: [{ protocol: 47 }]",
      "protocol 47 from shop/web (fd00::1) to shop/api (fd00::2)",
    ],
  ] as const) {
    it(`finds what is wanted allowed in ${deny}`, () => {
      assert.deepEqual(contradictions(ALLOW, `expect: deny, ${deny}`), [
        `"it" of shop/test-1 wants denied what "it" of shop/test-0 wants allowed: ${connection}`,
      ]);
    });
  }

  it("finds addresses of two networks that are in both", () => {
    const to = "to: [{ pod: db }]";
    const wide = `expect: allow, from: [{ ipBlock: { cidr: 198.51.0.0/16 } }], ${to}`;
    const narrow = `expect: deny, from: [{ ipBlock: { cidr: 198.51.7.0/24 } }], ${to}`;
    assert.match(contradictions(wide, narrow).join(), /TCP port 80 from 198\.51\.7\.0 to shop\/db/);
    const hole = "{ cidr: 198.51.0.0/16, except: [198.51.7.0/24] }";
    const without = `expect: allow, from: [{ ipBlock: ${hole} }], ${to}`;
    assert.deepEqual(contradictions(without, narrow), []);
  });

  it("finds a request that is wanted both ways", () => {
    const get = `${ALLOW}, ports: [{ port: 80 }], http: [{ path: /a }]`;
    const any = get.replace("allow", "deny");
    assert.match(contradictions(get, any).join(), /: GET \/a over TCP port 80 from shop\/web/);
    assert.deepEqual(contradictions(get, any.replace("/a", "/b")), []);
  });

  for (const deny of [
    "from: [{ pod: db }], to: [{ pod: api }]",
    "from: [{ pod: web }], to: [{ pod: db }]",
    "from: [{ pod: nobody }], to: [{ pod: api }]",
  ]) {
    it(`finds nothing where ends differ: ${deny}`, () => {
      assert.deepEqual(contradictions(ALLOW, `expect: deny, ${deny}`), []);
    });
  }

  it("finds nothing where ports or families differ", () => {
    const to = (port: number, family: number): string =>
      `from: [{ pod: web }], to: [{ pod: api }], ports: [{ port: ${port} }], family: ${family}`;
    const allow = `expect: allow, ${to(80, 4)}`;
    assert.deepEqual(contradictions(allow, `expect: deny, ${to(81, 4)}`), []);
    assert.deepEqual(contradictions(allow, `expect: deny, ${to(80, 6)}`), []);
    assert.equal(contradictions(allow, `expect: deny, ${to(80, 4)}`).length, 1);
  });
});
