// Runs before the first paint, so that a dark page never flashes white.
(function () {
  "use strict";
  let wish = null;
  try {
    wish = window.localStorage.getItem("gaobo-theme");
  } catch {
    wish = null;
  }
  const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.bsTheme = wish === "light" || wish === "dark" ? wish : dark ? "dark" : "light";
})();
