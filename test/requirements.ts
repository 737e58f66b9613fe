import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { controlPlaneAssets } from "./control-plane/assets.ts";

const CONTROL_PLANE = "kube-apiserver and etcd (scripts/test-tools builds them)";

/** What a test needs of the machine that a checkout alone does not give it. */
export interface Requirements {
  readonly root?: boolean;
  /** Commands to be found in `PATH`. */
  readonly tools?: readonly string[];
  /** A kube-apiserver and etcd: see test/tools. */
  readonly controlPlane?: boolean;
}

/**
 * Why a test that needs `wanted` is to be skipped here, for `node:test`'s option `skip`; false when
 * it can run. With PICKET_NO_SKIP=1 a reason is thrown instead: CI may not skip.
 */
export function requires(wanted: Requirements): string | false {
  const lacks = [
    ...(wanted.root && process.getuid?.() !== 0 ? ["root"] : []),
    ...(wanted.tools ?? []).filter((tool) => !isInPath(tool)),
    ...(wanted.controlPlane && controlPlaneAssets() === undefined ? [CONTROL_PLANE] : []),
  ];
  if (lacks.length === 0) return false;
  const reason = `needs ${lacks.join(" and ")}`;
  if (process.env.PICKET_NO_SKIP === "1") {
    throw new Error(`${reason}, and PICKET_NO_SKIP=1 forbids to skip`);
  }
  return reason;
}

function isInPath(tool: string): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, tool), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
