import type { Command, Element, Hook, MapShape } from "./command.ts";
import { type ChainListing, NftError, type TableListing } from "./nft.ts";

/**
 * What a table may hold and refuses, after the kernel: every name must be there when it is used,
 * what is used cannot be deleted, and an element keeps its value. Not known here: whether a rule
 * or an element is well written, overlapping intervals, and loops of chains.
 */
export class MemoryTable {
  #exists = false;
  #chains = new Map<string, Chain>();
  #maps = new Map<string, ElementMap>();
  /** Takes back what the transaction under way has done so far; to be called last to first. */
  #undo: (() => void)[] = [];

  /** Carries out all of `transaction`, or throws an {@link NftError} and has done nothing of it. */
  commit(transaction: readonly Command[]): void {
    this.#undo = [];
    for (const command of transaction) {
      try {
        this.#carryOut(command);
      } catch (error) {
        for (const undo of this.#undo.reverse()) undo();
        if (!(error instanceof Refusal)) throw error;
        const subject = "map" in command ? command.map : "chain" in command ? command.chain : "";
        throw new NftError(
          error.message === FULL ? "full" : "refused",
          `nft refused: ${error.message}`,
          [`${command.op} ${subject}`],
        );
      }
    }
  }

  list(): TableListing | undefined {
    if (!this.#exists) return undefined;
    const chains = new Map<string, ChainListing>();
    for (const [name, { base, rules }] of this.#chains) {
      const targets = [...new Set(rules.flatMap(targetsOf))];
      chains.set(name, { base, rules: rules.length, text: rules.join("\n"), targets });
    }
    return { chains, maps: new Map(Array.from(this.#maps, ([name, map]) => [name, map.object])) };
  }

  /** Throws an {@link NftError} when there is no such map or set. */
  elements(map: string): ReadonlyMap<string, string> {
    const there = this.#maps.get(map);
    if (!there) throw new NftError("refused", `nft refused: ${ABSENT}`, [`list map ${map}`]);
    return there.elements;
  }

  /** The rules of a chain; undefined when there is no such chain. */
  rules(chain: string): readonly string[] | undefined {
    return this.#chains.get(chain)?.rules;
  }

  #carryOut(command: Command): void {
    if (!this.#exists && command.op !== "add table") throw new Refusal(ABSENT);
    switch (command.op) {
      case "add table":
        this.#setTable(true);
        break;
      case "delete table":
        this.#setTable(false);
        break;
      case "add base chain":
        this.#addChain(command.chain, command.base);
        break;
      case "add chain":
        this.#addChain(command.chain, undefined);
        break;
      case "flush chain":
        this.#put(this.#chains, command.chain, { ...this.#chain(command.chain), rules: [] });
        break;
      case "delete chain":
        this.#chain(command.chain);
        if (this.#isTarget(command.chain)) throw new Refusal(BUSY);
        this.#remove(this.#chains, command.chain);
        break;
      case "add rule":
        this.#addRule(command.chain, command.rule);
        break;
      case "add map":
        this.#addMap(command.map, command.of);
        break;
      case "delete map":
        this.#map(command.map);
        if (this.#isMapUsed(command.map)) throw new Refusal(BUSY);
        this.#remove(this.#maps, command.map);
        break;
      case "add elements":
        for (const element of command.elements) this.#addElement(command.map, element);
        break;
      case "delete elements":
        for (const key of command.keys) this.#remove(this.#map(command.map).elements, key);
        break;
    }
  }

  #addChain(name: string, base: Hook | undefined): void {
    const there = this.#chains.get(name);
    if (!there) this.#put(this.#chains, name, { base, rules: [] });
    else if (base && !sameHook(there.base, base)) throw new Refusal(EXISTS);
  }

  #addRule(name: string, rule: string): void {
    const chain = this.#chain(name);
    for (const map of mapsOf(rule)) this.#map(map);
    for (const target of targetsOf(rule)) this.#requireTarget(target);
    this.#put(this.#chains, name, { ...chain, rules: [...chain.rules, rule] });
  }

  #addMap(name: string, { object, declaration }: MapShape): void {
    const there = this.#maps.get(name);
    if (there) {
      if (there.declaration === declaration && there.object === object) return;
      throw new Refusal(EXISTS);
    }
    const size = Number(/\bsize (\d+)/.exec(declaration)?.[1] ?? Number.POSITIVE_INFINITY);
    this.#put(this.#maps, name, { object, declaration, size, elements: new Map() });
  }

  #addElement(name: string, [key, value]: Element): void {
    const { elements, size } = this.#map(name);
    for (const target of targetsOf(value)) this.#requireTarget(target);
    const there = elements.get(key);
    if (there === value) return;
    if (there !== undefined) throw new Refusal(EXISTS);
    // The catch-all element is kept beside the others and is not counted.
    const counted = elements.size - (elements.has("*") ? 1 : 0);
    if (key !== "*" && counted >= size) throw new Refusal(FULL);
    this.#put(elements, key, value);
  }

  #isMapUsed(name: string): boolean {
    return this.#chains.values().some(({ rules }) => rules.some((r) => mapsOf(r).includes(name)));
  }

  #isTarget(chain: string): boolean {
    const leads = (text: string): boolean => targetsOf(text).includes(chain);
    const verdicts = this.#maps.values().filter((map) => /: verdict\b/.test(map.declaration));
    return (
      this.#chains.values().some(({ rules }) => rules.some(leads)) ||
      verdicts.some(({ elements }) => elements.values().some(leads))
    );
  }

  #chain(name: string): Chain {
    const chain = this.#chains.get(name);
    if (!chain) throw new Refusal(ABSENT);
    return chain;
  }

