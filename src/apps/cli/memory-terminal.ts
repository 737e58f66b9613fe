import type { Terminal } from "./terminal.ts";

/** A terminal that remembers what it was told, without colour, in an empty environment. */
export interface MemoryTerminal extends Terminal {
  readonly printed: string[];
  readonly told: string[];
}

export function memoryTerminal(stdin = ""): MemoryTerminal {
  const printed: string[] = [];
  const told: string[] = [];
  return {
    printed,
    told,
    print: (line) => void printed.push(line),
    tell: (line) => void told.push(line),
    read: async () => stdin,
    paint: (_, text) => text,
    environment: {},
    isRoot: false,
  };
}
