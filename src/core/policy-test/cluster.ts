/** A cluster as policy tests ask it: its verdicts, and whom its names and labels stand for. */
import { type Analysis, analyse } from "../analysis/analysis.ts";
import { modelOf } from "../model/convert.ts";
import type { Model } from "../model/model.ts";
import type { EndpointSliceResource } from "../resources/endpoint-slice.ts";
import { slicesByService } from "../resources/implied-slices.ts";
import type { AnyResource } from "../resources/kinds.ts";
import type { PolicyTestResource } from "../resources/policy-test.ts";
import type { ServiceResource } from "../resources/service.ts";
import { Blocks } from "./blocks.ts";

export interface TestedCluster {
  readonly model: Model;
  readonly analysis: Analysis;
  readonly services: readonly ServiceResource[];
  /** Those that list a service's backends; where none does, as Kubernetes would make them. */
  readonly slicesOf: (service: ServiceResource) => readonly EndpointSliceResource[];
  readonly blocks: Blocks;
}

/** The cluster of these resources; `tests` are all that it will be asked. */
export function testedCluster(
  resources: readonly AnyResource[],
  tests: readonly PolicyTestResource[],
  model: Model = modelOf(resources),
): TestedCluster {
  const analysis = analyse(model);
  return {
    model,
    analysis,
    services: resources.filter((one) => one.kind === "Service"),
    slicesOf: slicesByService(resources),
    blocks: new Blocks(analysis, tests),
  };
}
