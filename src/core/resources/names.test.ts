import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { namespacedPolicyNameProblem, policyNameProblem } from "./metadata-check.ts";
import {
  dnsLabelProblem,
  dnsSubdomainProblem,
  interfaceNameProblem,
  labelValueProblem,
  portNameProblem,
  qualifiedNameProblem,
} from "./names.ts";

const long = (length: number): string => "x".repeat(length);

for (const [rule, accepted, refused] of [
  [dnsLabelProblem, ["a", "a-1", long(63)], ["", "a.b", "-a", "a-", "A", long(64)]],
  [dnsSubdomainProblem, ["a", "a.b-c.1", long(253)], ["", "a..b", ".a", "a_b", "a.B", long(254)]],
  [
    qualifiedNameProblem,
    ["a", "A_b.c-D", "example.com/a", `example.com/${long(63)}`],
    ["", "/a", "a/", "a/b/c", "Example.com/a", "-a", "a b", long(64), "..."],
  ],
  [labelValueProblem, ["", "a", "A_b.c-D", long(63)], ["-", "a-", "a b", long(64), "é"]],
  [portNameProblem, ["http", "a-1", "1a"], ["HTTP", "80", "a--b", "-a", "a_b", "", long(16)]],
  [interfaceNameProblem, ["*", "eth0", "cali.1_a-b"], ["", "**", "eth 0", "a/b", long(16)]],
  [policyNameProblem, ["a", "tier.a", long(253)], ["a.b.c", "knp.default.a", "aB", "a..b"]],
  [
    namespacedPolicyNameProblem,
    ["a", "tier.a", "knp.default.a", "knp.default.a.b", "ossg.default.a"],
    ["a.b.c", "knp.default.", "knp.default.A", "aB"],
  ],
] as const) {
  describe(rule.name, () => {
    for (const text of accepted) {
      it(`accepts ${JSON.stringify(text)}`, () => assert.equal(rule(text), undefined));
    }
    for (const text of refused) {
      it(`refuses ${JSON.stringify(text)}`, () => assert.notEqual(rule(text), undefined));
    }
  });
}
