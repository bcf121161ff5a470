#!/usr/bin/env bash
# Software:   react and react-dom 19.3.1 (in jsdom 29.1.1), preact 11.2.0.
# Behaviour:  `<x-sampler controls="">` has its controls where React renders it before the element's script has run, and
#             has none where React renders it after. Preact does the same.
# One would guess: `controls=""` is on, as in HTML, and the order of two scripts does not matter.
# Found in:   react-dom's `setValueForPropertyOnCustomComponent`: where the element has a property of that name, the
#             value is assigned to it, and an empty string is false; before, it becomes an attribute.
# Meets us:   an element with boolean attributes that loads on demand, as heavy ones do.
# Seen:       28 November 2026.
set -euo pipefail
source "$(dirname "$0")/lib.sh"

npm_packages react@19.3.1 react-dom@19.3.1 preact@11.2.0 jsdom@29.1.1

seen=$(javascript <<'JS'
import { JSDOM } from "jsdom";

const { window } = new JSDOM("", { pretendToBeVisual: true });
for (const name of ["document", "HTMLElement", "Node"]) globalThis[name] = window[name];
Object.defineProperty(globalThis, "navigator", { value: window.navigator, configurable: true });
Object.assign(globalThis, { window, IS_REACT_ACT_ENVIRONMENT: true });
const { act, createElement } = await import("react");
const { createRoot } = await import("react-dom/client");
const preact = await import("preact");

const renderers = {
  React: (place) => act(() => createRoot(place).render(createElement("x-react", { controls: "" }))),
  Preact: (place) => preact.render(preact.h("x-preact", { controls: "" }), place),
};
for (const [name, render] of Object.entries(renderers)) {
  const shown = async () => {
    const place = window.document.body.appendChild(window.document.createElement("div"));
    await render(place);
    return place.firstChild;
  };
  const before = await shown();
  window.customElements.define(
    `x-${name.toLowerCase()}`,
    class extends window.HTMLElement {
      get controls() {
        return this.hasAttribute("controls");
      }
      set controls(wanted) {
        this.toggleAttribute("controls", Boolean(wanted));
      }
    },
  );
  const after = await shown();
  console.log(`${name}: rendered before the definition ${before.controls}, after ${after.controls}`);
}
JS
)
as_stated "$seen" <<'STATED'
React: rendered before the definition true, after false
Preact: rendered before the definition true, after false
STATED
