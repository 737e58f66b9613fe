/** The names of services that SPIFFE certificates carry, as meshes of Kubernetes write them. */
import type { Principal } from "./request.ts";

const PATTERN = /^spiffe:\/\/[^/]+\/ns\/([^/]+)\/sa\/([^/]+)$/;

/** Reads `spiffe://DOMAIN/ns/NAMESPACE/sa/NAME`; undefined for any other text. */
export function parseSpiffeId(text: string): Principal | undefined {
  const [, namespace, serviceAccount] = PATTERN.exec(text) ?? [];
  if (namespace === undefined || serviceAccount === undefined) return undefined;
  return { namespace, serviceAccount };
}
