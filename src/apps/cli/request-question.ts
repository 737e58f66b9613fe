/** A request as a person asks about it: `GET /orders`, or a gRPC method. */
import type { WorkloadEndpoint } from "../../core/model/endpoint.ts";
import { ORCHESTRATOR_LABEL, SERVICE_ACCOUNT_LABEL } from "../../core/model/labels.ts";
import type { Principal, Request } from "../../core/net/request.ts";
import { usage } from "./exit.ts";
import type { Peer } from "./peer-names.ts";

export interface RequestQuestion {
  /** `METHOD /path` */
  readonly http?: string;
  /** `package.Service/Method` */
  readonly grpc?: string;
}

/** What is sent, and who sends it; undefined when no request is asked about. Throws CommandFailure (usage). */
export function requestOf(
  question: RequestQuestion,
  from: Peer,
): Omit<Request, "flow"> | undefined {
  const http = httpOf(question);
  if (!http) return undefined;
  const source = from.is === "workload" ? principalOf(from.endpoint) : undefined;
  return { http, ...(source && { source }) };
}

/** `GET /orders`, as it is put in answers. */
export function requestText({ http }: Omit<Request, "flow">): string {
  return `${http?.method ?? ""} ${http?.path ?? ""}`.trim();
}

function httpOf({ http, grpc }: RequestQuestion): Request["http"] {
  if (http !== undefined && grpc !== undefined) throw usage("give --http or --grpc, not both");
  if (grpc !== undefined) {
    if (/^\/?[\w.]+\/\w+$/.test(grpc))
      return { method: "POST", path: `/${grpc.replace(/^\//, "")}` };
    throw usage(`"${grpc}" is no gRPC method: want package.Service/Method`);
  }
  if (http === undefined) return undefined;
  const [, method, path] = /^([!#$%&'*+.^_`|~\w-]+) +(\S+)$/.exec(http.trim()) ?? [];
  if (method !== undefined && path !== undefined) return { method, path };
  throw usage(`"${http}" is no request: want a method and a path, e.g. 'GET /orders'`);
}

/** Pods without a service account run under `default`; a VM without one has no identity. */
function principalOf(endpoint: WorkloadEndpoint): Principal | undefined {
  const account = endpoint.labels.get(SERVICE_ACCOUNT_LABEL);
  const isPod = endpoint.labels.get(ORCHESTRATOR_LABEL) === "k8s";
  const serviceAccount = account ?? (isPod ? "default" : undefined);
  return serviceAccount === undefined
    ? undefined
    : { namespace: endpoint.namespace, serviceAccount };
}

/** Who sends a request, for people. */
export function senderText({ source }: Omit<Request, "flow">): string {
  if (!source) return "nobody known";
  return `service account ${source.namespace}/${source.serviceAccount}`;
}
