/* Search or jump to: a dialog with a combobox. Pages, views, customers and products come from the server, actions are here. */
(function () {
  "use strict";
  const WAIT_MS = 150;
  const ACTIONS = [
    ["Switch between light and dark", "t", () => window.tenureKeys.theme()],
    ["Go to the filters", "f", () => window.tenureKeys.filters()],
    ["Open the first export menu", "e", () => window.tenureKeys.exports()],
    ["Help: keyboard shortcuts", "?", () => window.tenureKeys.sheet()],
  ];
  let timer = 0;
  let options = [];
  let active = -1;

  const dialog = () => document.getElementById("palette-dialog");
  const input = () => document.getElementById("palette-input");
  const text = () => input().value.trim();

  function element(name, attributes, ...children) {
    const made = document.createElement(name);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    made.append(...children);
    return made;
  }

  function build(box) {
    const field = element("input", {
      id: "palette-input", type: "text", role: "combobox", class: "form-control", autocomplete: "off", spellcheck: "false",
      maxlength: "100", placeholder: "Page, view, customer, product or action", "aria-autocomplete": "list",
      "aria-controls": "palette-list", "aria-expanded": "false", "aria-label": "Search or jump to",
    });
    field.addEventListener("input", () => {
      draw([]);
      window.clearTimeout(timer);
      timer = window.setTimeout(ask, WAIT_MS);
    });
    field.addEventListener("keydown", pressed);
    const list = element("div", { id: "palette-list", role: "listbox", "aria-label": "Results", hidden: "" });
    list.addEventListener("mousedown", (event) => event.preventDefault()); /* the focus stays in the field */
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) {
        choose(Number(option.dataset.place));
      }
    });
    box.append(field, list, element("p", { id: "palette-said", role: "status", class: "hint" }));
    box.addEventListener("click", (event) => event.target === box && box.close());
  }

  function ask() {
    window.dash_clientside.set_props("palette-asked", { data: { text: text(), at: Date.now() } });
  }

  /* The pages carry the filters, as the navigation does. */
  function address(href) {
    const link = [...document.querySelectorAll("#nav a")].find((item) => new URL(item.href).pathname === href);
    return link ? link.getAttribute("href") : href;
  }

  function actions() {
    const wanted = text().toLowerCase();
    const fitting = ACTIONS.filter(([title]) => title.toLowerCase().includes(wanted));
    return fitting.map(([title, hint, run]) => ({ title, hint, run }));
  }

  /* groups: what the server found; without an answer yet only the actions are there. */
  function draw(groups, said) {
    const list = document.getElementById("palette-list");
    const acting = actions();
    const all = acting.length ? [...groups, { title: "Actions", rows: acting }] : groups;
    options = all.flatMap((group) => group.rows);
    let place = 0;
    list.replaceChildren(...all.map((group, number) => {
      const title = element("div", { id: "palette-group-" + number, class: "palette-group", role: "presentation" }, group.title);
      const rows = group.rows.map((row) => {
        const words = [element("span", {}, row.title), element("span", { class: "hint" }, row.hint || "")];
        return element("div", { role: "option", id: "palette-option-" + place, "data-place": String(place++), "aria-selected": "false" }, ...words);
      });
      return element("div", { role: "group", "aria-labelledby": "palette-group-" + number }, title, ...rows);
    }));
    list.hidden = !options.length;
    input().setAttribute("aria-expanded", String(options.length > 0));
    document.getElementById("palette-said").textContent = said || "";
    move(options.length ? 0 : -1);
  }

  function move(to) {
    const rows = document.querySelectorAll("#palette-list [role=option]");
    rows.forEach((row, place) => row.setAttribute("aria-selected", String(place === to)));
    active = to;
    if (to < 0) {
      input().removeAttribute("aria-activedescendant");
    } else {
      input().setAttribute("aria-activedescendant", "palette-option-" + to);
      rows[to].scrollIntoView({ block: "nearest" });
    }
  }

  function pressed(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.isComposing || !options.length) {
      return;
    }
    if (event.key in steps) {
      event.preventDefault();
      move((active + steps[event.key] + options.length) % options.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      choose(active);
    }
  }

  function choose(place) {
    const option = options[place];
    dialog().close();
    if (option.run) {
      option.run();
    } else {
      window.tenureGo(address(option.href));
    }
  }

  window.tenurePalette = function () {
    const box = dialog();
    if (!box || box.open) {
      return box && box.close();
    }
    if (!input()) {
      build(box);
    }
    input().value = "";
    draw([]);
    box.showModal();
    input().focus();
    ask();
  };

  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-action=palette]")) {
      window.tenurePalette();
    }
  });

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.tenure_palette = {
    show(found) {
      if (found && dialog() && dialog().open && found.text === text()) {
        const count = found.groups.reduce((sum, group) => sum + group.rows.length, 0) + actions().length;
        draw(found.groups, count ? count + (count === 1 ? " result" : " results") : "Nothing found for “" + found.text + "”. Try a page, a view, or a whole customer number.");
      }
      return window.dash_clientside.no_update;
    },
  };
})();
