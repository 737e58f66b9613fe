/**
 * Functions of a 16-bit number (a port, an ICMP type and code) that change value at few places.
 *
 * Held as the numbers at which a value begins, the first being 0, and the values; neighbours differ
 * wherever `===` tells them apart.
 */
import { PortSet } from "../../core/sets/port-set.ts";

export interface Steps<T> {
  readonly at: readonly number[];
  readonly values: readonly T[];
}

const STEPS_END = 65_536;

export function constant<T>(value: T): Steps<T> {
  return { at: [0], values: [value] };
}

/** The value everywhere, or undefined when there are several. */
export function constantValue<T>(steps: Steps<T>): T | undefined {
  return steps.values.length === 1 ? steps.values[0] : undefined;
}

/**
 * `steps` with `to` applied to the values inside `within`; the same object when that changes none.
 * Takes time for what lies between the first and last number of `within`, the rest is only copied.
 */
export function change<T>(steps: Steps<T>, within: PortSet, to: (value: T) => T): Steps<T> {
  const ranges = within === PortSet.all ? EVERYWHERE : [...within.ranges()];
  const [low, high] = [ranges[0]?.[0], ranges.at(-1)?.[1]];
  if (low === undefined || high === undefined) return steps;
  // With a neighbour on each side, which may turn out equal to what is next to it.
  const start = Math.max(0, indexAt(steps, low) - 1);
  const end = Math.min(steps.at.length, indexAt(steps, high) + 2);
  const window = { at: steps.at.slice(start, end + 1), values: steps.values.slice(start, end) };
  const changed = changeRuns(window, ranges, to);
  if (!changed) return steps;
  return {
    at: steps.at.slice(0, start).concat(changed.at, steps.at.slice(end)),
    values: steps.values.slice(0, start).concat(changed.values, steps.values.slice(end)),
  };
}

/** As `change`; undefined when that changes nothing. */
function changeRuns<T>(
  steps: Steps<T>,
  ranges: readonly (readonly [first: number, last: number])[],
  to: (value: T) => T,
): Steps<T> | undefined {
  const builder = new StepsBuilder<T>();
  let changed = false;
  let next = 0;
  for (const [first, last, value] of runs(steps)) {
    let from = first;
    while (from <= last) {
      const range = ranges[next];
      if (!range || range[0] > last) {
        builder.add(from, value);
        break;
      }
      if (range[1] < from) {
        next++;
        continue;
      }
      if (range[0] > from) builder.add(from, value);
      const other = to(value);
      if (other !== value) changed = true;
      builder.add(Math.max(range[0], from), other);
      from = Math.min(range[1], last) + 1;
    }
  }
  return changed ? builder.steps : undefined;
}

/** The index of the run that holds `number`. */
function indexAt({ at }: Steps<unknown>, number: number): number {
  let low = 0;
  let high = at.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((at[middle] ?? 0) <= number) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Each value replaced; neighbours that become equal are one. */
export function mapSteps<T, U>(steps: Steps<T>, to: (value: T) => U): Steps<U> {
  const builder = new StepsBuilder<U>();
  for (const [first, , value] of runs(steps)) builder.add(first, to(value));
  return builder.steps;
}

/** The runs of one value in ascending order, as [first, last, value]. */
export function* runs<T>(
  steps: Steps<T>,
): Generator<readonly [first: number, last: number, value: T]> {
  for (const [i, value] of steps.values.entries()) {
    yield [steps.at[i] ?? 0, (steps.at[i + 1] ?? STEPS_END) - 1, value];
  }
}

const EVERYWHERE = [[0, STEPS_END - 1]] as const;

class StepsBuilder<T> {
  readonly #at: number[] = [];
  readonly #values: T[] = [];

  /** Lets `value` begin at `at`, which is above all before it. */
  add(at: number, value: T): void {
    if (this.#values.length > 0 && this.#values[this.#values.length - 1] === value) return;
    this.#at.push(at);
    this.#values.push(value);
  }

  get steps(): Steps<T> {
    return { at: this.#at, values: this.#values };
  }
}
