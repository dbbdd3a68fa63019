/* The products list in the browser: cell drawings, asking the server again, the address, opening a product. */
(function () {
  "use strict";
  const MISSING = "–";
  const KEYS = ["search", "stages", "category", "sort"];

  /* To a profile, in the snapshot that is looked at. */
  function profile(id) {
    const asOf = new URLSearchParams(window.location.search).get("as_of");
    return "/products/" + encodeURIComponent(id) + (asOf ? "?as_of=" + encodeURIComponent(asOf) : "");
  }

  const parts = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});
  parts.TenureProduct = function (props) {
    if (!props.data) return null;
    const href = profile(props.data.product_id);
    const follow = (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      window.tenureGo(href);
    };
    const words = props.value || props.data.product_id;
    return React.createElement("a", { href: href, onClick: follow, title: words }, words);
  };
  parts.TenureStage = function (props) {
    if (!props.value) return null;
    const kind = props.value.split(",")[0].toLowerCase().replace("too early to say", "too_early").replace(/[ _]/g, "-");
    return React.createElement("span", { className: "stage-badge stage-" + kind }, props.value);
  };
  /* Twelve months of units as a line from zero up, and in words. */
  parts.TenureTrend = function (props) {
    if (!props.value) return MISSING;
    const units = props.value.split(" ").map(Number);
    const top = Math.max(...units, 1), low = Math.min(...units, 0);
    const points = units.map((value, month) => month * 9 + 2 + "," + (22 - ((value - low) / (top - low)) * 20).toFixed(1));
    const words = "Units by month: " + units.join(", ");
    return React.createElement("svg", { className: "trend-line", width: 103, height: 24, role: "img", "aria-label": words },
      React.createElement("title", null, words),
      React.createElement("polyline", { points: points.join(" "), fill: "none", stroke: "currentColor", strokeWidth: 1.5 }));
  };

  const none = () => window.dash_clientside.no_update;
  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.tenure_products = {
    ask_again() {
      if (window.dash_ag_grid && document.getElementById("products-grid")) {
        window.dash_ag_grid.getApiAsync("products-grid").then((api) => api.purgeInfiniteCache());
      }
      return none();
    },
    address(query) {
      if (!query || window.location.pathname !== "/products") {
        return none();
      }
      const now = new URLSearchParams(window.location.search);
      KEYS.forEach((key) => now.delete(key));
      Object.entries(query).forEach(([key, value]) => now.set(key, value));
      const tail = now.toString();
      window.history.replaceState(window.history.state, "", window.location.pathname + (tail ? "?" + tail : ""));
      return none();
    },
    open(cell) {
      if (cell && cell.colId !== "product_name" && cell.rowId && !String(window.getSelection())) {
        window.tenureGo(profile(cell.rowId));
      }
      return none();
    },
  };

  /* Enter on a cell opens the product, as a click does. */
  document.addEventListener("keydown", (event) => {
    const cell = event.target instanceof Element && event.key === "Enter" ? event.target : null;
    const row = cell && cell.matches("#products-grid .ag-cell") && cell.closest(".ag-row[row-id]");
    if (row) {
      window.tenureGo(profile(row.getAttribute("row-id")));
    }
  });
})();
