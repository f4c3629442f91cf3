// Light or dark, before the first paint: what the visitor chose, else what the system says.
"use strict";
(function () {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  function apply() {
    const root = document.documentElement;
    const place = root.dataset.theme ? root : document.querySelector(".mw-body");
    if (!place) return;
    const wanted = place.dataset.theme || "auto";
    place.setAttribute("data-bs-theme", wanted === "auto" ? (dark.matches ? "dark" : "light") : wanted);
  }
  apply();
  document.addEventListener("DOMContentLoaded", apply);
  dark.addEventListener("change", apply);
})();
