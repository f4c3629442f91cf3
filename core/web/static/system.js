// Work in the background: shows how far it is, and loads the page anew when it is done.
"use strict";
(function () {
  const SECOND = 1000;

  async function look(box) {
    try {
      const answer = await fetch(box.dataset.done, { headers: { Accept: "text/html" } });
      if (!answer.ok) throw new Error("status");
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const found = page.getElementById("job");
      if (!found || !found.hasAttribute("data-poll")) {
        const done = new URL(box.dataset.done, window.location.href);
        const here = new URL(window.location.href);
        if (done.pathname + done.search === here.pathname + here.search) window.location.reload();
        else window.location.replace(done);
        return;
      }
      box.replaceChildren(...found.childNodes);
    } catch (error) {
      // The server is away for a moment: ask again.
    }
    window.setTimeout(look, SECOND, box);
  }

  // On a narrow screen the present tab may be out of sight.
  const tab = document.querySelector(".mwsy-tabs [aria-current]");
  if (tab) {
    const bar = tab.closest(".mwsy-tabs");
    bar.scrollLeft = tab.offsetLeft - (bar.clientWidth - tab.offsetWidth) / 2;
  }

  const box = document.querySelector("#job[data-poll]");
  if (box) window.setTimeout(look, SECOND, box);

  // A secret that is shown once is easily copied.
  document.querySelectorAll("[data-copy]").forEach(function (button) {
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", async function () {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
      button.textContent = button.dataset.copied;
    });
  });
})();
