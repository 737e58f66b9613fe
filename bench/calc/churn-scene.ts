/** A cluster in which endpoints come, change and go all the time, as one node of it hears of it. */
import type { ModelUpdate } from "../../src/core/model/update.ts";
import { Random } from "../../test/differential/random.ts";
import {
  DEFAULT_TIER,
  endpoint,
  endpointGone,
  type Input,
  LOCAL,
  policy,
  profile,
  REMOTE,
  type WrittenEndpoint,
} from "./written.ts";

const NAMESPACES = 1000;
const POLICIES = 2000;
const LOCAL_ENDPOINTS = 200;
const APPS = 5;
const FIRST_ADDRESS = 0x0a_00_00_01;
/** In a hundred updates, those of local endpoints. */
const LOCAL_SHARE = 1;
/** In a hundred updates of endpoints that there are, those that delete them. */
const DELETED_SHARE = 25;
const NAMESPACE = "projectcalico.org/namespace";

/**
 * So many endpoints; of those policies that select one app of a namespace there are as many and as
 * varied whatever the number of endpoints.
 */
export class ChurnScene {
  readonly #count: number;
  readonly #random = new Random(1);
  readonly #gone = new Set<number>();

  constructor(count: number) {
    this.#count = count;
  }

  /** What is told before the first flush. */
  *start(): Generator<Input> {
    yield DEFAULT_TIER;
    for (let i = 0; i < POLICIES; i++) yield this.#policy(i);
    for (let i = 0; i < NAMESPACES; i++) {
      yield* profile(`kns.${namespaceOf(i)}`, { "pcns.projectcalico.org/name": namespaceOf(i) });
    }
    for (let i = 0; i < this.#count; i++) yield endpoint(this.#endpoint(i));
  }

  /** One endpoint comes, changes or goes. */
  next(): ModelUpdate {
    const i = this.#random.chance(LOCAL_SHARE)
      ? this.#random.below(LOCAL_ENDPOINTS)
      : LOCAL_ENDPOINTS + this.#random.below(this.#count - LOCAL_ENDPOINTS);
    if (!this.#gone.delete(i) && this.#random.chance(DELETED_SHARE)) {
      this.#gone.add(i);
      return endpointGone(this.#endpoint(i));
    }
    return endpoint(this.#endpoint(i));
  }

  #policy(i: number): Input {
    const namespace = namespaceOf(i % NAMESPACES);
    const own = (app: number): string =>
      `${NAMESPACE} == '${namespace}' && app == 'app-${app % APPS}'`;
    return policy({
      namespace,
      name: `policy-${i}`,
      selector: own(i),
      ingress: [{ source: own(i + 1) }, { source: own(i + 2) }],
      egress: [{ destination: own(i + 3) }],
    });
  }

  /** Of an app at random, and of a version. */
  #endpoint(i: number): WrittenEndpoint {
    const namespace = namespaceOf(i % NAMESPACES);
    return {
      node: i < LOCAL_ENDPOINTS ? LOCAL : REMOTE,
      namespace,
      name: `pod-${i}`,
      labels: {
        [NAMESPACE]: namespace,
        app: `app-${this.#random.below(APPS)}`,
        version: `${this.#random.below(10)}`,
        tier: ["web", "api", "store"][i % 3] ?? "",
        pod: `pod-${i}`,
      },
      profile: `kns.${namespace}`,
      address: FIRST_ADDRESS + i,
    };
  }
}

function namespaceOf(i: number): string {
  return `space-${i}`;
}
