/**
 * What of a policy the reference reads otherwise than Picket does on purpose, judged on the policy
 * alone. Each has a row in docs/reference/differences.md.
 */
import { parseAddressOrPrefix } from "../../../src/core/net/address.ts";
import { parseProtocol } from "../../../src/core/net/protocol.ts";
import { parseSelector } from "../../../src/core/selector/parse.ts";
import { SelectorSyntaxError } from "../../../src/core/selector/tokenize.ts";
import { type Flat, flats, text, texts } from "./flat-rule.ts";

/** A policy and what the reference makes of it. */
export interface PolicyCase {
  readonly policy: Flat;
  readonly expected: unknown;
}

export interface Fault {
  /** The row's first cell; undefined when the reference and Picket agree, each in its own way. */
  readonly row?: string;
  /** The field that Picket has to report; undefined when it has nothing to say. */
  readonly path?: string;
  /** What the report has to quote. */
  readonly text?: string;
  /**
   * The case with the fault mended on both sides, for the rest to be compared. When absent the
   * reference lost a criterion, and the two cannot be.
   */
  readonly mend?: (one: PolicyCase) => PolicyCase;
}

const RULE = "Rule with a network, port, protocol or selector that cannot be read";
const CRITERION = "Rule whose `namespaceSelector` or `serviceAccounts.selector` cannot be read";
const QUOTE = "Rule with a service account's name that holds a quote";
const ACTION = "Rule without an action that is known";
const SERVICE = "`services` without a namespace in a policy of a namespace";
const HTTP = "`http` criteria";
const POLICY = "Policy whose own selector cannot be read";
const BLANK = "Blank `selector` (spaces only)";

const ACTIONS: readonly string[] = ["Allow", "Deny", "Log", "Pass"];
const FLAT_ACTIONS: readonly string[] = ["allow", "deny", "log", "next-tier"];
const READABLE = "has(readable)";

/** Of policies and profiles; rules in Kubernetes' own form have none of these. */
export function faultsOf(policy: Flat): Fault[] {
  if (policy.kind === "StagedKubernetesNetworkPolicy") return [];
  const spec = policy.spec as Flat;
  const { namespace } = policy.metadata as Flat;
  const isGlobal = text(policy.kind).includes("Global");
  return [
    ...selectorFaults(spec, "spec", ["selector"]),
    ...criterionFaults(spec, "spec", ["namespaceSelector", "serviceAccountSelector"], POLICY),
    ...blankFaults(spec),
    ...["ingress", "egress"].flatMap((direction) =>
      flats(spec[direction]).flatMap((rule, i) =>
        ruleFaults(rule, `spec.${direction}[${i}]`, isGlobal ? "" : text(namespace)),
      ),
    ),
  ];
}

function ruleFaults(rule: Flat, path: string, namespace: string): Fault[] {
  const faults: Fault[] = ["source", "destination"].flatMap((side) => {
    const entity = (rule[side] ?? {}) as Flat;
    const at = `${path}.${side}`;
    const accounts = (entity.serviceAccounts ?? {}) as Flat;
    return [
      ...selectorFaults(entity, at, ["selector", "notSelector"]),
      ...criterionFaults(entity, at, ["namespaceSelector"], CRITERION),
      ...criterionFaults(accounts, `${at}.serviceAccounts`, ["selector"], CRITERION),
      ...(texts(accounts.names).some((name) => name.includes("'")) ? [{ row: QUOTE }] : []),
      ...["nets", "notNets"].flatMap((list) => netFaults(entity, at, list)),
      ...serviceFaults(entity, namespace),
    ];
  });
  for (const field of ["protocol", "notProtocol"]) {
    const written = rule[field];
    if (written === undefined || written === null || written === "") continue;
    if (parseProtocol(String(written)) === undefined) {
      faults.push({ row: RULE, path: `${path}.${field}` });
    }
  }
  if (!ACTIONS.includes(text(rule.action))) {
    faults.push({ row: ACTION, path: `${path}.action`, mend: withActions });
  }
  return [...faults, ...httpFaults(rule, path)];
}

function httpFaults({ action, http }: Flat, path: string): Fault[] {
  const { methods, paths } = (http ?? {}) as Flat;
  const broken = flats(paths).findIndex(({ exact, prefix }) => !exact === !prefix);
  if (broken >= 0) return [{ row: HTTP, path: `${path}.http.paths[${broken}]` }];
  const asks = texts(methods).length > 0 || flats(paths).length > 0;
  return asks && action !== "Allow" ? [{ row: HTTP, path: `${path}.http` }] : [];
}

