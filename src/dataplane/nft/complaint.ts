import { NftError } from "./nft.ts";

/** How much of a command an error repeats: one may add fifty thousand elements. */
const LONGEST = 160;
/** Complaints past these follow from them, or say the same. */
const MOST = 3;

/**
 * Reads what nft wrote about a file of commands, one a line; undefined when it wrote of no error.
 * nft tells of each error by place, words, the line, and a row of carets under what it means:
 * `FILE:3:20-24: Error: No such file or directory`.
 */
export function readComplaint(text: string, commands: readonly string[]): NftError | undefined {
  const reasons = new Set<string>();
  const lines = new Set<number>();
  for (const match of text.matchAll(/^(?:[^\n]*?:(\d+):[\d-]+: )?(?:netlink: )?Error: (.*)$/gm)) {
    const [, line, reason = ""] = match;
    reasons.add(reason.replace(/^Could not process rule: /, ""));
    if (line !== undefined) lines.add(Number(line) - 1);
  }
  if (reasons.size === 0) return undefined;
  const said = [...reasons].slice(0, MOST).join("; ");
  const failing = [...lines].slice(0, MOST).map((line) => cut(commands[line] ?? ""));
  // ENFILE is what the kernel answers when a map is full; the C library has these words for it.
  const full = reasons.has("Too many open files in system");
  if (full) return new NftError("full", "a map is full", failing);
  return new NftError("refused", `nft refused: ${said}`, failing);
}

/** Reads what `ip netns exec` wrote when there was nothing it could run nft in, or no nft. */
export function readMissing(text: string): NftError | undefined {
  const said = /^.*(?:exec of .* failed|Cannot open network namespace).*$/m.exec(text);
  return said ? new NftError("missing", said[0]) : undefined;
}

/** Why `command` could not be started. */
export function readStartFailure(command: string, cause: Error): NftError {
  const absent = "code" in cause && cause.code === "ENOENT";
  const message = absent
    ? `${command} is not installed: on Debian, apt-get install nftables iproute2`
    : `${command} cannot be started`;
  return new NftError("missing", message, [], { cause });
}

function cut(command: string): string {
  return command.length <= LONGEST ? command : `${command.slice(0, LONGEST)}…`;
}
