/**
 * Says what a ruleset does with a packet, by carrying out its rules as the kernel would. It reads
 * what was rendered, not what it was rendered from.
 */

import { once } from "../../core/calc/once.ts";
import { type Address, contains, formatAddress, prefix } from "../../core/net/address.ts";
import type { Flow } from "../../core/net/flow.ts";
import { pointOf, type Segment } from "../../core/net/point.ts";
import type { BaseChain, NftMap, Ruleset } from "../nft/ruleset.ts";
import { formatRegister } from "./register.ts";
import { parseSegment } from "./segments.ts";
import {
  type Operand,
  parseNumber,
  parseRule,
  parseVerdict,
  type Statement,
  type Verdict,
} from "./statements.ts";

/** A packet on its way through a node; undefined interfaces are the host itself. */
export interface Packet {
  readonly flow: Flow;
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** What conntrack says, unless a rule takes the packet away from it. */
  readonly state: "new" | "established" | "invalid";
  /** Its destination was replaced before the filter hooks. */
  readonly dnat?: boolean;
}

export interface Reading {
  readonly action: "accept" | "drop";
  /** The hook that dropped it. */
  readonly at: string | undefined;
  /** Prefixes of what was logged, in order. */
  readonly logs: readonly string[];
  readonly untracked: boolean;
}

export class RulesetReader {
  readonly #ruleset: Ruleset;
  readonly #statements = new Map<string, readonly (readonly Statement[])[]>();
  readonly #intervals = new Map<NftMap["elements"], readonly (readonly [Segment, string])[]>();

  constructor(ruleset: Ruleset) {
    this.#ruleset = ruleset;
  }

  /** The fate of the packet at all the hooks that it passes. */
  read(packet: Packet): Reading {
    const walk = new Walk(this, packet);
    for (const [name, base] of this.#hooksOf(packet)) {
      if (!walk.enter(base)) return { ...walk.result, action: "drop", at: name };
    }
    return { ...walk.result, action: "accept", at: undefined };
  }

  rules(chain: string): readonly (readonly Statement[])[] {
    return once(this.#statements, chain, () => {
      const rules = this.#ruleset.chains.get(chain);
      if (!rules) throw new Error(`there is no chain ${chain}`);
      return rules.map(parseRule);
    });
  }

  /** The value at `key`, or that of everything else; undefined when the map has neither. */
  lookUp(name: string, key: readonly (string | Address)[]): string | undefined {
    const { declaration, elements } = this.#map(name);
    const last = key.at(-1);
    if (declaration.includes("flags interval") && typeof last === "object") {
      const point = pointOf(last);
      for (const [{ family, first, last: end }, value] of this.#intervalsIn(elements)) {
        if (family === last.family && first <= point && point <= end) return value;
      }
      return elements.get("*");
    }
    const text = key.map((part) => (typeof part === "string" ? part : formatAddress(part)));
    return elements.get(text.join(" . ")) ?? elements.get("*");
  }

  #map(name: string): NftMap {
    const map = this.#ruleset.maps.get(name);
    if (!map) throw new Error(`there is no map ${name}`);
    return map;
  }

  #intervalsIn(elements: NftMap["elements"]): readonly (readonly [Segment, string])[] {
    return once(this.#intervals, elements, () =>
      [...elements]
        .filter(([key]) => key !== "*")
        .map(([key, value]) => [parseSegment(key.split(" . ").at(-1) ?? ""), value]),
    );
  }

  #hooksOf({ from, to }: Packet): (readonly [string, BaseChain])[] {
    const hooks: readonly BaseChain["hook"][] = [
      ...(from === undefined ? (["output"] as const) : (["prerouting"] as const)),
      ...(from === undefined
        ? []
        : to === undefined
          ? (["input"] as const)
          : (["forward"] as const)),
      ...(to === undefined ? [] : (["postrouting"] as const)),
    ];
    return hooks.flatMap((hook) =>
      [...this.#ruleset.baseChains]
        .filter(([, base]) => base.hook === hook)
        .sort(([, a], [, b]) => a.priority - b.priority),
    );
  }
}

/** What becomes of a chain's packet: decided, or back to where the chain was entered. */
type Outcome = "accept" | "drop" | "return";

class Walk {
  readonly #reader: RulesetReader;
  readonly #packet: Packet;
  readonly #logs: string[] = [];
  #register = 0;
  #mark = 0;
  #untracked = false;

  constructor(reader: RulesetReader, packet: Packet) {
    this.#reader = reader;
    this.#packet = packet;
  }

