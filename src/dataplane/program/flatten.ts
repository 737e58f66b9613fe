/**
 * The ordered rules of a stage flattened: for each part of the address space one row state, which
 * says everything about packets whose peer is in the part.
 */
import { once } from "../../core/calc/once.ts";
import type { Direction } from "../../core/model/policy.ts";
import type { Decision } from "../../core/model/verdict.ts";
import type { Family } from "../../core/net/address.ts";
import type { CompiledRule, CompiledSide, NamedPortSet, Stage } from "../../core/policy/policy.ts";
import { Groups } from "./groups.ts";
import type { Labels } from "./labels.ts";
import { formatLogPrefix } from "./log-prefix.ts";
import type { AddressParts, Part } from "./parts.ts";
import { PortFilter } from "./port-filter.ts";
import type { Effect, RowState } from "./row-state.ts";
import {
  type AddressView,
  addressesMatch,
  NOWHERE,
  namesOf,
  type OwnSide,
  ownSide,
  peerSide,
  viewOfPart,
} from "./sides.ts";

/** By part index; undefined for parts of a family that the own side has no view of. */
export type FlatStage = readonly (RowState | undefined)[];

export function flatten(
  stage: Stage,
  direction: Direction,
  own: OwnSide,
  parts: AddressParts,
  labels: Labels,
): FlatStage {
  const groups = new Groups(parts.parts, labels);
  for (const rule of stage.rules) {
    for (const family of rule.families) {
      const view = own[family];
      if (!view || !addressesMatch(ownSide(rule, direction), view)) continue;
      const effect = effectsOf(rule, direction, view, labels);
      const peer = peerSide(rule, direction);
      if (peer.addresses.length === 0 && namesOf(peer).length === 0) {
        groups.changeFamily(family, effect(NOWHERE));
        continue;
      }
      for (const alike of servingAlike(matching(peer, family, parts), namesOf(peer), parts)) {
        groups.change(alike.parts, effect(viewOfPart(parts, alike.first)));
      }
    }
  }
  return parts.parts.map((part) => (own[part.family] ? groups.stateOf(part) : undefined));
}

/** Makes the rule's effect on packets of peers, from the view of one of them. */
function effectsOf(
  rule: CompiledRule,
  direction: Direction,
  own: AddressView,
  labels: Labels,
): (peer: AddressView) => Effect {
  const { action, protocol, icmp, decision } = rule;
  const prefix = action === "Log" ? prefixOf(decision, direction) : "";
  const to = (label: number) => labels.after(label, action, prefix);
  const ownPorts = PortFilter.of(ownSide(rule, direction), own.served);
  return (view) => {
    const peerPorts = PortFilter.of(peerSide(rule, direction), view.served);
    const [source, destination] =
      direction === "ingress" ? [peerPorts, ownPorts] : [ownPorts, peerPorts];
    return { protocol, icmp, source, destination, to };
  };
}

/** The parts of the family that satisfy every address term. */
function matching(side: CompiledSide, family: Family, parts: AddressParts): Part[] {
  let candidates: readonly Part[] = parts.parts;
  for (const { set, negated } of side.addresses) {
    const inside = negated ? candidates : parts.inside(set);
    if (inside.length < candidates.length) candidates = inside;
  }
  return candidates.filter(
    (part) => part.family === family && addressesMatch(side, viewOfPart(parts, part)),
  );
}

/** `matching`, split by what they serve under `names`. */
function servingAlike(
  matching: readonly Part[],
  names: readonly NamedPortSet[],
  parts: AddressParts,
): { readonly first: Part; readonly parts: Part[] }[] {
  const alike = new Map<string, { readonly first: Part; readonly parts: Part[] }>();
  for (const part of matching) {
    const served = names.map((name) =>
      parts.served(part, name).map(({ protocol, port }) => `${protocol}/${port}`),
    );
    once(alike, served.join(";"), () => ({ first: part, parts: [] })).parts.push(part);
  }
  return [...alike.values()];
}

function prefixOf(decision: Decision, direction: Direction): string {
  if (decision.by === "rule") {
    return formatLogPrefix({ direction, ...decision.policy, rule: decision.rule });
  }
  if (decision.by === "profile") {
    const { profile: name, rule } = decision;
    return formatLogPrefix({ direction, kind: "Profile", namespace: "", name, rule });
  }
  throw new Error(`a rule's decision is by ${decision.by}`);
}
