import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { manifestOf } from "../../../test/cluster.ts";
import { resourcesFrom } from "../../../test/scenario.ts";
import { formatAddress } from "../net/address.ts";
import type { EndpointSliceResource } from "./endpoint-slice.ts";
import { impliedSlices, isImplied, slicesByService } from "./implied-slices.ts";
import type { AnyResource } from "./kinds.ts";
import { readyBackends } from "./service-backends.ts";

const apiPod = (
  namespace: string,
  name: string,
  addresses: readonly string[],
  containerPort: number,
  phase = "Running",
): object => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace, labels: { app: "api" } },
  spec: { containers: [{ ports: [{ name: "http", containerPort }] }] },
  status: { phase, podIPs: addresses.map((ip) => ({ ip })) },
});
const PODS = [
  apiPod("shop", "a", ["10.0.0.1", "fd00::1"], 8080),
  apiPod("shop", "b", ["10.0.0.2"], 9090),
  apiPod("shop", "done", ["10.0.0.3"], 8080, "Succeeded"),
  apiPod("other", "a", ["10.0.0.4"], 8080),
];
const API = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "api", namespace: "shop" },
  spec: {
    selector: { app: "api" },
    ports: [
      { name: "web", port: 80, targetPort: "http" },
      { name: "metrics", port: 90, targetPort: 9000 },
    ],
  },
};
const SLICE = {
  apiVersion: "discovery.k8s.io/v1",
  kind: "EndpointSlice",
  metadata: {
    name: "api-1",
    namespace: "shop",
    labels: { "kubernetes.io/service-name": "api" },
  },
  addressType: "IPv4",
  endpoints: [
    { addresses: ["10.0.0.2"], targetRef: { kind: "Pod", name: "b" } },
    { addresses: ["10.0.0.1"], conditions: { ready: false } },
    { addresses: ["192.0.2.1"] },
  ],
  ports: [{ name: "web", port: 9090 }],
};

const clusterOf = (...more: readonly object[]): AnyResource[] =>
  resourcesFrom(manifestOf(...PODS, ...more));

/** Where port `web` of the only service leads. */
function backends(resources: readonly AnyResource[]): string[] {
  const [service] = resources.filter((one) => one.kind === "Service");
  const [web] = service?.spec.ports ?? [];
  assert.ok(service && web);
  return readyBackends(slicesByService(resources)(service), web).map(
    ({ address, port, pod = "?" }) => `${pod} ${formatAddress(address)} ${port}`,
  );
}

describe("impliedSlices", () => {
  it("are one for each family and set of ports, of pods that have not ended", () => {
    const made = [...impliedSlices(clusterOf(API)).values()].flat();
    const lines = made.map(
      ({ addressType, ports = [], endpoints }: EndpointSliceResource) =>
        `${addressType} ${ports.map(({ port }) => port)} ${endpoints.map((one) => one.addresses)}`,
    );
    assert.deepEqual(lines, [
      "IPv4 8080,9000 10.0.0.1",
      "IPv6 8080,9000 fd00::1",
      "IPv4 9090,9000 10.0.0.2",
    ]);
    assert.ok(made.every(isImplied));
  });

  it("are none of a service that has slices, selects nobody, or is a name for another", () => {
    const { selector: _, ...open } = API.spec;
    const alias = { ...API.spec, type: "ExternalName", externalName: "example.com" };
    assert.equal(impliedSlices(clusterOf(API, SLICE)).size, 0);
    assert.equal(impliedSlices(clusterOf({ ...API, spec: open })).size, 0);
    assert.equal(impliedSlices(clusterOf({ ...API, spec: alias })).size, 0);
  });
});

describe("the backends of a service", () => {
  it("are the pods that it selects where no slice lists them", () => {
    assert.deepEqual(backends(clusterOf(API)), [
      "shop/a 10.0.0.1 8080",
      "shop/a fd00::1 8080",
      "shop/b 10.0.0.2 9090",
    ]);
  });

  it("are what is ready in its slices, and nothing else, where there are any", () => {
    const listed = clusterOf(API, SLICE);
    assert.deepEqual(backends(listed), ["shop/b 10.0.0.2 9090", "? 192.0.2.1 9090"]);
  });
});
