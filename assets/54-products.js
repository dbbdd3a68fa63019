/* The products list in the browser: cell drawings. */
(function () {
  "use strict";
  const MISSING = "–";
  const list = window.tenureList("/products", "product_name", ["search", "stages", "category", "sort"]);

  const parts = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});
  parts.TenureProduct = function (props) {
    return props.data ? list.link(props.data.product_id, props.value || props.data.product_id) : null;
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

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.tenure_products = list.callbacks;
})();
