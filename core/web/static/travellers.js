// A new pass: whoever fills a field means it, so its choice is ticked.
"use strict";
(function () {
  const form = document.querySelector("[data-mwtravel]");
  if (!form) return;
  const means = { "pass-country": "pass-kind-country", "pass-address": "pass-kind-address", "pass-date": "pass-until-date" };
  form.addEventListener("input", function (event) {
    const choice = form.querySelector("#" + (means[event.target.id] || "none"));
    if (choice && event.target.value) choice.checked = true;
  });
})();
