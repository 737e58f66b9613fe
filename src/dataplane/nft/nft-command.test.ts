import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { requires } from "../../../test/requirements.ts";
import { nftCommand } from "./nft-command.ts";

/** Stands for nft: takes a line, and does with it what `body` says. */
function standIn(body: string): string {
  const file = join(folder, `nft-${names++}`);
  writeFileSync(file, `#!/bin/sh\nwhile read -r line; do\n${body}\ndone\n`);
  chmodSync(file, 0o755);
  return file;
}

/** Answers as nft does when it takes everything. */
const AGREES = `case "$line" in
  reply*) printf 'Error: syntax error\\n%s\\n     ^^\\n' "$line" >&2 ;;
esac`;

let folder = "";
let names = 0;
before(() => {
  folder = mkdtempSync(join(tmpdir(), "picket-test-"));
});
after(() => rmSync(folder, { recursive: true }));

describe("the nft command when nft fails", () => {
  it("says what to install when it is missing", async () => {
    const nft = nftCommand({ binary: join(folder, "none") });
    const missing = {
      reason: "missing",
      message: /none is not installed.*apt-get install nftables/,
    };
    await assert.rejects(nft.run([{ op: "add table" }]), missing);
    await assert.rejects(nft.list(), missing);
    await nft.close();
  });

  it("gives up an nft that does not answer", async () => {
    const once = join(folder, "once");
    const binary = standIn(`[ -e ${once} ] || { : > ${once}; exec sleep 600; }\n${AGREES}`);
    const nft = nftCommand({ binary, timeoutMs: 300 });
    await assert.rejects(nft.run([{ op: "add table" }]), { reason: "unanswered" });
    await nft.close();
    const patient = nftCommand({ binary });
    await patient.run([{ op: "add table" }]);
    await patient.close();
  });

  it("starts another in place of one that died, and tells what it said last", async () => {
    const once = join(folder, "died");
    const binary = standIn(
      `[ -e ${once} ] || { : > ${once}; echo out of luck >&2; exit 3; }\n${AGREES}`,
    );
    const nft = nftCommand({ binary });
    const died = { reason: "unanswered", message: /nft ended \(3\): out of luck/ };
    await assert.rejects(nft.run([{ op: "add table" }]), died);
    await nft.run([{ op: "add table" }]);
    await nft.close();
  });

  it("takes a listing that fails for a failure, not for an absent table", async () => {
    const nft = nftCommand({ binary: standIn("exit 1") });
    await assert.rejects(nft.list(), { name: "NftError", message: /cannot be read/ });
    await nft.close();
  });

  const kernel = requires({ root: true, tools: ["nft", "ip"] });
  it("names a namespace that is not there", { skip: kernel }, async () => {
    const nft = nftCommand({ netns: `picket-test-${process.pid}-none` });
    const missing = { reason: "missing", message: /Cannot open network namespace/ };
    await assert.rejects(nft.run([{ op: "add table" }]), missing);
    await assert.rejects(nft.list(), missing);
    await nft.close();
  });

  it("shows the start of a command that is refused", { skip: kernel }, async () => {
    const netns = `picket-test-${process.pid}-cut`;
    execFileSync("ip", ["netns", "add", netns]);
    try {
      const nft = nftCommand({ netns });
      const elements = Array.from(
        { length: 5000 },
        (_, i) => [`10.0.0.${i % 250}`, "0:2"] as const,
      );
      const add = nft.run([{ op: "add table" }, { op: "add elements", map: "none", elements }]);
      await assert.rejects(add, (error: Error) => {
        assert.match(
          error.message,
          /^nft refused: No such file or directory: add element inet picket none \{ 10\.0\.0\.0 : 0:2,.*…$/,
        );
        return true;
      });
      await nft.run([{ op: "add table" }]);
      await nft.close();
    } finally {
      execFileSync("ip", ["netns", "delete", netns]);
    }
  });
});
