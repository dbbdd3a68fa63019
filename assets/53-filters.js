/* The filter bar: controls to one store, to chips and to the address. The server reads the same keys. */
(function () {
  "use strict";
  /* The choices, in the order of the bar: the page says which there are. */
  const lists = () => [...document.querySelectorAll(".filter-bar [data-filter]")].map((item) => item.dataset.filter);
  const defaults = { range: "l12m", compare: "previous_year", basis: "net_sales" };
  const fixed = ["range", "start", "end", "compare", "basis"];
  const component = (type, props) => ({ namespace: "dash_html_components", type, props });

  function query(values) {
    const result = {};
    for (const [key, value] of Object.entries(values)) {
      const text = Array.isArray(value) ? [...value].sort().join("|") : value || "";
      if (text && text !== defaults[key]) {
        result[key] = text;
      }
    }
    if (values.range !== "custom") {
      delete result.start;
      delete result.end;
    }
    return result;
  }

  const sorted = (entries) => JSON.stringify([...entries].sort());

  /* Filters are put into the address, everything else in it that the page knows stays. What the page opened with takes
     the place of what the reader came with; what the reader applies is a step that the back button undoes. */
  function address(data, opening) {
    const search = new URLSearchParams(window.location.search);
    const before = sorted(search.entries());
    const bar = document.querySelector(".filter-bar");
    const unknown = bar ? JSON.parse(bar.dataset.dropped || "[]") : [];
    [...fixed, ...lists(), ...unknown, "view"].forEach((key) => search.delete(key));
    Object.entries(data).forEach(([key, value]) => search.set(key, value));
    const empty = [...search.keys()].every((key) => key === "as_of");
    const isDefault = opening && document.querySelector(".view-notice");
    if (empty && !isDefault && document.querySelector(".view-row[data-default]")) {
      search.set("view", "plain"); /* or the page would open with the reader's default view */
    }
    if (sorted(search.entries()) === before) {
      return;
    }
    const text = search.toString();
    const href = window.location.pathname + (text ? "?" + text : "");
    window.history[opening ? "replaceState" : "pushState"](window.history.state, "", href);
  }

  /* Going back or forth between addresses that the router has not heard of: the controls follow. */
  let restoring = "";
  function restore() {
    const search = new URLSearchParams(window.location.search);
    const values = Object.fromEntries(fixed.map((key) => [key, search.get(key) || defaults[key] || null]));
    lists().forEach((name) => (values[name] = (search.get(name) || "").split("|").filter(Boolean)));
    restoring = sorted(Object.entries(query(values)));
    window.setTimeout(() => (restoring = ""), 1000);
    Object.entries(values).forEach(([key, value]) => window.dash_clientside.set_props("filters-" + key, { value }));
    window.tenureRestoreKept();
  }

  const here = () => window.location.pathname + window.location.search;
  let routed = here();
  window.addEventListener("_dashprivate_pushstate", () => (routed = here()));
  window.addEventListener("popstate", () => {
    if (here() === routed && document.querySelector(".filter-bar")) {
      restore();
    }
    routed = here();
  });

  /* Links that lead on with the filters; a tab keeps what names it. */
  function carry(data) {
    document.querySelectorAll('[data-carries="filters"] > a').forEach((link) => {
      const url = new URL(link.href, window.location.origin);
      const own = new URLSearchParams(url.searchParams.has("tab") ? { tab: url.searchParams.get("tab") } : {});
      Object.entries(data).forEach(([key, value]) => own.set(key, value));
      const text = own.toString();
      link.setAttribute("href", url.pathname + (text ? "?" + text : ""));
    });
  }

  /* What the bar calls a value, and a choice. */
  function label(name, value) {
    const box = [...document.querySelectorAll("#filters-" + name + " input")].find((item) => item.value === value);
    const option = box && box.closest(".form-check");
    return option ? (option.querySelector(".option-name") || option).textContent : value;
  }

  function title(name) {
    return document.querySelector('details[data-filter="' + name + '"] > summary').textContent;
  }

  function chips(values) {
    const made = lists().flatMap((name) =>
      (values[name] || []).map((value) =>
        component("Button", {
          children: [
            component("Span", { children: title(name) + ": " + label(name, value) }),
            component("Span", { className: "icon icon-x", "aria-hidden": "true" }),
          ],
          className: "chip",
          type: "button",
          title: "Remove this filter",
          "aria-label": "Remove filter " + title(name) + " " + label(name, value),
          "data-remove-filter": name,
          "data-value": value,
        })
      )
    );
    if (made.length > 1) {
      made.push(component("Button", { children: "Clear all", className: "btn btn-quiet btn-small", type: "button", "data-clear-filter": "all" }));
    }
    return made;
  }

  function mark(values) {
    lists().forEach((name) => {
      const details = document.querySelector('details[data-filter="' + name + '"]');
      if (!details) {
        return;
      }
      const count = (values[name] || []).length;
      details.toggleAttribute("data-chosen", count > 0);
      details.querySelector("summary").title = title(name) + (count ? ": " + count + " chosen" : "");
    });
  }

  function chosen(name) {
    return [...document.querySelectorAll("#filters-" + name + " input:checked")].map((box) => box.value);
  }

  /* The view as the server last got it; a page without a bar has none. */
  let view = {};
  window.tenureView = () => (document.querySelector(".filter-bar") ? view : {});

  /* The view that the controls stand for now; null while half of a range is typed. */
  window.tenureAsked = function () {
    const value = (name) => document.getElementById("filters-" + name).value;
    const choices = Object.fromEntries(lists().map((name) => [name, chosen(name)]));
    const values = { range: value("range"), compare: value("compare"), basis: value("basis"), ...choices };
    return values.range === "custom" ? null : query(values);
  };

  /* What clicks on charts chose on this page, so that Escape can take back that and no more. */
  let crossed = { path: "", values: [] };

  function choices(name) {
    const details = document.querySelector('details[data-filter="' + name + '"]');
    return details && !details.closest(".filter").hidden
      ? [...document.querySelectorAll("#filters-" + name + " input")].map((box) => box.value)
      : [];
  }

  window.tenureIsChosen = (name, value) => chosen(name).includes(value);

  /* Whether a click may choose this value here: the page filters by it and the bar lists it. */
  window.tenureMayChoose = (name, value) => choices(name).includes(value);

  window.tenureChoose = function (name, value) {
    const now = chosen(name);
    const taken = now.includes(value);
    const values = crossed.path === window.location.pathname ? crossed.values : [];
    const others = values.filter((one) => one.name !== name || one.value !== value);
    crossed = { path: window.location.pathname, values: taken ? others : [...others, { name, value }] };
    const next = taken ? now.filter((one) => one !== value) : [...now, value];
    window.dash_clientside.set_props("filters-" + name, { value: next });
  };

  /* Escape takes back what was chosen by clicks, when nothing else is open that it would close first. */
  document.addEventListener(
    "keydown",
    (event) => {
      const open = document.querySelector("dialog[open], details.disclosure[open], body.nav-open");
      const typing = event.target instanceof Element && event.target.closest("input, select, textarea, [role=grid]");
      if (event.key !== "Escape" || open || typing || crossed.path !== window.location.pathname) {
        return;
      }
      const names = new Set(crossed.values.map((one) => one.name));
      const isCrossed = (name, value) => crossed.values.some((one) => one.name === name && one.value === value);
      names.forEach((name) => {
        const value = chosen(name).filter((one) => !isCrossed(name, one));
        window.dash_clientside.set_props("filters-" + name, { value });
      });
      crossed = { path: "", values: [] };
    },
    true
  );

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.tenure = Object.assign(window.dash_clientside.tenure || {}, {
    filters(range, start, end, compare, basis, ...rest) {
      const none = window.dash_clientside.no_update;
      const known = rest.pop();
      const choices = Object.fromEntries(lists().map((name, place) => [name, rest[place]]));
      const values = { range, start, end, compare, basis, ...choices };
      const custom = range === "custom";
      /* The first call of a page must pass its value on, or what depends on the store would never start. */
      const first = !(window.dash_clientside.callback_context.triggered || []).length;
      const around = [chips(values), !custom];
      mark(values);
      if (custom && !(start > "1900" && end && start <= end)) {
        return [none, ...around]; /* half a range, or half a year typed, is not a view yet */
      }
      const data = query(values);
      view = data;
      const asked = sorted(Object.entries(data));
      const same = asked === sorted(Object.entries(known || {}));
      carry(data);
      if (!restoring && (first || !same)) {
        address(data, first);
      } else if (restoring === asked) {
        restoring = "";
      }
      return [same && !first ? none : data, ...around];
    },
  });

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const removing = target && target.closest("[data-remove-filter]");
    const clearing = target && target.closest("[data-clear-filter]");
    if (removing) {
      const name = removing.dataset.removeFilter;
      const value = chosen(name).filter((item) => item !== removing.dataset.value);
      window.dash_clientside.set_props("filters-" + name, { value });
    } else if (clearing) {
      const which = clearing.dataset.clearFilter;
      (which === "all" ? lists() : [which]).forEach((name) => window.dash_clientside.set_props("filters-" + name, { value: [] }));
    }
  });

  document.addEventListener("input", (event) => {
    const search = event.target instanceof Element ? event.target.closest(".filter-search") : null;
    if (!search) {
      return;
    }
    const wanted = search.value.trim().toLowerCase();
    search.closest(".disclosure-body").querySelectorAll(".form-check").forEach((option) => {
      option.hidden = !option.textContent.toLowerCase().includes(wanted);
    });
  });

  /* On a phone the bar starts folded. */
  const narrow = window.matchMedia("(max-width: 820px)");
  new MutationObserver((changes) => {
    if (!narrow.matches) {
      return;
    }
    for (const change of changes) {
      for (const node of change.addedNodes) {
        const fold = node instanceof Element && node.querySelector(".filters-fold");
        if (fold) {
          fold.open = false;
        }
      }
    }
  }).observe(document.body, { childList: true, subtree: true });
})();
