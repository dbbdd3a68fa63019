/* The products list in the browser: a changed search or stage makes the grid ask the server again. */
(function () {
  "use strict";
  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.tenure_products = {
    ask_again() {
      if (window.dash_ag_grid && document.getElementById("products-grid")) {
        window.dash_ag_grid.getApiAsync("products-grid").then((api) => api.purgeInfiniteCache());
      }
      return window.dash_clientside.no_update;
    },
  };
})();