  get result(): Pick<Reading, "logs" | "untracked"> {
    return { logs: this.#logs, untracked: this.#untracked };
  }

  /** Reports whether the packet gets past the base chain. */
  enter(base: BaseChain): boolean {
    return this.#rules(base.rules.map(parseRule)) !== "drop";
  }

  #rules(rules: readonly (readonly Statement[])[]): Outcome {
    for (const rule of rules) {
      const verdict = this.#rule(rule);
      if (!verdict || verdict.verdict === "continue") continue;
      if (verdict.verdict === "jump") {
        const outcome = this.#rules(this.#reader.rules(verdict.chain));
        if (outcome !== "return") return outcome;
      } else if (verdict.verdict === "goto") {
        return this.#rules(this.#reader.rules(verdict.chain));
      } else return verdict.verdict;
    }
    return "return";
  }

  #rule(statements: readonly Statement[]): Verdict | undefined {
    for (const statement of statements) {
      const result = this.#statement(statement);
      if (result === false) return undefined;
      if (result !== true) return result;
    }
    return undefined;
  }

  /** True to go on with the rule, false to end it, or a verdict. */
  #statement(statement: Statement): boolean | Verdict {
    const { flow, state, dnat, from } = this.#packet;
    switch (statement.do) {
      case "match state":
        return statement.states.includes(this.#untracked ? "untracked" : state);
      case "match dnat":
        return dnat === true;
      case "match own":
        return from === undefined;
      case "match interface":
        return statement.isPrefix
          ? this.#interface(statement.field).startsWith(statement.name)
          : this.#interface(statement.field) === statement.name;
      case "match protocol":
        return statement.protocols.includes(flow.protocol);
      case "match address": {
        const found = statement.side === "saddr" ? flow.source : flow.destination;
        return contains(prefix(statement.within), found);
      }
      case "match transport":
        return statement.values.includes(this.#transport(statement.offset, statement.bytes));
      case "match register":
        return ((this.#register & statement.mask) >>> 0 === statement.value) === statement.equal;
      case "match mark":
        return ((this.#mark & statement.mask) !== 0) === statement.set;
      case "match member":
        return this.#find(statement.set, statement.key) !== undefined;
      case "set register":
        this.#register = this.#value(statement.value);
        return true;
      case "look up": {
        const found = this.#find(statement.map, statement.key);
        if (found === undefined) return false;
        this.#register = parseNumber(found);
        return true;
      }
      case "go by": {
        const found = this.#find(statement.map, statement.key);
        return found === undefined ? false : parseVerdict(found);
      }
      case "set mark":
        this.#mark =
          (statement.op === "&" ? this.#mark & statement.value : this.#mark | statement.value) >>>
          0;
        return true;
      case "notrack":
        this.#untracked = true;
        return true;
      case "log":
        this.#logs.push(statement.prefix);
        return true;
      case "verdict":
        return statement.verdict;
    }
  }

  #find(map: string, operands: readonly Operand[]): string | undefined {
    const key: (string | Address)[] = [];
    for (const operand of operands) {
      const part = this.#keyPart(operand);
      if (part === undefined) return undefined;
      key.push(part);
    }
    return this.#reader.lookUp(map, key);
  }

  /** One part of a key as elements write it; undefined for what the packet does not have. */
  #keyPart(operand: Operand): string | Address | undefined {
    const { flow } = this.#packet;
    switch (operand.of) {
      case "address": {
        const found = operand.side === "saddr" ? flow.source : flow.destination;
        return found.family === operand.family ? found : undefined;
      }
      case "interface":
        return `"${this.#interface(operand.field)}"`;
      case "ethertype":
        return flow.source.family === 4 ? "0x0800" : "0x86dd";
      case "protocol":
        return String(flow.protocol);
      case "transport": {
        const value = this.#transport(operand.offset, operand.bytes);
        if (operand.bytes === 1) return `0x${value.toString(16)}`;
        return String(operand.mask === undefined ? value : value & operand.mask);
      }
      default:
        return formatRegister(this.#value(operand));
    }
  }

  #value(operand: Operand): number {
    switch (operand.of) {
      case "constant":
        return operand.value;
      case "register":
        return (this.#register & (operand.mask ?? 0xffff_ffff)) >>> 0;
      case "register or":
        return (this.#register | operand.value) >>> 0;
      default:
        throw new Error(`${operand.of} does not go into the register`);
    }
  }

  #interface(field: "iifname" | "oifname"): string {
    return (field === "iifname" ? this.#packet.from : this.#packet.to) ?? "";
  }

  /** The first bytes of the transport header, of those that policy reads. */
  #transport(offset: number, bytes: 1 | 2): number {
    const { sourcePort = 0, destinationPort = 0, icmp } = this.#packet.flow;
    const words = icmp ? [icmp.type * 256 + icmp.code, 0] : [sourcePort, destinationPort];
    const word = words[offset / 2] ?? 0;
    return bytes === 1 ? word >> 8 : word;
  }
}
