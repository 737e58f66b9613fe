/** Workload endpoints of a stream, and which of their namespaces are not there. */
import type { WorkloadEndpoint } from "./endpoint.ts";
import { missingNamespace, needsNamespace } from "./missing-namespace.ts";
import type { Problem } from "./model.ts";
import type { ModelUpdate } from "./update.ts";

/** A namespace, and how many workloads need it to be there. */
interface NeededNamespace {
  readonly name: string;
  workloads: number;
}

/** Keeps of each workload no more than that it is there, and which namespace it needs. */
export class StreamWorkloads {
  readonly #tell: (update: ModelUpdate) => void;
  readonly #namespaceExists: (name: string) => boolean;
  readonly #told = new Map<string, NeededNamespace | undefined>();
  readonly #needed = new Map<string, NeededNamespace>();
  readonly #missing = new Set<string>();

  constructor(tell: (update: ModelUpdate) => void, namespaceExists: (name: string) => boolean) {
    this.#tell = tell;
    this.#namespaceExists = namespaceExists;
  }

  /** The workload as it is now; undefined when the object has become none. */
  set(key: string, value: WorkloadEndpoint | undefined): void {
    if (!value) {
      this.delete(key);
      return;
    }
    this.#release(this.#told.get(key));
    this.#told.set(key, needsNamespace(value) ? this.#need(value.namespace) : undefined);
    this.#tell({ part: "workload", key, value });
  }

  /** Reports whether it was there. */
  delete(key: string): boolean {
    const needed = this.#told.get(key);
    if (!this.#told.delete(key)) return false;
    this.#release(needed);
    this.#tell({ part: "workload", key, value: undefined });
    return true;
  }

  /** To be called whenever the namespace may have come or gone. */
  namespaceChanged(name: string): void {
    if (this.#needed.has(name) && !this.#namespaceExists(name)) this.#missing.add(name);
    else this.#missing.delete(name);
  }

  /** A problem of each namespace that is needed and not there. */
  problems(): Problem[] {
    return Array.from(this.#missing, missingNamespace);
  }

  get holdings() {
    return {
      workloads: this.#told.size,
      neededNamespaces: this.#needed.size,
      missingNamespaces: this.#missing.size,
    };
  }

  #need(name: string): NeededNamespace {
    const known = this.#needed.get(name);
    if (known) {
      known.workloads++;
      return known;
    }
    const needed = { name, workloads: 1 };
    this.#needed.set(name, needed);
    this.namespaceChanged(name);
    return needed;
  }

  #release(needed: NeededNamespace | undefined): void {
    if (!needed) return;
    needed.workloads--;
    if (needed.workloads > 0) return;
    this.#needed.delete(needed.name);
    this.namespaceChanged(needed.name);
  }
}
