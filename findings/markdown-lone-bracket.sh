#!/usr/bin/env bash
# Software:   commonmark 0.31.2, markdown-it 15.0.3, marked 18.2.1 (HTML allowed in each).
# Behaviour:  a custom element whose start tag ends with `>` on a line of its own, as code formatters write it, comes out
#             as escaped text with an empty quotation; with the `>` behind the last attribute it comes out whole.
# One would guess: HTML is allowed, and where a tag breaks its lines does not matter.
# Found in:   CommonMark's specification, "HTML blocks" (a start of the seventh kind is one line) and "Block quotes":
#             the line that begins with `>` opens one before any tag within the paragraph is looked for.
# Meets us:   a post that embeds a generator as an element with several attributes.
# Seen:       28 November 2026.
set -euo pipefail
source "$(dirname "$0")/lib.sh"

npm_packages commonmark@0.31.2 markdown-it@15.0.3 marked@18.2.1

seen=$(javascript <<'JS'
import { HtmlRenderer, Parser } from "commonmark";
import MarkdownIt from "markdown-it";
import { marked } from "marked";

const engines = {
  commonmark: (text) => new HtmlRenderer().render(new Parser().parse(text)),
  "markdown-it": (text) => new MarkdownIt({ html: true }).render(text),
  marked: (text) => marked.parse(text),
};
const element = (end) => `<x-sampler\n  src="digits.safetensors"\n  count="16"${end}\n</x-sampler>\n`;
for (const [name, render] of Object.entries(engines)) {
  for (const [where, end] of Object.entries({ "on its own line": "\n>", "behind an attribute": ">" })) {
    const html = render(element(end));
    const fate = html.includes("<x-sampler") ? "an element" : "text";
    console.log(`${name}, > ${where}: ${fate}${html.includes("<blockquote>") ? " and a quotation" : ""}`);
  }
}
JS
)
as_stated "$seen" <<'STATED'
commonmark, > on its own line: text and a quotation
commonmark, > behind an attribute: an element
markdown-it, > on its own line: text and a quotation
markdown-it, > behind an attribute: an element
marked, > on its own line: text and a quotation
marked, > behind an attribute: an element
STATED
