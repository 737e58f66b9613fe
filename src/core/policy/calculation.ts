/** Compiled policy of the endpoints of one place, kept up to date as the cluster changes. */
import type { Endpoint } from "../model/endpoint.ts";
import type { ModelUpdate } from "../model/update.ts";
import type { PolicyChanges } from "./changes.ts";

export interface CalculationOptions {
  /** Whose policy is wanted: of a node the endpoints that it hosts, of a central server all. */
  readonly isLocal: (endpoint: Pick<Endpoint, "kind" | "node">) => boolean;
}

/** How much is held, by kind; every number is 0 when nothing was told, or all of it is gone again. */
export type Holdings = Readonly<Record<string, number>>;

/**
 * Calculates compiled policy from updates. What comes out depends on the state that updates describe,
 * never on their order, number or history.
 */
export class Calculation {
  constructor(_options: CalculationOptions) {}

  /** Takes one object as it is now. Costs what the change can alter, not what there is. */
  update(_update: ModelUpdate): void {
    throw new Error("to come");
  }

  /** From now on flushes have something to say: all that was there at the start has been told. */
  inSync(): void {
    throw new Error("to come");
  }

  /** What changed since the last flush; undefined before it is in sync. */
  flush(): PolicyChanges | undefined {
    throw new Error("to come");
  }

  /** For those who count what is left behind. */
  get holdings(): Holdings {
    throw new Error("to come");
  }
}
