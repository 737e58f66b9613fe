import type { ResourceKind } from "../../src/core/resources/resource.ts";
import type { Schema } from "../../src/core/schema/schema.ts";
import type { Random } from "../differential/random.ts";
import { generateManifest } from "./generate.ts";
import { mutate } from "./mutate.ts";
import type { Candidate } from "./sweep.ts";

/** A kind, and schemas after which its manifests are made, each as likely. */
export interface Model {
  readonly kind: ResourceKind;
  readonly schemas: readonly Schema<unknown>[];
}

/** Random manifests of the models, as they would be sent; a bit less than half of them spoilt. */
export function* candidates(
  random: Random,
  models: readonly Model[],
  count: number,
): Generator<Candidate> {
  for (let i = 0; i < count; i++) {
    const model = random.pick(models);
    if (!model) return;
    const { kind, schemas } = model;
    let manifest = generateManifest(random, kind, random.pick(schemas));
    const mistakes = random.pick([0, 0, 0, 0, 0, 1, 1, 1, 2]);
    for (let j = 0; j < mistakes; j++) manifest = mutate(random, manifest);
    yield { kind, manifest: JSON.parse(JSON.stringify(manifest)) as object };
  }
}
