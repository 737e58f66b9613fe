/** What is left of a value when all that has the wrong shape is taken out of it. */
import { fieldOf } from "./field-error.ts";
import { isObject } from "./json-object.ts";
import type { Schema } from "./schema.ts";
import { inspect } from "./validate.ts";
import type { Step } from "./walk.ts";

/** A value of the right shape, and where its fields are written in the value that it is a part of. */
export interface SoundPart {
  readonly value: unknown;
  readonly writtenAt: (path: string) => string;
}

/**
 * The part of `value` that `schema` can read: fields and items of a wrong type are left out, and with
 * a required field the object that lacks it. Undefined when nothing is left.
 */
export function soundPart(schema: Schema<unknown>, value: unknown): SoundPart | undefined {
  const { misshapen, isShaped } = inspect(schema, value);
  if (isShaped) return { value, writtenAt: (path) => path };
  const unsound = new Places();
  for (const steps of misshapen) unsound.add(steps);
  if (unsound.isAll) return undefined;
  const lists = new Map<string, readonly number[]>();
  // What remains may lack what it needs now.
  const part = soundPart(schema, without(value, unsound, "", lists));
  if (!part) return undefined;
  return {
    value: part.value,
    writtenAt: (path) => asWritten(part.writtenAt(path), lists),
  };
}

/** Places in a value, as a tree of steps down to them. */
class Places {
  isAll = false;
  readonly below = new Map<Step, Places>();

  add([step, ...rest]: readonly Step[]): void {
    if (step === undefined) {
      this.isAll = true;
      return;
    }
    const next = this.below.get(step) ?? new Places();
    this.below.set(step, next);
    next.add(rest);
  }
}

/** Notes in `lists` which items stay of those that lose some, by the path that the list has then. */
function without(
  value: unknown,
  unsound: Places | undefined,
  path: string,
  lists: Map<string, readonly number[]>,
): unknown {
  if (!unsound) return value;
  const stays = (step: Step): boolean => unsound.below.get(step)?.isAll !== true;
  if (Array.isArray(value)) {
    const kept = [...value.keys()].filter(stays);
    if (kept.length < value.length) lists.set(path, kept);
    return kept.map((from, to) =>
      without(value[from], unsound.below.get(from), `${path}[${to}]`, lists),
    );
  }
  if (!isObject(value)) return value;
  const fields = Object.entries(value).filter(([name]) => stays(name));
  return Object.fromEntries(
    fields.map(([name, field]) => [
      name,
      without(field, unsound.below.get(name), fieldOf(path, name), lists),
    ]),
  );
}

function asWritten(path: string, lists: ReadonlyMap<string, readonly number[]>): string {
  return path.replace(/\[(\d+)\]/g, (step, index: string, at: number) => {
    const from = lists.get(path.slice(0, at))?.[Number(index)];
    return from === undefined ? step : `[${from}]`;
  });
}
