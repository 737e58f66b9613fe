/**
 * The chains of sections: a few rules a stage, whatever the stage holds. Equal sections share a
 * chain. A chain returns where the section allows and drops where it denies.
 */
import { once } from "../../core/calc/once.ts";
import type { Direction } from "../../core/model/policy.ts";
import type { Section, Stage } from "../../core/policy/policy.ts";
import type { Chains } from "./chains.ts";
import { type LookupChains, lookUp } from "./lookup-chains.ts";
import type { AddressParts } from "./parts.ts";
import { ALLOW, DENY, NO_MATCH, PASS } from "./register.ts";
import { type OwnSide, viewOfPart } from "./sides.ts";
import type { StageRef, StageTable } from "./stage-table.ts";

const PEER = { ingress: "source", egress: "destination" } as const;
const OWN = { ingress: "destination", egress: "source" } as const;

export class SectionChains {
  readonly #chains: Chains;
  readonly #lookups: LookupChains;
  readonly #stages: StageTable;
  readonly #parts: AddressParts;
  /** Gives the code that leads to a chain. */
  readonly #codeTo: (chain: string) => number;
  readonly #anywhere: Record<Direction, Map<Section, string>> = {
    ingress: new Map(),
    egress: new Map(),
  };

  constructor(
    chains: Chains,
    lookups: LookupChains,
    stages: StageTable,
    parts: AddressParts,
    codeTo: (chain: string) => number,
  ) {
    this.#chains = chains;
    this.#lookups = lookups;
    this.#stages = stages;
    this.#parts = parts;
    this.#codeTo = codeTo;
  }

  /**
   * The chain of a section. Where the section may end in no verdict, the register holds ALLOW or
   * NO_MATCH when the chain returns.
   */
  chain(section: Section, direction: Direction, own: OwnSide | "any"): string {
    if (own !== "any") return this.#chainFor(section, direction, own);
    return once(this.#anywhere[direction], section, () => this.#dispatch(section, direction));
  }

  /** A chain that looks up the own address too, and goes on as the section is for that. */
  #dispatch(section: Section, direction: Direction): string {
    const sides = new Map<string, string>();
    const rows = this.#parts.parts.map((part) => {
      const side: OwnSide = { [part.family]: viewOfPart(this.#parts, part) };
      const key = this.#stages.ownSides.sectionKey(section, direction, side);
      const chain = once(sides, key, () => this.#chainFor(section, direction, side));
      return this.#stages.uniformRow(this.#codeTo(chain));
    });
    const [only, other] = new Set(sides.values());
    if (only !== undefined && other === undefined) return only;
    const names = section.stages.map((stage) => stage.name).join("\n");
    const stage = this.#stages.referToRows(`own ${direction} ${section.final}\n${names}`, rows);
    // Constant only when there are no numbers left: deny.
    if (stage.number === undefined) return this.#chains.numbered(STEM[direction], ["drop"]);
    return this.#chains.numbered(STEM[direction], [
      ...lookUp(stage.number, OWN[direction], this.#lookups),
      `goto ${this.#lookups.sides}`,
    ]);
  }

  #chainFor(section: Section, direction: Direction, own: OwnSide): string {
    const stages = section.stages.map((stage) => ({
      stage,
      ref: this.#stages.refer(stage, direction, own),
    }));
    const signals = section.final === "None";
    const rules: string[] = [];
    for (const { stage, ref } of stages) {
      const end = constantEnd(stage, ref);
      if (end === PASS) continue;
      if (end === DENY) return this.#chains.numbered(STEM[direction], [...rules, "drop"]);
      if (end === ALLOW) {
        rules.push(...(signals ? ["meta priority set 0:1"] : []), "return");
        return this.#chains.numbered(STEM[direction], rules);
      }
      if (ref.number === undefined) continue;
      rules.push(
        ...lookUp(ref.number, PEER[direction], this.#lookups),
        `meta priority & 0xfffffff0 != 0 jump ${this.#lookups.leaves}`,
        "meta priority 0:1 return",
        stage.otherwise === "Deny" ? "meta priority != 0:3 drop" : "meta priority 0:2 drop",
      );
    }
    if (section.final === "Deny") {
      if (rules.at(-1)?.endsWith(" drop")) rules.pop();
      rules.push("drop");
    }
    if (section.final === "None") rules.push("meta priority set 0:0");
    if (section.final === "Allow") rules.push("return");
    return this.#chains.numbered(STEM[direction], rules);
  }
}

const STEM = { ingress: "in", egress: "eg" } as const;

/** ALLOW, DENY or PASS for a stage that always ends so; undefined for one to be looked up. */
function constantEnd(stage: Stage, ref: StageRef): number | undefined {
  if (ref.number !== undefined) return undefined;
  if (ref.code !== NO_MATCH) return ref.code;
  return stage.otherwise === "Deny" ? DENY : PASS;
}
