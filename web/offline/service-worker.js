// Keeps the site for use without a network. A page is served by one version of the site as a whole: the
// build's `offline.json` names the version's files with their SHA-256, each version has a cache of its own,
// and a page's files, its workers' included, come from the cache that its document came from.
//
// When a page is opened, the server is asked for its list first. A new version is fetched at once and shown
// if it is there soon, else at the next load. What cannot be decided here is left to the network.

const SCOPE = new URL(registration.scope);
const LIST = new URL("offline.json", SCOPE).href;
/** Keys of notes in a version's cache: a client that it serves; since when the server contradicts it. */
const CLIENT = new URL("offline-client", SCOPE).href;
const CONTRADICTED = new URL("offline-contradicted", SCOPE).href;
/** Not of other copies of the site on the same origin, nor the workers' cache of data sets. */
const CACHE_PREFIX = `gan-playground-site ${SCOPE.pathname} `;

/** How long a page that is stored waits for the server, and for a new version. */
const PATIENCE_MS = 3_000;
/** How long a server may have files of another version than its list, as while they are uploaded. */
const UPLOAD_MS = 3_600_000;

/** The server has another file than its list says. */
class Contradiction extends Error {}

/** Lists by the clients that they serve, and downloads under way by version. */
const listsOfClients = new Map();
const downloads = new Map();

const cacheOf = ({ version }) => caches.open(CACHE_PREFIX + version);
const hashOf = ({ files, on_demand }, path) => files[path] ?? on_demand[path];
/** A folder's page by the folder's address: some hosts redirect from the file's name. */
const urlOf = (path) => new URL(path.replace(/(^|\/)index\.html$/, "$1"), SCOPE).href;
const after = (delay_ms, value) => new Promise((resolve) => setTimeout(resolve, delay_ms, value));

/** The path in the site's lists, if `url` can be in them. */
function pathOf({ origin, pathname }) {
  if (origin !== SCOPE.origin || !pathname.startsWith(SCOPE.pathname)) return undefined;
  const path = pathname.slice(SCOPE.pathname.length);
  return path === "" || path.endsWith("/") ? `${path}index.html` : path;
}

/** The server's list; undefined if it has none. Rejected where it cannot be reached. */
async function fetchedList() {
  const response = await fetch(LIST, { cache: "no-cache" });
  if (response.status >= 500) throw new TypeError(`offline.json: status ${response.status}`);
  const list = await response.json().catch(() => undefined);
  return response.ok && list?.version && list.files && list.on_demand ? list : undefined;
}

/** A listed file as the server has it. */
async function fetched(path, hash) {
  // Some host's validator may take two versions of a file for the same.
  for (const cache of ["no-cache", "reload"]) {
    const response = await fetch(urlOf(path), { cache });
    const verified = response.ok && (await verifiedCopy(response, hash));
    if (verified) return verified;
  }
  throw new Contradiction(path);
}

/**
 * A response with what `response` holds, if that has the hash. It has no address of its own, so that a
 * script sees the address it was asked for by, with the query.
 */
async function verifiedCopy(response, hash) {
  const body = await response.arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
  const digits = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0"));
  if (digits.join("") !== hash) return undefined;
  const headers = new Headers(response.headers);
  for (const name of ["content-encoding", "content-length", "vary"]) headers.delete(name);
  return new Response(body, { headers });
}

/** Lists of the versions that are stored as a whole; last the one that the server had last. */
async function storedLists() {
  const lists = [];
  for (const name of await caches.keys()) {
    if (!name.startsWith(CACHE_PREFIX)) continue;
    const stored = await (await caches.open(name)).match(LIST);
    if (stored) lists.push(await stored.json());
  }
  return lists.sort((a, b) => a.seen_ms - b.seen_ms);
}

/** A file of a stored version. */
async function stored(list, path) {
  return (await cacheOf(list)).match(urlOf(path));
}

/** Stores the whole version, or what is missing of it. */
function download(list) {
  if (!downloads.has(list.version)) {
    const done = downloaded(list).finally(() => downloads.delete(list.version));
    downloads.set(list.version, done);
  }
  return downloads.get(list.version);
}

async function downloaded(list) {
  const [cache, others] = [await cacheOf(list), await storedLists()];
  const add = async (path, hash, otherwise) => {
    if (await cache.match(urlOf(path))) return;
    const same = others.find((other) => hashOf(other, path) === hash);
    const copy = same && (await stored(same, path));
    await cache.put(urlOf(path), copy ?? (await otherwise(path, hash)));
  };
  const adding = (files, otherwise) =>
    Object.entries(files).map(([path, hash]) => add(path, hash, otherwise));
  await Promise.all(adding(list.files, fetched));
  // A large file that nobody asked for is kept if it is on this machine anyway.
  await Promise.allSettled(adding(list.on_demand, fromHttpCache));
  await cache.delete(CONTRADICTED);
  await cache.put(LIST, new Response(JSON.stringify({ ...list, seen_ms: Date.now() })));
}

async function fromHttpCache(path, hash) {
  const response = await fetch(urlOf(path), { cache: "only-if-cached", mode: "same-origin" });
  const verified = await verifiedCopy(response, hash);
  if (!verified) throw new Contradiction(path);
  return verified;
}

