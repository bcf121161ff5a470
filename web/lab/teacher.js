// What a teacher's link hides or locks, and its large letters: `?hide=settings,charts&lock=settings&view=projector`. It stands in the query,
// which the page leaves as it is when it writes a run into the address.

/** Parts of the page by the names that a link has for them. */
export const parts = {
  settings: ".settings, .spec",
  samples: ".sheets",
  charts: ".charts, .explanation",
  plane: ".lab-plane-panel",
  lessons: ".lab-lessons, .lab-lesson-list",
  findings: ".lab-findings",
  images: ".lab-images",
  timeline: ".lab-timeline",
  step: ".lab-scope",
  comparison: ".lab-beside",
  nets: ".lab-builder",
  pictures: ".lab-pictures",
  code: ".lab-code",
  take: "#take",
  runs: ".lab-shelf",
  teacher: ".lab-teacher",
};

const named = (key) => {
  const value = new URLSearchParams(location.search).get(key) ?? "";
  return value.split(",").filter((name) => Object.hasOwn(parts, name));
};

/** Whether a part is neither hidden nor locked. */
export const isOpen = (name) => !named("hide").includes(name) && !named("lock").includes(name);

/** Hides what the address hides, before it is drawn, and locks what it locks, whenever that is drawn. */
export function applyAddress() {
  if (new URLSearchParams(location.search).get("view") === "projector") {
    document.documentElement.dataset.view = "projector";
  }
  const [hidden, locked] = [named("hide"), named("lock")];
  if (hidden.length > 0) {
    const style = document.createElement("style");
    const selectors = hidden.map((name) => parts[name]).join(", ");
    style.textContent = `${selectors} { display: none !important; }`;
    document.head.append(style);
  }
  if (locked.length > 0) {
    const selectors = locked.map((name) => parts[name]).join(", ");
    const lock = () => {
      for (const part of document.querySelectorAll(selectors)) {
        part.inert = true;
        part.dataset.locked = "";
      }
    };
    lock();
    new MutationObserver(lock).observe(document, { childList: true, subtree: true });
  }
}
