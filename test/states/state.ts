/** A whole state: all that there is, told as updates, and what is enforced then on `NODE`. */

import { namespaceProfile, withInherited } from "../../src/core/model/labels.ts";
import { EMPTY_MODEL, type Model } from "../../src/core/model/model.ts";
import type { ModelUpdate } from "../../src/core/model/update.ts";
import type { Labels } from "../../src/core/selector/selector.ts";

/** The node whose policy states speak of. */
export const NODE = "here";

export interface State {
  readonly name: string;
  /** Each with a value, none twice. */
  readonly updates: readonly ModelUpdate[];
  /** As `briefLines` writes it. */
  readonly enforced: readonly string[];
}

/** What tells an object from all others. */
export function identityOf({ part, key }: ModelUpdate): string {
  return `${part} ${key}`;
}

/** The objects that are there after some updates, by identity. */
export class Told {
  readonly #objects = new Map<string, ModelUpdate>();

  constructor(updates: Iterable<ModelUpdate> = []) {
    for (const update of updates) this.tell(update);
  }

  tell(update: ModelUpdate): void {
    if (update.value === undefined) this.#objects.delete(identityOf(update));
    else this.#objects.set(identityOf(update), update);
  }

  get objects(): ReadonlyMap<string, ModelUpdate> {
    return this.#objects;
  }
}

/** The model that those objects are, labels inherited; and its endpoints by the keys they came under. */
export interface KeyedModel {
  readonly model: Model;
  readonly workloads: ReadonlyMap<string, Model["workloads"][number]>;
  readonly hostEndpoints: ReadonlyMap<string, Model["hostEndpoints"][number]>;
}

export function keyedModel(objects: Iterable<ModelUpdate>): KeyedModel {
  const all = [...objects];
  const labels = new Map<string, Labels>();
  for (const { part, key, value } of all) {
    if (part === "profileLabels" && value) labels.set(key, value);
  }
  const workloads = new Map<string, Model["workloads"][number]>();
  const hostEndpoints = new Map<string, Model["hostEndpoints"][number]>();
  const networkSets: Model["networkSets"][number][] = [];
  const profiles = new Map<string, NonNullable<ReturnType<Model["profiles"]["get"]>>>();
  const tiers: Model["tiers"][number][] = [];
  const policies: Model["policies"][number][] = [];
  const services: Model["services"][number][] = [];
  const inherit = <T extends { readonly labels: Labels }>(
    object: T,
    from: readonly string[],
  ): T => ({
    ...object,
    labels: withInherited(object.labels, from, labels),
  });
  for (const { part, key, value } of all) {
    if (!value) continue;
    if (part === "workload") workloads.set(key, inherit(value, value.profiles));
    if (part === "hostEndpoint") hostEndpoints.set(key, inherit(value, value.profiles));
    if (part === "networkSet") networkSets.push(inherit(value, profilesOfSet(value)));
    if (part === "profile") profiles.set(key, value);
    if (part === "tier") tiers.push(value);
    if (part === "policy") policies.push(value);
    if (part === "service") services.push(value);
  }
  const model: Model = {
    ...EMPTY_MODEL,
    workloads: [...workloads.values()],
    hostEndpoints: [...hostEndpoints.values()],
    networkSets,
    profiles,
    tiers,
    policies,
    services,
  };
  return { model, workloads, hostEndpoints };
}

/** A network set inherits from its namespace; a global one from nothing. */
function profilesOfSet({ namespace }: Model["networkSets"][number]): string[] {
  return namespace === "" ? [] : [namespaceProfile(namespace)];
}
