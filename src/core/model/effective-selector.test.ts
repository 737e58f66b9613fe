import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseSelector } from "../selector/parse.ts";
import { format, type Selector } from "../selector/selector.ts";
import {
  type EntitySelectors,
  entitySelectors,
  globalSelector,
  namespacedSelector,
  type PolicySelectors,
} from "./effective-selector.ts";
import type { PrincipalMatch } from "./policy.ts";

const LOCAL = "projectcalico.org/namespace == 'ns'";
const HAS_NAMESPACE = "has(projectcalico.org/namespace)";
const HAS_ACCOUNT = "has(projectcalico.org/serviceaccount)";

/** selectors.md §7.1. */
const NAMESPACED: readonly (readonly [PolicySelectors, string])[] = [
  [{}, LOCAL],
  [{ selector: "has(a)" }, `(has(a)) && ${LOCAL}`],
  [{ serviceAccountSelector: "has(b)" }, `(${LOCAL}) && has(pcsa.b)`],
  [
    { selector: "has(a)", serviceAccountSelector: "has(b)" },
    `((has(a)) && ${LOCAL}) && has(pcsa.b)`,
  ],
  [{ serviceAccountSelector: "all()" }, `(${LOCAL}) && all()`],
  [{ selector: "has(a) || has(b)" }, `(has(a) || has(b)) && ${LOCAL}`],
];

/** selectors.md §7.2. */
const GLOBAL: readonly (readonly [PolicySelectors, string])[] = [
  [{}, "all()"],
  [{ selector: "has(a)" }, "has(a)"],
  [{ namespaceSelector: "has(b)" }, "has(pcns.b)"],
  [{ namespaceSelector: "all()" }, HAS_NAMESPACE],
  [{ selector: "all()", namespaceSelector: "has(b)" }, `(${HAS_NAMESPACE}) && has(pcns.b)`],
  [{ serviceAccountSelector: "all()" }, HAS_ACCOUNT],
  [{ selector: "all()", serviceAccountSelector: "has(b)" }, `(${HAS_ACCOUNT}) && has(pcsa.b)`],
  [
    { namespaceSelector: "all()", serviceAccountSelector: "all()" },
    `(${HAS_NAMESPACE}) && ${HAS_ACCOUNT}`,
  ],
  [
    { selector: "has(a)", namespaceSelector: "has(b)", serviceAccountSelector: "has(c)" },
    "((has(a)) && has(pcns.b)) && has(pcsa.c)",
  ],
  [{ namespaceSelector: "!has(b)" }, "!has(pcns.b)"],
  [{ selector: " ", namespaceSelector: "has(b)" }, `(${HAS_NAMESPACE}) && has(pcns.b)`],
];

/** selectors.md §8: what is written, then the selectors in a NetworkPolicy and in a global one. */
const ENTITIES: readonly (readonly [
  written: EntitySelectors,
  namespaced: readonly [positive: string, negative: string],
  global: readonly [positive: string, negative: string],
])[] = [
  [{}, ["", ""], ["", ""]],
  [{ selector: "has(a)" }, [`(${LOCAL}) && has(a)`, ""], ["has(a)", ""]],
  [{ notSelector: "has(x)" }, [LOCAL, "has(x)"], ["", "has(x)"]],
  [
    { selector: "has(a)", notSelector: "has(x)" },
    [`(${LOCAL}) && has(a)`, "has(x)"],
    ["has(a)", "has(x)"],
  ],
  [{ namespaceSelector: "has(n)" }, ["has(pcns.n)", ""], ["has(pcns.n)", ""]],
  [{ namespaceSelector: "all()" }, [HAS_NAMESPACE, ""], [HAS_NAMESPACE, ""]],
  [{ namespaceSelector: "global()" }, [`!${HAS_NAMESPACE}`, ""], [`!${HAS_NAMESPACE}`, ""]],
  [
    { namespaceSelector: "has(n)", selector: "has(a)", notSelector: "has(x)" },
    ["has(pcns.n) && has(a)", "has(x)"],
    ["has(pcns.n) && has(a)", "has(x)"],
  ],
  [
    { serviceAccounts: { names: ["z", "y", "z"] } },
    [`(${LOCAL}) && projectcalico.org/serviceaccount in {'y', 'z'}`, ""],
    ["projectcalico.org/serviceaccount in {'y', 'z'}", ""],
  ],
  [
    { serviceAccounts: { names: ["y"], selector: "has(b)" }, selector: "has(a)" },
    [`(${LOCAL}) && ((has(pcsa.b) && projectcalico.org/serviceaccount in {'y'}) && has(a))`, ""],
    ["(has(pcsa.b) && projectcalico.org/serviceaccount in {'y'}) && has(a)", ""],
  ],
  [{ serviceAccounts: {} }, ["", ""], ["", ""]],
];

