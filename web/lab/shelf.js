// Runs that are kept in this browser: what is known of each, and its checkpoint.

const NAME = "gan-playground-runs";
const VERSION = 1;
/** There is room for so many runs that are not pinned. */
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
/** The run that was deleted last, and its checkpoint: it can be taken back for as long as the page lives. */
let dropped;

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

/**
 * The ids of those among `runs` that make room: of what is not pinned those with the fewest steps, the oldest first
 * where steps are equal; never the one called `newest`, which has just been kept.
 */
export function surplus(runs, newest, most = MOST_RUNS) {
  const loose = runs.filter(({ pinned, id }) => !pinned && id !== newest);
  loose.sort((a, b) => a.step - b.step || a.saved_ms - b.saved_ms);
  const isLoose = runs.some(({ pinned, id }) => !pinned && id === newest);
  const excess = loose.length + (isLoose ? 1 : 0) - most;
  return loose.slice(0, Math.max(0, excess)).map(({ id }) => id);
}

const does = {
  /** A promise of what is known of each run, as JSON: the pinned ones first, then the newest. */
  async list() {
    const [, runs] = await transaction("readonly");
    const all = await result(runs.getAll());
    all.sort((a, b) => Boolean(b.pinned) - Boolean(a.pinned) || b.saved_ms - a.saved_ms);
    return JSON.stringify(all);
  },
  /**
   * Keeps `known`, JSON with an `id`, and the run's `checkpoint`, in place of what was kept of it; its name and
   * whether it is pinned stay, and so does its picture if there is no newer one.
   */
  async keep({ known, checkpoint }) {
    const [begun, runs, files] = await transaction("readwrite");
    const run = JSON.parse(known);
    const { name, pinned, picture } = (await result(runs.get(run.id))) ?? run;
    runs.put({ ...run, name, pinned, picture: run.picture || picture });
    files.put(checkpoint, run.id);
    for (const id of surplus(await result(runs.getAll()), run.id)) {
      runs.delete(id);
      files.delete(id);
    }
    await committed(begun);
  },
  /** Gives a run a name, and pins it or not. */
  async mark({ id, name, pinned }) {
    const [begun, runs] = await transaction("readwrite");
    const run = await result(runs.get(id));
    if (run) runs.put({ ...run, name, pinned });
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
    const [run, checkpoint] = [await result(runs.get(id)), await result(files.get(id))];
    runs.delete(id);
    files.delete(id);
    await committed(begun);
    dropped = { run, checkpoint };
  },
  /** Takes the last deletion back. */
  async undrop() {
    const { run, checkpoint } = dropped ?? {};
    if (!run || !checkpoint) {
      throw new Error("the run is not there any more");
    }
    const [begun, runs, files] = await transaction("readwrite");
    runs.put(run);
    files.put(checkpoint, run.id);
    await committed(begun);
    dropped = undefined;
  },
};

/** Asks for one of those. */
export async function shelf(kind, fields) {
  return does[kind](fields);
}
