import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { testedCluster } from "./cluster.ts";
import { SHOP, testOf } from "./fixture.ts";
import { isPassing } from "./result.ts";
import { runTests } from "./run.ts";
import { formatResult } from "./words.ts";

/** What is found of one assertion, and of how many pairs of ends. */
function found(assertion: string): { readonly text: string; readonly pairs: number } {
  const test = testOf(`[{ name: it, ${assertion} }]`);
  const [result] = runTests(testedCluster(SHOP, [test]), [test]);
  const [only] = result?.assertions ?? [];
  assert.ok(result && only);
  assert.equal(isPassing(result), only.failure === undefined);
  return { text: formatResult(only), pairs: only.pairs };
}

const HOLDS = [
  // [assertion, how many pairs of ends]
  ["expect: allow, from: [{ pod: web }], to: [{ pod: api }], ports: [{ port: http }]", 2],
  ["expect: allow, from: [{ pod: web }], to: [{ pod: shop/api }], ports: [{ port: 9001 }]", 2],
  [
    "expect: allow, from: [{ pod: web }], to: [{ pod: api }], ports: [{ port: 9000, endPort: 9010 }]",
    2,
  ],
  ["expect: deny, from: [{ pod: web }], to: [{ pod: api }], ports: [{ protocol: UDP }]", 2],
  [
    "expect: deny, from: [{ pod: web }], to: [{ pod: api }], ports: [{ port: 1, endPort: 8079 }]",
    2,
  ],
  [
    "expect: allow, family: 6, from: [{ pod: web }], to: [{ pod: api }], ports: [{ port: 8080 }]",
    1,
  ],
  ["expect: deny, from: [{ podSelector: {} }], to: [{ pod: db }], ports: [{ port: 5433 }]", 2],
  ["expect: deny, from: [{ selector: app != 'web' }], to: [{ pod: api }]", 2],
  ["expect: deny, from: [{ podSelector: { matchLabels: { app: db } } }], to: [{ pod: api }]", 1],
  [
    "expect: deny, from: [{ namespaceSelector: { matchLabels: { team: other } } }], to: [{ pod: api }]",
    1,
  ],
  [
    "expect: allow, from: [{ selector: app == 'spy', namespaceSelector: {} }], to: [{ pod: web }]",
    1,
  ],
  [
    "expect: deny, from: [{ pod: other/spy }], to: [{ podSelector: { matchLabels: { app: db } } }]",
    1,
  ],
  ["expect: allow, from: [{ host: one }], to: [{ pod: api }]", 1],
  ["expect: deny, from: [{ ip: 203.0.113.7 }], to: [{ pod: db }]", 1],
  ["expect: allow, from: [{ ip: 198.51.100.7 }], to: [{ pod: db }]", 1],
  ["expect: allow, from: [{ ipBlock: { cidr: 198.51.100.0/25 } }], to: [{ pod: db }]", 1],
  [
    "expect: deny, from: [{ ipBlock: { cidr: 198.51.0.0/16, except: [198.51.100.0/24] } }], to: [{ pod: db }]",
    2,
  ],
  ["expect: allow, from: [{ pod: api }], to: [{ service: db }]", 1],
  [
    "expect: allow, from: [{ pod: api }], to: [{ service: db }], ports: [{ port: 3306 }, { port: 1 }]",
    1,
  ],
  ["expect: deny, from: [{ pod: web }], to: [{ service: shop/db }], ports: [{ port: sql }]", 1],
  ["expect: allow, from: [{ pod: api }], to: [{ pod: web }]", 2],
  ["expect: allow, allowEmpty: true, from: [{ pod: nobody }], to: [{ pod: web }]", 0],
  [
    "expect: allow, from: [{ pod: other/spy }], to: [{ pod: api }], ports: [{ port: 80 }], http: [{ path: /orders/7 }]",
    1,
  ],
  [
    "expect: deny, from: [{ pod: other/spy }], to: [{ pod: api }], ports: [{ port: 80 }], http: [{ path: /users }, { method: POST, path: /orders }]",
    1,
  ],
  [
    "expect: deny, from: [{ pod: other/spy }], to: [{ pod: api }], ports: [{ port: 80 }], grpc: [{ service: orders, method: Get }]",
    1,
  ],
] as const;

