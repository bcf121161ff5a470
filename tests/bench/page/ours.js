// Our worker, without the page.

/** A run that makes steps in our worker of `variant`. */
export class BenchRun {
  #worker;
  #count = 0;
  #waiting = new Map();
  /** What computes, as the worker says. */
  adapter = "";
  /** The newest losses. */
  losses = [NaN, NaN];

  async start(variant) {
    this.#worker = new Worker(`/worker/entry.js?variant=${variant}`, { type: "module", name: "bench" });
    await new Promise((resolve, reject) => {
      this.#waiting.set("booted", { resolve, reject });
      this.#worker.addEventListener("error", ({ message }) => this.#end(message));
      this.#worker.addEventListener("message", ({ data }) => this.#receive(data.event));
    });
  }

  #end(message) {
    for (const { reject } of this.#waiting.values()) {
      reject(new Error(message));
    }
    this.#waiting.clear();
  }

  #receive(event) {
    const settle = (id) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      return waiting;
    };
    if (event.kind === "booted") {
      settle("booted")?.resolve();
    } else if (event.kind === "ready") {
      this.adapter = event.adapter;
    } else if (event.kind === "settled") {
      const waiting = settle(event.id);
      if (event.fault) {
        waiting?.reject(new Error(JSON.stringify(event.fault)));
      } else {
        waiting?.resolve();
      }
    } else if (event.kind === "metrics") {
      const { discriminator_loss, generator_loss } = event.points.at(-1);
      this.losses = [discriminator_loss, generator_loss];
    } else if (event.kind === "fault") {
      this.#end(JSON.stringify(event));
    }
  }

  #ask(command) {
    this.#count += 1;
    const id = this.#count;
    const answer = new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    this.#worker.postMessage({ request: { id, command }, attachments: [] }, []);
    return answer;
  }

  load(spec) {
    return this.#ask({ kind: "load", spec, checkpoint: false, files: [] });
  }

  /** A promise of both losses after `count` steps. */
  async steps(count) {
    await this.#ask({ kind: "step", count });
    return this.losses;
  }
}
