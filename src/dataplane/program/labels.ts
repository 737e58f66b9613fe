/** What is known of a packet while rules are applied in order, as small numbers. */
import type { Action } from "../../core/model/policy.ts";
import { ALLOW, DENY, NO_MATCH, PASS } from "./register.ts";

/** A verdict, NO_MATCH while there is none, and the prefixes that are logged on the way to it. */
export interface Label {
  readonly code: number;
  readonly logs: readonly string[];
}

/** The label of a packet that no rule has matched. */
export const UNDECIDED = 0;

const CODES = { Allow: ALLOW, Deny: DENY, Pass: PASS } as const;

/** Numbers labels: equal labels have equal numbers. */
export class Labels {
  readonly #labels: Label[] = [];
  readonly #numbers = new Map<string, number>();

  constructor() {
    this.#number({ code: NO_MATCH, logs: [] });
  }

  label(number: number): Label {
    const label = this.#labels[number];
    if (!label) throw new Error(`there is no label ${number}`);
    return label;
  }

  isDecided(number: number): boolean {
    return this.label(number).code !== NO_MATCH;
  }

  /** The label after a rule matched; one that is decided stays as it is. */
  after(number: number, action: Action, prefix: string): number {
    const { code, logs } = this.label(number);
    if (code !== NO_MATCH) return number;
    if (action === "Log") return this.#number({ code, logs: [...logs, prefix] });
    return this.#number({ code: CODES[action], logs });
  }

  #number(label: Label): number {
    const text = [label.code, ...label.logs].join("\n");
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.#labels.push(label) - 1;
    this.#numbers.set(text, number);
    return number;
  }
}
