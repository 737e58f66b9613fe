/** Scripts of this folder, each run in a process of its own, so that nothing is warm or left over. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

/** What `script` prints: exactly a `T`, as JSON, or it fails. */
export function runScript<T>(script: string, ...args: readonly (string | number)[]): T {
  const path = join(import.meta.dirname, script);
  const { status, stdout, stderr } = spawnSync(process.execPath, [path, ...args.map(String)], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${script} ${args.join(" ")} failed: ${stderr}`);
  return JSON.parse(stdout) as T;
}
