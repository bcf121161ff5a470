// The element's look. A constructed sheet: a page's policy may forbid inline styles.

const CSS = `
:host {
  --_accent: var(--gan-sampler-accent, #4b57c8);
  --_background: var(--gan-sampler-background, #15171c);
  --_points: var(--gan-sampler-points, #ffa45c);
  --_radius: var(--gan-sampler-radius, 6px);
  --_text: var(--gan-sampler-text, currentColor);
  display: block;
  max-inline-size: 100%;
  color: var(--_text);
  font: 14px/1.4 system-ui, sans-serif;
  contain: layout;
}
:host([hidden]) { display: none; }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
.frame {
  position: relative;
  overflow: hidden;
  inline-size: 100%;
  border-radius: var(--_radius);
  background: var(--_background);
  color: #f2f3f5;
}
.frame > * { position: absolute; inset: 0; inline-size: 100%; block-size: 100%; }
canvas { object-fit: contain; color: var(--_points); image-rendering: pixelated; touch-action: manipulation; }
.walks canvas { cursor: grab; touch-action: none; }
.walks canvas:active { cursor: grabbing; }
.poster { object-fit: cover; }
.fallback { display: grid; place-items: center; overflow: hidden; }
.cover { display: grid; gap: 8px; place-content: center; justify-items: center; padding: 12px; text-align: center; }
.cover.veil { background: color-mix(in srgb, var(--_background) 82%, transparent); }
.cover button { background: var(--_background); }
.cover p { margin: 0; overflow-wrap: anywhere; }
progress { inline-size: min(160px, 60%); accent-color: var(--_accent); }
.board { right: auto; display: grid; place-items: center; cursor: crosshair; touch-action: none; user-select: none; -webkit-user-select: none; }
.board .hint { margin: 0; padding: 8px; text-align: center; pointer-events: none; overflow-wrap: anywhere; }
.pencil { position: absolute; outline: 2px solid var(--_accent); box-shadow: 0 0 0 3px #fff; pointer-events: none; }
.tools { display: inline-flex; gap: 6px; }
button[aria-pressed="true"] { border-color: currentColor; box-shadow: inset 0 0 0 1px currentColor; }
.picks { display: grid; }
.picks button { border: 0; border-radius: 0; background: none; padding: 0; min-block-size: 0; cursor: pointer; }
.picks button:hover { background: #ffffff2b; }
.picks button[aria-pressed="true"] { box-shadow: inset 0 0 0 2px #fff, inset 0 0 0 4px var(--_accent); }
.toolbar {
  display: flex;
  align-items: center;
  gap: 6px;
  block-size: 48px;
  overflow-x: auto;
  scrollbar-width: thin;
  container-type: inline-size;
}
.toolbar > * { flex: none; }
button, select {
  min-block-size: 36px;
  min-inline-size: 36px;
  padding: 0 10px;
  border: 1px solid color-mix(in srgb, currentColor 35%, transparent);
  border-radius: var(--_radius);
  background: transparent;
  color: inherit;
  font: inherit;
  cursor: pointer;
}
select option { color: #15171c; background: #fff; }
button:hover:not(:disabled) { background: color-mix(in srgb, currentColor 10%, transparent); }
button:disabled, select:disabled, input:disabled { opacity: 0.5; cursor: default; }
:focus-visible { outline: 3px solid var(--_accent); outline-offset: 2px; }
.frame :focus-visible { outline: 3px solid #fff; outline-offset: -3px; }
label { display: inline-flex; align-items: center; gap: 6px; }
label:has(> [hidden]) { display: none; }
input[type="range"] { inline-size: clamp(48px, 13cqi, 96px); accent-color: var(--_accent); }
.panel {
  position: absolute;
  inset: auto 0 0 0;
  block-size: auto;
  max-block-size: 60%;
  overflow: auto;
  display: grid;
  gap: 6px;
  padding: 10px;
  background: color-mix(in srgb, var(--_background) 92%, transparent);
}
.panel label { display: grid; grid-template-columns: 72px 1fr; }
.panel input { inline-size: 100%; }
.told { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (prefers-reduced-motion: no-preference) {
  canvas.fresh { animation: appear 180ms ease-out; }
  @keyframes appear { from { opacity: 0; } }
}
@media (forced-colors: active) { .picks button[aria-pressed="true"] { outline: 3px solid Highlight; outline-offset: -3px; } }
`;

let sheet;

/** The sheet, one for all elements. */
export function styleSheet() {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
  }
  return sheet;
}
