// Forms for settings: all of it works without, this makes it quicker.
"use strict";
(function () {
  // Inheriting: a change of the control means that it is to be set here.
  document.querySelectorAll("[data-setting]").forEach(function (field) {
    const inherit = field.querySelector(".sf-inherit input");
    const control = field.querySelector(".sf-control");
    if (!inherit || !control) return;
    function look() {
      field.classList.toggle("sf-inherits", inherit.checked);
    }
    function own() {
      inherit.checked = false;
      look();
    }
    inherit.addEventListener("change", look);
    control.addEventListener("change", own);
    control.addEventListener("input", function (event) {
      if (event.target.type !== "search") own();
    });
    look();
  });

  // Countries: a search, and badges for what is ticked.
  document.querySelectorAll(".sf-countries").forEach(function (list) {
    const search = list.querySelector(".sf-search");
    const rows = Array.from(list.querySelectorAll(".sf-ticks li"));
    const picked = list.querySelector(".sf-picked");
    function plain(text) {
      return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
    }
    search.hidden = false;
    const words = search.querySelector("input");
    words.addEventListener("input", function (event) {
      event.stopPropagation();
      const wanted = plain(words.value.trim());
      rows.forEach(function (row) {
        row.hidden = !plain(row.textContent).includes(wanted);
      });
    });
    words.addEventListener("change", function (event) { event.stopPropagation(); });
    words.addEventListener("keydown", function (event) {
      if (event.key !== "Enter") return;
      event.preventDefault();
      const first = rows.find(function (row) { return !row.hidden; });
      if (first && words.value.trim()) first.querySelector("input").click();
    });
    list.querySelector(".sf-ticks").addEventListener("change", function () {
      const ticked = rows.filter(function (row) { return row.querySelector("input").checked; });
      picked.replaceChildren();
      ticked.forEach(function (row) {
        const badge = document.createElement("span");
        badge.className = "mw-badge";
        badge.textContent = row.querySelector("label").firstChild.textContent.trim();
        picked.append(badge, " ");
      });
      if (!ticked.length) picked.textContent = picked.dataset.none;
    });
  });

  // Refusals: what somebody reads, while it is written.
  document.querySelectorAll(".sf-preview").forEach(function (preview) {
    const field = preview.closest("[data-setting]");
    const form = field.closest("form");
    const text = field.querySelector("textarea");
    const contact = form ? form.querySelector("[name='text-contact']") : null;
    const sample = JSON.parse(preview.dataset.sample);
    function show() {
      if (contact && contact.value.trim()) sample.contact = contact.value.trim();
      const said = text.value.replace(/\{\{|\}\}|\{(\w+)\}/g, function (whole, word) {
        if (!word) return whole[0];
        return word in sample ? sample[word] : whole;
      });
      preview.querySelector(".sf-text").textContent = said;
    }
    text.addEventListener("input", show);
    if (contact) contact.addEventListener("input", show);
  });
})();
