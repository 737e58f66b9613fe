/**
 * Policies in little space, as most of them govern nobody here. What the rules of many policies have
 * in common (all but their selectors, usually) is one object.
 */
import { once } from "../calc/once.ts";
import { policyKeyText } from "../calc/order.ts";
import { governs } from "../calc/policy-lists.ts";
import type { Direction, EntityMatch, Policy, Rule } from "../model/policy.ts";
import { format, type Selector } from "../selector/selector.ts";
import type { RuledPolicy } from "./stages.ts";

/** A policy without its selector, its rules packed. Rules that match no packet are left out. */
export interface PackedPolicy
  extends Omit<Policy, "selector" | "ingress" | "egress" | "staged" | "types"> {
  readonly types: ReadonlySet<Direction>;
  readonly ingress: readonly PackedRule[];
  readonly egress: readonly PackedRule[];
}

interface PackedRule {
  readonly shape: Shape;
  readonly source: Selector | undefined;
  readonly notSource: Selector | undefined;
  readonly destination: Selector | undefined;
  readonly notDestination: Selector | undefined;
}

/** A rule without selectors, and how many rules have it. */
interface Shape {
  readonly key: string;
  readonly rule: Rule;
  rules: number;
}

/** The sets of directions, each once. */
const TYPES: readonly ReadonlySet<Direction>[] = [
  new Set(),
  new Set(["ingress"]),
  new Set(["egress"]),
  new Set(["ingress", "egress"]),
];

/** The shapes of all policies that are packed and not forgotten. */
export class RuleShapes {
  readonly #shapes = new Map<string, Shape>();

  /** `selector` and `staged` are the caller's to keep. */
  pack(policy: Policy): PackedPolicy {
    const { kind, namespace, name, tier, order, doNotTrack, preDNAT, applyOnForward } = policy;
    const { types, unenforceable } = policy;
    const known = new Map([[format(policy.selector), policy.selector]]);
    const packed = (direction: Direction) =>
      governs(policy, direction)
        ? policy[direction].filter(({ http }) => !http).map((rule) => this.#packRule(rule, known))
        : [];
    return {
      kind,
      namespace,
      name,
      tier,
      order,
      types: TYPES[(types.has("ingress") ? 1 : 0) + (types.has("egress") ? 2 : 0)] ?? types,
      doNotTrack,
      preDNAT,
      applyOnForward,
      ingress: packed("ingress"),
      egress: packed("egress"),
      ...(unenforceable !== undefined && { unenforceable }),
    };
  }

  /** To be called once for each policy packed, when it is no longer needed. */
  forget({ ingress, egress }: PackedPolicy): void {
    for (const { shape } of [...ingress, ...egress]) {
      if (--shape.rules === 0) this.#shapes.delete(shape.key);
    }
  }

  /** How many shapes there are. */
  get size(): number {
    return this.#shapes.size;
  }

  #packRule(rule: Rule, known: Map<string, Selector>): PackedRule {
    const key = shapeKey(rule);
    let shape = this.#shapes.get(key);
    if (!shape) {
      shape = { key, rule: withoutSelectors(rule), rules: 0 };
      this.#shapes.set(key, shape);
    }
    shape.rules++;
    const { source, destination } = rule;
    return {
      shape,
      source: shared(source.selector, known),
      notSource: shared(source.notSelector, known),
      destination: shared(destination.selector, known),
      notDestination: shared(destination.notSelector, known),
    };
  }
}

/**
 * An equal selector that is known already, as rules often repeat one; else this one, known now. They
 * are known by their text.
 */
function shared(
  selector: Selector | undefined,
  known: Map<string, Selector>,
): Selector | undefined {
  return selector && once(known, format(selector), () => selector);
}

/** The rules as they were packed. */
export function unpacked(policy: PackedPolicy): RuledPolicy {
  const { kind, namespace, name, tier, unenforceable } = policy;
  return {
    kind,
    namespace,
    name,
    tier,
    ingress: policy.ingress.map(unpackedRule),
    egress: policy.egress.map(unpackedRule),
    ...(unenforceable !== undefined && { unenforceable }),
  };
}

/** Reports whether both come to the same wherever they govern anyone. */
export function isSamePolicy(a: PackedPolicy, b: PackedPolicy): boolean {
  return (
    a.order === b.order &&
    a.doNotTrack === b.doNotTrack &&
    a.preDNAT === b.preDNAT &&
    a.applyOnForward === b.applyOnForward &&
    isSameRuled(a, b)
  );
}

/** Reports whether both compile to the same rules, decisions and all. */
export function isSameRuled(a: PackedPolicy, b: PackedPolicy): boolean {
  return (
    policyKeyText(a) === policyKeyText(b) &&
    a.tier === b.tier &&
    a.types === b.types &&
    a.unenforceable === b.unenforceable &&
    areSameRules(a.ingress, b.ingress) &&
    areSameRules(a.egress, b.egress)
  );
}

function areSameRules(a: readonly PackedRule[], b: readonly PackedRule[]): boolean {
  return (
    a.length === b.length &&
    a.every((rule, i) => {
      const other = b[i];
      return (
        rule.shape.key === other?.shape.key &&
        textOf(rule.source) === textOf(other.source) &&
        textOf(rule.notSource) === textOf(other.notSource) &&
        textOf(rule.destination) === textOf(other.destination) &&
        textOf(rule.notDestination) === textOf(other.notDestination)
      );
    })
  );
}

function textOf(selector: Selector | undefined): string | undefined {
  return selector && format(selector);
}

function unpackedRule({ shape, ...selectors }: PackedRule): Rule {
  const { rule } = shape;
  return {
    ...rule,
    source: withSelectors(rule.source, selectors.source, selectors.notSource),
    destination: withSelectors(rule.destination, selectors.destination, selectors.notDestination),
  };
}

function withSelectors(
  side: EntityMatch,
  selector: Selector | undefined,
  notSelector: Selector | undefined,
): EntityMatch {
  return { ...side, ...(selector && { selector }), ...(notSelector && { notSelector }) };
}

function withoutSelectors(rule: Rule): Rule {
  return { ...rule, source: criteriaOf(rule.source), destination: criteriaOf(rule.destination) };
}

/** What of a side is asked of packets and is no selector. */
function criteriaOf(side: EntityMatch): EntityMatch {
  const { selector: _, notSelector: _not, principal: _principal, ...criteria } = side;
  return criteria;
}

/** Equal for rules that differ in selectors only. */
function shapeKey({ action, path, index, family, protocol, notProtocol, ...rule }: Rule): string {
  const { icmp, notIcmp, source, destination } = rule;
  const messages = icmp || notIcmp ? JSON.stringify([icmp, notIcmp]) : "";
  const what = `${family ?? ""} ${protocol ?? ""} ${notProtocol ?? ""} ${messages}`;
  return `${action} ${path} ${index} ${what} ${sideKey(source)} ${sideKey(destination)}`;
}

function sideKey({ nets, notNets, service, ports, notPorts }: EntityMatch): string {
  const isPlain = !nets && !notNets && !service && !ports && !notPorts;
  return isPlain ? "" : JSON.stringify([nets, notNets, service, ports, notPorts]);
}
