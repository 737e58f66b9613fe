/** Peers that meet the same policy in two clusters: what passes between them need not be asked. */
import { once } from "../calc/once.ts";
import type { Direction } from "../model/policy.ts";
import { compareAddresses } from "../net/address.ts";
import type {
  CompiledRule,
  CompiledSide,
  PortCriterion,
  Section,
  Stage,
} from "../policy/policy.ts";
import type { Addresses } from "../sets/addresses.ts";
import type { Analysis } from "./analysis.ts";
import type { CommonPeer } from "./common-peers.ts";
import type { WorkloadPeer } from "./peers.ts";

/** Compares compiled policy by what it says; every stage, rule and set is written out once. */
export class Unchanged {
  readonly #before: Analysis;
  readonly #after: Analysis;
  readonly #known = {
    egress: new Map<CommonPeer, boolean>(),
    ingress: new Map<CommonPeer, boolean>(),
  };
  readonly #stages = new Map<Stage, string>();
  readonly #rules = new Map<CompiledRule, string>();
  readonly #sets = new Map<Addresses, number>();
  readonly #numbers = new Map<string, number>();

  constructor(before: Analysis, after: Analysis) {
    this.#before = before;
    this.#after = after;
  }

  /** If true the same passes in both clusters; else it may. */
  between(from: CommonPeer, to: CommonPeer): boolean {
    return this.#isSame(from, "egress") && this.#isSame(to, "ingress");
  }

  #isSame(peer: CommonPeer, direction: Direction): boolean {
    return once(this.#known[direction], peer, () => this.#compare(peer, direction));
  }

  /** Nobody polices the ends of those outside; at hosts there is more in the way than one section. */
  #compare({ before, after, common }: CommonPeer, direction: Direction): boolean {
    if (common.kind === "outside") return true;
    if (before.kind !== "workload" || after.kind !== "workload") return false;
    if (compareAddresses(before.address, after.address) !== 0) return false;
    const text = this.#textOf(this.#before, before, direction);
    return text !== undefined && text === this.#textOf(this.#after, after, direction);
  }

  /** What policy says of the peer's connections; undefined where its host has a say too. */
  #textOf(analysis: Analysis, peer: WorkloadPeer, direction: Direction): string | undefined {
    if (analysis.relationOf(peer, peer) !== "any") return undefined;
    const { cluster } = analysis;
    const section = cluster.workload(peer.endpoint, direction);
    const configuration = JSON.stringify(cluster.configurationOf(peer.endpoint.node));
    return `${this.#sectionText(section)}\n${configuration}`;
  }

  #sectionText({ stages, final }: Section): string {
    return [...stages.map((stage) => this.#stageText(stage)), final].join("\n");
  }

  #stageText(stage: Stage): string {
    return once(this.#stages, stage, () => {
      const rules = stage.rules.map((rule) => this.#ruleText(rule));
      return [...rules, stage.otherwise].join("\n");
    });
  }

  #ruleText(rule: CompiledRule): string {
    return once(this.#rules, rule, ({ action, families, protocol, icmp, source, destination }) => {
      const sides = [source, destination].map((side) => this.#sideValue(side));
      return JSON.stringify([action, families, protocol, icmp?.toString(), sides]);
    });
  }

  #sideValue({ addresses, ports, notPorts }: CompiledSide): unknown {
    const terms = addresses.map(({ set, negated }) => [negated, this.#numberOf(set)]);
    return [terms, portsValue(ports), portsValue(notPorts)];
  }

  #numberOf(set: Addresses): number {
    return once(this.#sets, set, () =>
      once(this.#numbers, set.toString(), () => this.#numbers.size),
    );
  }
}

function portsValue(criterion: PortCriterion | undefined): unknown {
  return criterion && [criterion.ports.toString(), criterion.named.map(({ id }) => id)];
}
