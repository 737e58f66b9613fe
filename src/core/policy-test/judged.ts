/** One connection or request, judged by the engine, with what decided. */
import type { WorkloadEndpoint } from "../model/endpoint.ts";
import { endpointName } from "../model/endpoint.ts";
import { SERVICE_ACCOUNT_LABEL } from "../model/labels.ts";
import type { RequestVerdict } from "../model/request-verdict.ts";
import type { Step, Verdict } from "../model/verdict.ts";
import type { Flow } from "../net/flow.ts";
import type { Principal } from "../net/request.ts";
import type { Cluster } from "../verdict/cluster.ts";
import { judge } from "../verdict/judge.ts";
import { judgeRequest } from "../verdict/request.ts";
import type { AskedRequest } from "./ask.ts";
import type { Decided, Witness } from "./result.ts";

/** Judges the connection that `flow` begins, or a request in it. */
export function judged(
  verdicts: Cluster,
  ends: Pick<Witness, "from" | "to">,
  flow: Flow,
  request?: AskedRequest,
): Witness {
  const verdict = judge(verdicts, flow);
  const place = verdicts.placeOf(flow.destination);
  if (!request || place.at !== "workload") {
    const decided = decidedBy(verdict.steps);
    const asked = request && { request };
    return {
      ...ends,
      flow,
      ...asked,
      verdict,
      action: verdict.action,
      ...(decided && { decided }),
    };
  }
  return requestWitness(verdicts, { ...ends, flow, request, verdict }, place.endpoint);
}

/**
 * The workload that receives a request judges it; on the way there, its connection meets everything
 * that it would meet anyway. The workload's own word on the bare connection does not count: its rules
 * for requests match no packet.
 */
function requestWitness(
  verdicts: Cluster,
  asked: Omit<Witness, "action" | "decided" | "answer"> & { readonly request: AskedRequest },
  endpoint: WorkloadEndpoint,
): Witness {
  const { flow, request, verdict } = asked;
  const source = principalAt(verdicts, flow);
  const destination = principalOf(endpoint);
  const whole = { flow, http: request, destination, ...(source && { source }) };
  const answer = judgeRequest(verdicts, endpoint, whole);
  const onTheWay = verdict.steps.filter((step) => !isIngressOf(step, endpoint));
  const denied = onTheWay.find(({ action }) => action === "Deny");
  if (denied) return { ...asked, answer, action: "Deny", decided: denied };
  const action = answer.action === "Allow" ? "Allow" : "Deny";
  const decided = decidedByAnswer(answer, endpoint) ?? decidedBy(onTheWay);
  return { ...asked, answer, action, ...(decided && { decided }) };
}

/** The step that denied, else the last that policy allowed, else the last of all. */
function decidedBy(steps: Verdict["steps"]): Decided | undefined {
  const denied = steps.find(({ action }) => action === "Deny");
  const isByPolicy = ({ action, decision: { by } }: Step): boolean =>
    action === "Allow" && (by === "rule" || by === "end-of-tier");
  return denied ?? steps.findLast(isByPolicy) ?? steps.at(-1);
}

function decidedByAnswer({ turns }: RequestVerdict, to: WorkloadEndpoint): Decided | undefined {
  const decision = turns.at(-1)?.decision;
  return decision && { endpoint: endpointName(to), direction: "ingress", decision };
}

function isIngressOf(
  { kind, endpoint, direction, list }: Step,
  workload: WorkloadEndpoint,
): boolean {
  const isIngress = direction === "ingress" && list === "normal";
  return isIngress && kind === "WorkloadEndpoint" && endpoint === endpointName(workload);
}

function principalAt(verdicts: Cluster, { source }: Flow): Principal | undefined {
  const place = verdicts.placeOf(source);
  return place.at === "workload" ? principalOf(place.endpoint) : undefined;
}

/** As a mesh authenticates it: by the service account that it runs under. */
function principalOf({ namespace, labels }: WorkloadEndpoint): Principal {
  return { namespace, serviceAccount: labels.get(SERVICE_ACCOUNT_LABEL) ?? "" };
}
