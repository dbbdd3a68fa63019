/* Exports of a whole page: the address says which view, so both the download and the PDF start from it. */
(function () {
  "use strict";
  window.dash_clientside = window.dash_clientside || {};
  /* Of whom or what the page is: the last part of its path. */
  function of(button) {
    return button.dataset.of ? decodeURIComponent(window.location.pathname.split("/").pop()) : "";
  }

  window.dash_clientside.tenure_export = {
    ask(clicks) {
      const button = document.getElementById("export-page-go");
      return clicks && button
        ? { page: button.dataset.page, search: window.location.search, of: of(button), at: Date.now() }
        : window.dash_clientside.no_update;
    },
    open(href) {
      if (href) {
        window.location.assign(href);
      }
      return window.dash_clientside.no_update;
    },
  };

  document.addEventListener("click", (event) => {
    const table = event.target instanceof Element ? event.target.closest("[data-export-table]") : null;
    if (table) {
      table.closest("details").open = false;
      const asked = window.tenureScope(table).toString();
      window.location.assign("/export/page/" + table.dataset.exportTable + (asked ? "?" + asked : ""));
    }
    const button = event.target instanceof Element ? event.target.closest("[data-export-page]") : null;
    if (button) {
      button.closest("details").open = false;
      const page = encodeURIComponent(button.dataset.exportPage);
      const asked = new URLSearchParams(window.location.search);
      if (of(button)) {
        asked.set("of", of(button));
      }
      window.location.assign("/export/page/" + page + ".xlsx?" + asked.toString());
    }
  });
})();
