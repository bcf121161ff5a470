// Posts of others, with the widget in them.

import { contextOfThisFile } from "./browser.mjs";
import { originOfThisFile } from "./origin.mjs";

/** A generator of digits, in the site. */
export const WEIGHTS = "pretrained/mnist-dcgan.safetensors";
const SCRIPT = "/widget/gan-sampler.js";

/**
 * Gives `post(t, body, options)`, which opens a page with `body` on an origin that has the site's files,
 * and `page`, `sampler` (its first element), what it asked for and what it said. The element's script is
 * that of the page's own origin; with `script` it comes from another address, or with `null` not yet.
 * `policy` is the page's policy, `init` and `context` are as for `contextOfThisFile`.
 */
export function postsOfThisFile() {
  const contextOf = contextOfThisFile();
  const blog = originOfThisFile({ "/favicon.ico": (response) => response.writeHead(204).end() });
  return async function post(t, body, { policy, script = SCRIPT, ...options } = {}) {
    const context = await contextOf(t, options);
    const tag = script === null ? "" : `<script type="module" src="${script}"></script>`;
    const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>A post</title>
      ${tag}<body><main><h1>A post</h1>${body}</main>`;
    blog.answers["/a-post"] = (response) => {
      const headers = policy ? { "Content-Security-Policy": policy } : {};
      response.writeHead(200, { "Content-Type": "text/html", ...headers }).end(html);
    };
    const page = await context.newPage();
    const [asked, said] = [[], []];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    page.on("console", (message) => message.type() === "error" && said.push(message.text()));
    page.on("pageerror", (error) => said.push(error.message));
    await page.goto(blog.url("/a-post"));
    return { page, asked, said, sampler: page.locator("gan-sampler").first() };
  };
}

/** Has the element's script come late, to a post without it; what stands in the page is an element then. */
export async function scriptArrives(page) {
  await page.addScriptTag({ type: "module", url: SCRIPT });
  await page.evaluate(() => customElements.whenDefined("gan-sampler").then(() => {}));
}

export const picture = (sampler) => sampler.locator("canvas");

/** Brings the element into view and waits until samples are on the screen. */
export async function drawn(sampler) {
  await sampler.scrollIntoViewIfNeeded();
  await picture(sampler).waitFor({ state: "visible", timeout: 10_000 });
}

/** The picture's pixels, as one text. */
export const pixels = (sampler) => picture(sampler).evaluate((canvas) => canvas.toDataURL());
