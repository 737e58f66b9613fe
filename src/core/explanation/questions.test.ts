import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { admitted } from "../../../test/differential/admitted.ts";
import { generateCluster } from "../../../test/differential/generate.ts";
import { addressesOf, generateFlow } from "../../../test/differential/generate-flow.ts";
import { Random } from "../../../test/differential/random.ts";
import { modelOf } from "../model/convert.ts";
import { Cluster } from "../verdict/cluster.ts";
import { criteriaOf } from "./criteria.ts";
import { HELD, MISSED, Questions, type Subject } from "./questions.ts";

const CLUSTERS = 60;
const FLOWS_A_CLUSTER = 10;

describe("Questions", () => {
  it("has the same answers found at one go as asked one by one", () => {
    const found = new Map<number, number>();
    for (let seed = 0; seed < CLUSTERS; seed++) {
      const random = new Random(seed);
      const model = modelOf(generateCluster(random).map(admitted));
      const cluster = new Cluster(model);
      const asked = new Questions(cluster);
      const indexed = new Questions(cluster, { questions: 0, times: 0 });
      const lones = [...model.policies, ...model.profiles.values()]
        .flatMap(({ ingress, egress }) => [...ingress, ...egress])
        .flatMap(criteriaOf);
      const numbers = lones.map((lone) => [asked.numberOf(lone), indexed.numberOf(lone)] as const);
      for (let i = 0; i < FLOWS_A_CLUSTER; i++) {
        const flow = generateFlow(random, addressesOf(model), 0);
        const subject: Subject = { is: "packet", flow };
        const answers = indexed.answers(subject);
        for (const [number, same] of numbers) {
          const answer = answers[same] ?? 0;
          found.set(answer, (found.get(answer) ?? 0) + 1);
          const context = `cluster ${seed}, flow ${i}, question ${number}`;
          assert.equal(answer || indexed.ask(same, subject), asked.ask(number, subject), context);
        }
      }
    }
    for (const answer of [HELD, MISSED, 0]) assert.ok(found.get(answer), `none was ${answer}`);
  });

  it("gives questions that ask the same one number", () => {
    const questions = new Questions(new Cluster(modelOf([])));
    const rule = (path: string, port: number) =>
      criteriaOf({
        action: "Allow",
        path,
        index: port,
        protocol: 6,
        source: {},
        destination: { ports: { ranges: [{ first: port, last: port }], names: [] } },
      }).map((lone) => questions.numberOf(lone));
    assert.deepEqual(rule("spec.ingress[0]", 80), [0, 1]);
    assert.deepEqual(rule("spec.ingress[1]", 81), [0, 2]);
    assert.deepEqual(rule("spec.ingress[2]", 80), [0, 1]);
  });
});
