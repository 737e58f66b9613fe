import { type ChainListing, type ListedHook, NftError, type TableListing } from "./nft.ts";

/**
 * Reads one table out of what `nft -t -j list ruleset inet` prints; undefined when it is not there.
 * Throws an {@link NftError} at text that is not that.
 */
export function parseListing(text: string, table: string): TableListing | undefined {
  try {
    return listingOf(arrayOf(JSON.parse(text), "nftables"), table);
  } catch (cause) {
    throw new NftError("refused", "nft's listing cannot be read", [], { cause });
  }
}

function listingOf(entries: readonly unknown[], table: string): TableListing | undefined {
  let present = false;
  const chains = new Map<
    string,
    { base: ListedHook | undefined; rules: number; text: string; targets: string[] }
  >();
  const maps = new Map<string, "map" | "set">();
  for (const [kind, object] of entries.flatMap((entry) => Object.entries(recordOf(entry)))) {
    if (kind === "table") present ||= stringOf(object, "name") === table;
    if (!KINDS.has(kind) || stringOf(object, "table") !== table) continue;
    if (kind === "chain") {
      chains.set(stringOf(object, "name"), {
        base: hookOf(object),
        rules: 0,
        text: "",
        targets: [],
      });
    } else if (kind === "rule") {
      const chain = chains.get(stringOf(object, "chain"));
      if (!chain) throw new Error("a rule is listed before its chain");
      const expression = arrayOf(object, "expr");
      chain.rules++;
      chain.text += `${JSON.stringify(expression)}\n`;
      for (const target of targetsIn(expression)) {
        if (!chain.targets.includes(target)) chain.targets.push(target);
      }
    } else {
      maps.set(stringOf(object, "name"), kind === "map" ? "map" : "set");
    }
  }
  return present ? { chains: new Map<string, ChainListing>(chains), maps } : undefined;
}

const KINDS = new Set(["chain", "rule", "map", "set"]);

function hookOf(chain: unknown): ListedHook | undefined {
  if (!Object.hasOwn(recordOf(chain), "hook")) return undefined;
  const priority = fieldOf(chain, "prio");
  if (typeof priority !== "number") throw new Error("it lacks a base chain's priority");
  return { hook: stringOf(chain, "hook"), type: stringOf(chain, "type"), priority };
}

/** Finds `{"jump": {"target": CHAIN}}` and the same of goto, however deep. */
function* targetsIn(expression: unknown): Generator<string> {
  if (typeof expression !== "object" || expression === null) return;
  for (const [key, value] of Object.entries(expression)) {
    if (key === "jump" || key === "goto") yield stringOf(value, "target");
    else yield* targetsIn(value);
  }
}

/**
 * Reads the elements out of what `nft list map` or `nft list set` prints, in nft's own syntax.
 * A comma inside quotes is part of a key.
 */
export function parseElements(text: string): Map<string, string> {
  const elements = new Map<string, string>();
  const start = text.indexOf("elements = {");
  if (start === -1) return elements;
  const body = text.slice(start + "elements = {".length, text.lastIndexOf("}\n\t}"));
  for (const [element] of body.matchAll(/(?:"[^"]*"|[^,"])+/g)) {
    const [, key = "", value = ""] =
      /^((?:"[^"]*"|[^"])*?)(?: : (.*))?$/s.exec(element.trim()) ?? [];
    if (key !== "") elements.set(key, value);
  }
  return elements;
}

function recordOf(value: unknown): object {
  if (typeof value !== "object" || value === null) throw new Error("it lacks an object");
  return value;
}

function fieldOf(value: unknown, field: string): unknown {
  return Object.getOwnPropertyDescriptor(recordOf(value), field)?.value;
}

function stringOf(value: unknown, field: string): string {
  const found = fieldOf(value, field);
  if (typeof found !== "string") throw new Error(`it lacks the text ${field}`);
  return found;
}

function arrayOf(value: unknown, field: string): readonly unknown[] {
  const found = fieldOf(value, field);
  if (!Array.isArray(found)) throw new Error(`it lacks the list ${field}`);
  return found;
}
