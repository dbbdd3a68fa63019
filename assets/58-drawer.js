/* “Who is in this number”: one drawer for the whole application, and what a number means. Both are asked for when
   somebody wants them and drawn as text: a page of Dash components is told of every change (docs/adr/0004). */
(function () {
  "use strict";
  let dialog = null;
  let asked = 0;

  function element(name, text, className, attributes) {
    const made = document.createElement(name);
    made.textContent = text || "";
    made.className = className || "";
    Object.entries(attributes || {}).forEach(([key, value]) => made.setAttribute(key, value));
    return made;
  }

  function icon(name) {
    return element("span", "", "icon icon-" + name, { "aria-hidden": "true" });
  }

  /* The view of this page in this snapshot, as the server reads it. */
  function view() {
    const search = new URLSearchParams(window.tenureView());
    const seq = new URLSearchParams(window.location.search).get("as_of");
    if (seq) {
      search.set("as_of", seq);
    }
    return search;
  }

  async function read(number, question, mark, form) {
    const search = view();
    if (mark) {
      search.set("mark", new URLSearchParams(mark).toString());
    }
    const method = form ? "POST" : "GET";
    const address = "/numbers/" + number + "/" + question + "?" + search;
    const response = await fetch(address, { method, body: form, headers: { Accept: "application/json" } });
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) {
      throw new Error([answer.detail || answer.title || "This could not be read.", answer.hint].filter(Boolean).join(" "));
    }
    return answer;
  }

  function closing() {
    const button = element("button", "", "icon-button", { type: "button", "aria-label": "Close", title: "Close" });
    button.append(icon("x-lg"));
    button.addEventListener("click", () => dialog.close());
    return button;
  }

  function opened() {
    if (!dialog) {
      dialog = element("dialog", "", "drawer", { "aria-labelledby": "drawer-title" });
      dialog.addEventListener("click", (event) => {
        if (event.target === dialog) {
          dialog.close();
        }
      });
      document.body.append(dialog);
    }
    if (!dialog.open) {
      dialog.showModal();
    }
    return dialog;
  }

  function head(title, value) {
    const made = element("header", "", "drawer-head");
    const words = element("div");
    words.append(element("p", "Who is in this number", "figure-name"), element("h2", title, "", { id: "drawer-title" }));
    if (value) {
      words.append(element("p", value, "kpi-value"));
    }
    made.append(words, closing());
    return made;
  }

  function figures(rows) {
    const list = element("dl", "", "drawer-figures");
    rows.forEach(([name, value]) => {
      const one = element("div");
      one.append(element("dt", name), element("dd", value));
      list.append(one);
    });
    return list;
  }

  function badge(told) {
    const made = element("a", "", "badge " + told.look, { href: "/trust", title: told.title });
    made.append(icon(told.icon), document.createTextNode(told.text));
    return made;
  }

  function table(words) {
    const made = element("table", "", "data-table");
    const top = element("thead");
    const body = element("tbody");
    const line = element("tr");
    words.columns.forEach((name, index) => line.append(element("th", name, words.sides[index], { scope: "col" })));
    top.append(line);
    words.rows.forEach((cells) => body.append(person(cells, words.sides)));
    made.append(element("caption", words.caption, "visually-hidden"), top, body);
    const scroll = element("div", "", "table-scroll", { role: "region", tabindex: "0", "aria-label": words.caption });
    scroll.append(made);
    return [scroll, element("p", words.rest, "hint")];
  }

  function person(cells, sides) {
    const line = element("tr");
    cells.forEach((cell, index) => {
      const made = element("td", index ? cell : "", sides[index]);
      if (!index) {
        made.append(element("a", cell, "", { href: "/customers/" + encodeURIComponent(cell) }));
      }
      line.append(made);
    });
    return line;
  }

  function actions(told) {
    const made = element("div", "", "drawer-actions");
    const open = element("a", "", "btn btn-primary", { href: told.href });
    open.append(icon("people"), element("span", "Open in Customers"));
    made.append(open);
    if (document.querySelector(".shell.may-export")) {
      const file = element("a", "", "btn btn-outline", { href: told.export, download: "" });
      file.append(icon("download"), element("span", "Export"));
      made.append(file);
    }
    return made;
  }

  /* What the table of the card says of this mark, so that the drawer repeats the number it was opened from. */
  function rowOf(card, mark) {
    const words = card.dataset.table ? JSON.parse(card.dataset.table) : { rows: [] };
    const place = (words.marks || []).findIndex((one) => JSON.stringify(one) === JSON.stringify(mark));
    const cells = words.rows[place];
    return cells ? "In the chart: " + cells.map((cell, index) => words.columns[index] + " " + cell).join(" · ") : "";
  }

  /* A name and a button: these customers as a segment. */
  function saving(send) {
    const form = element("form", "", "drawer-actions");
    const label = element("label", "Name of the segment", "visually-hidden", { for: "drawer-segment" });
    const name = element("input", "", "form-control", { id: "drawer-segment", placeholder: "Name of the segment", maxlength: "80", required: "" });
    const button = element("button", "", "btn btn-outline", { type: "submit" });
    const answer = element("p", "", "hint", { role: "status" });
    name.name = "name";
    button.append(icon("bookmark"), element("span", "Save as segment"));
    form.append(label, name, button, answer);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      try {
        const saved = await send(new FormData(form));
        answer.replaceChildren(document.createTextNode(saved.text + " "), element("a", "My segments", "", { href: saved.href }));
      } catch (error) {
        answer.textContent = error.message;
      }
    });
    return form;
  }

  function show(told, said, form) {
    const body = element("div", "", "drawer-body");
    if (said) {
      body.append(element("p", said));
    }
    body.append(...told.words.map((text) => element("p", text)), figures(told.figures), badge(told.badge));
    body.append(...told.notes.map((text) => element("p", text, "hint")), actions(told), form, ...table(told.table));
    dialog.replaceChildren(head(told.title, told.value), body);
    dialog.querySelector("button").focus();
  }

  /* Show who is in a number: `metric/<name>`, or `chart/<name>` with the query of one of its marks and what it says. */
  window.tenureWho = async function (number, mark, said) {
    const mine = (asked += 1);
    opened().replaceChildren(head("Reading …"));
    try {
      const told = await read(number, "who", mark);
      if (mine === asked) {
        show(told, said, told.may_save ? saving((form) => read(number, "segment", mark, form)) : "");
      }
    } catch (error) {
      if (mine === asked) {
        const body = element("div", "", "drawer-body");
        body.append(element("p", error.message, "", { role: "alert" }));
        dialog.replaceChildren(head("Not available"), body);
      }
    }
  };

  /* What a click on a mark does: choose it in the filter bar where that is possible, else show its customers. */
  window.tenureMark = function (card, mark, wantsCustomers) {
    const choice = card.dataset.choice;
    if (!wantsCustomers && choice && mark[choice] && window.tenureMayChoose(choice, mark[choice])) {
      window.tenureChoose(choice, mark[choice]);
    } else {
      window.tenureWho("chart/" + card.dataset.chart, mark, rowOf(card, mark));
    }
  };

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const figure = target && target.closest("[data-who]");
    const link = target && target.closest("dialog.drawer a[href]");
    if (figure) {
      window.tenureWho("metric/" + figure.dataset.who);
    } else if (link && !link.hasAttribute("download") && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      dialog.close();
      window.tenureGo(link.getAttribute("href"));
    }
  });
  window.addEventListener("popstate", () => dialog && dialog.open && dialog.close());

  function code(told) {
    const made = element("details", "", "definition-sql");
    const values = Object.entries(told.values).map(([name, value]) => "$" + name + " = " + JSON.stringify(value));
    made.append(element("summary", "SQL"), element("pre", told.sql, "", { tabindex: "0" }));
    if (values.length) {
      made.append(element("pre", values.join("\n"), "", { tabindex: "0" }));
    }
    return made;
  }

  function explained(told) {
    const list = element("dl", "", "definition-lines");
    told.lines.forEach(([name, text]) => list.append(element("dt", name), element("dd", text)));
    return told.sql ? [list, code(told)] : [list];
  }

  /* A definition that is opened says under which view, on which data and by which statement the number came about. */
  document.addEventListener(
    "toggle",
    async (event) => {
      const details = event.target instanceof Element && event.target.matches("details[data-number]") ? event.target : null;
      if (!details || !details.open) {
        return;
      }
      const body = details.querySelector(".disclosure-body");
      const more = body.querySelector(".definition-more") || body.appendChild(element("div", "", "definition-more"));
      try {
        more.replaceChildren(...explained(await read(details.dataset.number, "what")));
      } catch (error) {
        more.replaceChildren(element("p", error.message, "hint"));
      }
    },
    true
  );
})();
