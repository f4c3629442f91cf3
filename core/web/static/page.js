// What every page does when scripts run; all of it works without.
"use strict";
(function () {
  // A panel's frame has no height of its own: tell the page around it how tall we are.
  if (document.documentElement.hasAttribute("data-tell-height") && window.parent !== window) {
    const tell = function () {
      const height = Math.ceil(document.body.getBoundingClientRect().height);
      window.parent.postMessage({ mailward: "height", height: height }, window.location.origin);
    };
    new ResizeObserver(tell).observe(document.body);
    window.addEventListener("load", tell);
  }

  // A panel that wants fields of its own in all that is sent names them on its frame (a query).
  const frame = window.frameElement;
  const fields = new URLSearchParams((frame && frame.dataset.fields) || "");
  document.addEventListener("submit", function (event) {
    if (event.target.method !== "post") return;
    fields.forEach(function (value, name) {
      const field = event.target.elements[name] || document.createElement("input");
      field.type = "hidden";
      field.name = name;
      field.value = value;
      // First: PHP reads no more than a thousand fields, and a panel's token must be among them.
      event.target.prepend(field);
    });
  });

  // The server learns the visitor's time zone once; it does the formatting.
  const asked = document.querySelector("[data-ask-zone]");
  if (asked) {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
    const form = new URLSearchParams(fields);
    form.set("zone", zone);
    form.set("csrf_token", asked.dataset.token);
    if (zone) fetch(asked.dataset.askZone, { method: "POST", body: form }).catch(function () {});
  }

  // A button that cannot be taken back asks first.
  document.addEventListener("submit", function (event) {
    const question = event.target.dataset.ask;
    if (question && !window.confirm(question)) event.preventDefault();
  });

  // A file is put into the field beside it, because uploads do not pass every panel. What is sent
  // is longer than the file: bridges and pages take two megabytes at once.
  const most = 1900000;
  document.querySelectorAll("[data-file-into]").forEach(function (control) {
    const input = control.querySelector("input");
    const field = document.getElementById(control.dataset.fileInto);
    control.hidden = false;
    input.addEventListener("change", async function () {
      const chosen = input.files[0];
      if (!chosen) return;
      const text = chosen.size > most ? "" : await chosen.text();
      const sent = new URLSearchParams({ text: text.replace(/\r?\n/g, "\r\n") });
      if (chosen.size > most || sent.toString().length > most) {
        window.alert(control.dataset.tooLarge);
        input.value = "";
      } else {
        field.value = text;
      }
    });
  });

  // A filter that takes effect when it is chosen.
  document.addEventListener("change", function (event) {
    const form = event.target.form;
    if (form && form.hasAttribute("data-send-on-change")) form.requestSubmit();
  });

  // Only one menu; a click outside closes it.
  document.addEventListener("click", function (event) {
    document.querySelectorAll("details.mw-menu[open]").forEach(function (menu) {
      if (!menu.contains(event.target)) menu.removeAttribute("open");
    });
  });
})();
