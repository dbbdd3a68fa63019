/* What the column in focus means, below its list: its title says so to the pointer, this line to the keyboard. */
(function () {
  "use strict";

  function told(head) {
    const grid = head.closest(".server-grid").querySelector(".customer-grid");
    const column = window.dash_ag_grid.getApi(grid.id).getColumnDef(head.getAttribute("col-id"));
    return column && column.headerTooltip ? column.headerName + ": " + column.headerTooltip : "";
  }

  document.addEventListener("focusin", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const head = target && target.closest(".server-grid .ag-header-cell[col-id]");
    document.querySelectorAll(".column-meaning").forEach((line) => {
      const own = head && line.closest(".server-grid").contains(head);
      line.textContent = own ? told(head) : "";
    });
  });
})();
