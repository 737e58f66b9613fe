/** From a model to what its endpoints enforce. */

import {
  endpointList,
  type ListedTier,
  type PlacedPolicy,
  placePolicies,
} from "../calc/policy-lists.ts";
import { PolicySorter } from "../calc/policy-sorter.ts";
import { SelectorIndex } from "../calc/selector-index.ts";
import { configurationOf } from "../model/configuration.ts";
import {
  type Endpoint,
  endpointName,
  type HostEndpoint,
  type WorkloadEndpoint,
} from "../model/endpoint.ts";
import type { Model } from "../model/model.ts";
import type { Direction, Policy, Profile, Rule } from "../model/policy.ts";
import type { PolicyList } from "../model/verdict.ts";
import { compareBytes } from "../text/byte-order.ts";
import { compileRule } from "./compile-rule.ts";
import { Numbering } from "./numbering.ts";
import { Peers } from "./peers.ts";
import type {
  BothWays,
  CompiledHostEndpoint,
  CompiledWorkload,
  NodePolicy,
  RequestPolicy,
  RequestRule,
  Section,
  Stage,
} from "./policy.ts";
import { bothWays, FINALS, profileStages, tierStages } from "./sections.ts";
import { Stages } from "./stages.ts";

/** Everything that `node` enforces, its endpoints in the byte order of their names. */
export function compile(model: Model, node: string): NodePolicy {
  const compiler = new PolicyCompiler(model);
  return {
    node,
    configuration: configurationOf(model, node),
    workloads: ofNode(model.workloads, node).map((endpoint) => compiler.workload(endpoint)),
    hostEndpoints: ofNode(model.hostEndpoints, node).map((endpoint) =>
      compiler.hostEndpoint(endpoint),
    ),
  };
}

type Listed = readonly ListedTier<Policy>[];

/** Compiles one endpoint of a model at a time; what several of them share is one object. */
export class PolicyCompiler {
  readonly #model: Model;
  readonly #profiles: ReadonlyMap<string, Profile>;
  readonly #policies: SelectorIndex<PlacedPolicy<Policy>>;
  readonly #peers: Peers;
  readonly #stages: Stages;
  readonly #requestStages: Stages;
  readonly #stageNumbers = new Numbering<Stage>();
  readonly #sections = new Map<string, Section>();

