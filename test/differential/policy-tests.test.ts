/**
 * Policy tests agree with the oracle: assertions made of the spec's own verdicts on random clusters
 * all hold, and turned round none of them does.
 *
 * PICKET_SEED=… repeats a run, PICKET_CASES=… makes it longer or shorter.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { modelOf } from "../../src/core/model/convert.ts";
import type { Model } from "../../src/core/model/model.ts";
import { type Address, formatAddress } from "../../src/core/net/address.ts";
import type { Flow } from "../../src/core/net/flow.ts";
import { TCP } from "../../src/core/net/protocol.ts";
import { testedCluster } from "../../src/core/policy-test/cluster.ts";
import { runTests } from "../../src/core/policy-test/run.ts";
import { admit } from "../../src/core/resources/admit.ts";
import type { PolicyTestResource } from "../../src/core/resources/policy-test.ts";
import { policyTest } from "../../src/core/resources/policy-test.ts";
import { evaluate } from "../../src/core/spec/evaluate.ts";
import { admitted } from "./admitted.ts";
import { generateCluster } from "./generate.ts";
import { addressesOf, generateFlow } from "./generate-flow.ts";
import { Random, seedOfRun } from "./random.ts";

const ASSERTIONS_A_TEST = 100;
const CLUSTERS = 50;
const seed = seedOfRun();
const cases = Number(process.env.PICKET_CASES ?? 5_000);

type Expect = "allow" | "deny";
interface Judged {
  readonly flow: Flow;
  readonly expect: Expect;
}

const OPPOSITE: Readonly<Record<Expect, Expect>> = { allow: "deny", deny: "allow" };

describe("policy tests", () => {
  it(`say what spec says of ${cases} connections, PICKET_SEED=${seed}`, (test) => {
    test.diagnostic(`PICKET_SEED=${seed}`);
    let compared = 0;
    for (let i = 0; i * ASSERTIONS_A_TEST < cases; i++) {
      const random = new Random(seed + i);
      const resources = generateCluster(random).map(admitted);
      const model = modelOf(resources);
      const judged = connections(random, addressesOf(model)).map((flow): Judged => {
        return { flow, expect: evaluate(model, flow).action === "Allow" ? "allow" : "deny" };
      });
      const tests = [testOf("right", judged), testOf("wrong", judged.map(turned))];
      const cluster = testedCluster(resources, tests, model);
      for (const { test: ran, assertions } of runTests(cluster, tests)) {
        const isRight = ran.metadata.name === "right";
        for (const { assertion, failure } of assertions) {
          // What an endpoint sends itself is not judged, and so neither holds nor fails.
          if (failure?.by === "nobody") continue;
          compared++;
          const told = `seed ${seed + i}: ${JSON.stringify(assertion)}`;
          assert.equal(failure === undefined, isRight, told);
          if (failure)
            assert.notEqual(failure.witness.action.toLowerCase(), assertion.expect, told);
        }
      }
    }
    assert.ok(compared > cases, `${compared} of ${2 * cases} assertions were judged`);
  });
});

describe("an assertion about everyone", () => {
  it(`is wrong of as many pairs as spec says, PICKET_SEED=${seed}`, () => {
    let wrong = 0;
    for (let i = 0; i < CLUSTERS; i++) {
      const random = new Random(seed + i);
      const resources = generateCluster(random).map(admitted);
      const model = modelOf(resources);
      const everyone = [{ namespaceSelector: {} }];
      const port = random.pick([80, 443, 8080]);
      const ports = [{ protocol: "TCP", sourcePort: 50_000, port }];
      const asserted = { name: "all", expect: "allow", from: everyone, to: everyone, ports };
      const tests = [admittedTest("all", [asserted])];
      const cluster = testedCluster(resources, tests, model);
      const [result] = runTests(cluster, tests).flatMap(({ assertions }) => assertions);
      const flows = pairsOf(model).filter(([a, b]) => {
        const [from, to] = [a, b].map((one) => cluster.analysis.peerAt(one));
        return (
          from?.kind !== "workload" || to?.kind !== "workload" || from.endpoint !== to.endpoint
        );
      });
      const denied = flows.filter(([source, destination]) => {
        const ends = { source, destination, sourcePort: 50_000, destinationPort: port };
        return evaluate(model, { ...ends, protocol: TCP }).action === "Deny";
      });
      const found = result?.failure?.by === "verdict" ? result.failure.others + 1 : 0;
      assert.deepEqual([result?.pairs, found], [flows.length, denied.length], `seed ${seed + i}`);
      wrong += denied.length;
    }
    assert.ok(wrong > 0);
  });
});

/** Addresses of workloads of namespaces, each with every other of its family. */
function pairsOf({ workloads }: Model): (readonly [Address, Address])[] {
  const own = new Map(
    workloads
      .filter(({ labels }) => labels.has("projectcalico.org/namespace"))
      .flatMap(({ addresses }) => addresses)
      .map((one) => [formatAddress(one), one]),
  );
  const all = [...own.values()];
  return all.flatMap((a) =>
    all.filter((b) => a !== b && a.family === b.family).map((b) => [a, b] as const),
  );
}

function connections(random: Random, addresses: Parameters<typeof generateFlow>[1]): Flow[] {
  const flows = Array.from({ length: ASSERTIONS_A_TEST }, () => generateFlow(random, addresses));
  // Assertions speak of ports that servers can have.
  return flows.filter(({ destinationPort }) => destinationPort !== 0);
}

function turned({ flow, expect }: Judged): Judged {
  return { flow, expect: OPPOSITE[expect] };
}

function testOf(name: string, judged: readonly Judged[]): PolicyTestResource {
  const assertions = judged.map(({ flow, expect }, i) => ({
    name: `${i}`,
    expect,
    from: [{ ip: formatAddress(flow.source) }],
    to: [{ ip: formatAddress(flow.destination) }],
    ports: [portsOf(flow)],
  }));
  return admittedTest(name, assertions);
}

function admittedTest(name: string, assertions: readonly object[]): PolicyTestResource {
  const admission = admit(policyTest, { metadata: { name }, spec: { assertions } });
  if (admission.admitted && admission.resource.kind === "PolicyTest") return admission.resource;
  throw new Error(JSON.stringify(admission));
}

function portsOf({ protocol, sourcePort, destinationPort, icmp }: Flow): object {
  if (icmp) return { protocol, icmp };
  return destinationPort === undefined
    ? { protocol }
    : { protocol, sourcePort, port: destinationPort };
}
