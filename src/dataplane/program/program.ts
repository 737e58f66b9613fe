import type { HostInterface } from "../../core/model/endpoint.ts";
import type { NodePolicy } from "../../core/policy/policy.ts";
import type { Allocation } from "./allocation.ts";
import { type Rendered, render } from "./render.ts";

/**
 * Renderings of one node, one after the other. Remembers what numbers were given out, as long as
 * every rendering is applied before the next is made and the generation stays the same.
 */
export class Program {
  #allocation: Allocation | undefined;

  /**
   * The rendering of `policy`: in `generation`, or in the one after that when this can hold no more.
   * `generation` is the one in force if the kernel holds the rendering made last, else a new one.
   */
  render(
    policy: NodePolicy,
    interfaces: readonly HostInterface[],
    generation: number,
  ): Omit<Rendered, "allocation" | "stale"> {
    const previous = this.#allocation?.generation === generation ? this.#allocation : undefined;
    let rendered = render(policy, interfaces, previous, generation);
    if (rendered.stale) rendered = render(policy, interfaces, undefined, generation + 1);
    this.#allocation = rendered.allocation;
    const { rendering, problems, lingering } = rendered;
    return { rendering, problems, lingering };
  }
}
