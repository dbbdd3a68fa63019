/* The customers list in the browser: cell drawings, number words, the chosen columns. */
(function () {
  "use strict";
  const MISSING = "–";
  const list = window.tenureList("/customers", "customer_id", ["search", "sort", "states", "limits"]);

  const functions = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});
  functions.tenureWord = (value) => (value ? String(value).replace("_", " ").replace(/^./, (c) => c.toUpperCase()) : MISSING);

  const parts = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});
  parts.TenureCustomer = function (props) {
    if (!props.data) return null;
    const name = props.data.customer_name;
    return list.link(props.value, name ? name + " · " + props.value : props.value);
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

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.tenure_customers = {
    ...list.callbacks,
    /* The chosen columns. On a phone the pinned one leaves room for them. */
    columns(chosen) {
      list.whenDrawn((api) => {
        const free = api.getColumns().map((column) => column.getColId()).filter((id) => id !== "customer_id");
        api.setColumnsVisible(free.filter((id) => chosen.includes(id)), true);
        api.setColumnsVisible(free.filter((id) => !chosen.includes(id)), false);
        if (window.matchMedia("(max-width: 600px)").matches) {
          api.setColumnWidths([{ key: "customer_id", newWidth: 140 }]);
        }
      });
      return window.dash_clientside.no_update;
    },
  };
})();
