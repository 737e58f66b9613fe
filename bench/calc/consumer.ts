/** Whoever gets what is calculated: looks at all of it and counts. */
import type { PolicyChanges } from "../../src/core/policy/changes.ts";
import type {
  CompiledHostEndpoint,
  CompiledRule,
  CompiledWorkload,
  Section,
} from "../../src/core/policy/policy.ts";

/** How many of each were delivered. */
export interface Delivered {
  readonly policies: number;
  readonly sets: number;
  readonly endpoints: number;
  readonly members: number;
  readonly rules: number;
  readonly stages: number;
  readonly gone: number;
  /** One an entry of the lists, as if each was a message of its own. */
  readonly messages: number;
}

/** Reads everything in `changes`, so that nothing of it is put off. */
export function consume(changes: PolicyChanges | undefined): Delivered {
  if (!changes) throw new Error("a flush in sync said nothing");
  const { newSets, changedSets, policies, profiles, endpoints } = changes;
  let members = 0;
  for (const set of newSets) {
    members += set.kind === "ports" ? set.ports.members.size : count(set.addresses);
  }
  for (const change of changedSets) {
    members += change.kind === "ports" ? change.changed.length : count(change);
  }
  let rules = 0;
  for (const { ingress, egress } of policies) rules += countRules(ingress) + countRules(egress);
  for (const { ingress, egress } of profiles) rules += countRules(ingress) + countRules(egress);
  let stages = 0;
  for (const { compiled } of endpoints) {
    for (const section of sectionsOf(compiled)) stages += section.stages.length;
  }
  const { goneEndpoints, goneProfiles, gonePolicies, goneSets } = changes;
  const gone = goneEndpoints.length + goneProfiles.length + gonePolicies.length + goneSets.length;
  const named = newSets.length + changedSets.length + policies.length + profiles.length;
  return {
    policies: policies.length,
    sets: newSets.length,
    endpoints: endpoints.length,
    members,
    rules,
    stages,
    gone,
    messages: named + endpoints.length + gone,
  };
}

type Several =
  | { readonly hosts: readonly unknown[]; readonly nets: readonly unknown[] }
  | { readonly added: readonly unknown[]; readonly removed: readonly unknown[] };

function count(several: Several): number {
  if ("hosts" in several) return several.hosts.length + several.nets.length;
  return several.added.length + several.removed.length;
}

function countRules(rules: readonly CompiledRule[]): number {
  let terms = 0;
  for (const { source, destination } of rules) {
    terms += source.addresses.length + destination.addresses.length;
  }
  return Number.isNaN(terms) ? 0 : rules.length;
}

function sectionsOf(compiled: CompiledWorkload | CompiledHostEndpoint): readonly Section[] {
  if ("ingress" in compiled) return [compiled.ingress, compiled.egress];
  const { normal, forward, untracked, preDNAT } = compiled;
  const all = [normal, forward, untracked].flatMap(({ ingress, egress }) => [ingress, egress]);
  return [...all, preDNAT.ingress];
}
