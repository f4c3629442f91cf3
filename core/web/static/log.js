// Follows the log, opens its lines in place, shortens its addresses. Without it, links do the same.
"use strict";
(function () {
  const EVERY = 2000; // milliseconds between two looks
  const SLOWEST = 30000; // after looks without an answer
  const MOST = 500; // lines that stay on the page while following

  const lines = document.getElementById("mwlog-lines");
  const form = document.querySelector("[data-mwlog-search]");

  // What is empty is not part of the address.
  if (form) {
    form.addEventListener("submit", function () {
      const fields = Array.from(form.querySelectorAll("input[name], select[name]"));
      const empty = fields.filter(function (field) { return !field.value; });
      empty.forEach(function (field) { field.disabled = true; });
      window.setTimeout(function () { empty.forEach(function (field) { field.disabled = false; }); });
    });
    window.addEventListener("pageshow", function () {
      form.querySelectorAll("[disabled]").forEach(function (field) { field.disabled = false; });
    });
  }
  document.querySelectorAll("[data-mwlog-noscript]").forEach(function (button) { button.hidden = true; });

  const link = document.querySelector("[data-mwlog-link]");
  if (link && navigator.clipboard) {
    link.addEventListener("click", function (event) {
      event.preventDefault();
      navigator.clipboard.writeText(link.href).then(function () {
        link.querySelector("span").textContent = link.dataset.copied;
      }, function () { window.location.assign(link.href); });
    });
  }

  async function part(address, id) {
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    if (!answer.ok) throw Object.assign(new Error("status"), { status: answer.status });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.getElementById(id);
    if (!found) throw new Error("no such part");
    return found;
  }

  function prepare(root) {
    root.querySelectorAll("[data-open], [data-storm]").forEach(function (control) {
      control.setAttribute("role", "button");
      control.setAttribute("aria-expanded", "false");
    });
  }

  function openStorm(control) {
    const open = control.getAttribute("aria-expanded") !== "true";
    control.setAttribute("aria-expanded", String(open));
    lines.querySelectorAll('[data-member-of="' + control.dataset.storm + '"]').forEach(function (row) {
      row.hidden = !open;
      if (!open && row.nextElementSibling && row.nextElementSibling.matches(".mwlog-opened")) row.nextElementSibling.remove();
    });
  }

  async function openLine(control) {
    const row = control.closest("tr");
    const next = row.nextElementSibling;
    if (next && next.classList.contains("mwlog-opened")) {
      next.remove();
      control.setAttribute("aria-expanded", "false");
      return;
    }
    control.setAttribute("aria-busy", "true");
    try {
      const address = new URL(control.href);
      address.searchParams.set("part", "1");
      const found = await part(address, "mwlog-part");
      found.removeAttribute("id");
      const opened = document.createElement("tr");
      opened.className = "mwlog-opened";
      const cell = opened.appendChild(document.createElement("td"));
      cell.colSpan = 6;
      cell.appendChild(document.adoptNode(found));
      row.after(opened);
      control.setAttribute("aria-expanded", "true");
    } catch (error) {
      window.location.assign(control.href);
    } finally {
      control.removeAttribute("aria-busy");
    }
  }

  if (lines) {
    prepare(lines);
    lines.addEventListener("click", function (event) {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
      const control = event.target.closest("[data-open], [data-storm]");
      if (!control) return;
      event.preventDefault();
      if (control.dataset.storm) openStorm(control);
      else openLine(control);
    });
    lines.addEventListener("keydown", function (event) {
      const control = event.target.closest("[data-open], [data-storm]");
      if (!control || event.key !== " ") return;
      event.preventDefault();
      control.click();
    });
  }

  const place = document.querySelector("[data-mwlog-follow]");
  if (!lines || !place || !place.dataset.mwlogFollow) return;
  const button = place.querySelector("[data-start]");
  const said = place.querySelector("[data-said]");
  const MARK = "#live";
  let last = place.dataset.last;
  let running = false;
  let timer = 0;
  let pause = EVERY;

  function take(found) {
    last = found.dataset.last;
    const rows = Array.from(found.querySelectorAll("tbody > tr")).filter(function (row) {
      return !document.getElementById(row.id);
    });
    rows.reverse().forEach(function (row) {
      const fresh = document.adoptNode(row);
      fresh.classList.add("mwlog-fresh");
      prepare(fresh);
      lines.prepend(fresh);
    });
    while (lines.rows.length > MOST) lines.deleteRow(-1);
    if (rows.length) {
      document.querySelector(".mwlog-scroll").hidden = false;
      const empty = document.querySelector("[data-mwlog-empty]");
      if (empty) empty.remove();
    }
    return found.dataset.leftOut;
  }

  async function look() {
    window.clearTimeout(timer);
    if (!running) return;
    if (!document.hidden) {
      try {
        const address = new URL(place.dataset.mwlogFollow, window.location.href);
        address.searchParams.set("after", last);
        const leftOut = take(await part(address, "mwlog-new"));
        const text = leftOut || said.dataset.following;
        if (said.textContent !== text) said.textContent = text;
        pause = EVERY;
      } catch (error) {
        if (error.status === 401 || error.status === 403) {
          toggle();
          said.textContent = said.dataset.ended;
          return;
        }
        said.textContent = said.dataset.lost;
        pause = Math.min(pause * 2, SLOWEST);
      }
    }
    if (running) timer = window.setTimeout(look, pause);
  }

  function toggle() {
    running = !running;
    button.setAttribute("aria-pressed", String(running));
    button.querySelector("[data-label-start]").hidden = running;
    button.querySelector("[data-label-stop]").hidden = !running;
    said.textContent = running ? said.dataset.following : "";
    const here = window.location.pathname + window.location.search + (running ? MARK : "");
    window.history.replaceState(null, "", here); // so that a reload goes on following
    if (running) look();
  }

  place.hidden = false;
  button.addEventListener("click", toggle);
  if (window.location.hash === MARK) toggle();
})();
