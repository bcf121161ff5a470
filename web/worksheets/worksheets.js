// Which language is shown, in which colours, and what is printed. Without this script both languages
// follow one another, and all is printed.

(function () {
  "use strict";
  const root = document.documentElement;
  const CODES = { en: "en", zh: "zh-Hans" };
  const TITLES = { en: "Worksheets – GAN Playground", zh: "学习单 – GAN 游乐场" };

  /** The language that a place such as `#zh`, `#zh-repairs` or `#lang=zh` stands for. */
  function languageOfPlace() {
    const found = /^#(?:lang=)?(en|zh)(?:$|[-&])/.exec(location.hash);
    return found && found[1];
  }

  function languageOfBrowser() {
    const codes = (navigator.languages || [navigator.language]).map((code) => code.slice(0, 2));
    return codes.find((code) => code in CODES);
  }

  function language() {
    const asked = new URLSearchParams(location.search).get("lang");
    return languageOfPlace() || (asked in CODES ? asked : languageOfBrowser() || "en");
  }

  function show(chosen) {
    root.lang = CODES[chosen];
    root.dataset.language = chosen;
    document.title = TITLES[chosen];
    // The other language opens at the same worksheet.
    const place = /^#(?:en|zh)(-.+)$/.exec(location.hash);
    for (const link of document.querySelectorAll("nav [hreflang]")) {
      const code = link.hreflang.slice(0, 2);
      link.href = `#${code}${place ? place[1] : ""}`;
      if (code === chosen) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  /** As the playground was told. */
  function theme() {
    let chosen = null;
    try {
      chosen = localStorage.getItem("gan-playground-theme");
    } catch {
      // Storage is forbidden: as the system asks.
    }
    if (chosen === "dark" || chosen === "light") root.dataset.theme = chosen;
  }

  /** Lessons' addresses in full, to be typed from paper. */
  function writeAddresses() {
    if (!location.protocol.startsWith("http") || /^(localhost|127\.|\[)/.test(location.hostname)) return;
    for (const place of document.querySelectorAll(".address")) {
      const link = place.closest("p").querySelector("a");
      place.textContent = link.href.replace(/^https?:\/\//, "");
    }
  }

  function print(what, part) {
    root.dataset.print = what;
    part?.setAttribute("data-printed", "");
    addEventListener(
      "afterprint",
      () => {
        delete root.dataset.print;
        part?.removeAttribute("data-printed");
      },
      { once: true },
    );
    window.print();
  }

  root.dataset.scripted = "";
  root.dataset.language = language();
  theme();
  addEventListener("DOMContentLoaded", () => {
    show(language());
    writeAddresses();
    document.addEventListener("click", ({ target }) => {
      const button = target.closest("[data-prints]");
      if (button) print(button.dataset.prints, button.closest(".sheet, .reading"));
    });
  });
  addEventListener("hashchange", () => {
    const chosen = languageOfPlace() || root.dataset.language;
    if (chosen === root.dataset.language) return show(chosen);
    show(chosen);
    // It was not there to be scrolled to.
    document.getElementById(location.hash.slice(1))?.scrollIntoView();
  });
})();
