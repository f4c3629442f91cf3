// Light or dark, before the first paint: what the visitor chose, else what the panel around us is, else
// what the system says.
"use strict";
(function () {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const frame = window.frameElement;
  const around = frame && /^(light|dark)$/.test(frame.dataset.theme) ? frame.dataset.theme : "";
  function apply() {
    const root = document.documentElement;
    const place = root.dataset.theme ? root : document.querySelector(".mw-body");
    if (!place) return;
    const wanted = place.dataset.theme || "auto";
    const found = around || (dark.matches ? "dark" : "light");
    place.setAttribute("data-bs-theme", wanted === "auto" ? found : wanted);
  }
  apply();
  document.addEventListener("DOMContentLoaded", apply);
  dark.addEventListener("change", apply);
})();
