import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { GENERATED_FOLDERS, generatedFiles } from "../generate/files.ts";

const ROOT = join(import.meta.dirname, "..");
const files = generatedFiles();

describe("generated files", () => {
  for (const [path, text] of files) {
    it(`${path} is what the declarations say`, () => {
      const found = existsSync(join(ROOT, path)) ? readFileSync(join(ROOT, path), "utf8") : "";
      assert.equal(found, text, "run: npm run generate");
    });
  }

  for (const folder of GENERATED_FOLDERS) {
    it(`${folder} holds nothing else`, () => {
      const strays = readdirSync(join(ROOT, folder)).filter(
        (name) => !files.has(`${folder}/${name}`),
      );
      assert.deepEqual(strays, []);
    });
  }

  it("are the same each time", () => {
    assert.deepEqual([...generatedFiles()], [...files]);
  });
});
