/* Sets the appearance before the first paint: the reader's choice, or the system's. */
(function () {
  "use strict";
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  let choice = "system";
  try {
    choice = window.localStorage.getItem("tenure-theme") || "system";
  } catch (error) {
    /* storage may be switched off; the system's appearance is a good answer */
  }
  function apply() {
    root.dataset.themeChoice = choice;
    root.dataset.bsTheme = choice === "system" ? (dark.matches ? "dark" : "light") : choice;
  }
  window.tenureTheme = function (next) {
    choice = next;
    try {
      window.localStorage.setItem("tenure-theme", next);
    } catch (error) {
      /* then it holds for this page only */
    }
    apply();
  };
  dark.addEventListener("change", apply);
  apply();
})();
