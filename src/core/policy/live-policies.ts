/** Policies, whom of the local endpoints they govern, and those compiled that govern any. */

import type { Item, Watch, Watcher } from "../calc/labelled.ts";
import { LiveLabelIndex } from "../calc/live-label-index.ts";
import { governs } from "../calc/policy-lists.ts";
import { each, type Some, withOne, withoutOne } from "../calc/some.ts";
import type { Direction, Policy, PolicyId } from "../model/policy.ts";
import { format, type Labels, type Selector } from "../selector/selector.ts";
import type { ActivePolicy } from "./changes.ts";
import type { LivePeers, PeerLease } from "./live-peers.ts";
import {
  isSamePolicy,
  isSameRuled,
  type PackedPolicy,
  RuleShapes,
  unpacked,
} from "./packed-policy.ts";
import { hasSameRules } from "./same-rules.ts";
import { compilePolicyRules, policyId } from "./stages.ts";

/** A policy as it is now; another object when it says something else. */
export interface LivePolicy extends PackedPolicy {
  readonly key: string;
  readonly subjects: Subjects;
}

/** Told of what happens to selectors of policies. */
interface SubjectsListener {
  /** Another selector than before selects `governed`. */
  moved(governed: Governed): void;
  /** The first is governed, or the last no longer is. */
  toggled(subjects: Subjects): void;
}

/** Whom the policies of one selector govern. */
export class Subjects implements Watcher<Governed> {
  /** Canonical. */
  readonly text: string;
  /** Tells it from every other there has been. */
  readonly number: number;
  readonly #listener: SubjectsListener;
  policies: Some<LivePolicy>;
  governed: Some<Governed>;

  constructor(text: string, number: number, listener: SubjectsListener) {
    this.text = text;
    this.number = number;
    this.#listener = listener;
  }

  start(governed: Governed): void {
    const isFirst = this.governed === undefined;
    this.governed = withOne(this.governed, governed);
    governed.subjects = withOne(governed.subjects, this);
    this.#listener.moved(governed);
    if (isFirst) this.#listener.toggled(this);
  }

  stop(governed: Governed): void {
    this.governed = withoutOne(this.governed, governed);
    governed.subjects = withoutOne(governed.subjects, this);
    this.#listener.moved(governed);
    if (!this.governed) this.#listener.toggled(this);
  }
}

/** A local endpoint, as policies see it. */
export interface Governed {
  readonly key: string;
  /** The selectors of policies that select it. */
  subjects: Some<Subjects>;
}

/** A policy that governs a local endpoint. */
export interface CompiledPolicy {
  readonly policy: LivePolicy;
  readonly active: ActivePolicy;
  /** Tells it from every other there has been. */
  readonly number: number;
  readonly lease: PeerLease;
}

/** What changed since the last flush. */
export interface PolicyStates {
  readonly policies: readonly ActivePolicy[];
  readonly gonePolicies: readonly PolicyId[];
  /** Selectors whose policies are others, or say something else. */
  readonly touched: readonly Subjects[];
  /** Those that other selectors select. */
  readonly moved: readonly Governed[];
}