/** The reference hands the text on as it is, and Picket reports it: they agree that it is none. */
function selectorFaults(holder: Flat, path: string, fields: readonly string[]): Fault[] {
  return fields
    .map((field) => ({ path: `${path}.${field}`, text: text(holder[field]) }))
    .filter(({ text: selector }) => !isReadable(selector))
    .map((fault) => ({ ...fault, mend: (one) => withTexts(one, fault.text, READABLE) }));
}

function criterionFaults(
  holder: Flat,
  path: string,
  fields: readonly string[],
  row: string,
): Fault[] {
  return fields
    .filter((field) => !isReadable(text(holder[field])))
    .map((field) => ({ row, path: `${path}.${field}` }));
}

function blankFaults(spec: Flat): Fault[] {
  const selector = text(spec.selector);
  if (selector === "" || selector.trim() !== "") return [];
  return [{ row: BLANK, mend: (one) => withTexts(one, `(${selector})`, "(all())") }];
}

/** The reference goes on without the network. */
function netFaults(entity: Flat, path: string, list: string): Fault[] {
  return texts(entity[list]).flatMap((net, i) =>
    parseAddressOrPrefix(net)
      ? []
      : [{ row: RULE, path: `${path}.${list}[${i}]`, mend: (one) => without(one, net) }],
  );
}

function serviceFaults(entity: Flat, namespace: string): Fault[] {
  const services = entity.services as Flat | undefined;
  if (!services || text(services.namespace) !== "" || namespace === "") return [];
  return [{ row: SERVICE, mend: (one) => withServiceNamespaces(one, namespace) }];
}

function isReadable(selector: string): boolean {
  try {
    parseSelector(selector);
    return true;
  } catch (error) {
    if (error instanceof SelectorSyntaxError) return false;
    throw error;
  }
}

function withTexts({ policy, expected }: PolicyCase, from: string, to: string): PolicyCase {
  const whole = mapped(policy, (one) => (one === from ? to : one));
  const within = mapped(expected, (one) =>
    typeof one === "string" ? one.replaceAll(from, to) : one,
  );
  return { policy: whole as Flat, expected: within };
}

function without({ policy, expected }: PolicyCase, net: string): PolicyCase {
  const removed = mapped(policy, (one) =>
    Array.isArray(one) ? one.filter((item) => item !== net) : one,
  );
  return { policy: removed as Flat, expected };
}

/** What the reference does then depends on the text; what else the rule says does not. */
function withActions({ policy, expected }: PolicyCase): PolicyCase {
  const filled = mapped(policy, (one) =>
    isObject(one) && typeof one.action === "string" && !ACTIONS.includes(one.action)
      ? { ...one, action: "Allow" }
      : one,
  );
  const allowed = mapped(expected, (one) => {
    if (!isObject(one)) return one;
    const lists = ["inbound_rules", "outbound_rules"].filter((list) => one[list]);
    return { ...one, ...Object.fromEntries(lists.map((list) => [list, acting(one[list])])) };
  });
  return { policy: filled as Flat, expected: allowed };
}

function acting(rules: unknown): Flat[] {
  return flats(rules).map((rule) =>
    FLAT_ACTIONS.includes(text(rule.action)) ? rule : { ...rule, action: "allow" },
  );
}

function withServiceNamespaces({ policy, expected }: PolicyCase, namespace: string): PolicyCase {
  const filled = mapped(expected, (one) => {
    if (!isObject(one)) return one;
    const added = ["src", "dst"].filter((side) => one[`${side}_service`]);
    const missing = added.filter((side) => !one[`${side}_service_ns`]);
    return {
      ...one,
      ...Object.fromEntries(missing.map((side) => [`${side}_service_ns`, namespace])),
    };
  });
  return { policy, expected: filled };
}

/** The value with `change` made to everything in it, inside first. */
function mapped(value: unknown, change: (one: unknown) => unknown): unknown {
  if (Array.isArray(value)) return change(value.map((item) => mapped(item, change)));
  if (!isObject(value)) return change(value);
  const fields = Object.entries(value).map(([name, item]) => [name, mapped(item, change)]);
  return change(Object.fromEntries(fields));
}

function isObject(value: unknown): value is Flat {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
