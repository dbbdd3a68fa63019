/* The customers list in the browser: cell drawings, number words, asking the server again, the address. */
(function () {
  "use strict";
  const MISSING = "–";
  const KEYS = ["search", "sort", "states", "limits"];
  const DIGITS = { money: [2, 2], count: [0, 0], decimal: [1, 1] };

  function written(value, kind) {
    if (value === null || value === undefined || value === "") return MISSING;
    if (kind === "state") return String(value).replace("_", " ").replace(/^./, (c) => c.toUpperCase());
    if (kind === "share") return (value * 100).toFixed(0) + " %";
    if (kind === "date") {
      const day = new Date(value + "T00:00:00Z");
      return day.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
    }
    const [least, most] = DIGITS[kind] || [0, 2];
    const text = Number(value).toLocaleString("en-US", { minimumFractionDigits: least, maximumFractionDigits: most });
    return text.replace("-", "−");
  }

  function go(href) {
    window.history.pushState({}, "", href);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    window.scrollTo(0, 0);
  }

  function profile(id) {
    return "/customers/" + encodeURIComponent(id);
  }

  const functions = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});
  functions.tenureFormat = written;
  functions.tenureGridTheme = (theme) =>
    theme.withParams({
      accentColor: "var(--primary, #2f5bd8)",
      backgroundColor: "var(--surface, #fff)",
      foregroundColor: "var(--ink, #1a2233)",
      borderColor: "var(--border, #dfe3ea)",
      headerBackgroundColor: "var(--surface, #fff)",
      headerTextColor: "var(--ink-2, #525d70)",
      headerFontWeight: 600,
      rowHoverColor: "var(--surface-2, #f0f2f6)",
      oddRowBackgroundColor: "var(--surface, #fff)",
      wrapperBorderRadius: 12,
      columnBorder: false,
      fontFamily: "inherit",
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
      go(href);
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
      React.createElement("span", { className: "share-words" }, written(props.value, "share"))
    );
  };

  const none = () => window.dash_clientside.no_update;
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    tenure_customers: {
      ask_again: function () {
        const grid = window.dash_ag_grid;
        if (grid && document.getElementById("customers-grid")) {
          grid.getApiAsync("customers-grid").then((api) => api.purgeInfiniteCache());
        }
        return none();
      },
      address: function (query) {
        if (!query || window.location.pathname !== "/customers") return none();
        const now = new URLSearchParams(window.location.search);
        KEYS.forEach((key) => now.delete(key));
        Object.entries(query).forEach(([key, value]) => now.set(key, value));
        const tail = now.toString();
        window.history.replaceState(window.history.state, "", window.location.pathname + (tail ? "?" + tail : ""));
        return none();
      },
      open: function (cell) {
        if (cell && cell.colId !== "customer_id" && cell.rowId && !String(window.getSelection())) go(profile(cell.rowId));
        return none();
      },
    },
  });
})();
