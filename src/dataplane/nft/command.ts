import type { BaseChain, NftMap } from "./ruleset.ts";

/**
 * One step of a transaction on a table. Steps are carried out in order and each sees what the ones
 * before it did. `add` of what is there already, and the same, changes nothing.
 */
export type Command =
  | { readonly op: "add table" | "delete table" }
  | { readonly op: "add base chain"; readonly chain: string; readonly base: Hook }
  | { readonly op: "add chain" | "flush chain" | "delete chain"; readonly chain: string }
  | { readonly op: "add rule"; readonly chain: string; readonly rule: string }
  | { readonly op: "add map"; readonly map: string; readonly of: MapShape }
  | { readonly op: "delete map"; readonly map: string }
  | { readonly op: "add elements"; readonly map: string; readonly elements: readonly Element[] }
  | { readonly op: "delete elements"; readonly map: string; readonly keys: readonly string[] };

/** Where packets enter a base chain. */
export type Hook = Pick<BaseChain, "hook" | "type" | "priority">;
export type MapShape = Pick<NftMap, "object" | "declaration">;
/** Key and value in nft's syntax; the value of a set's element is "". */
export type Element = readonly [key: string, value: string];

/** Writes `command` as one line of nft's language, about the table `inet TABLE`. */
export function formatCommand(command: Command, table: string): string {
  switch (command.op) {
    case "add table":
    case "delete table":
      return `${command.op} inet ${table}`;
    case "add base chain": {
      const { type, hook, priority } = command.base;
      const base = `type ${type} hook ${hook} priority ${priority}; policy accept;`;
      return `add chain inet ${table} ${command.chain} { ${base} }`;
    }
    case "add chain":
    case "flush chain":
    case "delete chain":
      return `${command.op} inet ${table} ${command.chain}`;
    case "add rule":
      return `add rule inet ${table} ${command.chain} ${command.rule}`;
    case "add map":
      return `add ${command.of.object} inet ${table} ${command.map} { ${command.of.declaration} }`;
    case "delete map":
      // Maps and sets are one kind of thing to the kernel; nft deletes either by either word.
      return `delete map inet ${table} ${command.map}`;
    case "add elements": {
      const elements = command.elements.map(([key, value]) =>
        value === "" ? key : `${key} : ${value}`,
      );
      return `add element inet ${table} ${command.map} { ${elements.join(", ")} }`;
    }
    case "delete elements":
      return `delete element inet ${table} ${command.map} { ${command.keys.join(", ")} }`;
  }
}
