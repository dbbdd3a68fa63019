/* The cohort matrix: drawn from the words the server put into data-matrix, walked through with the arrow keys. */
(function () {
  "use strict";
  const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

  function element(name, attributes, ...children) {
    const made = document.createElement(name);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    made.append(...children);
    return made;
  }

  function inside(text, href, said) {
    return href ? element("a", { href, title: said, "aria-label": said, tabindex: "-1" }, text) : element("span", { title: said }, text);
  }

  function cell(told, href) {
    if (!told) {
      return element("td", {});
    }
    const [text, kind, step, paysBack, said] = told;
    const looks = [kind && "is-" + kind, step !== null && "step-" + step, paysBack && "pays-back"].filter(Boolean);
    return element("td", { class: looks.join(" ") }, inside(kind === "open" ? text + "*" : text, href, said));
  }

  function line(row) {
    const made = element("tr", row.all ? { class: "of-all" } : {});
    made.append(element("th", { scope: "row" }, inside(row.head, row.href, row.said)));
    row.facts.forEach((fact, place) => made.append(element("td", { class: place === 3 ? "payback" : "" }, fact)));
    row.cells.forEach((told) => made.append(cell(told, row.href)));
    return made;
  }

  function draw(box) {
    if (!box.dataset.matrix) {
      box.replaceChildren();
      return;
    }
    const told = JSON.parse(box.dataset.matrix);
    const head = element("tr", {}, ...told.columns.map((name) => element("th", { scope: "col" }, name)));
    const body = element("tbody", {}, ...told.rows.map(line));
    const table = element("table", {}, element("caption", {}, told.caption), element("thead", {}, head), body);
    const said = element("p", { class: "matrix-said", "aria-hidden": "true" }, "\u00a0");
    box.replaceChildren(element("div", { class: "table-scroll", role: "region", "aria-label": told.caption, tabindex: "0" }, table), said);
    const first = table.querySelector("tbody a");
    if (first) {
      first.tabIndex = 0;
    }
  }

  function inMatrix(event) {
    return event.target instanceof Element ? event.target.closest(".cohort-matrix tbody a") : null;
  }

  /* The next link in that direction; rows and cells without one are passed over. */
  function next(from, down, right) {
    const place = from.closest("td, th");
    const rows = [...from.closest("tbody").rows];
    let row = rows.indexOf(place.parentElement) + down;
    let column = place.cellIndex + right;
    while (rows[row] && rows[row].cells[column]) {
      const found = rows[row].cells[column].querySelector("a");
      if (found) {
        return found;
      }
      row += down;
      column += right;
    }
    return null;
  }

  function say(link) {
    link.closest(".cohort-matrix").querySelector(".matrix-said").textContent = link.title;
  }

  document.addEventListener("keydown", (event) => {
    const link = inMatrix(event);
    const target = link && STEPS[event.key] && !event.ctrlKey && !event.metaKey && !event.altKey && next(link, ...STEPS[event.key]);
    if (target) {
      event.preventDefault();
      target.focus();
    }
  });

  document.addEventListener("focusin", (event) => {
    const link = inMatrix(event);
    if (link) {
      link.closest("tbody").querySelectorAll('a[tabindex="0"]').forEach((other) => (other.tabIndex = -1));
      link.tabIndex = 0;
      say(link);
    }
  });

  document.addEventListener("pointerover", (event) => {
    const link = inMatrix(event);
    if (link) {
      say(link);
    }
  });

  document.addEventListener("click", (event) => {
    const link = inMatrix(event);
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      window.tenureGo(link.getAttribute("href"));
    }
  });

  new MutationObserver((changes) => {
    new Set(changes.map((change) => change.target)).forEach(draw);
  }).observe(document.documentElement, { subtree: true, attributeFilter: ["data-matrix"] });
})();
