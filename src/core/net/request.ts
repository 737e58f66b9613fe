/** A request inside a connection, as a proxy reports it (evaluation.md §13). */
import type { Flow } from "./flow.ts";

/** Who one side of a connection was authenticated as, by its certificate. */
export interface Principal {
  readonly namespace: string;
  readonly serviceAccount: string;
  /** Labels that came with the request; those of the service account win over them. */
  readonly labels?: ReadonlyMap<string, string>;
}

/** A request, or the opening of a connection that carries none. Absent is unknown. */
export interface Request {
  readonly flow: Flow;
  readonly source?: Principal;
  readonly destination?: Principal;
  readonly http?: { readonly method?: string; readonly path?: string };
}
