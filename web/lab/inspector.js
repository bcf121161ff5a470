// Asks the lab's second worker, which is started by the first question.

import { startWorker } from "../worker/browser.js";

let worker;
let count = 0;
const waiting = new Map();

/** Ends the worker; the next question starts another one. */
function end() {
  worker?.terminate();
  worker = undefined;
  for (const { reject } of waiting.values()) {
    reject(new Error("the inspector's worker failed"));
  }
  waiting.clear();
}

function start() {
  worker = startWorker(new URL("./inspector-worker.js", import.meta.url));
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
}

/** A promise of what the worker makes of `fields`; see inspector-worker.js for the kinds. */
export function ask(kind, fields) {
  if (!worker) {
    start();
  }
  count += 1;
  const id = count;
  const answer = new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
  worker.postMessage({ id, kind, ...fields });
  return answer;
}
