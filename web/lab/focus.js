// Keeps the focus on the page. Browsers drop it when what has it is hidden, disabled or taken away, most
// often by its own act; whoever goes by the keyboard or listens would begin at the top again. Where an
// act leads somewhere of its own, the act sees to it (`focus.rs`); this is for everything else.

const FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex]:not([tabindex='-1'])";

const isSeen = (element) =>
  element.checkVisibility?.({ visibilityProperty: true }) ?? element.getClientRects().length > 0;

const isUsable = (element) => element.isConnected && !element.matches(":disabled") && isSeen(element);

/** What had the focus last, with the elements around it and its place in each, the nearest first. */
let last = null;
let isLooking = false;

function remember(element) {
  const around = [];
  for (let inner = element; inner.parentElement && inner !== document.body; inner = inner.parentElement) {
    around.push({ parent: inner.parentElement, place: [...inner.parentElement.children].indexOf(inner) });
  }
  last = { element, around };
}

/**
 * What stands nearest to where the lost one stood: behind it, else before it, else the heading of what
 * it was part of.
 */
function nearest({ around }) {
  for (const { parent, place } of around) {
    if (!parent.isConnected || !isSeen(parent)) continue;
    const usable = (child) => [child, ...child.querySelectorAll("*")].filter((one) => one.matches(FOCUSABLE) && isUsable(one));
    const children = [...parent.children];
    const behind = children.slice(place).flatMap(usable)[0];
    const before = children.slice(0, place).flatMap(usable).at(-1);
    if (behind ?? before) return behind ?? before;
    const heading = parent.querySelector(":scope > :is(h2, h3, legend), :scope > figcaption :is(h2, h3)");
    if (heading && isSeen(heading)) {
      heading.tabIndex = -1;
      return heading;
    }
  }
  return document.getElementById("samples");
}

function look() {
  isLooking = false;
  const focused = document.activeElement;
  if (!last || (focused && focused !== document.body)) return;
  const lost = last;
  last = null;
  // Whoever has left something that is still there wanted to.
  if (!isUsable(lost.element)) nearest(lost)?.focus({ preventScroll: true });
}

/** Looks once the document has come to rest, and acts have had their say. */
function lookSoon() {
  if (isLooking || !last) return;
  isLooking = true;
  requestAnimationFrame(() => requestAnimationFrame(look));
}

/** Begins, for as long as the page lives. */
export function keepFocus() {
  document.addEventListener("focusin", ({ target }) => remember(target));
  document.addEventListener("focusout", ({ relatedTarget }) => {
    if (!relatedTarget) lookSoon();
  });
  // Not every browser tells of a loss.
  const changes = new MutationObserver(() => {
    if (document.activeElement === document.body) lookSoon();
  });
  changes.observe(document.body, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ["hidden", "disabled"],
  });
}
