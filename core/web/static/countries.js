// The list of countries: finds one by name or code, and counts the ticks. Without it all stand there.
"use strict";
(function () {
  const form = document.getElementById("choose");
  const search = form && form.querySelector("[data-search]");
  if (!search) return;
  const rows = Array.from(form.querySelectorAll("[data-country]"));
  const others = form.querySelector("[data-others]");
  const nothing = form.querySelector("[data-nothing]");
  const count = form.querySelector("[data-count]");
  const plain = function (text) {
    return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLocaleLowerCase();
  };
  form.querySelectorAll("[data-with-script]").forEach(function (part) { part.hidden = false; });

  search.addEventListener("input", function () {
    const wanted = plain(search.value.trim());
    let found = 0;
    rows.forEach(function (row) {
      row.hidden = !plain(row.dataset.country).includes(wanted);
      if (!row.hidden) found += 1;
    });
    if (wanted) others.open = true;
    nothing.hidden = found > 0;
    nothing.textContent = found ? "" : search.dataset.none;
  });

  // Return in the search box would send the form.
  search.addEventListener("keydown", function (event) {
    if (event.key === "Enter") event.preventDefault();
  });

  const tell = function () {
    count.textContent = form.querySelectorAll("input[name=country]:checked").length;
  };
  form.addEventListener("change", tell);
  tell();
})();
