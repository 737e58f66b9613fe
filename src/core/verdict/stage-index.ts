/**
 * Which rules of a stage can match a packet, without trying them all.
 *
 * Each rule is filed under the one of its demands that the fewest packets are thought to meet. A
 * packet is looked up by its fields, and what is filed there, in order and with the rules that
 * demand nothing, holds every rule that matches it. How sharp the filing is costs only time.
 */
import { once } from "../calc/once.ts";
import type { Flow } from "../net/flow.ts";
import type { CompiledRule, Stage } from "../policy/policy.ts";
import { BlockTable } from "./block-table.ts";
import { FIELDS, wordsOf } from "./blocks.ts";
import { type Demand, demandsOf, eachBlock, shareOf } from "./demands.ts";
import { matchesRule } from "./match.ts";

/** The rules that are filed under one demand, ascending, by their places in the stage. */
interface File {
  readonly demand: Demand;
  /** Of all packets, roughly. */
  readonly share: number;
  /** How many rules have the demand, filed here or not. */
  demanding: number;
  readonly rules: number[];
}

/** An immutable index of one stage's rules: they and the sets that they name never change. */
export class StageIndex {
  readonly #rules: readonly CompiledRule[];
  readonly #table: BlockTable;
  readonly #files: readonly (readonly number[])[];
  /** A bit a rule: those that demand nothing. */
  readonly #anywhere: Uint32Array;
  /** The same and those that the packet being looked up may match. */
  readonly #candidates: Uint32Array;

  constructor({ rules }: Pick<Stage, "rules">) {
    this.#rules = rules;
    this.#anywhere = new Uint32Array(Math.ceil(rules.length / 32));
    this.#candidates = new Uint32Array(this.#anywhere.length);
    const files = filed(rules, this.#anywhere);
    const used = files.filter((file) => file.rules.length > 0);
    this.#table = new BlockTable(
      used.map(({ demand }) => ({
        field: demand.field,
        eachBlock: (take) => eachBlock(demand, take),
      })),
    );
    this.#files = used.map((file) => file.rules);
  }

  /** What `metInTurn` of rules-met.ts finds. */
  met(flow: Flow): CompiledRule[] {
    const met: CompiledRule[] = [];
    const candidates = this.#find(flow);
    for (let i = 0; i < candidates.length; i++) {
      for (let left = candidates[i] ?? 0; left !== 0; left &= left - 1) {
        const rule = this.#rules[32 * i + 31 - Math.clz32(left & -left)];
        if (!rule || !matchesRule(rule, flow)) continue;
        met.push(rule);
        if (rule.action !== "Log") return met;
      }
    }
    return met;
  }

  /** A bit a rule; all that match the packet are among them. Holds until the next packet. */
  #find(flow: Flow): Uint32Array {
    this.#candidates.set(this.#anywhere);
    const found: number[] = [];
    for (const field of FIELDS) {
      const words = wordsOf(flow, field);
      if (words) this.#table.find(field, words, found);
    }
    for (const number of found) {
      for (const rule of this.#files[number] ?? []) mark(this.#candidates, rule);
    }
    return this.#candidates;
  }
}

/** Files the rules, and marks those that demand nothing. */
function filed(rules: readonly CompiledRule[], anywhere: Uint32Array): File[] {
  const known = new Map(FIELDS.map((field) => [field, new Map<unknown, File>()]));
  const demanded = rules.map((rule) =>
    demandsOf(rule).map((demand) => {
      const files = once(known, demand.field, () => new Map<unknown, File>());
      const file = files.get(demand.key) ?? fileOf(demand);
      if (file.demanding++ === 0) files.set(demand.key, file);
      return file;
    }),
  );
  // What many rules have in common tells them apart no better than what many packets meet.
  const width = ({ share, demanding }: File) => Math.max(share, demanding / rules.length);
  for (const [place, files] of demanded.entries()) {
    const [best] = files.sort((a, b) => width(a) - width(b) || a.share - b.share);
    if (best) best.rules.push(place);
    else mark(anywhere, place);
  }
  return [...known.values()].flatMap((files) => [...files.values()]);
}

function fileOf(demand: Demand): File {
  return { demand, share: shareOf(demand), demanding: 0, rules: [] };
}

function mark(bits: Uint32Array, place: number): void {
  bits[place >>> 5] = (bits[place >>> 5] ?? 0) | (1 << (place & 31));
}
