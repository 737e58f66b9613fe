import { Numberer, type NumberMemory } from "./allocation.ts";

/** The chains and names of one generation. Equal chains are one, and a name's rules never change. */
export class Chains {
  readonly #prefix: string;
  readonly #numbers: Numberer;
  readonly #rules = new Map<string, readonly string[]>();

  constructor(generation: number, memory: NumberMemory | undefined) {
    this.#prefix = `g${generation}_`;
    this.#numbers = new Numberer(memory, 1);
  }

  /** The name in this generation of the map or fixed chain called `stem`. */
  name(stem: string): string {
    return this.#prefix + stem;
  }

  /** A chain of which every rendering has the same. */
  fixed(stem: string, rules: readonly string[]): string {
    const name = this.name(stem);
    this.#rules.set(name, rules);
    return name;
  }

  /** The chain of these rules, numbered among those of its stem. */
  numbered(stem: string, rules: readonly string[]): string {
    return this.fixed(`${stem}_${this.#numbers.number([stem, ...rules].join("\n"))}`, rules);
  }

  get rules(): ReadonlyMap<string, readonly string[]> {
    return this.#rules;
  }

  get memory(): NumberMemory {
    return this.#numbers.memory;
  }
}
