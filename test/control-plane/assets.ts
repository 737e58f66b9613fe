import { existsSync } from "node:fs";
import { join } from "node:path";

const BUILT = join(import.meta.dirname, "../tools/bin");

/**
 * The folder that holds the programs `etcd` and `kube-apiserver`: KUBEBUILDER_ASSETS where that is
 * set, as everywhere in the ecosystem, else what scripts/test-tools built. Undefined when they are
 * not there.
 */
export function controlPlaneAssets(): string | undefined {
  const folder = process.env.KUBEBUILDER_ASSETS || BUILT;
  const has = ["etcd", "kube-apiserver"].every((name) => existsSync(join(folder, name)));
  return has ? folder : undefined;
}
