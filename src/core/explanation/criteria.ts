/** A rule taken apart: what each of its criteria says by itself, so that the engine can be asked. */
import type { EntityMatch, Rule } from "../model/policy.ts";

/** Which side of a packet. */
export type Side = "source" | "destination";

/** What a criterion is about. Of `selector` the negative one is a part: together they have one meaning. */
export type Criterion =
  | { readonly on: "ipVersion" | "protocol" | "notProtocol" | "icmp" | "notIcmp" | "http" }
  | {
      readonly on: "nets" | "notNets" | "selector" | "service" | "ports" | "notPorts" | "principal";
      readonly side: Side;
    };

/** A criterion, and a rule that has no other one; equal for whatever rules it is taken from. */
export interface Lone {
  readonly criterion: Criterion;
  readonly rule: Rule;
  /** The rule that gives the criterion its meaning, without it: names of ports are of endpoints. */
  readonly context?: Rule;
}

/** A rule without criteria. */
const BARE: Rule = { action: "Allow", path: "", index: 0, source: {}, destination: {} };

/** The criteria of a rule, in the order in which they are told: what it is, whence, whereto. */
export function criteriaOf(rule: Rule): Lone[] {
  const message = (["protocol", "notProtocol", "icmp", "notIcmp"] as const)
    .filter((on) => rule[on] !== undefined)
    .map((on): Lone => ({ criterion: { on }, rule: { ...BARE, ...pick(rule, [on]) } }));
  const version: Lone[] =
    rule.family === undefined
      ? []
      : [{ criterion: { on: "ipVersion" }, rule: { ...BARE, family: rule.family } }];
  const http: Lone[] = rule.http
    ? [{ criterion: { on: "http" }, rule: { ...BARE, http: rule.http } }]
    : [];
  return [
    ...version,
    ...message,
    ...sideCriteria(rule, "source"),
    ...sideCriteria(rule, "destination"),
    ...http,
  ];
}

function sideCriteria(rule: Rule, side: Side): Lone[] {
  const entity = rule[side];
  const alone = (match: EntityMatch): Rule => ({ ...BARE, [side]: match });
  const found: Lone[] = [];
  for (const on of ["nets", "notNets"] as const) {
    if (entity[on]) found.push({ criterion: { on, side }, rule: alone(pick(entity, [on])) });
  }
  const selectors = pick(entity, ["selector", "notSelector"]);
  if (entity.selector || entity.notSelector) {
    found.push({ criterion: { on: "selector", side }, rule: alone(selectors) });
  }
  if (entity.service) {
    const service = pick(entity, ["service"]);
    found.push({ criterion: { on: "service", side }, rule: alone(service) });
  }
  for (const on of ["ports", "notPorts"] as const) {
    const match = entity[on];
    if (!match) continue;
    // The protocol and the selectors say whose ports a name stands for.
    const isNamed = match.names.length > 0;
    const context = isNamed && { ...alone(selectors), ...pick(rule, ["protocol"]) };
    const rest = context || BARE;
    const whole = { ...rest, [side]: { ...rest[side], ...pick(entity, [on]) } };
    found.push({ criterion: { on, side }, rule: whole, ...(context && { context }) });
  }
  if (entity.principal) {
    const principal = pick(entity, ["principal"]);
    found.push({ criterion: { on: "principal", side }, rule: alone(principal) });
  }
  return found;
}

/** Those of `names` that `from` has. */
function pick<T extends object, K extends keyof T>(from: T, names: readonly K[]): Pick<T, K> {
  const entries = names
    .filter((name) => from[name] !== undefined)
    .map((name) => [name, from[name]]);
  // Exactly the entries of T that were named.
  return Object.fromEntries(entries) as Pick<T, K>;
}