/** Deletes the versions that are not the server's and that no open page needs. */
async function tidy(current) {
  for (const name of await caches.keys()) {
    if (!name.startsWith(CACHE_PREFIX)) continue;
    const cache = await caches.open(name);
    let isNeeded = name === CACHE_PREFIX + current.version;
    for (const note of await cache.keys(CLIENT, { ignoreSearch: true })) {
      if (await clients.get(new URL(note.url).search.slice(1))) isNeeded = true;
      else await cache.delete(note);
    }
    if (!isNeeded) await caches.delete(name);
  }
}

/** The list to open a page by, given the newest one stored; undefined if the network is to answer. */
async function checked(event, newest) {
  let list;
  try {
    list = await fetchedList();
    if (!list) return undefined;
    if (list.version !== newest?.version) await download(list);
    // A page that is being left is still there for a moment.
    event.waitUntil(after(PATIENCE_MS, list).then(tidy).catch(() => {}));
    return list;
  } catch (error) {
    // Without a network.
    if (error instanceof TypeError) return newest;
    if (error instanceof Contradiction && (await mayBeUploading(list))) return newest;
    // A version that cannot be stored must not keep the page at an old one.
    return undefined;
  }
}

async function mayBeUploading(list) {
  const cache = await cacheOf(list);
  const note = await cache.match(CONTRADICTED);
  const since_ms = note ? Number(await note.text()) : Date.now();
  if (!note) await cache.put(CONTRADICTED, new Response(String(since_ms)));
  return Date.now() - since_ms < UPLOAD_MS;
}

/** Notes which version a client is served by: this program is ended and begun anew at any time. */
async function serve(id, list) {
  listsOfClients.set(id, list);
  await (await cacheOf(list)).put(`${CLIENT}?${id}`, new Response()).catch(() => {});
}

async function listOf(id) {
  if (!listsOfClients.has(id)) {
    for (const list of await storedLists()) {
      const note = await (await cacheOf(list)).match(`${CLIENT}?${id}`);
      if (note) listsOfClients.set(id, list);
    }
  }
  return listsOfClients.get(id);
}

/** Answers what opens a page. */
async function opened(event, path) {
  const newest = (await storedLists()).at(-1);
  const checking = checked(event, newest);
  event.waitUntil(checking.catch(() => {}));
  if (!newest || hashOf(newest, path) === undefined) return fetch(event.request);
  let list = await Promise.race([checking, after(PATIENCE_MS, newest)]);
  if (!list) {
    try {
      return await fetch(event.request);
    } catch {
      list = newest;
    }
  }
  const answer = await stored(list, path);
  if (!answer) return fetch(event.request);
  await serve(event.resultingClientId, list);
  return answer;
}

/** Answers what a page or a worker asks for. */
async function answered(event, path) {
  const list = await listOf(event.clientId);
  if (!list) return unversioned(event, path);
  // A worker is a client too, of its page's version.
  if (event.resultingClientId) await serve(event.resultingClientId, list);
  const hash = hashOf(list, path);
  if (hash === undefined) return fetch(event.request);
  const answer = await stored(list, path);
  if (answer) return answer;
  try {
    const response = await fetched(path, hash);
    event.waitUntil(keep(list, path, response.clone()));
    return response;
  } catch {
    // Better no file than another version's.
    return Response.error();
  }
}

/** Answers a page that was not opened from a cache: by the network, as if nothing were stored. */
async function unversioned(event, path) {
  const lists = await storedLists();
  try {
    const response = await fetch(event.request);
    const list = lists.at(-1);
    if (response.ok && list && path in list.on_demand && !(await stored(list, path))) {
      const verified = verifiedCopy(response.clone(), list.on_demand[path]);
      event.waitUntil(verified.then((copy) => copy && keep(list, path, copy)).catch(() => {}));
    }
    return response;
  } catch (error) {
    // With two versions nobody knows which one the page is of.
    const answer = lists.length === 1 ? await stored(lists[0], path) : undefined;
    if (answer) return answer;
    throw error;
  }
}

/** Stores a file; that there is no room for it is no failure. */
async function keep(list, path, response) {
  await (await cacheOf(list)).put(urlOf(path), response).catch(() => {});
}

addEventListener("install", (event) => {
  const install = async () => {
    if ((await storedLists()).length === 0) {
      const list = await fetchedList();
      if (!list) throw new Error("the site has no offline.json");
      await download(list);
    }
    await skipWaiting();
  };
  event.waitUntil(install());
});

addEventListener("activate", (event) => event.waitUntil(clients.claim()));

addEventListener("fetch", (event) => {
  const { request } = event;
  const path = pathOf(new URL(request.url));
  // The worker itself keeps the data sets.
  if (request.method !== "GET" || path === undefined || path.startsWith("data/")) return;
  if (request.headers.has("range")) return;
  const answer = request.mode === "navigate" ? opened(event, path) : answered(event, path);
  // Whatever fails here, the page gets what it would get without.
  event.respondWith(answer.catch(() => fetch(request)));
});
