// A run of the lab's own, in a worker like the page's. It speaks the workers' wire (gan-protocol): a
// request with a number, and one `settled` for each.

import { startWorker } from "../worker/browser.js";

export class RunWorker {
  #worker;
  #count = 0;
  #waiting = new Map();
  #onEvent;

  /** `onEvent` gets every event that settles no request. */
  constructor(onEvent = () => {}) {
    this.#onEvent = onEvent;
  }

  /** Whether there is a worker. */
  get isThere() {
    return this.#worker !== undefined;
  }

  /** Ends the worker; what was asked is refused with `message`. */
  end(message = "the run was ended") {
    this.#worker?.terminate();
    this.#worker = undefined;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) {
      reject(new Error(message));
    }
  }

  /** A promise of a fresh worker that listens. */
  start() {
    this.end();
    const url = new URL("../worker/entry.js?variant=cpu", import.meta.url);
    const name = `gan-lab-${crypto.getRandomValues(new Uint32Array(2)).join("")}`;
    const worker = startWorker(url, { name });
    this.#worker = worker;
    // What is sent before a worker listens is lost.
    return new Promise((resolve, reject) => {
      this.#waiting.set("booted", { resolve, reject });
      worker.addEventListener("error", ({ message }) => {
        if (worker === this.#worker) {
          this.end(message || "the worker could not be loaded");
        }
      });
      // What an ended worker still says is not of the next one.
      worker.addEventListener("message", ({ data }) => {
        if (worker === this.#worker) {
          this.#receive(data);
        }
      });
    });
  }

  #settle(id, does) {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (waiting) {
      does(waiting);
    }
  }

  #receive({ event, attachments }) {
    if (event.kind === "booted") {
      this.#settle("booted", ({ resolve }) => resolve());
    } else if (event.kind === "settled") {
      this.#settle(event.id, ({ resolve, reject }) => {
        if (event.fault) {
          const { path, message, code } = event.fault;
          reject(new Error([path, message ?? code].filter(Boolean).join(" ")));
        } else {
          resolve({ reply: event.reply, attachments });
        }
      });
    } else {
      this.#onEvent(event);
      // After a panic or without its device a worker answers nothing more.
      if (event.kind === "fault" && (event.code === "panic" || event.code === "device")) {
        this.end(event.message);
      }
    }
  }

  /** A promise of `{reply, attachments}`. The worker gets copies of the attachments. */
  ask(command, attachments = []) {
    if (!this.#worker) {
      return Promise.reject(new Error("there is no run"));
    }
    this.#count += 1;
    const id = this.#count;
    const copies = attachments.map((bytes) => bytes.slice());
    const answer = new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    const message = { request: { id, command }, attachments: copies };
    this.#worker.postMessage(message, copies.map(({ buffer }) => buffer));
    return answer;
  }
}