  /** `before` may have compiled much of the same: its work is taken over as far as it holds. */
  constructor(model: Model, before?: PolicyCompiler) {
    const sorter = new PolicySorter<Policy>();
    for (const tier of model.tiers) sorter.setTier(tier.name, tier);
    for (const policy of model.policies) sorter.setPolicy(policy, policy);
    const placed = placePolicies(sorter.sorted());
    this.#policies = new SelectorIndex(placed, ({ policy }) => policy.selector);
    this.#model = model;
    this.#profiles = model.profiles;
    const known = before && differsInPolicies(before.#model, model) ? before : undefined;
    this.#peers = known ? known.#peers : new Peers(model);
    this.#stages = known ? known.#stages : new Stages(this.#peers, "packets");
    this.#requestStages = known ? known.#requestStages : new Stages(this.#peers, "requests");
  }

  workload(endpoint: WorkloadEndpoint): CompiledWorkload {
    return { endpoint, ...this.#normal(endpoint) };
  }

  /** One direction of {@link workload}, for those who never ask about the other. */
  workloadSection(endpoint: WorkloadEndpoint, direction: Direction): Section {
    return this.#normalSection(endpoint, this.#list("normal", endpoint), direction);
  }

  hostEndpoint(endpoint: HostEndpoint): CompiledHostEndpoint {
    const untracked = this.#list("untracked", endpoint);
    const forward = this.#list("forward", endpoint);
    const preDNAT = this.#list("preDNAT", endpoint);
    return {
      endpoint,
      normal: this.#normal(endpoint),
      forward: bothWays((direction) => this.#tiers("forward", forward, direction)),
      untracked: bothWays((direction) => this.#tiers("untracked", untracked, direction)),
      preDNAT: { ingress: this.#tiers("preDNAT", preDNAT, "ingress") },
    };
  }

  /**
   * What a list would be if its staged policies were enforced (evaluation.md §11); undefined where
   * none of them governs the direction.
   */
  pending(endpoint: Endpoint, list: PolicyList, direction: Direction): Section | undefined {
    const tiers = this.#list(list, endpoint, "staged too");
    if (!hasStaged(tiers, direction)) return undefined;
    if (list !== "normal") return this.#tiers(list, tiers, direction);
    return this.#normalSection(endpoint, tiers, direction);
  }

  /** Every policy of a list, staged ones among them, in the order in which they are read. */
  policies(endpoint: Endpoint, list: PolicyList): Listed {
    return this.#list(list, endpoint, "staged too");
  }

  /** A rule by itself, as requests meet it; undefined for one that matches nothing. */
  rule(rule: Rule): RequestRule | undefined {
    return compileRule(rule, { by: "no-match" }, this.#peers);
  }

  /** The ingress of a workload as requests meet it, and what it would be with staged policies. */
  requests(endpoint: WorkloadEndpoint): RequestPolicy {
    const section = (tiers: Listed): Section<RequestRule> => ({
      stages: this.#normalStages(this.#requestStages, endpoint, tiers, "ingress"),
      ...FINALS.normal,
    });
    const all = this.#list("normal", endpoint, "staged too");
    return {
      enforced: section(this.#list("normal", endpoint)),
      ...(hasStaged(all, "ingress") && { pending: section(all) }),
    };
  }

  #list(
    list: PolicyList,
    endpoint: Endpoint,
    which: "enforced" | "staged too" = "enforced",
  ): Listed {
    const selecting = this.#policies.matching(endpoint.labels);
    const enforced = selecting.filter(({ policy }) => !policy.staged);
    return endpointList(list, endpoint, which === "enforced" ? enforced : selecting);
  }

  #normal(endpoint: Endpoint): BothWays {
    const tiers = this.#list("normal", endpoint);
    return bothWays((direction) => this.#normalSection(endpoint, tiers, direction));
  }

  #normalSection(endpoint: Endpoint, tiers: Listed, direction: Direction): Section {
    return this.#section("normal", this.#normalStages(this.#stages, endpoint, tiers, direction));
  }

  #tiers(list: PolicyList, tiers: Listed, direction: Direction): Section {
    return this.#section(list, tierStages(this.#stages, list, tiers, direction));
  }

  #normalStages(
    stages: Stages,
    endpoint: Endpoint,
    tiers: Listed,
    direction: Direction,
  ): Stage<RequestRule>[] {
    const profiles = {
      ofProfile: (name: string) => stages.ofProfile(name, this.#profiles.get(name), direction),
    };
    return [
      ...tierStages(stages, "normal", tiers, direction),
      ...profileStages(profiles, endpoint.profiles, direction),
    ];
  }

  #section(list: PolicyList, stages: readonly Stage[]): Section {
    const key = `${list} ${this.#stageNumbers.keyOf(stages)}`;
    const known = this.#sections.get(key);
    if (known) return known;
    const section = { stages, ...FINALS[list] };
    this.#sections.set(key, section);
    return section;
  }
}

/** Whether whom rules mean is the same in both, and every rule that is in both compiles alike. */
function differsInPolicies(before: Model, after: Model): boolean {
  return MEANT.every((part) => before[part] === after[part]);
}

/** What rules mean others by, and the rules that are no policy's. */
const MEANT = ["workloads", "hostEndpoints", "networkSets", "services", "profiles"] as const;

function hasStaged(tiers: Listed, direction: Direction): boolean {
  return tiers.some((tier) => tier[direction].some((policy) => policy.staged));
}

function ofNode<E extends Endpoint>(endpoints: readonly E[], node: string): E[] {
  return endpoints.filter((endpoint) => endpoint.node === node).sort(compareEndpoints);
}

/** By name, then by interface. */
export function compareEndpoints(a: Endpoint, b: Endpoint): number {
  return (
    compareBytes(endpointName(a), endpointName(b)) || compareBytes(a.interfaceName, b.interfaceName)
  );
}
