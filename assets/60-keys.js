/* Keys without the mouse. The sheet says which there are; single keys never fire while somebody writes, and can be off. */
(function () {
  "use strict";
  const COOKIE = "tenure-keys"; /* outlives signing out, which empties the storage; says nothing about anybody */
  const SECOND_KEY_MS = 1500;
  const WRITING = "input:not([type=file], [type=checkbox], [type=radio]), textarea, select, [contenteditable], [role=combobox], [role=textbox]";
  let begun = -Infinity;

  const isOff = () => document.cookie.split("; ").includes(COOKIE + "=off");
  const visible = (item) => item.offsetParent !== null;
  const first = (selector) => [...document.querySelectorAll(selector)].find(visible);

  function turn(off) {
    const secure = window.location.protocol === "https:" ? "; secure" : "";
    document.cookie = COOKIE + "=off; path=/; samesite=lax; max-age=" + (off ? 31536000 : 0) + secure;
    mark();
  }

  function mark() {
    const control = document.querySelector("[data-action=single-keys]");
    if (control) {
      control.setAttribute("aria-checked", String(!isOff()));
    }
  }

  const acts = {
    theme() {
      window.tenureTheme(document.documentElement.dataset.bsTheme === "dark" ? "light" : "dark");
    },
    filters() {
      const fold = document.querySelector(".filters-fold");
      if (fold) {
        fold.open = true;
        const control = first(".filter-controls select, .filter-controls summary, .filter-controls input");
        if (control) {
          control.focus();
        }
      }
    },
    exports() {
      const way = first('main summary[title^="Export"], main a[href^="/export/"]');
      if (way) {
        way.parentElement.open = true; /* a menu; a link has no such thing */
        way.focus();
      }
    },
    sheet() {
      const sheet = document.getElementById("shortcuts");
      if (sheet && !sheet.open) {
        mark();
        sheet.showModal();
      }
    },
  };
  window.tenureKeys = acts;

  function go(key) {
    const line = document.querySelector('#shortcuts [data-go="' + CSS.escape(key) + '"]');
    if (line) {
      const link = [...document.querySelectorAll("#nav a")].find((item) => new URL(item.href).pathname === line.dataset.path);
      window.tenureGo(link ? link.getAttribute("href") : line.dataset.path);
    }
    return Boolean(line);
  }

  const single = {
    "/": () => window.tenurePalette(),
    "?": acts.sheet,
    f: acts.filters,
    e: acts.exports,
    t: acts.theme,
    g: () => (begun = performance.now()),
  };

  function obey(key) {
    if (performance.now() - begun < SECOND_KEY_MS) {
      begun = -Infinity;
      return go(key);
    }
    if (!Object.hasOwn(single, key)) {
      return false;
    }
    single[key]();
    return true;
  }

  document.addEventListener("keydown", (event) => {
    const target = event.target instanceof Element ? event.target : document.body;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      window.tenurePalette();
      return;
    }
    const busy = event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey;
    if (busy || isOff() || target.closest(WRITING) || document.querySelector("dialog[open]")) {
      return;
    }
    if (obey(event.key)) {
      event.preventDefault();
    }
  });

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const acting = target && target.closest("[data-action]");
    if (acting && acting.dataset.action === "shortcuts") {
      acts.sheet();
    } else if (acting && acting.dataset.action === "single-keys") {
      turn(!isOff());
    } else if (acting && acting.dataset.action === "close-dialog") {
      acting.closest("dialog").close();
    } else if (target && target.matches("dialog.sheet")) {
      target.close(); /* a click beside it */
    }
  });
})();
