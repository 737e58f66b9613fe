/**
 * Effective selectors: what the selectors of a policy or of a rule mean together, over the labels of
 * endpoints (selectors.md §7 and §8).
 *
 * Selectors over namespaces and service accounts become selectors over the labels that profiles hand
 * on. In a namespace selector `all()` means "in a namespace" and `global()` "in none". The reference
 * puts that in place of the text, so a quoted `all()` changes too; Picket does the same.
 */

import { parseSelector } from "../selector/parse.ts";
import { prefixLabels } from "../selector/prefix-labels.ts";
import { format, type Selector } from "../selector/selector.ts";
import { SelectorSyntaxError } from "../selector/tokenize.ts";
import { compareBytes } from "../text/byte-order.ts";
import {
  NAMESPACE_LABEL,
  NAMESPACE_PREFIX,
  SERVICE_ACCOUNT_LABEL,
  SERVICE_ACCOUNT_PREFIX,
} from "./labels.ts";
import type { EntityMatch } from "./policy.ts";
import { principalMatch } from "./principal-match.ts";
import type { Report } from "./problems.ts";

/** The selectors of a policy, as written. Absent and empty mean the same. */
export interface PolicySelectors {
  readonly selector?: string;
  readonly namespaceSelector?: string;
  readonly serviceAccountSelector?: string;
}

/** The selectors of one side of a rule, as written. */
export interface EntitySelectors {
  readonly selector?: string;
  readonly notSelector?: string;
  readonly namespaceSelector?: string;
  readonly serviceAccounts?: { readonly names?: readonly string[]; readonly selector?: string };
}

const IN_NAMESPACE: Selector = { op: "has", label: NAMESPACE_LABEL };

/** Only what is of `namespace`. */
export function ofNamespace(namespace: string): Selector {
  return { op: "==", label: NAMESPACE_LABEL, value: namespace };
}

/** §7.1: whom a policy of `namespace` governs. A selector that cannot be read is left out. */
export function namespacedSelector(
  { selector, serviceAccountSelector }: PolicySelectors,
  namespace: string,
  report: Report,
): Selector {
  const own = read(selector, "spec.selector", report);
  const inNamespace = own ? both(own, ofNamespace(namespace)) : ofNamespace(namespace);
  const accounts = read(serviceAccountSelector, "spec.serviceAccountSelector", report);
  return accounts ? both(inNamespace, prefixLabels(accounts, SERVICE_ACCOUNT_PREFIX)) : inNamespace;
}

/** §7.2: whom a global policy governs. A selector that cannot be read is left out. */
export function globalSelector(
  { selector, namespaceSelector, serviceAccountSelector }: PolicySelectors,
  report: Report,
): Selector {
  let text = read(selector, "spec.selector", report) ? (selector ?? "") : "";
  if (text !== "" && text.trim() === "") text = "all()";
  const restrict = (to: Selector | undefined, prefix: string, label: string): void => {
    if (!to) return;
    const restriction = format(prefixLabels(to, prefix));
    const joined = text === "" ? restriction : `(${text}) && ${restriction}`;
    text = joined.replaceAll("all()", `has(${label})`);
  };
  restrict(
    read(namespaceSelector, "spec.namespaceSelector", report),
    NAMESPACE_PREFIX,
    NAMESPACE_LABEL,
  );
  restrict(
    read(serviceAccountSelector, "spec.serviceAccountSelector", report),
    SERVICE_ACCOUNT_PREFIX,
    SERVICE_ACCOUNT_LABEL,
  );
  return read(text, "spec.selector", report) ?? { op: "all" };
}

/**
 * §8: the selectors of one side of a rule in a policy of `namespace` ("" for a global one), and what
 * the same words say of a request's principal. What cannot be read is reported, and the rule is then
 * not to be used.
 */
export function entitySelectors(
  written: EntitySelectors,
  namespace: string,
  path: string,
  report: Report,
): Pick<EntityMatch, "selector" | "notSelector" | "principal"> {
  const accountNames = distinct(written.serviceAccounts?.names ?? []);
  const account = `${path}.serviceAccounts.selector`;
  const accounts = read(written.serviceAccounts?.selector, account, report);
  const own = read(written.selector, `${path}.selector`, report);
  const notSelector = read(written.notSelector, `${path}.notSelector`, report);
  const namespaces = read(written.namespaceSelector, `${path}.namespaceSelector`, report);

  const byAccount = accountSelector(accounts, accountNames);
  const within = namespaces && rewritten(namespaces, `${path}.namespaceSelector`, report);
  const endpoints = byAccount && own ? both(byAccount, own) : (byAccount ?? own);
  const negated = notSelector !== undefined;
  const selector = scoped({ endpoints, within, namespace, negated });
  const selects = endpoints !== undefined || negated;
  const principal = principalMatch({ accountNames, accounts, namespaces, namespace, selects });
  return {
    ...(selector && { selector }),
    ...(notSelector && { notSelector }),
    ...(principal && { principal }),
  };
}

interface Scope {
  readonly endpoints: Selector | undefined;
  /** What the namespace selector says, over endpoint labels. */
  readonly within: Selector | undefined;
  readonly namespace: string;
  /** Whether there is a negative selector beside it. */
  readonly negated: boolean;
}

/** §8, 3 and 4: without a namespace selector, a policy's rules look in its own namespace. */
export function scoped({ endpoints, within, namespace, negated }: Scope): Selector | undefined {
  if (within) return endpoints ? both(within, endpoints) : within;
  if (namespace === "" || !(endpoints || negated)) return endpoints;
  const own = ofNamespace(namespace);
  return endpoints ? both(own, endpoints) : own;
}

/** What a selector over the labels of namespaces says of their endpoints; all of them for `all()`. */
export function overNamespaces(selector: Selector): Selector {
  return selector.op === "all" ? IN_NAMESPACE : prefixLabels(selector, NAMESPACE_PREFIX);
}

/** §8, 3: in text, as the reference has it, so that a quoted `all()` changes too. */
function rewritten(namespaces: Selector, path: string, report: Report): Selector | undefined {
  const text = format(prefixLabels(namespaces, NAMESPACE_PREFIX))
    .replaceAll("all()", `has(${NAMESPACE_LABEL})`)
    .replaceAll("global()", `!has(${NAMESPACE_LABEL})`);
  return read(text, path, report);
}

/** §8, 1. */
function accountSelector(
  accounts: Selector | undefined,
  names: readonly string[],
): Selector | undefined {
  const bySelector = accounts && prefixLabels(accounts, SERVICE_ACCOUNT_PREFIX);
  if (names.length === 0) return bySelector;
  const byName: Selector = { op: "in", label: SERVICE_ACCOUNT_LABEL, values: names };
  return bySelector ? both(bySelector, byName) : byName;
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)].sort(compareBytes);
}

function both(a: Selector, b: Selector): Selector {
  return { op: "and", terms: [a, b] };
}

/** The selector, or undefined when there is none, or none that can be read: that is reported. */
function read(text: string | undefined, path: string, report: Report): Selector | undefined {
  if (text === undefined || text === "") return undefined;
  try {
    return parseSelector(text);
  } catch (error) {
    if (!(error instanceof SelectorSyntaxError)) throw error;
    report(path, `${JSON.stringify(text)} is not a selector: ${error.message}`);
    return undefined;
  }
}
