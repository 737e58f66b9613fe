import type { Command } from "./command.ts";

/**
 * One nftables table in one network namespace: `inet`, ours alone. Implemented by the `nft` command
 * (`nft-command.ts`) and in memory (`fake-nft.ts`); `nft.test.ts` holds both to the same contract.
 */
export interface Nft {
  /**
   * Carries out all of `transaction`, or nothing of it and rejects with an {@link NftError}. Calls
   * are carried out in the order they were made. Nothing to do is done at once.
   */
  run(transaction: readonly Command[]): Promise<void>;
  /** What the table holds, without elements; undefined when there is no table. */
  list(): Promise<TableListing | undefined>;
  /**
   * The elements of a map or set, key to value, as the kernel has them and nft prints them, protocols
   * by number.
   */
  elements(map: string): Promise<ReadonlyMap<string, string>>;
  /** Ends what this started. The table stays as it is. */
  close(): Promise<void>;
}

export interface TableListing {
  readonly chains: ReadonlyMap<string, ChainListing>;
  /** Maps and sets by name. */
  readonly maps: ReadonlyMap<string, "map" | "set">;
}

export interface ChainListing {
  /** Where packets enter it; undefined for one they reach by jumps alone. */
  readonly base: ListedHook | undefined;
  readonly rules: number;
  /** Its rules in the implementation's own words: equal for equal rules, and for no others. */
  readonly text: string;
  /** Chains its rules jump or go to by name, each once. */
  readonly targets: readonly string[];
}

/** As nft prints it; somebody else's may be one that no base chain of ours has. */
export interface ListedHook {
  readonly hook: string;
  readonly type: string;
  readonly priority: number;
}

/** Why a transaction or a listing failed. */
export type NftFailure =
  /** nft or the kernel said no: nothing was changed. */
  | "refused"
  /** As refused, because a map holds as many elements as it was declared for. */
  | "full"
  /** nft gave no answer in time, or ended before it: whether anything was changed is unknown. */
  | "unanswered"
  /** There is no nft to run, or no namespace to run it in. */
  | "missing";

/** nft, or the kernel behind it, did not do as told. */
export class NftError extends Error {
  readonly reason: NftFailure;
  /** The commands nft complained about, cut short; empty when it named none. */
  readonly commands: readonly string[];

  constructor(
    reason: NftFailure,
    message: string,
    commands: readonly string[] = [],
    options: ErrorOptions = {},
  ) {
    super(commands.length === 0 ? message : `${message}: ${commands.join(" ⏎ ")}`, options);
    this.name = "NftError";
    this.reason = reason;
    this.commands = commands;
  }
}
