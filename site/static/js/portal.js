/* What is nicer with a script; everything works without it. No inline code, no dependencies. */
(() => {
  "use strict";

  document.documentElement.classList.add("js");

  /* The second click: a form that is on its way is not sent again. The server's one-time key is the real guard. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method.toLowerCase() !== "post") return;
    if (form.dataset.sending) {
      event.preventDefault();
      return;
    }
    form.dataset.sending = "1";
    for (const button of form.querySelectorAll("button[type=submit], button:not([type])")) {
      button.setAttribute("aria-disabled", "true");
    }
  });

  /* Back to the page from the browser's memory: the form may be sent again. */
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sending]")) {
      delete form.dataset.sending;
      for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
    }
  });

  /* Menus that are <details>: Escape and a click beside them close them. */
  const openMenus = () => document.querySelectorAll("details[data-menu][open]");
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of openMenus()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  document.addEventListener("click", (event) => {
    for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
    if (event.target.closest("[data-print]")) window.print();
  });

  /* Filters apply at once; without the script their button does it. */
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (form && form.hasAttribute("data-auto")) form.requestSubmit();
  });

  /* Columns of a chart: one stop of the keyboard, arrows move inside it. */
  const STEPS = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };
  document.addEventListener("keydown", (event) => {
    const slot = event.target.closest?.("[data-chart] [tabindex]");
    if (!slot || !(event.key in STEPS)) return;
    const slots = [...slot.closest("[data-chart]").querySelectorAll("[tabindex]")];
    const index = Math.min(Math.max(slots.indexOf(slot) + STEPS[event.key], 0), slots.length - 1);
    event.preventDefault();
    slot.setAttribute("tabindex", "-1");
    slots[index].setAttribute("tabindex", "0");
    slots[index].focus();
  });

  /* The offline page says when the balance was last seen: a moment, no sum; forgotten where nobody is logged in. */
  const SEEN = "balance-seen";
  const seen = document.querySelector("[data-balance-seen]");
  try {
    if (seen) {
      const moment = localStorage.getItem(SEEN);
      const options = { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" };
      seen.hidden = !moment;
      if (moment) {
        seen.querySelector("[data-moment]").textContent = new Date(moment).toLocaleString(document.documentElement.lang, options);
      }
    } else if (!document.querySelector("form[action$='/logout/']")) localStorage.removeItem(SEEN);
    else if (location.pathname === "/personal/") localStorage.setItem(SEEN, new Date().toISOString());
  } catch {
    /* The browser keeps nothing. */
  }
  window.addEventListener("load", () => navigator.serviceWorker?.register("/service-worker.js").catch(() => {}));

  /* What is wrong is read first. */
  const summary = document.querySelector("[data-error-summary]");
  if (summary) summary.focus();
})();
