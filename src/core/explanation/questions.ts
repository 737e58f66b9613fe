/**
 * What rules ask of packets and requests, criterion by criterion. What many rules ask is one
 * question, and where many packets are asked about, all questions are answered at one go.
 */
import { once } from "../calc/once.ts";
import type { Rule } from "../model/policy.ts";
import type { Flow } from "../net/flow.ts";
import type { Request } from "../net/request.ts";
import type { CompiledRule, RequestRule } from "../policy/policy.ts";
import { MOST_FILED } from "../verdict/block-table.ts";
import type { Cluster } from "../verdict/cluster.ts";
import { matchesRule } from "../verdict/match.ts";
import { matchRequest } from "../verdict/match-request.ts";
import { StageIndex } from "../verdict/stage-index.ts";
import type { Criterion, Lone } from "./criteria.ts";

/** What meets the rules. */
export type Subject =
  | { readonly is: "packet"; readonly flow: Flow }
  | { readonly is: "request"; readonly flow: Flow; readonly request: Request };

/** Answers by the number of the question: it holds, it does not, nobody has asked yet. */
export const HELD = 2;
export const MISSED = 1;
const UNASKED = 0;

/** Whether a criterion holds, by itself and where its context does. */
interface Question {
  readonly on: Criterion["on"];
  readonly lone: RequestRule | undefined;
  /** Absent: everywhere. */
  readonly context?: Compiled;
}

/** Undefined: it matches nothing. */
interface Compiled {
  readonly compiled: RequestRule | undefined;
}

/** When it is worth while to find answers instead of asking. */
export interface Indexing {
  /** As soon as there are so many questions, */
  readonly questions: number;
  /** and each has been asked so often on the whole, which takes about as long as an index. */
  readonly times: number;
}

const INDEXING: Indexing = { questions: 256, times: 50 };

/** The questions of a cluster's rules, as they come up. */
export class Questions {
  readonly #cluster: Cluster;
  readonly #indexing: Indexing;
  readonly #numbers = new Map<string, number>();
  readonly #questions: Question[] = [];
  /** Rules of which nothing was missed. */
  readonly #whole = new WeakMap<Rule, Compiled>();
  /** How often one was asked of a packet since the index was made. */
  #asked = 0;
  #index: QuestionIndex | undefined;

  constructor(cluster: Cluster, indexing: Indexing = INDEXING) {
    this.#cluster = cluster;
    this.#indexing = indexing;
  }

  /** Questions that ask the same have the same number: the lone rule says what is asked and where. */
  numberOf({ criterion: { on }, rule, context }: Lone): number {
    return once(this.#numbers, JSON.stringify(rule), () => {
      const lone = this.#cluster.rule(rule);
      const compiled = context && { compiled: this.#cluster.rule(context) };
      return this.#questions.push({ on, lone, ...(compiled && { context: compiled }) }) - 1;
    });
  }

  /** The answers that cost nothing: perhaps all, perhaps none. More questions may come up. */
  answers(subject: Subject): Uint8Array {
    if (subject.is === "request") return new Uint8Array(this.#questions.length);
    const { length } = this.#questions;
    const { questions, times } = this.#indexing;
    const isMore =
      length >= Math.max(questions, 2 * (this.#index?.size ?? 0)) && length <= MOST_FILED;
    if (isMore && this.#asked >= times * length) {
      this.#asked = 0;
      this.#index = new QuestionIndex(this.#questions);
    }
    return this.#index?.answers(subject.flow) ?? new Uint8Array(length);
  }

  ask(number: number, subject: Subject): typeof HELD | typeof MISSED {
    const question = this.#questions[number];
    if (!question) throw new RangeError(`there is no question ${number}`);
    if (subject.is === "packet") this.#asked++;
    return this.#holds(question, subject) ? HELD : MISSED;
  }

  /** Reports whether the whole of a rule matches. */
  isMatched(rule: Rule, subject: Subject): boolean {
    const compile = () => ({ compiled: this.#cluster.rule(rule) });
    return this.#matches(once(this.#whole, rule, compile).compiled, subject);
  }

  /** Nothing matches a rule that is undefined. */
  #matches(compiled: RequestRule | undefined, subject: Subject): boolean {
    if (!compiled) return false;
    if (subject.is === "packet") return matchesRule(compiled, subject.flow);
    return matchRequest(compiled, subject.request, this.#cluster) === "yes";
  }

  #holds({ on, lone, context }: Question, subject: Subject): boolean {
    if (subject.is === "packet") {
      // A packet is no request, and whose it is only its addresses say.
      if (on === "http") return false;
      if (on === "principal") return true;
    }
    if (this.#matches(lone, subject)) return true;
    return context !== undefined && !this.#matches(context.compiled, subject);
  }
}

/** Answers many questions at once: as a stage's rules those are found that hold. */
class QuestionIndex {
  readonly #index: StageIndex;
  readonly #numbers = new Map<CompiledRule, number>();
  /** The answers where nothing is found. */
  readonly #otherwise: Uint8Array;

  constructor(questions: readonly Question[]) {
    this.#otherwise = new Uint8Array(questions.length).fill(MISSED);
    for (const [number, { on, lone, context }] of questions.entries()) {
      if (on === "principal" || context) this.#otherwise[number] = UNASKED;
      else if (on !== "http" && lone) this.#numbers.set({ ...lone, action: "Log" }, number);
    }
    this.#index = new StageIndex({ rules: [...this.#numbers.keys()] });
  }

  get size(): number {
    return this.#otherwise.length;
  }

  answers(flow: Flow): Uint8Array {
    const answers = this.#otherwise.slice();
    for (const lone of this.#index.met(flow)) answers[this.#numbers.get(lone) ?? 0] = HELD;
    return answers;
  }
}
