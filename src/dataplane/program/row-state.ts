/**
 * What rules applied so far say of packets from one class of addresses: a label for every protocol,
 * source port, and destination port or ICMP message.
 */

import type { Family } from "../../core/net/address.ts";
import { icmpOf, SCTP, TCP, UDP } from "../../core/net/protocol.ts";
import type { ProtocolMatch } from "../../core/policy/policy.ts";
import { PortSet } from "../../core/sets/port-set.ts";
import type { PortFilter } from "./port-filter.ts";
import { change, constant, constantValue, type Steps } from "./steps.ts";

/** By source port, then by destination port or ICMP message (type * 256 + code). */
export type Grid<T> = Steps<Steps<T>>;

/** Any protocol without a grid has the one label `rest`. */
export interface RowState {
  readonly grids: ReadonlyMap<number, Grid<number>>;
  readonly rest: number;
}

/** A rule for one family and class: what it matches besides addresses, and what it does to a label. */
export interface Effect {
  readonly protocol: ProtocolMatch;
  readonly icmp: PortSet | undefined;
  readonly source: PortFilter;
  readonly destination: PortFilter;
  readonly to: (label: number) => number;
}

export function uniform(label: number): RowState {
  return { grids: new Map(), rest: label };
}

/** The state after one more rule; the same object when it changes nothing. */
export function applyRule(state: RowState, effect: Effect, family: Family): RowState {
  if (effect.icmp) return applyToMessages(state, effect, effect.icmp, icmpOf(family));
  const { source, destination, to } = effect;
  if (source.isOpen && destination.isOpen) return applyToProtocols(state, effect.protocol, to);
  let next = state;
  if (source.admitsPortless && destination.admitsPortless) {
    next = applyToProtocols(next, effect.protocol, to, WITH_PORTS);
  }
  for (const protocol of WITH_PORTS) {
    if (!admits(effect.protocol, protocol)) continue;
    const to = toPorts(source.ports(protocol), destination.ports(protocol), effect.to);
    next = changeGrid(next, protocol, to);
  }
  return next;
}

/** Reports whether a label that satisfies `test` is left anywhere. */
export function someLabel(state: RowState, test: (label: number) => boolean): boolean {
  if (test(state.rest)) return true;
  for (const grid of state.grids.values()) {
    if (grid.values.some((line) => line.values.some(test))) return true;
  }
  return false;
}

const WITH_PORTS: readonly number[] = [TCP, UDP, SCTP];

type Change = (label: number) => number;

function applyToMessages(
  state: RowState,
  { protocol, source, destination, to }: Effect,
  messages: PortSet,
  icmp: number,
): RowState {
  const portless = source.admitsPortless && destination.admitsPortless;
  if (!portless || !admits(protocol, icmp)) return state;
  return changeGrid(state, icmp, toPorts(PortSet.all, messages, to));
}

/** Applies `to` to whole protocols, those in `except` left out. */
function applyToProtocols(
  state: RowState,
  match: ProtocolMatch,
  to: Change,
  except: readonly number[] = [],
): RowState {
  const everywhere = toPorts(PortSet.all, PortSet.all, to);
  if (match.match === "only") {
    return except.includes(match.protocol) ? state : changeGrid(state, match.protocol, everywhere);
  }
  const spared = match.match === "except" ? [...except, match.protocol] : except;
  const rest = to(state.rest);
  const grids = new Map<number, Grid<number>>();
  let changed = rest !== state.rest;
  for (const [protocol, grid] of state.grids) {
    const next = spared.includes(protocol) ? grid : everywhere(grid);
    if (next !== grid) changed = true;
    grids.set(protocol, next);
  }
  if (!changed) return state;
  for (const protocol of spared) {
    if (!grids.has(protocol)) grids.set(protocol, gridOf(state, protocol));
  }
  return { grids, rest };
}

function changeGrid(
  state: RowState,
  protocol: number,
  to: (grid: Grid<number>) => Grid<number>,
): RowState {
  const grid = gridOf(state, protocol);
  const next = to(grid);
  if (next === grid) return state;
  return { rest: state.rest, grids: new Map(state.grids).set(protocol, next) };
}

function toPorts(source: PortSet, destination: PortSet, to: Change) {
  return (grid: Grid<number>): Grid<number> =>
    change(grid, source, (line) => change(line, destination, to));
}

function gridOf({ grids, rest }: RowState, protocol: number): Grid<number> {
  return grids.get(protocol) ?? constant(constant(rest));
}

function admits(match: ProtocolMatch, protocol: number): boolean {
  if (match.match === "any") return true;
  return (match.match === "only") === (match.protocol === protocol);
}

/** The label of the whole state, or undefined when it has several. */
export function uniformLabel({ grids, rest }: RowState): number | undefined {
  for (const grid of grids.values()) {
    const line = constantValue(grid);
    if (!line || constantValue(line) !== rest) return undefined;
  }
  return rest;
}
