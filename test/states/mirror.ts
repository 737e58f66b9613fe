/**
 * Who follows changes: it keeps what they told, and refuses what breaks their laws. Nothing is named
 * before it is there, or goes while it is named; nothing is told twice or changes without a change.
 */
import assert from "node:assert/strict";
import { formatPolicyPath } from "../../src/core/calc/order.ts";
import type {
  ActivePolicy,
  ActiveProfile,
  PeerSet,
  PolicyChanges,
} from "../../src/core/policy/changes.ts";
import type { CompiledRule } from "../../src/core/policy/policy.ts";
import { KnownSets } from "./known-sets.ts";
import {
  type CompiledEndpoint,
  endpointLines,
  type Outcome,
  policyLines,
  profileLines,
  sectionsOf,
} from "./outcome.ts";
import { setsOf } from "./rule-text.ts";

export class Mirror implements Outcome {
  readonly endpoints = new Map<string, CompiledEndpoint>();
  readonly policies = new Map<string, ActivePolicy>();
  readonly profiles = new Map<string, ActiveProfile>();
  readonly #sets = new KnownSets();
  /** What was told last, by object: sets by their names, as members change without it. */
  readonly #told = new Map<string, string>();

  /** What the sets are called that rules name. */
  get sets(): string[] {
    return this.#sets.keys;
  }

  /** Takes changes in their order. Throws where they break a law. */
  take(changes: PolicyChanges): void {
    const { endpoints, policies, profiles } = this;
    refuseContradictions(changes);
    for (const set of changes.newSets) this.#sets.add(set);
    for (const change of changes.changedSets) this.#sets.change(change);
    const texts = this.#sets.texts;
    for (const policy of changes.policies) {
      const path = formatPolicyPath(policy.id);
      this.#tell(`policy ${path}`, policyLines(policy, texts));
      policies.set(path, policy);
    }
    for (const profile of changes.profiles) {
      this.#tell(`profile ${profile.name}`, profileLines(profile, texts));
      profiles.set(profile.name, profile);
    }
    for (const { key, compiled } of changes.endpoints) {
      this.#tell(`endpoint ${key}`, endpointLines(compiled, texts));
      endpoints.set(key, compiled);
      this.#checkNames(key, compiled);
    }
    for (const key of changes.goneEndpoints) this.#forget("endpoint", key, endpoints);
    for (const name of changes.goneProfiles) this.#forget("profile", name, profiles);
    for (const id of changes.gonePolicies) this.#forget("policy", formatPolicyPath(id), policies);
    for (const set of changes.goneSets) this.#sets.remove(set);
    this.#check();
  }

  #tell(what: string, lines: readonly string[]): void {
    const text = lines.join("\n");
    assert.notEqual(text, this.#told.get(what), `${what} is told, and is as it was`);
    this.#told.set(what, text);
  }

  #forget(kind: string, key: string, all: Map<string, unknown>): void {
    assert.ok(all.delete(key), `${kind} ${key} goes, and is not there`);
    this.#told.delete(`${kind} ${key}`);
  }

  /** All that is there names only what is there; each set is named and as it was told. */
  #check(): void {
    const named = new Set<PeerSet>();
    for (const rule of this.#rules()) {
      for (const content of setsOf(rule)) named.add(this.#sets.named(content));
    }
    this.#sets.check(named);
    for (const [key, compiled] of this.endpoints) this.#checkNames(key, compiled);
  }

  #checkNames(key: string, compiled: CompiledEndpoint): void {
    for (const name of compiled.endpoint.profiles) {
      assert.ok(this.profiles.has(name), `${key} names profile ${name}, which is not there`);
    }
    for (const { section } of sectionsOf(compiled)) {
      for (const { name } of section.stages) {
        for (const path of policiesOf(name)) {
          assert.ok(this.policies.has(path), `${key} names policy ${path}, which is not there`);
        }
      }
    }
  }

  *#rules(): Generator<CompiledRule> {
    for (const { ingress, egress } of [...this.policies.values(), ...this.profiles.values()]) {
      yield* ingress;
      yield* egress;
    }
    for (const compiled of this.endpoints.values()) {
      for (const { section } of sectionsOf(compiled)) {
        for (const { rules } of section.stages) yield* rules;
      }
    }
  }
}

/** What kinds of change there are: the names of lists that are not empty, sets by their kind. */
export function kindsOf(changes: PolicyChanges): ReadonlySet<string> {
  const { newSets, changedSets, goneSets, ...others } = changes;
  const lists = Object.entries(others).filter(([, list]) => list.length > 0);
  return new Set([
    ...lists.map(([name]) => name),
    ...newSets.map(({ kind }) => `new ${kind}`),
    ...changedSets.map(({ kind }) => `changed ${kind}`),
    ...goneSets.map(({ kind }) => `gone ${kind}`),
  ]);
}

/** The paths in a stage's name; none in a profile's. */
function policiesOf(stage: string): readonly string[] {
  return /^tier \S+ \w+: (.+)$/.exec(stage)?.[1]?.split(", ") ?? [];
}

/** What is in one list is in no other that speaks of the same, and there once. */
function refuseContradictions(changes: PolicyChanges): void {
  const setKey = ({ kind, id }: PeerSet) => `${kind} ${id}`;
  once([
    ...changes.newSets.map(setKey),
    ...changes.changedSets.map(({ set }) => setKey(set)),
    ...changes.goneSets.map(setKey),
  ]);
  once([...changes.policies.map(({ id }) => id), ...changes.gonePolicies].map(formatPolicyPath));
  once([...changes.profiles.map(({ name }) => name), ...changes.goneProfiles]);
  once([...changes.endpoints.map(({ key }) => key), ...changes.goneEndpoints]);
}

function once(keys: readonly string[]): void {
  const seen = new Set<string>();
  for (const key of keys) {
    assert.ok(!seen.has(key), `${key} is told of twice at once`);
    seen.add(key);
  }
}
