/** Where a validation stands in a value, and what it has found so far. */
import { type FieldError, fieldOf } from "./field-error.ts";

/** The name of a field, or the index of an item. */
export type Step = string | number;

/** A walk down a value. The path is put into words only for an error, so going down costs nothing. */
export class Walk {
  /** In the order in which they were found. */
  readonly errors: FieldError[] = [];
  /** The steps from the root to each value that had the wrong type, or lacked a required field. */
  readonly misshapen: (readonly Step[])[] = [];
  readonly #root: string;
  readonly #steps: Step[] = [];

  /** `root` is the path of the value that the walk begins at. */
  constructor(root: string) {
    this.#root = root;
  }

  /** Goes down to a field, or to an item of a list; every `enter` has its `leave`. */
  enter(step: Step): void {
    this.#steps.push(step);
  }

  leave(): void {
    this.#steps.pop();
  }

  /** Checks something below, at `step`. */
  inside(step: Step, check: () => void): void {
    this.enter(step);
    check();
    this.leave();
  }

  /** Checks each item of the list `name` from inside it; absent is fine. */
  each<T>(name: string, items: readonly T[] | undefined, check: (item: T) => void): void {
    if (items === undefined) return;
    let i = 0;
    this.enter(name);
    for (const item of items) {
      this.enter(i++);
      check(item);
      this.leave();
    }
    this.leave();
  }

  /** Takes down what is wrong with a field of the object, or an item of the list, it stands at. */
  refuse(step: Step, error: (field: string) => FieldError): void {
    this.enter(step);
    this.errors.push(error(this.field));
    this.leave();
  }

  /** Takes down that the value it stands at is not even of the shape that code could read. */
  refuseShape(error: FieldError): void {
    this.errors.push(error);
    this.misshapen.push([...this.#steps]);
  }

  /** Whether every value so far had its type and every object its required fields. */
  get isShaped(): boolean {
    return this.misshapen.length === 0;
  }

  /** The path of where the walk stands. */
  get field(): string {
    return this.#steps.reduce<string>(
      (path, step) => (typeof step === "number" ? `${path}[${step}]` : fieldOf(path, step)),
      this.#root,
    );
  }
}
