/* What the long lists share: the way from a row to its page, asking the server again, the address, the grid's look. */
(function () {
  "use strict";
  const none = () => window.dash_clientside.no_update;
  const functions = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});
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

  /* The list of a page: its grid is called after it, rows lead to the pages below it, `named` is the column that is a
     link itself, `keys` are those of the list in the address. */
  window.tenureList = function (path, named, keys) {
    const grid = path.slice(1) + "-grid";
    const profile = (id) => path + "/" + encodeURIComponent(id);
    const isDrawn = () => window.dash_ag_grid && document.getElementById(grid);

    /* Enter on a cell opens its row, as a click does. */
    document.addEventListener("keydown", (event) => {
      const cell = event.target instanceof Element && event.key === "Enter" ? event.target : null;
      const row = cell && cell.matches("#" + grid + " .ag-cell") && cell.closest(".ag-row[row-id]");
      if (row) {
        window.tenureGo(profile(row.getAttribute("row-id")));
      }
    });

    return {
      /* A name as a link that opens without loading the page anew. */
      link(id, words) {
        const href = profile(id);
        const follow = (event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return;
          event.preventDefault();
          window.tenureGo(href);
        };
        return React.createElement("a", { href: href, onClick: follow, title: words }, words);
      },
      /* The grid's own script arrives later than the page: wait for it as long as the page is there. */
      whenDrawn(act) {
        if (isDrawn()) {
          window.dash_ag_grid.getApiAsync(grid).then(act);
        } else if (window.location.pathname === path) {
          window.setTimeout(() => this.whenDrawn(act), 50);
        }
      },
      callbacks: {
        /* Search or filters changed: forget the rows, the grid asks for the first block again. */
        ask_again() {
          if (isDrawn()) {
            window.dash_ag_grid.getApiAsync(grid).then((api) => api.purgeInfiniteCache());
          }
          return none();
        },
        address(query) {
          if (!query || window.location.pathname !== path) {
            return none();
          }
          const now = new URLSearchParams(window.location.search);
          keys.forEach((key) => now.delete(key));
          Object.entries(query).forEach(([key, value]) => now.set(key, value));
          const tail = now.toString();
          window.history.replaceState(window.history.state, "", window.location.pathname + (tail ? "?" + tail : ""));
          return none();
        },
        open(cell) {
          if (cell && cell.colId !== named && cell.rowId && !String(window.getSelection())) {
            window.tenureGo(profile(cell.rowId));
          }
          return none();
        },
      },
    };
  };
})();
