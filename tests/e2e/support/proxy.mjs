// The site with some files answered otherwise, from a server of the test's own. Unlike a routed
// request, an answer can come slowly, piece by piece.

import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

import { siteUrl } from "./browser.mjs";

const PIECES = 20;

/**
 * Serves the site for as long as the test `t` lives. `files` maps the end of a path to a body,
 * which takes `duration_ms` to come. Gives the address and the list of `files` asked for.
 */
export async function serveInstead(t, files, duration_ms) {
  const asked = [];
  const server = createServer(async (request, response) => {
    const found = Object.keys(files).find((end) => request.url.endsWith(end));
    if (found === undefined) {
      const answer = await fetch(new URL(request.url.slice(1), siteUrl()));
      const headers = Object.fromEntries(answer.headers);
      delete headers["transfer-encoding"];
      response.writeHead(answer.status, headers);
      response.end(Buffer.from(await answer.arrayBuffer()));
      return;
    }
    asked.push(found);
    const body = files[found];
    response.writeHead(200, {
      "content-type": "application/gzip",
      "content-length": body.length,
      "cross-origin-resource-policy": "same-origin",
    });
    const pieceBytes = Math.ceil(body.length / PIECES);
    for (let begin = 0; begin < body.length; begin += pieceBytes) {
      response.write(body.subarray(begin, begin + pieceBytes));
      await sleep(duration_ms / PIECES);
    }
    response.end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: new URL(`http://127.0.0.1:${server.address().port}/`), asked };
}
