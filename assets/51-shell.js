/* Small behaviour of the frame, by delegation: one listener each, nothing inline. */
(function () {
  "use strict";
  const root = document.documentElement;

  /* To another page of the application without loading it anew. */
  window.tenureGo = function (href) {
    window.history.pushState({}, "", href);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    window.scrollTo(0, 0);
  };

  /* Links to other pages that Dash's renderer does not draw. */
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[data-route]") : null;
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      window.tenureGo(link.getAttribute("href"));
    }
  });

  function navigation(open) {
    document.body.classList.toggle("nav-open", open);
    const toggle = document.querySelector(".nav-toggle");
    if (toggle) {
      toggle.setAttribute("aria-expanded", String(open));
    }
  }

  const actions = {
    nav(button) {
      const open = button.getAttribute("aria-expanded") !== "true";
      navigation(open);
      if (open) {
        const first = document.querySelector("#nav a");
        if (first) {
          first.focus();
        }
      }
    },
    dismiss() {
      window.dash_clientside.set_props("shell-toast", { children: null });
    },
    reload() {
      window.location.reload();
    },
    again(button) {
      window.tenureAgain(button);
    },
    table(button) {
      const card = button.closest(".chart-card");
      const shown = card.dataset.view === "table";
      card.dataset.view = shown ? "chart" : "table";
      button.setAttribute("aria-pressed", String(!shown));
      if (shown) {
        card.querySelectorAll(".js-plotly-plot").forEach((plot) => window.Plotly.Plots.resize(plot));
      }
    },
  };

  function markTheme() {
    document.querySelectorAll("[data-theme-choice]").forEach((item) => {
      if (item !== root) {
        item.setAttribute("aria-pressed", String(item.dataset.themeChoice === root.dataset.themeChoice));
      }
    });
  }

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (!target) {
      return;
    }
    /* A click elsewhere closes what is open. */
    document.querySelectorAll("details.disclosure[open]").forEach((details) => {
      if (!details.contains(target)) {
        details.open = false;
      }
    });
    const chosen = target.closest("button[data-theme-choice]");
    if (chosen) {
      window.tenureTheme(chosen.dataset.themeChoice);
      markTheme();
    }
    const acting = target.closest("[data-action]");
    if (acting && actions[acting.dataset.action]) {
      actions[acting.dataset.action](acting);
    } else if (document.body.classList.contains("nav-open") && !target.closest("#nav")) {
      navigation(false);
    }
  });

  document.addEventListener("toggle", markTheme, true);

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") {
      return;
    }
    navigation(false);
    document.querySelectorAll("details.disclosure[open]").forEach((details) => {
      const inside = details.contains(document.activeElement);
      details.open = false;
      if (inside) {
        details.querySelector("summary").focus();
      }
    });
  });

  let first = true;
  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.tenure = Object.assign(window.dash_clientside.tenure || {}, {
    /* A page has arrived: mark it in the navigation and, after the first one, move the focus to it or where it says. */
    arrived(pathname) {
      const path = pathname || "/";
      navigation(false);
      document.querySelectorAll("#nav a").forEach((link) => {
        const own = new URL(link.href, window.location.origin).pathname;
        const here = own === "/" ? path === "/" : path === own || path.startsWith(own + "/");
        if (here) {
          link.setAttribute("aria-current", "page");
        } else {
          link.removeAttribute("aria-current");
        }
      });
      const main = document.getElementById("main");
      if (main && !first) {
        (main.querySelector("[data-focus-first]") || main).focus({ preventScroll: true });
        window.scrollTo(0, 0);
      }
      first = false;
      return window.dash_clientside.no_update;
    },
  });
})();
