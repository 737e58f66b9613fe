/**
 * A client in a thread of its own, so that what the bench does besides keeps no answer waiting: asks
 * one question at fixed times until it is told to end, then says how long each answer took.
 */
import { Agent as HttpAgent, get as httpGet, type RequestOptions } from "node:http";
import { Agent as HttpsAgent, get as httpsGet } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

/** What is asked. */
export interface Question {
  readonly url: string;
  /** The PEM of the authority that signed the server's certificate. */
  readonly authority?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Between two requests. */
const EVERY_MS = 10;
/** A client has no more connections; what they cannot carry waits, and that counts. */
const SOCKETS = 4;
/** Asked before the count begins: connections are made, code is compiled. */
const WARM_UP = 200;
/** What does not answer in this time is not waited for any more. */
const PATIENCE_MS = 120_000;

/** Asks while `meanwhile` lasts; the milliseconds of each answer, from when it was due to be asked. */
export async function ask(
  questions: readonly Question[],
  meanwhile: () => Promise<void>,
): Promise<readonly (readonly number[])[]> {
  const clients = questions.map((workerData) => new Worker(import.meta.filename, { workerData }));
  const next = (client: Worker): Promise<readonly number[]> =>
    new Promise((resolve, reject) => client.once("message", resolve).once("error", reject));
  await Promise.all(clients.map(next));
  const answers = Promise.all(clients.map(next));
  const end = (): void => {
    for (const client of clients) client.postMessage("end");
  };
  await Promise.race([meanwhile().finally(end), answers]);
  return answers;
}

if (!isMainThread) await serveQuestion(workerData);

async function serveQuestion(question: Question): Promise<void> {
  const { url, authority, headers = {} } = question;
  const isSecure = url.startsWith("https:");
  const kept = { keepAlive: true, maxSockets: SOCKETS };
  const agent = isSecure
    ? new HttpsAgent({ ...kept, ...(authority !== undefined && { ca: authority }) })
    : new HttpAgent(kept);
  const answered = (): Promise<void> =>
    answer(isSecure ? httpsGet : httpGet, url, { agent, headers });
  let isOver = false;
  parentPort?.once("message", () => {
    isOver = true;
  });
  const times = async (isEnough: (count: number) => boolean): Promise<number[]> => {
    const asked: Promise<number>[] = [];
    for (let due = performance.now(); !isEnough(asked.length); due += EVERY_MS) {
      const now = due;
      await sleep(Math.max(0, due - performance.now()));
      asked.push(answered().then(() => performance.now() - now));
    }
    return Promise.all(asked);
  };
  await times((count) => count === WARM_UP);
  parentPort?.postMessage([]);
  parentPort?.postMessage(await times(() => isOver));
  agent.destroy();
}

/** Resolves when the answer to a request has been read, whatever it says. */
function answer(get: typeof httpGet, url: string, options: RequestOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("no answer in time")), PATIENCE_MS);
    const sent = get(url, options, (response) => {
      response.on("end", () => {
        clearTimeout(timer);
        resolve();
      });
      response.resume();
    });
    sent.on("error", reject);
  });
}