const FAILS = [
  [
    "expect: allow, from: [{ pod: db }], to: [{ pod: api }], ports: [{ port: 8080 }]",
    '"it": expected to be allowed, but is denied: TCP port 8080 from shop/db (10.0.0.3) to ' +
      "shop/api (10.0.0.2) (ingress of shop/api: end of tier default: NetworkPolicy shop/api selects it)",
  ],
  [
    "expect: deny, from: [{ podSelector: {} }], to: [{ pod: db }], ports: [{ port: 5432 }]",
    '"it": expected to be denied, but is allowed: TCP port 5432 from shop/api (10.0.0.2) to ' +
      "shop/db (10.0.0.3) (ingress of shop/db: NetworkPolicy shop/db rule 1)",
  ],
  [
    "expect: allow, from: [{ pod: web }], to: [{ pod: api }], ports: [{ port: 9000, endPort: 9011 }]",
    '"it": expected to be allowed, but is denied: TCP port 9011 from shop/web (10.0.0.1) to ' +
      "shop/api (10.0.0.2), and so for 1 more pair of ends " +
      "(ingress of shop/api: end of tier default: NetworkPolicy shop/api selects it)",
  ],
  [
    "expect: allow, from: [{ ipBlock: { cidr: 198.51.0.0/16 } }], to: [{ pod: db }]",
    '"it": expected to be allowed, but is denied: TCP port 80 from 198.51.0.0 to ' +
      "shop/db (10.0.0.3), and so for 1 more pair of ends (ingress of shop/db: end of tier default: NetworkPolicy shop/db selects it)",
  ],
  [
    "expect: deny, from: [{ pod: api }], to: [{ service: db }]",
    '"it": expected to be denied, but is allowed: TCP port 5432 from shop/api (10.0.0.2) to ' +
      "shop/db (10.0.0.3) by way of service shop/db port 3306 " +
      "(ingress of shop/db: NetworkPolicy shop/db rule 1)",
  ],
  [
    "expect: allow, from: [{ pod: web }], to: [{ pod: api }], ports: [{ port: 80 }], http: [{ path: /users }]",
    '"it": expected to be allowed, but is denied: GET /users over TCP port 80 from ' +
      "shop/web (10.0.0.1) to shop/api (10.0.0.2), and so for 1 more pair of ends " +
      "(ingress of shop/api: end of tier default: NetworkPolicy shop/api selects it)",
  ],
  [
    "expect: allow, from: [{ ip: 203.0.113.7 }], to: [{ pod: nobody }]",
    '"it": no pod or VM with an address of its own is called shop/nobody',
  ],
  [
    "expect: deny, from: [{ pod: shop/wed }], to: [{ pod: api }]",
    '"it": no pod or VM with an address of its own is called shop/wed: did you mean "shop/web"?',
  ],
  [
    "expect: deny, from: [{ podSelector: { matchLabels: { app: machine } } }], to: [{ pod: api }]",
    '"it": no pod in namespace shop is selected',
  ],
  [
    "expect: deny, from: [{ host: two }], to: [{ pod: api }]",
    '"it": no host with a known address is called two',
  ],
  [
    "expect: deny, from: [{ pod: web }], to: [{ service: bd }]",
    '"it": no service is called shop/bd: did you mean "shop/db"?',
  ],
  [
    "expect: deny, from: [{ pod: web }], to: [{ service: db }], ports: [{ port: 5432 }]",
    '"it": the service offers none of the ports asked for',
  ],
  [
    "expect: allow, from: [{ pod: web }], to: [{ pod: api }], ports: [{ port: sql }]",
    '"it": shop/api serves no TCP port called "sql" (http) at 10.0.0.2',
  ],
  [
    "expect: deny, from: [{ pod: db }], to: [{ pod: db }]",
    '"it": nobody of `from` can connect to anybody of `to`: they are one and the same, or have ' +
      "no address family in common",
  ],
] as const;

describe("runTests", () => {
  for (const [assertion, pairs] of HOLDS) {
    it(`finds true: ${assertion}`, () => {
      assert.deepEqual(found(assertion), { text: '"it" holds', pairs });
    });
  }

  for (const [assertion, text] of FAILS) {
    it(`finds false: ${assertion}`, () => {
      assert.equal(found(assertion).text, text);
    });
  }

  it("tells tests by name, whatever their order", () => {
    const assertion = "[{ name: it, expect: allow, from: [{ pod: web }], to: [{ pod: web }] }]";
    const tests = ["b", "a"].map((name) => testOf(assertion, name));
    const results = runTests(testedCluster(SHOP, tests), tests);
    assert.deepEqual(
      results.map(({ test }) => test.metadata.name),
      ["a", "b"],
    );
  });
});