const unexpected = (path: string, message: string): never => assert.fail(`${path}: ${message}`);
const canonical = (text: string): string => format(parseSelector(text));

describe("namespacedSelector", () => {
  for (const [written, wanted] of NAMESPACED) {
    it(`of ${JSON.stringify(written)} is ${wanted}`, () => {
      assert.equal(format(namespacedSelector(written, "ns", unexpected)), canonical(wanted));
    });
  }

  it("reports what cannot be read, and leaves it out", () => {
    const reported: string[] = [];
    const written = { selector: "a = b", serviceAccountSelector: "has(b)" };
    const selector = namespacedSelector(written, "ns", (path) => void reported.push(path));
    assert.deepEqual(reported, ["spec.selector"]);
    assert.equal(format(selector), canonical(`(${LOCAL}) && has(pcsa.b)`));
  });
});

describe("globalSelector", () => {
  for (const [written, wanted] of GLOBAL) {
    it(`of ${JSON.stringify(written)} is ${wanted}`, () => {
      assert.equal(format(globalSelector(written, unexpected)), canonical(wanted));
    });
  }
});

describe("entitySelectors", () => {
  const both = (written: EntitySelectors, namespace: string): string[] => {
    const found = entitySelectors(written, namespace, "source", unexpected);
    return [found.selector, found.notSelector].map(textOf);
  };
  for (const [written, namespaced, global] of ENTITIES) {
    it(`reads ${JSON.stringify(written)}`, () => {
      assert.deepEqual(both(written, "ns"), namespaced.map(canonicalOrNone));
      assert.deepEqual(both(written, ""), global.map(canonicalOrNone));
    });
  }

  /** evaluation.md §13: what a rule of a NetworkPolicy, and of a global one, asks of principals. */
  const principals: readonly (readonly [EntitySelectors, namespaced: string, global: string])[] = [
    [{}, "", ""],
    [{ selector: "has(a)" }, "in ns", ""],
    [{ notSelector: "has(a)" }, "in ns", ""],
    [{ serviceAccounts: {} }, "", ""],
    [{ serviceAccounts: { names: ["z", "y", "z"] } }, "y,z in ns", "y,z"],
    [{ serviceAccounts: { selector: "has(b)" } }, "has(b) in ns", "has(b)"],
    [{ namespaceSelector: "all()" }, "in all()", "in all()"],
    [
      { namespaceSelector: "has(n)", selector: "has(a)", serviceAccounts: { names: ["y"] } },
      "y in has(n)",
      "y in has(n)",
    ],
  ];
  for (const [written, namespaced, global] of principals) {
    it(`asks of principals what ${JSON.stringify(written)} says`, () => {
      const asked = ["ns", ""].map((namespace) =>
        principalText(entitySelectors(written, namespace, "source", unexpected).principal),
      );
      assert.deepEqual(asked, [namespaced, global]);
    });
  }

  it("reports a namespace selector that cannot be read", () => {
    const reported: string[] = [];
    const report = (path: string) => void reported.push(path);
    entitySelectors({ namespaceSelector: "bad ns" }, "ns", "spec.egress[0].source", report);
    assert.deepEqual(reported, ["spec.egress[0].source.namespaceSelector"]);
  });
});

function textOf(selector: Selector | undefined): string {
  return selector ? format(selector) : "";
}

function canonicalOrNone(text: string): string {
  return text === "" ? "" : canonical(text);
}

function principalText(principal: PrincipalMatch | undefined): string {
  const { serviceAccountNames, serviceAccountSelector, namespaceSelector, namespace } =
    principal ?? {};
  const where = namespaceSelector ? format(namespaceSelector) : namespace;
  return [
    serviceAccountNames?.join(),
    serviceAccountSelector && format(serviceAccountSelector),
    where && `in ${where}`,
  ]
    .filter((part) => part)
    .join(" ");
}
