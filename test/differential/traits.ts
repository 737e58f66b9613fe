/** What a judged connection was about, so that a run can tell that it saw everything. */
import { DEFAULT_CONFIGURATION } from "../../src/core/model/configuration.ts";
import type { Model } from "../../src/core/model/model.ts";
import type { Rule } from "../../src/core/model/policy.ts";
import type { Decision, RuleDecision, Step, Verdict } from "../../src/core/model/verdict.ts";
import { compareAddresses } from "../../src/core/net/address.ts";
import type { Flow } from "../../src/core/net/flow.ts";
import { UDP } from "../../src/core/net/protocol.ts";

const IPIP = 4;
const ADMINISTRATORS = ["kube-admin", "kube-baseline"];

/** Words for the connection and for what decided it. */
export function traitsOf(model: Model, flow: Flow, { steps }: Verdict): string[] {
  return [
    `IPv${flow.source.family}`,
    `protocol ${flow.protocol}`,
    ...steps.flatMap((step) => [step.list, ...decisionTraits(model, flow, step)]),
    ...(steps.some(({ pending }) => pending) ? ["staged"] : []),
    ...(isTunnel(flow) && isFromWorkload(steps) ? ["tunnel out of a workload"] : []),
    ...(isOffPort(model, flow) ? ["backend off its port"] : []),
  ];
}

function decisionTraits(model: Model, flow: Flow, { action, decision, direction }: Step): string[] {
  switch (decision.by) {
    case "rule": {
      const { source, destination } = ruleOf(model, decision, direction) ?? {};
      return [
        ...ADMINISTRATORS.filter((tier) => tier === decision.tier),
        ...(source?.service ? ["from a service"] : []),
        ...(destination?.service ? ["to a service"] : []),
      ];
    }
    case "failsafe":
      return [isDefaultPort(flow) ? "failsafe" : "failsafe as set"];
    case "endpoint-to-host":
      return [`${decision.by} ${action}`];
    case "encapsulation":
    case "invalid-state":
      return [decision.by];
    default:
      return [];
  }
}

function ruleOf(
  { policies }: Model,
  { policy, path }: RuleDecision,
  direction: Step["direction"],
): Rule | undefined {
  const found = policies.find(
    ({ kind, namespace, name }) =>
      kind === policy.kind && namespace === policy.namespace && name === policy.name,
  );
  return found?.[direction].find((rule) => rule.path === path);
}

function isDefaultPort({ protocol, sourcePort, destinationPort }: Flow): boolean {
  return Object.values(DEFAULT_CONFIGURATION.failsafePorts)
    .flat()
    .some(
      (one) =>
        one.protocol === protocol && (one.port === destinationPort || one.port === sourcePort),
    );
}

function isTunnel({ protocol, destinationPort }: Flow): boolean {
  return protocol === IPIP || (protocol === UDP && destinationPort === 4789);
}

/** Whether policy was asked of what a workload sends. */
function isFromWorkload(steps: readonly Step[]): boolean {
  const own: readonly Decision["by"][] = ["encapsulation", "invalid-state"];
  return steps.some(
    ({ kind, direction, decision }) =>
      kind === "WorkloadEndpoint" && direction === "egress" && !own.includes(decision.by),
  );
}

function isOffPort({ services }: Model, { destination, destinationPort }: Flow): boolean {
  return services.some(({ backends }) => {
    const own = backends.filter(({ address }) => compareAddresses(address, destination) === 0);
    return own.length > 0 && !own.some(({ port }) => port === destinationPort);
  });
}
