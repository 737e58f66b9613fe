/** What compiled rules ask of an address. */
import { once } from "../calc/once.ts";
import type { Configuration } from "../model/configuration.ts";
import { formatPrefix } from "../net/address.ts";
import type { CompiledSide, NamedPortSet, Section, Stage } from "../policy/policy.ts";
import { AddressSet } from "../sets/address-set.ts";
import type { Addresses } from "../sets/addresses.ts";

/** Whether an address is in a set, or which ports it serves under a name. One object, one meaning. */
export type Term = Addresses | NamedPortSet;

/** What a list of rules asks of where packets come from and of where they go. */
export interface SideTerms {
  readonly source: ReadonlySet<Term>;
  readonly destination: ReadonlySet<Term>;
}

/** Reads terms off compiled policy, each section and stage once. */
export class TermReader {
  readonly #sections = new Map<Section, SideTerms>();
  readonly #stages = new Map<Stage, SideTerms>();
  readonly #nets = new Map<string, AddressSet>();

  ofSection(section: Section): SideTerms {
    return once(this.#sections, section, () => joined(section.stages.map((one) => this.#of(one))));
  }

  /** The nets that failsafe ports are open to. */
  ofFailsafes({ failsafePorts }: Configuration): ReadonlySet<Term> {
    const nets = [...failsafePorts.ingress, ...failsafePorts.egress].flatMap(
      ({ net }) => net ?? [],
    );
    return new Set(
      nets.map((net) => once(this.#nets, formatPrefix(net), () => AddressSet.of([net]))),
    );
  }

  #of(stage: Stage): SideTerms {
    return once(this.#stages, stage, () => ({
      source: new Set(stage.rules.flatMap((rule) => termsOf(rule.source))),
      destination: new Set(stage.rules.flatMap((rule) => termsOf(rule.destination))),
    }));
  }
}

/** All terms of each side. */
export function joined(parts: readonly SideTerms[]): SideTerms {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  return {
    source: new Set(parts.flatMap(({ source }) => [...source])),
    destination: new Set(parts.flatMap(({ destination }) => [...destination])),
  };
}

function termsOf({ addresses, ports, notPorts }: CompiledSide): Term[] {
  return [...addresses.map(({ set }) => set), ...(ports?.named ?? []), ...(notPorts?.named ?? [])];
}
