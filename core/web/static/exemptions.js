// Exemptions: one tick for all, the day only where it counts.
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
})();
