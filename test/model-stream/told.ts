import assert from "node:assert/strict";
import { ModelStream } from "../../src/core/model/stream.ts";
import type { ModelUpdate } from "../../src/core/model/update.ts";
import type { AnyResource } from "../../src/core/resources/kinds.ts";
import { resourceKey } from "../../src/core/resources/resource-key.ts";
import { resource } from "./objects.ts";

/** A stream, and the last values that it told. */
export class Told {
  readonly stream = new ModelStream((update) => this.#hear(update));
  readonly #values = new Map<string, ModelUpdate>();

  constructor(updates: Iterable<readonly [string, AnyResource | undefined]> = []) {
    for (const [key, resource] of updates) this.stream.update(key, resource);
    this.stream.flush();
  }

  put(...objects: readonly object[]): this {
    for (const one of objects.map(resource)) this.stream.update(resourceKey(one), one);
    this.stream.flush();
    return this;
  }

  take(...objects: readonly object[]): this {
    for (const one of objects.map(resource)) this.stream.update(resourceKey(one), undefined);
    this.stream.flush();
    return this;
  }

  of<P extends ModelUpdate["part"]>(part: P): Map<string, NonNullable<ValueOf<P>>> {
    const found = new Map<string, NonNullable<ValueOf<P>>>();
    for (const { part: of, key, value } of this.#values.values()) {
      // What is kept has a value, which is of its part.
      if (of === part) found.set(key, value as NonNullable<ValueOf<P>>);
    }
    return found;
  }

  /** All that can be known, in an order of its own. */
  get everything(): string[] {
    const { problems, hosts, configurations, identities, holdings } = this.stream;
    const asked = { hosts, configurations, identities, holdings };
    return [...[...this.#values.values()].map(textOf).sort(), textOf(asked), textOf(problems)];
  }

  #hear(update: ModelUpdate): void {
    const place = `${update.part} ${update.key}`;
    if (update.value === undefined) {
      assert.ok(this.#values.delete(place), `${place} goes that never was`);
    } else this.#values.set(place, update);
  }
}

type ValueOf<P extends ModelUpdate["part"]> = Extract<ModelUpdate, { readonly part: P }>["value"];

/** Equal for equal values; maps and sets in an order of their own. */
export function textOf(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) => {
    if (one instanceof Map) return ["map", ...[...one].map(textOf).sort()];
    if (one instanceof Set) return ["set", ...[...one].map(textOf).sort()];
    return one === Number.POSITIVE_INFINITY ? "Infinity" : one;
  });
}
