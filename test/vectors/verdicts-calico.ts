/** `verdicts-calico.json`: what the reference's data path, proxy and clusters made of traffic. */
import { type Family, type Finding, judge, type VectorCase } from "./family.ts";
import { type ConnectivityCase, checkConnectivity } from "./verdicts-calico/connectivity.ts";
import { checkL7, type L7Case } from "./verdicts-calico/l7.ts";
import { checkProgram, type ProgramCase } from "./verdicts-calico/program.ts";

export const verdictsCalico: Family = {
  name: "verdicts-calico",
  file: "verdicts-calico.json",
  run: ({ cases }) => judge<VectorCase>(cases, check),
};

/** The kind tells which fields the case has (the vectors' README). */
function check(one: VectorCase): Finding {
  switch (one.kind) {
    case "program":
      return checkProgram(one as ProgramCase);
    case "l7":
      return checkL7(one as L7Case);
    case "connectivity":
      return checkConnectivity(one as ConnectivityCase);
    default:
      return `unknown kind ${JSON.stringify(one.kind)}`;
  }
}
