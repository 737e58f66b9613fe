import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { EMPTY_MODEL } from "../../core/model/model.ts";
import { fatalIn } from "./node-agent.ts";
import { nodeStateOf } from "./node-calculation.ts";

describe("a source that is fatal when it fails", () => {
  it("is the source itself while that is well, and tells the failure that it passes on", () => {
    const fault = new Error("a fault of ours");
    const causes: unknown[] = [];
    let revision = 1;
    const source = fatalIn(
      {
        get revision() {
          return revision;
        },
        state: () => {
          if (revision === 2) throw fault;
          return nodeStateOf({ model: EMPTY_MODEL, revision, refused: [] }, "one");
        },
      },
      (cause) => causes.push(cause),
    );
    assert.equal(source.state().revision, 1);
    assert.deepEqual(causes, []);
    revision = 2;
    assert.equal(source.revision, 2);
    assert.throws(() => source.state(), fault);
    assert.deepEqual(causes, [fault]);
  });
});
