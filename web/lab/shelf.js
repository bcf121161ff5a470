// Runs that are kept in this browser: what is known of each, and its checkpoint.

const NAME = "gan-playground-runs";
const VERSION = 1;
/** More than so many are not kept: the oldest goes. */
const MOST_RUNS = 12;

/** A promise of what a request of the database gives. */
const result = (request) =>
  new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error));
  });

const committed = (transaction) =>
  new Promise((resolve, reject) => {
    transaction.addEventListener("complete", () => resolve());
    const failed = () => reject(transaction.error ?? new Error("the browser stored nothing"));
    transaction.addEventListener("abort", failed);
    transaction.addEventListener("error", failed);
  });

let database;

function opened() {
  database ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.addEventListener("upgradeneeded", () => {
      // What is listed is apart from the files, so that a list reads no file.
      request.result.createObjectStore("runs", { keyPath: "id" });
      request.result.createObjectStore("files");
    });
    result(request).then((found) => {
      // Another tab has a later version of this page: it must not wait for this one.
      found.addEventListener("versionchange", () => {
        found.close();
        database = undefined;
      });
      resolve(found);
    }, reject);
  });
  // A storage that was forbidden may be allowed later.
  database.catch(() => (database = undefined));
  return database;
}

async function transaction(mode) {
  const begun = (await opened()).transaction(["runs", "files"], mode, { durability: "relaxed" });
  return [begun, begun.objectStore("runs"), begun.objectStore("files")];
}

const newestFirst = (a, b) => b.saved_ms - a.saved_ms;

const does = {
  /** A promise of what is known of each run, as JSON, the newest first. */
  async list() {
    const [, runs] = await transaction("readonly");
    const all = await result(runs.getAll());
    return JSON.stringify(all.sort(newestFirst));
  },
  /** Keeps `known`, JSON with an `id`, and the run's `checkpoint`, in place of what was kept of it. */
  async keep({ known, checkpoint }) {
    const [begun, runs, files] = await transaction("readwrite");
    const run = JSON.parse(known);
    runs.put(run);
    files.put(checkpoint, run.id);
    const all = (await result(runs.getAll())).sort(newestFirst);
    for (const { id } of all.slice(MOST_RUNS)) {
      runs.delete(id);
      files.delete(id);
    }
    await committed(begun);
  },
  /** A promise of a run's checkpoint. */
  async take({ id }) {
    const [, , files] = await transaction("readonly");
    const found = await result(files.get(id));
    if (!found) {
      throw new Error("the run is not there any more");
    }
    return found;
  },
  async drop({ id }) {
    const [begun, runs, files] = await transaction("readwrite");
    runs.delete(id);
    files.delete(id);
    await committed(begun);
  },
};

/** Asks for one of those. */
export async function shelf(kind, fields) {
  return does[kind](fields);
}
