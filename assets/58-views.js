/* Saved views: what is asked of them goes to the server through one store; links are copied here. */
(function () {
  "use strict";
  let count = 0;
  let last = {};
  const set = (id, props) => window.dash_clientside.set_props(id, props);

  function ask(given) {
    count += 1;
    last = { act: given.act, code: given.code, open: Boolean(document.activeElement.closest(".view-more")) };
    set("views-asked", { data: { ...given, search: window.location.search, count } });
  }

  async function copied(text) {
    try {
      await window.navigator.clipboard.writeText(text);
      return true;
    } catch (error) {
      return false; /* without https, or not allowed: then it is shown */
    }
  }

  async function copy(button) {
    const link = window.location.origin + button.dataset.href;
    set("views-said", { children: ((await copied(link)) ? "Copied " : "Copy this link: ") + link });
  }

  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button[data-view-act]") : null;
    if (button && button.dataset.viewAct === "copy") {
      copy(button);
    } else if (button) {
      ask({ act: button.dataset.viewAct, code: button.dataset.viewCode, on: button.dataset.on !== "true" });
    }
  });

  document.addEventListener("submit", (event) => {
    const form = event.target instanceof Element ? event.target.closest("form[data-view-form]") : null;
    if (form) {
      event.preventDefault();
      const team = form.querySelector("input[type=checkbox]");
      const name = form.querySelector("input[type=text], input:not([type])").value;
      ask({ act: form.dataset.viewForm, code: form.dataset.viewCode, name, on: Boolean(team && team.checked) });
    }
  });

  /* The view that is shown is marked when the list opens. */
  function mark() {
    const search = new URLSearchParams(window.location.search);
    ["as_of", "view"].forEach((key) => search.delete(key));
    const own = JSON.stringify([...search.entries()].sort());
    document.querySelectorAll(".view-row").forEach((row) => {
      const shown = JSON.stringify([...new URLSearchParams(row.dataset.query).entries()].sort()) === own;
      row.querySelector(".view-name").setAttribute("aria-current", String(shown));
    });
  }
  document.addEventListener("toggle", (event) => event.target.matches(".views-menu") && mark(), true);

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.tenure_views = {
    /* The list was drawn anew: the reader goes on where they were, or at what was said where that is gone. */
    drawn() {
      window.setTimeout(() => {
        const menu = document.querySelector(".views-menu[open]");
        if (!menu) {
          return;
        }
        mark();
        const same = [...menu.querySelectorAll(".view-row [data-view-act], .view-row [data-view-form]")].find(
          (item) => item.dataset.viewCode === last.code && [item.dataset.viewAct, item.dataset.viewForm].includes(last.act)
        );
        if (same && last.open) {
          same.closest(".view-more").open = true;
        }
        if (document.activeElement === document.body) {
          const control = same && same.matches("form") ? same.querySelector("input") : same;
          (control || menu.querySelector(".views-said button") || menu.querySelector("summary")).focus();
        }
      });
      return window.dash_clientside.no_update;
    },
  };
})();
