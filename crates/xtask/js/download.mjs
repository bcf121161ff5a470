// Downloads one file: node download.mjs URL FILE. For machines without curl.
import { createWriteStream } from "node:fs";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";

const CONNECT_MS = 4_000;
const STALL_MS = 10_000;

const [url, file] = process.argv.slice(2);
const abort = new AbortController();
let timer;
const expectWithin = (ms) => {
  clearTimeout(timer);
  timer = setTimeout(() => abort.abort(new Error(`no answer within ${ms / 1000} s`)), ms);
};

try {
  expectWithin(CONNECT_MS);
  const response = await fetch(url, { signal: abort.signal });
  if (!response.ok) throw new Error(`HTTP status ${response.status}`);
  const watch = new Transform({
    transform(chunk, _encoding, done) {
      expectWithin(STALL_MS);
      done(null, chunk);
    },
  });
  await pipeline(Readable.fromWeb(response.body), watch, createWriteStream(file));
  clearTimeout(timer);
} catch (error) {
  console.error(error.cause?.message ?? error.message);
  process.exit(1);
}
