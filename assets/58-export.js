/* Exports of a whole page: the address says which view, so both the download and the PDF start from it. */
(function () {
  "use strict";
  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.tenure_export = {
    ask(clicks) {
      const button = document.getElementById("export-page-go");
      return clicks && button
        ? { page: button.dataset.page, search: window.location.search, at: Date.now() }
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
    const button = event.target instanceof Element ? event.target.closest("[data-export-page]") : null;
    if (button) {
      button.closest("details").open = false;
      const page = encodeURIComponent(button.dataset.exportPage);
      window.location.assign("/export/page/" + page + ".xlsx" + window.location.search);
    }
  });
})();
