// A worker of the lab's that is started by the first question, answers each, and is started anew when it has
// failed.

import { startWorker } from "../worker/browser.js";

/** A function that asks the worker at `script`, a name beside this file: `ask(kind, fields)` promises its answer. */
export function askedWorker(script, failure) {
  let worker;
  let count = 0;
  const waiting = new Map();

  /** Ends the worker; the next question starts another one. */
  const end = () => {
    worker?.terminate();
    worker = undefined;
    for (const { reject } of waiting.values()) {
      reject(new Error(failure));
    }
    waiting.clear();
  };

  const start = () => {
    worker = startWorker(new URL(`./${script}`, import.meta.url));
    worker.addEventListener("message", ({ data: { id, value, error, fatal } }) => {
      const { resolve, reject } = waiting.get(id);
      waiting.delete(id);
      if (error === undefined) {
        resolve(value);
      } else {
        reject(new Error(error));
      }
      if (fatal) {
        end();
      }
    });
    worker.addEventListener("error", end);
  };

  return (kind, fields) => {
    if (!worker) {
      start();
    }
    count += 1;
    const id = count;
    const answer = new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
    worker.postMessage({ id, kind, ...fields });
    return answer;
  };
}
