// Light, dark or as the device has it; kept in this browser only.
const KEY = "gaobo-theme";
const device = window.matchMedia("(prefers-color-scheme: dark)");

function wish() {
  try {
    return window.localStorage.getItem(KEY) || "auto";
  } catch {
    return "auto";
  }
}

function show() {
  const chosen = wish();
  document.documentElement.dataset.bsTheme = chosen === "auto" ? (device.matches ? "dark" : "light") : chosen;
  for (const button of document.querySelectorAll("[data-theme]")) {
    button.setAttribute("aria-pressed", String(button.dataset.theme === chosen));
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-theme]");
  if (!button) return;
  try {
    window.localStorage.setItem(KEY, button.dataset.theme);
  } catch {
    // A browser that keeps nothing still shows the choice on this page.
    document.documentElement.dataset.bsTheme = button.dataset.theme;
    return;
  }
  show();
});
device.addEventListener("change", show);
show();
