// Keeps the dashboard up to date, gently: never while somebody works in it or looks elsewhere.
"use strict";
(function () {
  const live = document.getElementById("live");
  if (!live || !window.fetch) return;
  const SECONDS = 30;

  const busy = function () {
    return live.contains(document.activeElement) || live.querySelector("details[open]") !== null;
  };

  const refresh = function () {
    if (document.hidden || busy()) return;
    fetch(live.dataset.live, { headers: { Accept: "text/html" }, credentials: "same-origin" })
      .then(function (answer) {
        if (!answer.ok || answer.redirected) throw new Error("not now");
        return answer.text();
      })
      .then(function (text) {
        if (busy()) return;
        const fresh = new DOMParser().parseFromString(text, "text/html").body;
        live.replaceChildren(...fresh.childNodes);
      })
      .catch(function () {});
  };

  if (live.hasAttribute("data-now")) refresh();
  window.setInterval(refresh, SECONDS * 1000);
})();