  #map(name: string): ElementMap {
    const map = this.#maps.get(name);
    if (!map) throw new Refusal(ABSENT);
    return map;
  }

  /** Packets enter a base chain by its hook alone. */
  #requireTarget(name: string): void {
    if (this.#chain(name).base) throw new Refusal("Operation not supported");
  }

  #setTable(exists: boolean): void {
    if (exists === this.#exists) return;
    const [chains, maps] = [this.#chains, this.#maps];
    this.#undo.push(() => {
      [this.#exists, this.#chains, this.#maps] = [!exists, chains, maps];
    });
    [this.#exists, this.#chains, this.#maps] = [exists, new Map(), new Map()];
  }

  #put<T>(map: Map<string, T>, key: string, value: T): void {
    const before = map.get(key);
    this.#undo.push(() => {
      if (before === undefined) map.delete(key);
      else map.set(key, before);
    });
    map.set(key, value);
  }

  #remove<T>(map: Map<string, T>, key: string): void {
    const before = map.get(key);
    if (before === undefined) throw new Refusal(ABSENT);
    this.#undo.push(() => map.set(key, before));
    map.delete(key);
  }
}

interface Chain {
  readonly base: Hook | undefined;
  readonly rules: readonly string[];
}

interface ElementMap extends MapShape {
  readonly size: number;
  readonly elements: Map<string, string>;
}

/** The kernel's reasons, as nft words them. */
const ABSENT = "No such file or directory";
const EXISTS = "File exists";
const BUSY = "Device or resource busy";
const FULL = "Too many open files in system";

class Refusal extends Error {}

function sameHook(a: Hook | undefined, b: Hook): boolean {
  return a?.hook === b.hook && a.type === b.type && a.priority === b.priority;
}

function mapsOf(rule: string): string[] {
  return Array.from(rule.matchAll(/@([A-Za-z_]\w*)(?![\w,])/g), ([, name = ""]) => name);
}

function targetsOf(text: string): string[] {
  return Array.from(text.matchAll(/\b(?:jump|goto) (\w+)/g), ([, name = ""]) => name);
}
