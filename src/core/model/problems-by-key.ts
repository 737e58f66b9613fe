/** Problems of many objects, each object's found anew when it changes. */
import { parseResourceKey } from "../resources/resource-key.ts";
import { compareBytes } from "../text/byte-order.ts";
import type { Problem } from "./model.ts";
import type { Report } from "./problems.ts";

/** What is wrong with objects, by their keys (`resourceKey`). */
export class ProblemsByKey {
  readonly #found = new Map<string, Problem[]>();

  /** How many objects have any. */
  get size(): number {
    return this.#found.size;
  }

  /** A report whose words become problems of the object, which has none until then. */
  reportOn(key: string): Report {
    this.#found.delete(key);
    return (path, message) => {
      const problem = { ...parseResourceKey(key), path, message };
      const others = this.#found.get(key);
      if (others) others.push(problem);
      else this.#found.set(key, [problem]);
    };
  }

  delete(key: string): void {
    this.#found.delete(key);
  }

  /** All of them, those of an object together and as they were reported. */
  *all(): Iterable<Problem> {
    for (const problems of this.#found.values()) yield* problems;
  }
}

/** The problems by their objects; those of one object stay as they are. */
export function sortedProblems(problems: Iterable<Problem>): readonly Problem[] {
  return [...problems].sort(
    (a, b) =>
      compareBytes(a.apiVersion, b.apiVersion) ||
      compareBytes(a.kind, b.kind) ||
      compareBytes(a.namespace, b.namespace) ||
      compareBytes(a.name, b.name),
  );
}
