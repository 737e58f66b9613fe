/** `picket version`. */
import { readFileSync } from "node:fs";
import { EXIT, type ExitCode } from "./exit.ts";
import type { Terminal } from "./terminal.ts";

/** Prints Picket's version and the Node that runs it. */
export function version(terminal: Terminal, output: "text" | "json" | "yaml"): ExitCode {
  const found = { picket: packageVersion(), node: process.versions.node };
  if (output === "json") terminal.print(JSON.stringify(found));
  else for (const [name, number] of Object.entries(found)) terminal.print(`${name}: ${number}`);
  return EXIT.yes;
}

/** Of this package. */
export function packageVersion(): string {
  const path = new URL("../../../package.json", import.meta.url);
  return (JSON.parse(readFileSync(path, "utf8")) as { readonly version: string }).version;
}
