/** Numbers objects as they are first seen, so that a list of them has a short key. */
export class Numbering<T extends object> {
  readonly #numbers = new Map<T, number>();

  /** Equal for lists of the same objects in the same order, and only for them. */
  keyOf(objects: readonly T[]): string {
    return objects.map((object) => this.#numberOf(object)).join();
  }

  #numberOf(object: T): number {
    const known = this.#numbers.get(object);
    if (known !== undefined) return known;
    const next = this.#numbers.size;
    this.#numbers.set(object, next);
    return next;
  }
}
