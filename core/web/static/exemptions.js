// Exemptions: one tick for all, the day only where it counts, a file into the text.
"use strict";
(function () {
  document.querySelectorAll(".ex-all").forEach(function (all) {
    const rows = all.form.querySelectorAll("tbody input[type='checkbox']");
    all.hidden = false;
    all.addEventListener("change", function () {
      rows.forEach(function (row) { row.checked = all.checked; });
    });
  });

  document.querySelectorAll(".ex-ends").forEach(function (ends) {
    const choice = ends.querySelector("select");
    const day = ends.querySelector("input");
    function look() { day.hidden = choice.value !== "date"; }
    choice.addEventListener("change", look);
    look();
  });

  document.querySelectorAll(".ex-file").forEach(function (place) {
    const file = place.querySelector("input");
    const text = document.getElementById(file.dataset.into);
    place.hidden = false;
    file.addEventListener("change", function () {
      const chosen = file.files[0];
      if (!chosen) return;
      if (chosen.size > 1000000) {
        window.alert(file.dataset.tooLarge);
        file.value = "";
        return;
      }
      chosen.text().then(function (said) { text.value = said; });
    });
  });
})();
