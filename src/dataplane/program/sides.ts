/**
 * The two sides of a packet as an endpoint sees them: its own, and the peer's. What a rule asks of
 * the endpoint's own side is answered while rendering; the peer's side is looked up in the kernel.
 */
import { once } from "../../core/calc/once.ts";
import type { Direction } from "../../core/model/policy.ts";
import { type Address, type Family, formatAddress } from "../../core/net/address.ts";
import type {
  CompiledRule,
  CompiledSide,
  NamedPortSet,
  Section,
  ServedPort,
  Stage,
} from "../../core/policy/policy.ts";
import type { Addresses } from "../../core/sets/addresses.ts";
import type { AddressParts, Part } from "./parts.ts";

/** What can be known of the address on one side of a packet. */
export interface AddressView {
  has(set: Addresses): boolean;
  served(named: NamedPortSet): readonly ServedPort[];
}

/** The views that matter of the endpoint's own address; no view, no packets of the family. */
export type OwnSide = Readonly<Partial<Record<Family, AddressView>>>;

export function peerSide(rule: CompiledRule, direction: Direction): CompiledSide {
  return direction === "ingress" ? rule.source : rule.destination;
}

export function ownSide(rule: CompiledRule, direction: Direction): CompiledSide {
  return direction === "ingress" ? rule.destination : rule.source;
}

function viewOfAddress(found: Address): AddressView {
  const text = formatAddress(found);
  return {
    has: (set) => set.has(found),
    served: (named) => named.members.get(text) ?? [],
  };
}

/** The view of an address that is in no set. */
export const NOWHERE: AddressView = { has: () => false, served: () => [] };

/** The own side where nothing is asked of it, or it is in no set. */
export const NOWHERE_EITHER: OwnSide = { 4: NOWHERE, 6: NOWHERE };

export function viewOfPart(parts: AddressParts, part: Part): AddressView {
  return { has: (set) => parts.has(part, set), served: (named) => parts.served(part, named) };
}

/** The port names that a side goes by. */
export function namesOf({ ports, notPorts }: CompiledSide): readonly NamedPortSet[] {
  return [...(ports?.named ?? []), ...(notPorts?.named ?? [])];
}

/** Whether the side's address terms hold for the address in view. */
export function addressesMatch({ addresses }: CompiledSide, view: AddressView): boolean {
  return addresses.every(({ set, negated }) => view.has(set) !== negated);
}

/** Tells which own sides a stage treats alike. */
export class OwnSides {
  readonly #rules: Record<Direction, Map<Stage, readonly (readonly [number, CompiledSide])[]>> = {
    ingress: new Map(),
    egress: new Map(),
  };

  /** The rules that ask anything of the own side but port numbers, by place. */
  rulesAsking(stage: Stage, direction: Direction): readonly (readonly [number, CompiledSide])[] {
    return once(this.#rules[direction], stage, () =>
      stage.rules.flatMap((rule, i) => {
        const side = ownSide(rule, direction);
        return side.addresses.length > 0 || namesOf(side).length > 0 ? [[i, side] as const] : [];
      }),
    );
  }

  /** The one own side that all of an endpoint's addresses come to, or "any" when they differ. */
  sideOf(section: Section, direction: Direction, addresses: readonly Address[]): OwnSide | "any" {
    if (!this.asks(section, direction)) return NOWHERE_EITHER;
    const sideIn = (family: Family): AddressView | undefined => {
      const views = addresses.filter((one) => one.family === family).map(viewOfAddress);
      const keys = views.map((view) => this.sectionKey(section, direction, { [family]: view }));
      return new Set(keys).size > 1 ? undefined : (views[0] ?? NOWHERE);
    };
    const [v4, v6] = [sideIn(4), sideIn(6)];
    return v4 && v6 ? { 4: v4, 6: v6 } : "any";
  }

  /** Whether any rule of the section asks anything of the own side but port numbers. */
  asks(section: Section, direction: Direction): boolean {
    return section.stages.some((stage) => this.rulesAsking(stage, direction).length > 0);
  }

  /** Equal for own sides that every stage of the section treats alike. */
  sectionKey(section: Section, direction: Direction, own: OwnSide): string {
    return section.stages.map((stage) => this.key(stage, direction, own)).join("\n");
  }

  /** Equal for own sides that every rule of the stage answers alike. */
  key(stage: Stage, direction: Direction, own: OwnSide): string {
    const rules = this.rulesAsking(stage, direction);
    if (rules.length === 0) return "";
    return ([4, 6] as const)
      .map((family) => {
        const view = own[family];
        return view ? rules.flatMap(([i, side]) => answer(i, side, view)).join(" ") : "-";
      })
      .join("|");
  }
}

function answer(index: number, side: CompiledSide, view: AddressView): string[] {
  if (!addressesMatch(side, view)) return [];
  const served = namesOf(side).map((named) =>
    view
      .served(named)
      .map(({ protocol, port }) => `${protocol}/${port}`)
      .join(),
  );
  return [`${index}:${served.join(";")}`];
}
