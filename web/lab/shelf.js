// Runs that are kept in this browser: what is known of each, its checkpoint, and the user's files that it learns from.

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

/** The user's files lie among the checkpoints, under the name of what they hold: runs on the same data share them. */
const DATA = "data/";

let database;
/** The run that was deleted last, its checkpoint and files: it can be taken back for as long as the page lives. */
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

function found(thing) {
  if (!thing) {
    throw new Error("the run is not there any more");
  }
  return thing;
}

/** A promise of the user's files that `run` learns from, each `{name, bytes}`. */
const filesOf = async (run, files) => (run.data ? ((await result(files.get(DATA + run.data))) ?? []) : []);

/** Deletes the user's files that none of `runs` learns from. */
async function tidy(runs, files) {
  const used = new Set(runs.map(({ data }) => DATA + data));
  const all = await result(files.getAllKeys(IDBKeyRange.bound(DATA, `${DATA}\uffff`)));
  for (const key of all) {
    if (!used.has(key)) files.delete(key);
  }
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
   * Keeps `known`, JSON with an `id`, the run's `checkpoint` and, called `data` in what is known, the user's `files`
   * that it learns from, in place of what was kept of it; its name and whether it is pinned stay, and so does its
   * picture if there is no newer one.
   */
  async keep({ known, checkpoint, files: own }) {
    const [begun, runs, files] = await transaction("readwrite");
    const run = JSON.parse(known);
    const { name, pinned, picture } = (await result(runs.get(run.id))) ?? run;
    runs.put({ ...run, name, pinned, picture: run.picture || picture });
    files.put(checkpoint, run.id);
    if (run.data && (await result(files.getKey(DATA + run.data))) === undefined) {
      files.put(own, DATA + run.data);
    }
    for (const id of surplus(await result(runs.getAll()), run.id)) {
      runs.delete(id);
      files.delete(id);
    }
    await tidy(await result(runs.getAll()), files);
    await committed(begun);
  },
  /** Gives a run a name, and pins it or not. */
  async mark({ id, name, pinned }) {
    const [begun, runs] = await transaction("readwrite");
    const run = await result(runs.get(id));
    if (run) runs.put({ ...run, name, pinned });
    await committed(begun);
  },
  /** A promise of `{checkpoint, files}` of a run. */
  async take({ id }) {
    const [, runs, files] = await transaction("readonly");
    return { checkpoint: found(await result(files.get(id))), files: await filesOf(await result(runs.get(id)), files) };
  },
  async drop({ id }) {
    const [begun, runs, files] = await transaction("readwrite");
    const run = found(await result(runs.get(id)));
    const before = { run, checkpoint: await result(files.get(id)), own: await filesOf(run, files) };
    runs.delete(id);
    files.delete(id);
    await tidy(await result(runs.getAll()), files);
    await committed(begun);
    dropped = before;
  },
  /** Takes the last deletion back. */
  async undrop() {
    const { run, checkpoint, own } = found(dropped);
    const [begun, runs, files] = await transaction("readwrite");
    runs.put(run);
    files.put(checkpoint, run.id);
    if (run.data) files.put(own, DATA + run.data);
    await committed(begun);
    dropped = undefined;
  },
};

/** Asks for one of those. */
export async function shelf(kind, fields) {
  return does[kind](fields);
}
