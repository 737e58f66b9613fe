/** Policies of a stream. Those that name nodes are converted anew whenever nodes change. */
import type { PeerContext, PeerOptions } from "./admin-peer.ts";
import type { LabelledNode } from "./convert-host.ts";
import {
  convertAnyPolicy,
  namesNodes,
  type PolicyResource,
  reportTier,
} from "./convert-policies.ts";
import type { Policy } from "./policy.ts";
import type { Report } from "./problems.ts";
import type { ProblemsByKey } from "./problems-by-key.ts";
import { isBuiltInTier } from "./stream-tiers.ts";
import type { ModelUpdate } from "./update.ts";

/** Keeps of a policy its tier, and all of one that names nodes, which is told at a flush. */
export class StreamPolicies {
  readonly #tell: (update: ModelUpdate) => void;
  readonly #problems: ProblemsByKey;
  /** The tier of each policy that was told. */
  readonly #told = new Map<string, string>();
  /** The keys of policies by their tier, of tiers that may be missing. */
  readonly #byTier = new Map<string, Set<string>>();
  readonly #namingNodes = new Map<string, PolicyResource>();
  /** The keys of those among them that are to be converted at the next flush. */
  readonly #waiting = new Set<string>();
  /** Its nodes are those of the last flush. */
  #context: PeerContext;

  constructor(tell: (update: ModelUpdate) => void, problems: ProblemsByKey, options: PeerOptions) {
    this.#tell = tell;
    this.#problems = problems;
    this.#context = { ...options, knownNodes: [] };
  }

  /** The policy as it is now. */
  set(key: string, resource: PolicyResource, report: Report): void {
    if (namesNodes(resource)) {
      this.#namingNodes.set(key, resource);
      this.#waiting.add(key);
      return;
    }
    this.#namingNodes.delete(key);
    this.#put(key, convertAnyPolicy(resource, this.#context, report));
  }

  /** Reports whether it was there. */
  delete(key: string): boolean {
    const named = this.#namingNodes.delete(key);
    return this.#put(key, undefined) || named;
  }

  /** Converts what names nodes, if that is new or the list of nodes is another than before. */
  flush(knownNodes: readonly LabelledNode[]): void {
    const sameNodes = knownNodes === this.#context.knownNodes;
    this.#context = { ...this.#context, knownNodes };
    for (const key of sameNodes ? this.#waiting : this.#namingNodes.keys()) {
      const resource = this.#namingNodes.get(key);
      if (!resource) continue;
      const report = this.#problems.reportOn(key);
      this.#put(key, convertAnyPolicy(resource, this.#context, report));
    }
    this.#waiting.clear();
  }

  /** Reports each policy whose tier is not in `tiers`. */
  reportTiers(tiers: ReadonlySet<string>, reportOn: (key: string) => Report): void {
    for (const [tier, keys] of this.#byTier) {
      if (tiers.has(tier)) continue;
      for (const key of keys) reportTier(tier, reportOn(key));
    }
  }

  get holdings() {
    return {
      policies: this.#told.size,
      policyTiers: this.#byTier.size,
      policiesNamingNodes: this.#namingNodes.size,
      waitingPolicies: this.#waiting.size,
    };
  }

  /** Reports whether anything was told, now or before. */
  #put(key: string, value: Policy | undefined): boolean {
    const before = this.#told.get(key);
    if (before === undefined && !value) return false;
    if (before !== value?.tier) this.#move(key, before, value?.tier);
    this.#tell({ part: "policy", key, value });
    return true;
  }

  #move(key: string, from: string | undefined, to: string | undefined): void {
    if (from !== undefined) this.#leaveTier(key, from);
    if (to === undefined) {
      this.#told.delete(key);
      return;
    }
    this.#told.set(key, to);
    if (isBuiltInTier(to)) return;
    const keys = this.#byTier.get(to);
    if (keys) keys.add(key);
    else this.#byTier.set(to, new Set([key]));
  }

  #leaveTier(key: string, tier: string): void {
    const keys = this.#byTier.get(tier);
    keys?.delete(key);
    if (keys?.size === 0) this.#byTier.delete(tier);
  }
}
