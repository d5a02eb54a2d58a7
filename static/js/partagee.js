/* Small behaviour of every page, by delegation on data- attributes. Every page works without it. */
(() => {
  "use strict";

  const closest = (event, selector) => (event.target instanceof Element ? event.target.closest(selector) : null);
  const token = () => document.querySelector("input[name=csrfmiddlewaretoken]")?.value;

  document.documentElement.classList.add("js");

  // The CSRF header, for htmx requests that have no form.
  document.addEventListener("htmx:configRequest", (event) => {
    const value = token();
    if (event.detail.verb !== "get" && value) event.detail.headers["X-CSRFToken"] = value;
  });

  // An expired session or a lost network during an htmx request: say so, keep what was typed.
  const warn = (key) => {
    const text = document.getElementById("shell-words")?.dataset[key];
    if (!text || document.querySelector(`.offline[data-key="${key}"]`)) return;
    const line = document.createElement("div");
    line.className = "offline";
    line.dataset.key = key;
    line.setAttribute("role", "alert");
    line.textContent = text;
    if (key === "expired") {
      const link = document.createElement("a");
      link.href = document.getElementById("shell-words").dataset.login;
      link.target = "_blank";
      link.textContent = document.getElementById("shell-words").dataset.again;
      line.append(" ", link);
    }
    document.body.append(line);
  };
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status === 401) warn("expired");
    else warn("failed");
  });
  document.addEventListener("htmx:sendError", () => warn("offline"));
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful) document.querySelectorAll(".offline").forEach((line) => line.remove());
  });

  // Focus: the error summary first, after a page load and after a swap.
  const focusErrors = (root) => root.querySelector("[data-error-summary]")?.focus();
  document.addEventListener("DOMContentLoaded", () => focusErrors(document));
  document.addEventListener("htmx:afterSettle", (event) => focusErrors(event.target));
  document.addEventListener("click", (event) => {
    const link = closest(event, "[data-error-summary] a");
    const field = link && document.getElementById(link.getAttribute("href").slice(1));
    if (field) {
      event.preventDefault();
      field.focus();
    }
  });

  // Tabs wider than a phone: the one that is open is in sight.
  document.querySelectorAll(".tabs [aria-current]").forEach((tab) => {
    const row = tab.closest(".tabs");
    row.scrollLeft = tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
  });

  // Forms: one sending only; the button says that it is busy.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    if (form.method === "post" && !form.matches("[hx-post]")) {
      form.dataset.sent = "true";
      event.submitter?.setAttribute("aria-busy", "true");
    }
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
    document.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  });

  // Copy, choices of an ambiguous amount, day picker, select that sends its form.
  document.addEventListener("click", async (event) => {
    const copy = closest(event, "[data-copy]");
    if (copy) {
      await navigator.clipboard.writeText(copy.dataset.copy);
      const said = copy.querySelector("[data-copied]");
      if (said) {
        const before = said.textContent;
        said.textContent = said.dataset.copied;
        setTimeout(() => { said.textContent = before; }, 2000);
      }
    }
    const choice = closest(event, "[data-choice]");
    const chosen = choice && document.getElementById(choice.dataset.for);
    if (chosen) {
      event.preventDefault();
      chosen.value = choice.dataset.choice;
      chosen.classList.remove("is-invalid");
      chosen.removeAttribute("aria-invalid");
      choice.closest(".field")?.querySelectorAll(".field-error, .field-choices").forEach((part) => part.remove());
      chosen.dispatchEvent(new Event("input", { bubbles: true }));
      chosen.dispatchEvent(new Event("change", { bubbles: true }));
      chosen.focus();
    }
    const pick = closest(event, "[data-pick-day]");
    if (pick) pick.querySelector("input").showPicker?.();
    if (closest(event, "[data-help]")) document.getElementById("shortcuts")?.showModal();
    document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
  document.addEventListener("change", (event) => {
    const pick = closest(event, "[data-pick-day]");
    if (pick && event.target.value) {
      const [year, month, day] = event.target.value.split("-");
      const text = document.getElementById(pick.dataset.pickDay);
      text.value = `${day}/${month}/${year}`;
      text.dispatchEvent(new Event("change", { bubbles: true }));
      text.focus();
    }
    const words = event.target.id && document.querySelector(`[data-day-words="${event.target.id}"]`);
    if (words) {
      fetch(`/typed/day?text=${encodeURIComponent(event.target.value)}`)
        .then((answer) => (answer.ok ? answer.text() : ""))
        .then((text) => { words.textContent = text; })
        .catch(() => { words.textContent = ""; });
    }
    if (closest(event, "[data-send]")) event.target.form.requestSubmit();
  });

  // Keyboard.
  const typing = (target) => target instanceof Element && target.closest("input, textarea, select, [contenteditable]") !== null;
  const press = (name) => {
    const found = [...document.querySelectorAll(`[data-shortcut~="${name}"]`)].find((part) => part.offsetParent !== null && !part.disabled);
    if (!found) return false;
    if (found.matches("input:not([type=submit]), textarea")) {
      found.focus();
      found.select();
    } else found.click();
    return true;
  };
  const singles = { n: "new", e: "edit", "/": "search", j: "next", k: "previous" };
  document.addEventListener("keydown", (event) => {
    const control = event.ctrlKey || event.metaKey;
    if (event.key === "Escape") document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
    if (event.key === "Enter" && !control && !event.shiftKey) {
      const last = closest(event, "[data-add-row]");
      const add = last && document.querySelector(last.dataset.addRow);
      if (add) {
        event.preventDefault();
        add.click();
      }
      return;
    }
    let done = false;
    if (control && event.key === "Enter") {
      done = press("submit");
      if (!done && event.target.form) { event.target.form.requestSubmit(); done = true; }
    } else if (control && event.key === "s") done = press("save");
    else if (!control && !event.altKey && !typing(event.target) && document.body.dataset.singleKeys !== "off") {
      if (singles[event.key]) done = press(singles[event.key]);
      else if (event.key === "?") {
        document.getElementById("shortcuts")?.showModal();
        done = true;
      }
    }
    if (done) event.preventDefault();
  });
})();
