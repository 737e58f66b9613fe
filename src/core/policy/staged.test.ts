import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hostEndpoint, manifestOf, namespace, pod } from "../../../test/cluster.ts";
import { modelFrom } from "../../../test/scenario.ts";
import { DEFAULT_CONFIGURATION } from "../model/configuration.ts";
import type { Model } from "../model/model.ts";
import { compile, PolicyCompiler } from "./compile.ts";
import type { CompiledRule, RequestRule, Section } from "./policy.ts";

const CLUSTER = manifestOf(
  namespace("shop"),
  pod("shop/web", "n1", ["10.0.0.1"]),
  hostEndpoint("h", "n1"),
);

function policy(kind: string, name: string, spec: string): string {
  return `
apiVersion: projectcalico.org/v3
kind: ${kind}
metadata: { name: ${name} }
spec: ${spec}
`;
}

/** The names of the stages of a section. */
function stagesOf(section: Section | undefined): readonly string[] | undefined {
  return section?.stages.map(({ name }) => name);
}

describe("a staged policy", () => {
  const model = modelFrom(
    CLUSTER,
    policy("StagedGlobalNetworkPolicy", "trial", "{ types: [Ingress] }"),
    policy("GlobalNetworkPolicy", "force", "{ types: [Ingress, Egress] }"),
  );
  const compiler = new PolicyCompiler(model);
  const [web] = model.workloads;
  const [host] = model.hostEndpoints;
  assert.ok(web && host);

  it("is in no section that is enforced", () => {
    const { workloads } = compile(model, "n1");
    assert.deepEqual(stagesOf(workloads[0]?.ingress), [
      "tier default ingress: GlobalNetworkPolicy/force",
      "profile kns.shop ingress",
    ]);
  });

  it("is in its place in what is pending", () => {
    assert.deepEqual(stagesOf(compiler.pending(web, "normal", "ingress")), [
      "tier default ingress: GlobalNetworkPolicy/force, StagedGlobalNetworkPolicy/trial",
      "profile kns.shop ingress",
    ]);
    assert.equal(compiler.pending(host, "normal", "ingress")?.stages.length, 1);
  });

  it("leaves nothing pending where it does not govern", () => {
    assert.equal(compiler.pending(web, "normal", "egress"), undefined);
    assert.equal(compiler.pending(host, "forward", "ingress"), undefined);
    assert.equal(compiler.pending(host, "untracked", "ingress"), undefined);
  });

  it("is pending for requests too", () => {
    const { enforced, pending } = compiler.requests(web);
    assert.equal(enforced.stages.length, 2);
    assert.equal(pending?.stages[0]?.name.endsWith("StagedGlobalNetworkPolicy/trial"), true);
  });
});

describe("a rule with HTTP criteria", () => {
  const rules = `[
    { action: Allow, protocol: TCP, http: { methods: [GET] } },
    { action: Deny, source: { serviceAccounts: { names: [cart] } } }
  ]`;
  const model = modelFrom(CLUSTER, policy("GlobalNetworkPolicy", "p", `{ ingress: ${rules} }`));
  const [web] = model.workloads;
  assert.ok(web);
  const actions = (section: Section | undefined) =>
    section?.stages[0]?.rules.map(({ action }: CompiledRule) => action);

  it("is for requests only", () => {
    assert.deepEqual(actions(compile(model, "n1").workloads[0]?.ingress), ["Deny"]);
    assert.deepEqual(actions(new PolicyCompiler(model).requests(web).enforced), ["Allow", "Deny"]);
  });

  it("keeps what it says of requests", () => {
    const stage = new PolicyCompiler(model).requests(web).enforced.stages[0];
    const said = stage?.rules.map(({ http, sourcePrincipal }: RequestRule) => ({
      http,
      sourcePrincipal,
    }));
    assert.deepEqual(said, [
      { http: { methods: ["GET"] }, sourcePrincipal: undefined },
      { http: undefined, sourcePrincipal: { serviceAccountNames: ["cart"] } },
    ]);
  });
});

describe("the settings of a node", () => {
  it("come with its policy", () => {
    const own = { ...DEFAULT_CONFIGURATION, vxlanPort: 9 };
    const model: Model = { ...modelFrom(CLUSTER), nodeConfigurations: new Map([["n1", own]]) };
    assert.equal(compile(model, "n1").configuration, own);
    assert.equal(compile(model, "n2").configuration, model.configuration);
  });
});
