// Another origin than that of the site: it shows the site's files, pages of a test, and misbehaves where
// it is told to.

import { createServer } from "node:http";
import { after, before } from "node:test";

import { siteUrl } from "./site.mjs";

/**
 * A server for the tests of the calling file. `answers` are functions by path; each is given the
 * response to write to. Any other path is that of the site's file, which other origins may read unless the
 * origin `isClosed`. As a proxy it is every host: the path alone matters.
 */
export function originOfThisFile(answers = {}, { isClosed = false } = {}) {
  const seen = [];
  const server = createServer(async (request, response) => {
    const path = new URL(request.url, "http://here/").pathname;
    seen.push(path);
    if (!isClosed) response.setHeader("Access-Control-Allow-Origin", "*");
    if (answers[path]) {
      answers[path](response);
      return;
    }
    const found = await fetch(new URL(`.${path}`, siteUrl()));
    response.writeHead(found.status, { "Content-Type": found.headers.get("Content-Type") ?? "text/plain" });
    response.end(Buffer.from(await found.arrayBuffer()));
  });
  before(() => new Promise((resolve) => server.listen(0, "127.0.0.1", resolve)));
  after(() => server.close());
  return {
    /** The address of `path` there. */
    url: (path) => new URL(path, `http://127.0.0.1:${server.address().port}/`).href,
    answers,
    /** Paths that were asked for so far. */
    seen,
  };
}
