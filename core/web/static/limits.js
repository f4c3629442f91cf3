// One tick for all rows of a form's table.
"use strict";
(function () {
  document.querySelectorAll(".li-all").forEach(function (all) {
    const rows = all.form.querySelectorAll("tbody input[type='checkbox']");
    all.hidden = false;
    all.addEventListener("change", function () {
      rows.forEach(function (row) { row.checked = all.checked; });
    });
  });
})();
