/**
 * Changes to the cluster of examples/article, each with the connection that shows it: one whose
 * packets fare otherwise as soon as the change is in force.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ApiRequest } from "../src/control/sync/api-client.ts";
import { address } from "../src/core/net/address.ts";
import type { Flow } from "../src/core/net/flow.ts";
import { TCP } from "../src/core/net/protocol.ts";
import { type LoadedResource, readManifests } from "../src/core/resources/read.ts";
import { ROOT } from "./command.ts";

export interface Change {
  readonly kind: string;
  readonly request: ApiRequest;
  readonly shownBy: Flow;
  /** What becomes of its packets from then on; before, the other. */
  readonly becomes: "delivered" | "dropped";
}

const ARTICLE = join(ROOT, "examples/article");
const POLICIES = "/apis/projectcalico.org/v3/namespaces/production/networkpolicies";
const POLICY = `${POLICIES}/allow-tcp-6379`;
const SETS = "/apis/projectcalico.org/v3/namespaces/production/networksets";
const PARTNERS = ["203.0.113.0/24", "2001:db8:113::/48"];

const RED = "10.48.0.10";
const GREEN = "10.48.0.12";
const GREEN_TO_RED = flow(GREEN, RED, 6379);
const BLUE_TO_RED = flow("10.48.0.11", RED, 6380);
const OUTSIDE_TO_GREEN = flow("198.51.100.10", GREEN, 80);

/** The cluster that changes are made to: the article's, with its network set. */
export function readCluster(): LoadedResource[] {
  return [...readFolder("cluster"), ...readFolder("70-network-set")];
}

/** Changes to be made in this order; after the last, all is as it was before the first. */
export function roundOfChanges(): readonly Change[] {
  const policy = readFolder("10-namespaced").find(
    ({ resource }) => resource.kind === "NetworkPolicy",
  );
  return [
    change("policy added", "dropped", GREEN_TO_RED, {
      method: "POST",
      path: POLICIES,
      body: policy?.resource,
    }),
    change("rule port changed", "delivered", BLUE_TO_RED, portChanged(6380)),
    change("pod label changed", "dropped", BLUE_TO_RED, labelChanged("teal")),
    change("pod label changed", "delivered", BLUE_TO_RED, labelChanged("blue")),
    change("network set changed", "delivered", OUTSIDE_TO_GREEN, setChanged("198.51.100.0/24")),
    change("network set changed", "dropped", OUTSIDE_TO_GREEN, setChanged()),
    change("rule port changed", "dropped", BLUE_TO_RED, portChanged(6379)),
    change("policy deleted", "delivered", GREEN_TO_RED, { method: "DELETE", path: POLICY }),
  ];
}

function change(
  kind: string,
  becomes: Change["becomes"],
  shownBy: Flow,
  request: ApiRequest,
): Change {
  return { kind, becomes, shownBy, request };
}

function portChanged(port: number): ApiRequest {
  const path = "/spec/ingress/0/destination/ports";
  return {
    method: "PATCH",
    path: POLICY,
    contentType: "application/json-patch+json",
    body: [{ op: "replace", path, value: [port] }],
  };
}

function labelChanged(color: string): ApiRequest {
  return mergePatch("/api/v1/namespaces/production/pods/blue", { metadata: { labels: { color } } });
}

function setChanged(...added: readonly string[]): ApiRequest {
  return mergePatch(`${SETS}/partners`, { spec: { nets: [...PARTNERS, ...added] } });
}

function mergePatch(path: string, body: object): ApiRequest {
  return { method: "PATCH", path, contentType: "application/merge-patch+json", body };
}

function flow(source: string, destination: string, destinationPort: number): Flow {
  return {
    source: address(source),
    destination: address(destination),
    protocol: TCP,
    destinationPort,
  };
}

function readFolder(folder: string): LoadedResource[] {
  const path = join(ARTICLE, folder);
  return readdirSync(path)
    .sort()
    .flatMap((file) => {
      const name = join(path, file);
      return readManifests(readFileSync(name, "utf8"), name).resources;
    });
}
