/** Codes that lead to chains of their own: to log and then answer, or to one of several sides. */
import { Numberer, type NumberMemory } from "./allocation.ts";
import type { Chains } from "./chains.ts";
import type { Label } from "./labels.ts";
import { LOG_GROUP } from "./log-prefix.ts";
import type { PlannedMap } from "./maps.ts";
import { FIRST_LEAF, formatRegister } from "./register.ts";

/** What ulogd needs to see of a packet: its headers. */
const LOGGED_BYTES = 64;

/** Gives chains codes. The map from one to the other is `stem`. */
export class Codes {
  readonly #stem: string;
  readonly #numbers: Numberer;
  readonly #targets = new Map<number, string>();

  constructor(stem: string, memory: NumberMemory | undefined) {
    this.#stem = stem;
    this.#numbers = new Numberer(memory, FIRST_LEAF);
  }

  /** The code that goes to `chain`. */
  to(chain: string): number {
    const code = this.#numbers.number(chain);
    this.#targets.set(code, chain);
    return code;
  }

  /** The map that the codes are looked up in. What is no code drops the packet. */
  get map(): PlannedMap {
    const targets = Array.from(
      this.#targets,
      ([code, chain]) => [formatRegister(code), `goto ${chain}`] as const,
    );
    return {
      stem: this.#stem,
      object: "map",
      type: "type classid : verdict",
      role: "definition",
      elements: new Map([...targets, ["*", "drop"]]),
    };
  }

  get memory(): NumberMemory {
    return this.#numbers.memory;
  }
}

/** The chain that logs what the label says and then answers the label's own code. */
export function logChain(chains: Chains, { code, logs }: Label): string {
  const lines = logs.map(
    (prefix) => `log prefix "${prefix}" group ${LOG_GROUP} snaplen ${LOGGED_BYTES}`,
  );
  return chains.numbered("log", [...lines, `meta priority set ${formatRegister(code)}`]);
}
