/** Builds JSON values out of YAML events, each beside the offsets of its parts in the text. */
import { EVENT_ID, type Event, getScalarValue, SCALAR_STYLE, type ScalarEvent } from "js-yaml";
import { shorten } from "../text/shorten.ts";
import { resolvePlain, resolveTagged } from "./scalar.ts";

/** A value and where it stands. */
export interface Node {
  /** Plain JSON; `__proto__` may be an own key of an object. */
  readonly value: unknown;
  /** Where it begins: an entry of a mapping at its key. */
  readonly offset: number;
  /** The parts of a mapping by key, of a sequence by index. */
  readonly parts?: ReadonlyMap<string, Node>;
  /** How many values it holds, itself included, aliases written out. */
  readonly size: number;
}

/** A text that YAML allows and a manifest cannot be. */
export class ComposeError extends Error {
  override readonly name = "ComposeError";
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

const MAX_ALIASES = 100;
/** How many values aliases may stand for in one document. */
const MAX_ALIASED = 10_000;

/**
 * The content of the document whose event is `events[start]`. Throws {@link ComposeError} for a
 * duplicate key, an unknown tag or alias, and what JSON cannot hold.
 */
export function compose(text: string, events: readonly Event[], start: number): Node {
  const anchors = new Map<string, Node>();
  let aliases = 0;
  let aliased = 0;
  let at = start + 1;

  /** `fallback` is the offset of a value that takes no room, as in `key:`. */
  const next = (fallback: number): Node => {
    const event = events[at++];
    switch (event?.type) {
      case EVENT_ID.SCALAR:
        return anchored(event, scalar(event, fallback));
      case EVENT_ID.SEQUENCE:
        return anchored(event, sequence(event.start, event.tagStart >= 0 ? tagOf(event) : ""));
      case EVENT_ID.MAPPING:
        return anchored(event, mapping(event.start, event.tagStart >= 0 ? tagOf(event) : ""));
      case EVENT_ID.ALIAS:
        return alias(event.anchorStart, event.anchorEnd);
      default:
        throw new TypeError(`no value at event ${at - 1}`);
    }
  };

  const anchored = (event: { anchorStart: number; anchorEnd: number }, node: Node): Node => {
    if (event.anchorStart >= 0) anchors.set(text.slice(event.anchorStart, event.anchorEnd), node);
    return node;
  };

  const tagOf = (event: { tagStart: number; tagEnd: number }): string =>
    text.slice(event.tagStart, event.tagEnd);

  const scalar = (event: ScalarEvent, fallback: number): Node => {
    const offset = event.valueStart < 0 ? fallback : event.valueStart - quoteWidth(event);
    const written = getScalarValue(text, event);
    const value = scalarValue(event, written, offset);
    if (typeof value === "number" && !Number.isFinite(value)) {
      throw new ComposeError(`${shorten(written)} is not a number that JSON can hold`, offset);
    }
    return { value, offset, size: 1 };
  };

  const scalarValue = (event: ScalarEvent, written: string, offset: number): unknown => {
    if (event.tagStart < 0) {
      return event.style === SCALAR_STYLE.PLAIN ? resolvePlain(written) : written;
    }
    const value = resolveTagged(tagOf(event), written);
    if (value !== undefined) return value;
    const [quoted, tag] = [JSON.stringify(written), tagOf(event)].map(shorten);
    throw new ComposeError(`${quoted} is no ${tag} here`, offset);
  };

  const sequence = (offset: number, tag: string): Node => {
    requireTag(tag, "seq", offset);
    const parts = new Map<string, Node>();
    while (events[at]?.type !== EVENT_ID.POP) parts.set(String(parts.size), next(offset));
    at++;
    const items = [...parts.values()];
    return { value: items.map((item) => item.value), offset, parts, size: sizeOf(items) };
  };

  const mapping = (offset: number, tag: string): Node => {
    requireTag(tag, "map", offset);
    const parts = new Map<string, Node>();
    const merged: Node[] = [];
    while (events[at]?.type !== EVENT_ID.POP) {
      const event = events[at];
      const plain = event?.type === EVENT_ID.SCALAR && event.style === SCALAR_STYLE.PLAIN;
      const key = next(offset);
      const value = next(key.offset);
      if (plain && key.value === "<<") {
        merged.push(...mergedBy(value));
        continue;
      }
      const name = nameOf(key);
      if (parts.has(name)) {
        throw new ComposeError(`key ${JSON.stringify(shorten(name))} is given twice`, key.offset);
      }
      parts.set(name, { ...value, offset: key.offset });
    }
    at++;
    for (const source of merged) {
      for (const [name, node] of source.parts ?? []) if (!parts.has(name)) parts.set(name, node);
    }
    const value = Object.fromEntries(Array.from(parts, ([name, node]) => [name, node.value]));
    return { value, offset, parts, size: sizeOf([...parts.values()]) };
  };

  const alias = (from: number, to: number): Node => {
    const name = text.slice(from, to);
    const node = anchors.get(name);
    if (!node) throw new ComposeError(`no anchor "${shorten(name)}" before this alias`, from);
    aliases++;
    aliased += node.size;
    if (aliases > MAX_ALIASES) {
      throw new ComposeError(`there are more than the limit of ${MAX_ALIASES} aliases`, from);
    }
    if (aliased > MAX_ALIASED) {
      throw new ComposeError(
        `aliases stand for more than the limit of ${MAX_ALIASED} values`,
        from,
      );
    }
    return node;
  };

  return next(0);
}

/** Events begin a quoted scalar after its quote. */
function quoteWidth({ style }: ScalarEvent): 0 | 1 {
  return style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED ? 1 : 0;
}

/** The mappings that `<<: value` merges: an alias of one, or a list of them. */
function mergedBy(value: Node): Node[] {
  const sources = Array.isArray(value.value) ? [...(value.parts?.values() ?? [])] : [value];
  for (const source of sources) {
    if (source.parts && !Array.isArray(source.value)) continue;
    throw new ComposeError("only mappings can be merged by <<", value.offset);
  }
  return sources;
}

/** JSON's keys are strings: `8080:` is the key "8080", `yes:` is "true". */
function nameOf(key: Node): string {
  if (key.parts || key.value === null) {
    throw new ComposeError("a key must be a string", key.offset);
  }
  return String(key.value);
}

function requireTag(tag: string, wanted: "seq" | "map", offset: number): void {
  if (tag === "" || tag === "!" || tag === `!!${wanted}`) return;
  if (tag === `!<tag:yaml.org,2002:${wanted}>`) return;
  throw new ComposeError(`tag ${shorten(tag)} has no meaning in a manifest`, offset);
}

function sizeOf(parts: readonly Node[]): number {
  return parts.reduce((sum, part) => sum + part.size, 1);
}