/** Staged policies are not kept: they govern nobody. */
export class LivePolicies {
  readonly #peers: LivePeers;
  readonly #shapes = new RuleShapes();
  readonly #index = new LiveLabelIndex<Governed>();
  readonly #policies = new Map<string, LivePolicy>();
  /** By canonical selector. */
  readonly #watches = new Map<string, Watch<Governed, Subjects>>();
  readonly #compiled = new Map<string, CompiledPolicy>();
  /** Keys of policies that may be another than those compiled. */
  readonly #dirty = new Set<string>();
  readonly #touched = new Set<Subjects>();
  readonly #moved = new Set<Governed>();
  readonly #listener: SubjectsListener = {
    moved: (governed) => this.#moved.add(governed),
    toggled: (subjects) => {
      for (const { key } of each(subjects.policies)) this.#dirty.add(key);
      // Of what became of its policies while it selected nobody, nothing was noted.
      this.#touched.add(subjects);
    },
  };
  #numbers = 0;

  constructor(peers: LivePeers) {
    this.#peers = peers;
  }

  /** A policy as it is now; undefined when it is gone. A staged one governs nobody. */
  setPolicy(key: string, policy: Policy | undefined): void {
    const before = this.#policies.get(key);
    if (!policy || policy.staged) {
      if (before) this.#remove(before);
      return;
    }
    const packed = this.#shapes.pack(policy);
    const subjects = this.#subjectsOf(policy.selector);
    if (before?.subjects === subjects && isSamePolicy(before, packed)) {
      this.#shapes.forget(packed);
      return;
    }
    const after: LivePolicy = { ...packed, key, subjects };
    subjects.policies = withOne(subjects.policies, after);
    if (before) this.#remove(before);
    this.#policies.set(key, after);
    if (subjects.governed) this.#note(after);
  }

  setProfile(name: string, labels: Labels | undefined): void {
    this.#index.setProfile(name, labels);
  }

  /** From now on policies govern it by these labels. */
  govern(governed: Governed, labels: Labels, profiles: readonly string[]): Item<Governed> {
    return this.#index.add(governed, labels, profiles);
  }

  relabel(item: Item<Governed>, labels: Labels, profiles: readonly string[]): void {
    this.#index.relabel(item, labels, profiles);
  }

  free(item: Item<Governed>): void {
    this.#index.remove(item);
  }

  /** The policy as it is compiled; it governs someone. */
  compiled(policy: LivePolicy): CompiledPolicy {
    const found = this.#compiled.get(policy.key);
    if (found?.policy !== policy) throw new Error(`policy ${policy.key} is not compiled`);
    return found;
  }

  /** Compiles what governs someone, and lets go of what no longer does. */
  flush(): PolicyStates {
    const policies: ActivePolicy[] = [];
    const gonePolicies: PolicyId[] = [];
    for (const key of this.#dirty) {
      const policy = this.#policies.get(key);
      const before = this.#compiled.get(key);
      const isActive = policy?.subjects.governed !== undefined;
      if (isActive && policy === before?.policy) continue;
      if (policy && isActive && before && isSameRuled(before.policy, policy)) {
        this.#compiled.set(key, { ...before, policy });
        continue;
      }
      if (policy && isActive) {
        const compiled = this.#compile(policy);
        const isTold = before !== undefined && hasSameRules(before.active, compiled.active);
        const { active } = isTold ? before : compiled;
        // Stages name the tier, which a policy without rules may change and say the same.
        const isInPlace = isTold && before.policy.tier === policy.tier;
        const { number } = isInPlace ? before : compiled;
        this.#compiled.set(key, { ...compiled, active, number });
        if (!isTold) policies.push(active);
      } else if (before) {
        this.#compiled.delete(key);
        gonePolicies.push(before.active.id);
      }
      before?.lease.release();
    }
    const touched = [...this.#touched];
    const moved = [...this.#moved];
    this.#dirty.clear();
    this.#touched.clear();
    this.#moved.clear();
    return { policies, gonePolicies, touched, moved };
  }

  get holdings(): Readonly<Record<string, number>> {
    return {
      ...this.#index.holdings,
      policies: this.#policies.size,
      subjects: this.#watches.size,
      shapes: this.#shapes.size,
      compiled: this.#compiled.size,
    };
  }

  #compile(policy: LivePolicy): CompiledPolicy {
    const lease = this.#peers.lease();
    const ruled = unpacked(policy);
    const rulesOf = (direction: Direction) =>
      governs(policy, direction) ? compilePolicyRules(ruled, direction, lease, "packets") : [];
    const id = policyId(policy);
    const active = { id, ingress: rulesOf("ingress"), egress: rulesOf("egress") };
    return { policy, active, number: ++this.#numbers, lease };
  }

  #remove(policy: LivePolicy): void {
    const { key, subjects } = policy;
    this.#policies.delete(key);
    this.#shapes.forget(policy);
    if (subjects.governed) this.#note(policy);
    subjects.policies = withoutOne(subjects.policies, policy);
    if (!subjects.policies) this.#dissolve(subjects);
  }

  #note({ key, subjects }: LivePolicy): void {
    this.#dirty.add(key);
    this.#touched.add(subjects);
  }

  #subjectsOf(selector: Selector): Subjects {
    const text = format(selector);
    const known = this.#watches.get(text);
    if (known) return known.watcher;
    const subjects = new Subjects(text, ++this.#numbers, this.#listener);
    this.#watches.set(text, this.#index.watch(selector, subjects));
    for (const governed of this.#index.select(selector)) subjects.start(governed);
    return subjects;
  }

  /** A selector without policies is not watched. */
  #dissolve(subjects: Subjects): void {
    const watch = this.#watches.get(subjects.text);
    if (watch) this.#index.unwatch(watch);
    this.#watches.delete(subjects.text);
    for (const governed of [...each(subjects.governed)]) subjects.stop(governed);
  }
}
