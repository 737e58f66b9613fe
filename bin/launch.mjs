/**
 * Starts the command line, or says what is missing. Plain JavaScript that any Node can read: one
 * that is too old must get as far as the message.
 */
import * as module from "node:module";

const WANTED = [24, 15];
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major > WANTED[0] || (major === WANTED[0] && minor >= WANTED[1])) {
  module.enableCompileCache();
  await import("../src/apps/cli/main.ts");
} else {
  process.stderr.write(
    `picket: this is Node ${process.versions.node}; Picket needs ${WANTED.join(".")} or later.\n` +
      "Run scripts/setup: it installs the Node that this project pins.\n",
  );
  process.exitCode = 2;
}
