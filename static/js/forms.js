// Forms: sent once, not left by accident, filters applied at once, errors found at once.

const BUSY_TEXT = "正在提交…";

function submitter(form, event) {
  return event.submitter || form.querySelector("button[type=submit], button:not([type])");
}

// A second click must not do the thing a second time. The name and value of the pressed button are kept in a hidden
// field, because a switched-off button is not sent.
function sendOnce(form, event) {
  if (form.dataset.sent === "yes") {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  const button = submitter(form, event);
  if (!button) return;
  if (button.name) {
    const copy = document.createElement("input");
    copy.type = "hidden";
    copy.name = button.name;
    copy.value = button.value;
    copy.dataset.copied = "yes";
    form.append(copy);
  }
  button.dataset.label = button.textContent;
  button.textContent = BUSY_TEXT;
  button.setAttribute("aria-busy", "true");
  button.disabled = true;
}

function wakeUp(form) {
  delete form.dataset.sent;
  for (const copy of form.querySelectorAll("[data-copied]")) copy.remove();
  for (const button of form.querySelectorAll("button[aria-busy]")) {
    button.disabled = false;
    button.removeAttribute("aria-busy");
    button.textContent = button.dataset.label;
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented) return;
  form.dataset.leaving = "yes";
  if (form.matches("[data-submit-once]")) sendOnce(form, event);
});

// Coming back with the browser's button: the page is shown from memory and its form must work again.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form")) {
    delete form.dataset.leaving;
    wakeUp(form);
    if (form.matches("[data-auto-submit]")) for (const field of form.elements) field.disabled = false;
  }
});

// Unsaved changes.
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-warn-unsaved]");
  if (form) form.dataset.changed = "yes";
});

window.addEventListener("beforeunload", (event) => {
  const open = document.querySelector('form[data-changed="yes"]:not([data-leaving])');
  if (open) event.preventDefault();
});

// Filters: a choice made with mouse or finger applies at once. With the keyboard the page waits for Enter or the button,
// because walking through a list with the arrows must not load a page at every step.
let pause = 0;
let byHand = false;

document.addEventListener("pointerdown", () => (byHand = true), true);
document.addEventListener("keydown", () => (byHand = false), true);

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-auto-submit]");
  if (!form || !byHand || !event.target.matches("select, input[type=checkbox], input[type=radio]")) return;
  window.clearTimeout(pause);
  pause = window.setTimeout(() => form.requestSubmit(), 0);
});

// Empty filters do not belong in the address.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-auto-submit]")) return;
  for (const field of event.target.elements) if (field.name && field.value === "") field.disabled = true;
});

// The error summary is the first thing to be read after a refused form.
document.querySelector("[data-focus]")?.focus();
