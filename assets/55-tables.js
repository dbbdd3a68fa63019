/* The table behind a chart is drawn when somebody asks for it, from the words the server put into data-table. */
(function () {
  "use strict";

  function element(name, text, className, attributes) {
    const made = document.createElement(name);
    made.textContent = text;
    made.className = className || "";
    Object.entries(attributes || {}).forEach(([key, value]) => made.setAttribute(key, value));
    return made;
  }

  function row(cells, sides, name, attributes) {
    const made = document.createElement("tr");
    cells.forEach((cell, index) => made.append(element(name, cell, sides[index], attributes)));
    return made;
  }

  function act(picture, label, does) {
    const button = element("button", "", "icon-button", { type: "button", title: label, "aria-label": label });
    button.append(element("span", "", "icon icon-" + picture, { "aria-hidden": "true" }));
    button.addEventListener("click", does);
    return button;
  }

  /* What a click on the mark of this row does, for the keyboard: filter the page by it, show its customers. */
  function ways(card, mark, cells) {
    const made = element("td", "", "row-ways");
    const choice = card.dataset.choice;
    const name = cells.slice(0, 2).join(", ");
    if (mark && choice && mark[choice] && window.tenureMayChoose(choice, mark[choice])) {
      const filter = act("funnel", "Filter by " + name, () => window.tenureMark(card, mark, false));
      filter.setAttribute("aria-pressed", String(window.tenureIsChosen(choice, mark[choice])));
      made.append(filter);
    }
    if (mark) {
      made.append(act("people", "Customers: " + name, () => window.tenureMark(card, mark, true)));
    }
    return made;
  }

  function draw(card) {
    const words = JSON.parse(card.dataset.table);
    const marks = (words.marks || []).some(Boolean) ? words.marks : null;
    const table = element("table", "", "data-table");
    const head = document.createElement("thead");
    const body = document.createElement("tbody");
    head.append(row(words.columns, words.sides, "th", { scope: "col" }));
    words.rows.forEach((cells) => body.append(row(cells, words.sides, "td")));
    if (marks) {
      head.firstChild.prepend(element("th", "Who", "", { scope: "col" }));
      words.rows.forEach((cells, index) => body.children[index].prepend(ways(card, marks[index], cells)));
    }
    table.append(element("caption", words.caption), head, body);
    const scroll = element("div", "", "table-scroll", { role: "region", tabindex: "0", "aria-label": words.caption });
    scroll.append(table);
    card.querySelector(".card-table").replaceChildren(scroll, element("p", words.rest, "hint"));
  }

  new MutationObserver((changes) => {
    new Set(changes.map((change) => change.target)).forEach((card) => {
      if (card.dataset.view === "table" && card.dataset.table) {
        draw(card);
      }
    });
  }).observe(document.documentElement, { subtree: true, attributeFilter: ["data-table", "data-view"] });
})();
