/**
 * Real packets, one setting or kind of policy after the other: what each case says must be what the
 * oracle, the engine and the kernel say.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { dump } from "js-yaml";
import { modelOf } from "../../src/core/model/convert.ts";
import { evaluate } from "../../src/core/spec/evaluate.ts";
import { Cluster } from "../../src/core/verdict/cluster.ts";
import { judge } from "../../src/core/verdict/judge.ts";
import { requires } from "../requirements.ts";
import { flowFrom, resourcesFrom } from "../scenario.ts";
import { CASES, CLUSTER } from "./kernel-cases.ts";
import { PolicedNodes } from "./policed-nodes.ts";

describe("real packets, case by case", {
  skip: requires({ root: true, tools: ["nft", "ip"] }),
}, () => {
  let nodes: PolicedNodes;
  before(async () => {
    nodes = await PolicedNodes.open();
  });
  after(() => nodes[Symbol.asyncDispose]());

  for (const { title, manifests = [], pass = [], drop = [] } of CASES) {
    it(title, async () => {
      const documents = [...CLUSTER, ...manifests].map((one) => dump(one));
      const resources = resourcesFrom(documents.join("---\n"));
      const model = modelOf(resources);
      const engine = new Cluster(model);
      await nodes.become(resources);
      const lines = [...pass, ...drop];
      const flows = lines.map(flowFrom);
      const results = await nodes.probe(flows);
      const found = flows.map((flow, i) => {
        const result = results[i];
        const passed = result?.outcome === "delivered" && result.answered !== false;
        return {
          line: lines[i],
          oracle: evaluate(model, flow).action,
          engine: judge(engine, flow).action,
          packet: result?.outcome === "unsent" ? "unsent" : passed ? "Allow" : "Deny",
        };
      });
      const want = lines.map((line, i) => {
        const action = i < pass.length ? "Allow" : "Deny";
        return { line, oracle: action, engine: action, packet: action };
      });
      assert.deepEqual(found, want);
    });
  }
});
