/* The customers list in the browser: cell drawings, number words, asking the server again, the address. */
(function () {
  "use strict";
  const MISSING = "–";
  const KEYS = ["search", "sort", "states", "limits"];

  function profile(id) {
    return "/customers/" + encodeURIComponent(id);
  }

  const functions = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});
  functions.tenureWord = (value) => (value ? String(value).replace("_", " ").replace(/^./, (c) => c.toUpperCase()) : MISSING);
  functions.tenureGridTheme = (theme) =>
    theme.withParams({
      accentColor: "var(--primary)",
      backgroundColor: "var(--surface)",
      foregroundColor: "var(--ink)",
      borderColor: "var(--border)",
      headerBackgroundColor: "var(--surface)",
      headerTextColor: "var(--ink-2)",
      headerFontWeight: 600,
      rowHoverColor: "var(--surface-2)",
      oddRowBackgroundColor: "var(--surface)",
      wrapperBorderRadius: 12,
      columnBorder: false,
      fontFamily: "var(--font)",
      fontSize: 13,
      cellHorizontalPadding: 12,
    });

  const parts = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});
  parts.TenureCustomer = function (props) {
    if (!props.data) return null;
    const href = profile(props.value);
    const follow = (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      window.tenureGo(href);
    };
    const name = props.data.customer_name;
    const words = name ? name + " · " + props.value : props.value;
    return React.createElement("a", { href: href, onClick: follow, title: words }, words);
  };
  parts.TenureShare = function (props) {
    if (props.value === null || props.value === undefined) return MISSING;
    const width = Math.round(Math.min(1, Math.max(0, props.value)) * 100) + "%";
    return React.createElement(
      "span",
      { className: "share-cell" },
      React.createElement("span", { className: "share-bar", "aria-hidden": "true" },
        React.createElement("span", { style: { width: width } })),
      React.createElement("span", { className: "share-words" }, window.dashAgGridFunctions.tenurePercent(props.value, 0))
    );
  };

  /* The grid's own script arrives later than the page: wait for it as long as the page is there. */
  function whenDrawn(act) {
    if (window.dash_ag_grid && document.getElementById("customers-grid")) {
      window.dash_ag_grid.getApiAsync("customers-grid").then(act);
    } else if (window.location.pathname === "/customers") {
      window.setTimeout(() => whenDrawn(act), 50);
    }
  }

  const none = () => window.dash_clientside.no_update;
  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.tenure_customers = {
    /* Search, states or filters changed: forget the rows, the grid asks for the first block again. */
    ask_again() {
      if (window.dash_ag_grid && document.getElementById("customers-grid")) {
        window.dash_ag_grid.getApiAsync("customers-grid").then((api) => api.purgeInfiniteCache());
      }
      return none();
    },
    address(query) {
      if (!query || window.location.pathname !== "/customers") {
        return none();
      }
      const now = new URLSearchParams(window.location.search);
      KEYS.forEach((key) => now.delete(key));
      Object.entries(query).forEach(([key, value]) => now.set(key, value));
      const tail = now.toString();
      window.history.replaceState(window.history.state, "", window.location.pathname + (tail ? "?" + tail : ""));
      return none();
    },
    /* The chosen columns. On a phone the pinned one leaves room for them. */
    columns(chosen) {
      whenDrawn((api) => {
        const free = api.getColumns().map((column) => column.getColId()).filter((id) => id !== "customer_id");
        api.setColumnsVisible(free.filter((id) => chosen.includes(id)), true);
        api.setColumnsVisible(free.filter((id) => !chosen.includes(id)), false);
        if (window.matchMedia("(max-width: 600px)").matches) {
          api.setColumnWidths([{ key: "customer_id", newWidth: 140 }]);
        }
      });
      return none();
    },
    open(cell) {
      if (cell && cell.colId !== "customer_id" && cell.rowId && !String(window.getSelection())) {
        window.tenureGo(profile(cell.rowId));
      }
      return none();
    },
  };

  /* Enter on a cell opens the customer, as a click does. */
  document.addEventListener("keydown", (event) => {
    const cell = event.target instanceof Element && event.key === "Enter" ? event.target : null;
    const row = cell && cell.matches("#customers-grid .ag-cell") && cell.closest(".ag-row[row-id]");
    if (row) {
      window.tenureGo(profile(row.getAttribute("row-id")));
    }
  });
})();
